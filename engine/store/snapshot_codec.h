#pragma once

#include <string>
#include <string_view>

#include "engine/core/dossier.h"

namespace motcua::store {

// A dossier as compact bytes, for the row that spares replaying its events. Replaces `out`, whose memory is
// reused. The first byte is the number of the format: it must grow whenever the described members of Dossier
// or of a part of it change, so that snapshots of another shape are refused and made anew from the events.
inline constexpr char kSnapshotFormat = 6;
void encode_snapshot(const core::Dossier& dossier, std::string& out);

// False for bytes of another format or of none, any bytes at all; `out` is then unspecified.
bool decode_snapshot(std::string_view bytes, core::Dossier& out);

}  // namespace motcua::store
