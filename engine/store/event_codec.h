#pragma once

#include <string>
#include <string_view>

#include "engine/core/event.h"
#include "engine/store/store.h"

namespace motcua::store {

// The version in which bodies are written; older ones are lifted on reading.
inline constexpr int kTypeVersion = 1;

// The clock changes and the body of an event as JSON, {"clocks":[…],"body":{…}}: the text that is hashed,
// stored and never rewritten. Equal events give equal bytes: no white space, members in the order and under
// the names in which the structs describe them. What is absent is left out: empty optionals, words and
// vectors, so also "clocks" when none moved. Enumerations are their words; instants and working times
// integers of milliseconds; dates "2026-08-21"; ids their 36 characters; digests lower-case hexadecimal. The
// value of a fact names its type: {"integer":3}, {"boolean":true}, {"date":"2026-08-21"} or {"word":"brick"}.
std::string encode_body(const core::Event& event);

// Sets `clocks` and `body` of `out` from such a text and nothing else; false, and `out` as it was, when the
// type or its version is unknown, or the text is not exactly an encoding: a member that is unknown, missing,
// of another type or out of range. The order of members and white space are free.
bool decode_body(std::string_view type, int type_version, std::string_view json, core::Event& out);

// The link of an event in the chain of its dossier: SHA-256 over these bytes, one after the other.
//   text  "motcua-event-1"
//   32    prev: the hash of the dossier's event before, zeros for its first
//   16    id
//   16    dossier
//   u32   version
//   text  type, "dossier.submitted"
//   u32   type_version
//   i64   occurred_at, milliseconds since 1970
//   i64   recorded_at
//   text  caller
//   text  on_behalf_of
//   text  cause, "request"
//   16    cause_id
//   text  procedure_version
//   text  rulebook_version
//   text  body, as stored
// u32 and i64 are big-endian (i64 in two's complement), a text is its length in bytes as u32 and its bytes.
// The position is left out: it is given at the commit. Requires `body` == encode_body(envelope) when writing,
// the stored text when verifying.
Hash hash_event(const Hash& prev, const core::Event& envelope, std::string_view body,
                int type_version = kTypeVersion);
// The same of a type that is named, whatever body the envelope holds.
Hash hash_event(const Hash& prev, const core::Event& envelope, std::string_view type, std::string_view body,
                int type_version);

}  // namespace motcua::store
