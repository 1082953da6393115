#include "api/kept_head.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/core/time.h"

namespace motcua::api {
namespace {

std::string text_in(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

template <class Bytes>
bool read_base64(std::string_view text, Bytes& out) {
  const auto bytes = run::from_base64(text);
  if (!bytes || bytes->size() != out.size()) return false;
  std::transform(bytes->begin(), bytes->end(), out.begin(),
                 [](char byte) { return static_cast<std::uint8_t>(byte); });
  return true;
}

bool read_hex(std::string_view text, store::Hash& out) {
  if (text.size() != 2 * out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const char* from = text.data() + 2 * i;
    if (std::from_chars(from, from + 2, out[i], 16).ptr != from + 2) return false;
  }
  return true;
}

}  // namespace

std::optional<run::SealedHead> read_kept_head(const std::filesystem::path& file, std::string& fault) {
  std::ifstream in(file);
  const nlohmann::json document = nlohmann::json::parse(in, nullptr, false);
  fault = file.string() + " is no head of a journal as /v1/journal/head answers it";
  if (!document.is_object() || !document.contains("head") || !document["head"].is_object())
    return std::nullopt;
  const nlohmann::json& head = document["head"];
  const std::string epoch = text_in(document, "epoch");
  run::SealedHead made;
  const auto read = std::from_chars(epoch.data(), epoch.data() + epoch.size(), made.epoch);
  const auto at = core::parse_instant(text_in(head, "at"));
  const auto size = head.find("size");
  const bool whole = read.ec == std::errc() && read.ptr == epoch.data() + epoch.size() && at &&
                     size != head.end() && size->is_number_unsigned() &&
                     read_hex(text_in(head, "root"), made.root) &&
                     read_base64(text_in(head, "signature"), made.signature);
  if (!whole) return std::nullopt;
  made.size = size->get<std::uint64_t>();
  made.at = *at;
  made.previous = text_in(head, "previous");
  // Heads of before the access log was sealed with them have none.
  if (const auto access = head.find("access"); access != head.end() && access->is_object()) {
    const auto position = access->find("position");
    store::AccessMark& mark = made.access.emplace();
    if (position == access->end() || !position->is_number_unsigned() ||
        !read_hex(text_in(*access, "hash"), mark.hash))
      return std::nullopt;
    mark.position = position->get<std::int64_t>();
  }
  if (made.text() != text_in(head, "text")) {
    fault = file.string() + ": the members of the head are not those of its text";
    return std::nullopt;
  }
  fault.clear();
  return made;
}

std::optional<run::Ed25519Public> read_public_key(std::string_view base64) {
  run::Ed25519Public key{};
  if (!read_base64(base64, key)) return std::nullopt;
  return key;
}

}  // namespace motcua::api
