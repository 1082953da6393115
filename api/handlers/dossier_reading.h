#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "api/call.h"
#include "api/json/dossier_json.h"

namespace motcua::api {

// "01900000-…" is an id, anything else that may be one a code.
std::optional<store::DossierName> dossier_name(std::string_view part);

// Which parts of the personal record are opened: those of which something is shown masked, or all.
enum class TypedParts { names, all };
// The parts that the dossier speaks of, opened. Empty where the record is gone.
std::vector<TypedPart> open_typed(const Call& call, store::Reader& reader, const core::Dossier& dossier,
                                  TypedParts parts);

// The dossier as an answer, with ETag; what was typed of it is masked.
net::Response dossier_response(const Call& call, const std::vector<TypedPart>& typed, int status,
                               const core::Dossier& dossier, core::Instant as_of);
// The same; `reader` opens what was typed.
net::Response dossier_response(const Call& call, store::Reader& reader, int status,
                               const core::Dossier& dossier, core::Instant as_of);

}  // namespace motcua::api
