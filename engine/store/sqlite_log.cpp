#include "engine/store/sqlite_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "engine/store/store.h"

namespace motcua::store::sqlite {
namespace {

constexpr std::int64_t kLogHeader = 32;
constexpr int kIndexRegion = 32 << 10;
constexpr std::size_t kIndexHeader = 48;  // twice, then what was copied
// A writer may be halted between the two copies of the header.
constexpr int kIndexTries = 20'000;
constexpr std::chrono::microseconds kIndexWait{100};

// Null where there is none.
sqlite3_file* find_file(Connection& connection, int which) {
  sqlite3_file* file = nullptr;
  const int code = sqlite3_file_control(connection.get(), "main", which, &file);
  return code == SQLITE_OK && file != nullptr && file->pMethods != nullptr ? file : nullptr;
}

sqlite3_file* file_of(Connection& connection, int which) {
  sqlite3_file* const file = find_file(connection, which);
  if (file == nullptr) throw StoreError("the database has no write-ahead log to read");
  return file;
}

[[noreturn]] void fail_read(int code) {
  throw StoreError("the database cannot be read beside its writer: " + std::string(sqlite3_errstr(code)));
}

std::uint32_t big_word(const char* at) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(at);
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 |
         bytes[3];
}

std::uint32_t native_word(const char* at) {
  std::uint32_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

std::uint32_t small_word(const char* at) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(at);
  return std::uint32_t{bytes[3]} << 24 | std::uint32_t{bytes[2]} << 16 | std::uint32_t{bytes[1]} << 8 |
         bytes[0];
}

// Goes on with the running checksum of a log. Requires a size that is a multiple of 8.
void add_sums(std::string_view bytes, bool big_endian, std::array<std::uint32_t, 2>& sums) {
  const auto word = big_endian ? big_word : small_word;
  for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    sums[0] += word(bytes.data() + at) + sums[1];
    sums[1] += word(bytes.data() + at + 4) + sums[0];
  }
}

}  // namespace

void forget_unwritten_log(Connection& connection) {
  const char* const path = sqlite3_filename_wal(sqlite3_db_filename(connection.get(), "main"));
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return;
  const bool on_disk = fd >= 0 && ::fdatasync(fd) == 0;
  const int error = errno;
  if (on_disk) ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
  if (fd >= 0) ::close(fd);
  if (!on_disk) throw StoreFailed(std::string(path) + " cannot be synced: " + std::strerror(error));
}

bool has_log(Connection& connection) {
  return find_file(connection, SQLITE_FCNTL_JOURNAL_POINTER) != nullptr;
}

LogView::LogView(Connection& connection)
    : database_(file_of(connection, SQLITE_FCNTL_FILE_POINTER)),
      log_(file_of(connection, SQLITE_FCNTL_JOURNAL_POINTER)) {
  page_size_ = index().page_size;
}

LogView::Index LogView::index() {
  void volatile* region = nullptr;
  const int code = database_->pMethods->xShmMap(database_, 0, kIndexRegion, 0, &region);
  if (code != SQLITE_OK || region == nullptr) throw StoreError("the index of the log cannot be read");
  const char* const shared = const_cast<const char*>(static_cast<char volatile*>(region));
  std::array<char, 2 * kIndexHeader> copy{};
  for (int tried = 0; tried < kIndexTries; ++tried) {
    std::memcpy(copy.data(), shared, kIndexHeader);
    database_->pMethods->xShmBarrier(database_);
    std::memcpy(copy.data() + kIndexHeader, shared + kIndexHeader, kIndexHeader);
    const bool whole = std::memcmp(copy.data(), copy.data() + kIndexHeader, kIndexHeader) == 0;
    if (!whole || copy[12] == 0) {
      std::this_thread::sleep_for(kIndexWait);
      continue;
    }
    Index index;
    std::uint16_t size = 0;
    std::memcpy(&size, copy.data() + 14, sizeof size);
    index.page_size = size == 1 ? 65536U : size;
    index.end.frame = native_word(copy.data() + 16);
    for (std::size_t i = 0; i < 2; ++i) {
      // Before the first frame the index still has the sum of an earlier generation.
      if (index.end.frame > 0) index.end.sums[i] = native_word(copy.data() + 24 + 4 * i);
      index.end.salts[i] = big_word(copy.data() + 32 + 4 * i);
    }
    index.copied = native_word(shared + 2 * kIndexHeader);
    return index;
  }
  throw StoreError("the index of the log is being made anew");
}

void LogView::sync() {
  const int code = log_->pMethods->xSync(log_, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
  if (code != SQLITE_OK) throw StoreError("the log cannot be synced: " + std::string(sqlite3_errstr(code)));
}

void LogView::read(sqlite3_file* file, std::int64_t at, std::string& into, std::size_t size) {
  into.resize(size);
  const int code = file->pMethods->xRead(file, into.data(), static_cast<int>(size), at);
  if (code != SQLITE_OK) fail_read(code);
}

// Before the first frame of the generation that `end` is of.
LogPlace LogView::beginning(const LogPlace& end) {
  std::string header;
  read(log_, 0, header, kLogHeader);
  big_endian_ = (big_word(header.data()) & 1) != 0;
  LogPlace place;
  place.salts = {big_word(header.data() + 16), big_word(header.data() + 20)};
  place.sums = {big_word(header.data() + 24), big_word(header.data() + 28)};
  if (place.salts != end.salts || big_word(header.data() + 8) != page_size_)
    throw StoreError("the log is not the one that its index speaks of");
  return place;
}

PageFrames LogView::frames(const LogPlace& from, const LogPlace& end) {
  PageFrames found;
  if (from == end || end.frame == 0) return found;
  LogPlace place = beginning(end);
  if (from.salts == end.salts && from.frame > 0) place = from;
  const std::int64_t step = kFrameHead + page_size_;
  std::string frame;
  while (place.frame < end.frame) {
    read(log_, kLogHeader + place.frame * step, frame, static_cast<std::size_t>(step));
    const std::string_view view(frame);
    add_sums(view.substr(0, 8), big_endian_, place.sums);
    add_sums(view.substr(kFrameHead), big_endian_, place.sums);
    ++place.frame;
    const bool follows =
        big_word(frame.data() + 8) == end.salts[0] && big_word(frame.data() + 12) == end.salts[1] &&
        big_word(frame.data() + 16) == place.sums[0] && big_word(frame.data() + 20) == place.sums[1];
    if (!follows)
      throw StoreError("frame " + std::to_string(place.frame) + " of the log does not follow the one before");
    found[big_word(frame.data())] = place.frame;
  }
  if (place != end) throw StoreError("the log does not end where its index says");
  return found;
}

std::string LogView::page_in_log(std::uint32_t frame) {
  std::string page;
  const std::int64_t step = kFrameHead + page_size_;
  read(log_, kLogHeader + (frame - 1) * step + kFrameHead, page, page_size_);
  return page;
}

std::string LogView::page_in_database(std::uint32_t page) {
  std::string bytes(page_size_, '\0');
  const std::int64_t at = static_cast<std::int64_t>(page - 1) * page_size_;
  const int code = database_->pMethods->xRead(database_, bytes.data(), static_cast<int>(page_size_), at);
  // A free page at the end may never have been written: SQLite reads zeros there, too.
  if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) fail_read(code);
  return bytes;
}

bool LogView::holds(const LogPlace& place, const LogPlace& end) {
  if (place.salts != end.salts || place.frame > end.frame) return false;
  if (place.frame == 0) return true;
  std::string head;
  const std::int64_t step = kFrameHead + page_size_;
  read(log_, kLogHeader + (place.frame - 1) * step, head, kFrameHead);
  return big_word(head.data() + 8) == place.salts[0] && big_word(head.data() + 12) == place.salts[1] &&
         big_word(head.data() + 16) == place.sums[0] && big_word(head.data() + 20) == place.sums[1];
}

}  // namespace motcua::store::sqlite
