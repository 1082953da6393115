#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/store/store.h"

namespace motcua::store {

struct SqliteOptions {
  std::string path;
  bool sandbox = false;  // a database with a virtual clock; never to be opened as a real one, nor the reverse
  bool create = true;    // when there is none
  bool read_only = false;  // beside the process that serves it: reader() and backup() only
  bool lock = true;        // one process per database; off only where a test needs two writers
  core::ClockTime answers_kept{30 * core::kDayMs};  // idempotency keys
  int page_size = 4096;                             // of a database that is made
  std::int64_t checkpoint_bytes = 64 << 20;  // of the WAL from which on it is copied back, beside the writer
  std::int64_t wal_bytes_max = 256 << 20;    // from which on the writer waits until it starts anew
  int writer_cache_kib = 64 << 10;
  int reader_cache_kib = 5 << 10;
  std::int64_t read_steps_max = 100'000'000;  // of SQLite's machine in one call: about two seconds
  std::int64_t sorted_rows_max = 20'000;      // of an index of clocks, for one page of dossiers
};

// Opens, and makes or migrates, one database. Throws StoreLocked when another process serves it ("already
// served by process N"), and StoreError when the file is not ours, is of the other kind (real or sandbox), or
// was written by a newer version.
std::unique_ptr<Store> open_sqlite(const SqliteOptions& options);

}  // namespace motcua::store
