#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/store/store.h"

namespace motcua::store {

// Encrypts backups; of its own file, never the master key: whoever keeps backups need not open what people
// typed, and the other way round.
using BackupKey = std::array<std::uint8_t, 32>;

// Tells one key from another, and nothing of either.
std::string backup_key_name(const BackupKey& key);

// A backup file is not what was written: cut off, changed, of another key, or no such file.
struct BackupDamaged : StoreError {
  using StoreError::StoreError;
};

class ChunkCipher;

// Writes one file of a backup, in the clear or encrypted, from its first byte on. It has its name once it is
// whole and on the disk; until then it is NAME.part, which goes with the writer. Throws StoreFull where there
// is no room, else StoreError. One thread.
//
// Encrypted (AES-256-GCM, the STREAM construction): a header of 64 bytes, then chunks of 64 KiB and the tag
// of 16 bytes behind each; the last chunk may be shorter. The key of a file is HMAC-SHA256(key, label and
// salt), so nonces may count from 0: seven zero bytes, the number of the chunk (big-endian), 1 for the last
// chunk and 0 for any other. Each chunk is bound to the header. So chunks cannot be changed, swapped, taken
// away or added, between files either.
class BackupWriter {
 public:
  BackupWriter(std::filesystem::path file, const std::optional<BackupKey>& key);
  ~BackupWriter();
  BackupWriter(const BackupWriter&) = delete;
  BackupWriter& operator=(const BackupWriter&) = delete;

  void write(std::string_view bytes);
  // Nothing may be written after it.
  void finish();

 private:
  void write_chunk(bool last);
  void put(std::string_view bytes);

  const std::filesystem::path file_;
  const std::filesystem::path part_;
  int fd_ = -1;
  std::string buffer_;
  std::unique_ptr<ChunkCipher> cipher_;  // null: in the clear
};

// Reads one in order. Throws BackupDamaged where it is not what was written, also when it is encrypted and no
// key is given, or the reverse: a file in the clear may not take the place of an encrypted one. One thread.
class BackupReader {
 public:
  BackupReader(std::filesystem::path file, const std::optional<BackupKey>& key);
  ~BackupReader();
  BackupReader(const BackupReader&) = delete;
  BackupReader& operator=(const BackupReader&) = delete;

  // Exactly so many bytes; false at the end of the file, and BackupDamaged when it comes in between.
  bool read(std::size_t size, std::string& out);
  // Some bytes, as many as are at hand; false at the end of the file.
  bool read_some(std::string& out);
  static bool is_encrypted(const std::filesystem::path& file);

 private:
  bool fill();
  std::string take(std::size_t most);

  const std::filesystem::path file_;
  int fd_ = -1;
  std::uint64_t left_ = 0;  // of the file
  std::string buffer_;
  std::size_t at_ = 0;  // in the buffer
  bool ended_ = false;  // the last chunk was read
  std::unique_ptr<ChunkCipher> cipher_;
};

// Copies what a reader gives into a file in the clear, whole and on the disk, or not at all.
void copy_backup(BackupReader& from, const std::filesystem::path& to);

}  // namespace motcua::store
