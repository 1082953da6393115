#include "engine/store/snapshot_codec.h"

#include "engine/store/described.h"

namespace motcua::store {

void encode_snapshot(const core::Dossier& dossier, std::string& out) {
  out.clear();
  out += kSnapshotFormat;
  BinaryWriter(out).write(dossier);
}

bool decode_snapshot(std::string_view bytes, core::Dossier& out) {
  if (bytes.empty() || bytes[0] != kSnapshotFormat) return false;
  BinaryReader reader(bytes.substr(1));
  reader.read(out);
  return reader.read_whole();
}

}  // namespace motcua::store
