#pragma once

#include <string>

#include "engine/store/backup_file.h"

namespace motcua::store::sqlite {

// Copies the database as of one instant, while others write. The copy gets its name when it is whole and on
// the disk; throws StoreError when `to` exists. Until it is done the WAL cannot start anew, so it grows.
void back_up(const std::string& from, const std::string& to);

// The same, encrypted while it is read: nothing of it is on the disk in the clear.
void back_up_encrypted(const std::string& from, const std::string& to, const BackupKey& key);

// After a rename: the new name is on the disk too.
void sync_directory_of(const std::string& path);

}  // namespace motcua::store::sqlite
