#pragma once

#include <filesystem>

#include "tests/durability/ledger.h"

namespace motcua::testing {

// A copy of a database as the disk holds it, with its WAL: it may be opened without changing what the service
// will find. Removed with the object.
class DiskCopy {
 public:
  explicit DiskCopy(const std::filesystem::path& database);
  ~DiskCopy();
  DiskCopy(const DiskCopy&) = delete;
  DiskCopy& operator=(const DiskCopy&) = delete;
  const std::filesystem::path& database() const { return database_; }

 private:
  std::filesystem::path directory_;
  std::filesystem::path database_;
};

// Reads the tables with queries of its own: nothing is half there (no dossier without its events, no event
// without its dossier, no outcome without its dossier or of a version that is not there), versions are
// continuous, each chain of hashes holds by the formula of engine/store/event_codec.h, and no code or number
// was given twice. A database that was never filled is without fault.
void check_record(const std::filesystem::path& database, Tally& tally);

}  // namespace motcua::testing
