#include "api/seal_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include "engine/run/seal_log.h"
#include "engine/store/store.h"

namespace motcua::api {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kEntryBytes = 32;
constexpr std::size_t kCopiedAtOnce = 1 << 20;

std::uint64_t bytes_of(const fs::path& file) {
  std::error_code none;
  const auto size = fs::file_size(file, none);
  return none ? 0 : size;
}

std::string part_of(const fs::path& file, std::uint64_t from, std::size_t most) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes(most, '\0');
  in.seekg(static_cast<std::streamoff>(from));
  in.read(bytes.data(), static_cast<std::streamsize>(most));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

// Writes at a place, over what a call that was cut left there.
void put_at(const fs::path& file, std::uint64_t at, std::string_view bytes) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
  bool done = fd >= 0;
  while (done && !bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    done = n >= 0;
    if (!done) break;
    bytes.remove_prefix(static_cast<std::size_t>(n));
    at += static_cast<std::uint64_t>(n);
  }
  done = done && ::fsync(fd) == 0;
  const int why = errno;
  if (fd >= 0) ::close(fd);
  if (done) return;
  const std::string text = "cannot write " + file.string() + ": " + std::strerror(why);
  if (why == ENOSPC || why == EDQUOT || why == EFBIG) throw store::StoreFull(text);
  throw store::StoreError(text);
}

}  // namespace

SealCopy::SealCopy(fs::path from, fs::path to, std::int64_t epoch)
    : from_(std::move(from)), to_(std::move(to)), epoch_(epoch) {}

void SealCopy::copy() {
  const fs::path heads = run::SealLog::heads_file(to_, epoch_);
  const fs::path entries = run::SealLog::entries_file(to_, epoch_);
  while (true) {
    const std::uint64_t known = bytes_of(heads);
    std::string lines = part_of(run::SealLog::heads_file(from_, epoch_), known, kCopiedAtOnce);
    lines.resize(lines.rfind('\n') + 1);  // npos + 1 is 0: no line is whole
    if (lines.empty()) return;
    const std::size_t last = lines.size() < 2 ? 0 : lines.rfind('\n', lines.size() - 2) + 1;
    const auto head = run::read_head_line(std::string_view(lines).substr(last, lines.size() - 1 - last));
    if (!head) throw store::StoreError("a line of the seals in " + from_.string() + " is no head");
    fs::create_directories(to_);
    const std::uint64_t wanted = head->head.size * kEntryBytes;
    for (std::uint64_t at = bytes_of(entries) / kEntryBytes * kEntryBytes; at < wanted;) {
      const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(kCopiedAtOnce, wanted - at));
      const std::string more = part_of(run::SealLog::entries_file(from_, epoch_), at, most);
      if (more.empty()) throw store::StoreError("entries of the seals in " + from_.string() + " are missing");
      put_at(entries, at, more);
      at += more.size();
    }
    put_at(heads, known, lines);
  }
}

}  // namespace motcua::api
