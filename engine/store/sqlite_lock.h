#pragma once

#include <string>

namespace motcua::store::sqlite {

// The right to write a database: a lock on the file beside it, which the system takes back from a process
// that ends in any way. The file stays, with the number of the process that held it last.
class LockFile {
 public:
  // Throws StoreLocked when another process, or this one, holds it.
  explicit LockFile(const std::string& path);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

 private:
  int fd_ = -1;
};

}  // namespace motcua::store::sqlite
