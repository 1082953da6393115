#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/run/seal_log.h"

namespace motcua::api {

// A head as `GET /v1/journal/head` answered it, kept in a file. Nothing, and `fault` says why, for a file
// that is none.
std::optional<run::SealedHead> read_kept_head(const std::filesystem::path& file, std::string& fault);

// A public key in Base64; nothing for other text.
std::optional<run::Ed25519Public> read_public_key(std::string_view base64);

}  // namespace motcua::api
