#include "engine/store/sqlite_mapping.h"

#include <sqlite3.h>

#include <mutex>

namespace motcua::store::sqlite {
namespace {

// The methods of the first file seen, and ours in their place. Set once, before any file uses them.
const sqlite3_io_methods* original = nullptr;
sqlite3_io_methods replaced;

int unfetch(sqlite3_file* file, sqlite3_int64 offset, void* page) {
  if (page == nullptr) return SQLITE_OK;  // "drop the whole mapping"
  return original->xUnfetch(file, offset, page);
}

}  // namespace

void keep_mapped(Connection& connection) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(connection.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file == nullptr || file->pMethods == nullptr || file->pMethods->iVersion < 3) return;
  static std::once_flag once;
  std::call_once(once, [file] {
    original = file->pMethods;
    replaced = *original;
    replaced.xUnfetch = unfetch;
  });
  // Another kind of file (another VFS) has methods of its own: those stay.
  if (file->pMethods == original) file->pMethods = &replaced;
}

}  // namespace motcua::store::sqlite
