#include "engine/run/seal_log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "engine/store/digest.h"

namespace motcua::run {
namespace {

constexpr off_t kHashBytes = 32;
constexpr off_t kLineBytesMax = 8192;               // of the file's end, in which its last line is
constexpr off_t kSurplusMax = 10'000 * kHashBytes;  // what one head seals

[[noreturn]] void fail_seal(const std::string& what, const std::filesystem::path& file) {
  throw SealError("could not " + what + " " + file.string() + ": " + std::generic_category().message(errno));
}

int open_seal_file(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (fd < 0) fail_seal("open", file);
  return fd;
}

off_t size_of(int fd) {
  struct stat about {};
  return ::fstat(fd, &about) == 0 ? about.st_size : -1;
}

bool write_durably(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return ::fsync(fd) == 0;
}

std::string read_at(int fd, off_t from, off_t until) {
  std::string bytes(static_cast<std::size_t>(until - from), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::pread(fd, bytes.data() + done, bytes.size() - done, from + static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

std::string text_of(std::span<const std::uint8_t> bytes) {
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

template <std::size_t N>
bool read_hex_bytes(std::string_view text, std::array<std::uint8_t, N>& bytes) {
  if (text.size() != 2 * N) return false;
  for (std::size_t i = 0; i < N; ++i) {
    const int high = nibble(text[2 * i]);
    const int low = nibble(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

template <class Number>
bool read_whole_number(std::string_view text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end;
}

std::string_view up_to(std::string_view& rest, char separator) {
  const std::size_t at = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return part;
}

const std::string kNoHead(64, '0');

std::string text_of(const store::AccessMark& access) {
  return std::to_string(access.position) + ' ' + store::hex(access.hash);
}

}  // namespace

std::string SealedHead::text() const {
  return "motcua journal-head/1\nepoch " + std::to_string(epoch) + "\nsize " + std::to_string(size) +
         "\nroot " + store::hex(root) + "\nat " + std::to_string(at.ms) + "\nprevious " + previous + "\n" +
         (access ? "access " + text_of(*access) + "\n" : "");
}

bool SealedHead::signed_by(const Ed25519Public& key) const {
  return ed25519_verifies(key, text(), signature);
}

std::string head_line(const SealedHead& head, const store::MerkleEdge& edge) {
  std::string line = std::to_string(head.epoch) + '\t' + std::to_string(head.size) + '\t' +
                     store::hex(head.root) + '\t' + std::to_string(head.at.ms) + '\t' + head.previous + '\t' +
                     store::hex(head.signature) + '\t';
  for (const store::Hash& peak : edge.peaks()) line += store::hex(peak) + ' ';
  line.pop_back();
  if (head.access) line += '\t' + text_of(*head.access);
  return line + '\n';
}

std::optional<HeadLine> read_head_line(std::string_view line) {
  HeadLine read;
  SealedHead& head = read.head;
  const bool numbers =
      read_whole_number(up_to(line, '\t'), head.epoch) && read_whole_number(up_to(line, '\t'), head.size) &&
      read_hex_bytes(up_to(line, '\t'), head.root) && read_whole_number(up_to(line, '\t'), head.at.ms);
  if (!numbers) return std::nullopt;
  head.previous = up_to(line, '\t');
  store::Hash previous{};
  if (!read_hex_bytes(head.previous, previous)) return std::nullopt;
  if (!read_hex_bytes(up_to(line, '\t'), head.signature)) return std::nullopt;
  std::vector<store::Hash> peaks;
  std::string_view roots = up_to(line, '\t');
  while (!roots.empty()) {
    if (!read_hex_bytes(up_to(roots, ' '), peaks.emplace_back())) return std::nullopt;
  }
  auto edge = store::MerkleEdge::of(head.size, std::move(peaks));
  if (!edge || edge->root() != head.root) return std::nullopt;
  read.edge = std::move(*edge);
  if (line.empty()) return read;
  store::AccessMark& access = head.access.emplace();
  if (!read_whole_number(up_to(line, ' '), access.position) || !read_hex_bytes(line, access.hash)) {
    return std::nullopt;
  }
  return read;
}

std::filesystem::path SealLog::heads_file(const std::filesystem::path& folder, std::int64_t epoch) {
  return folder / ("heads-" + std::to_string(epoch));
}
std::filesystem::path SealLog::entries_file(const std::filesystem::path& folder, std::int64_t epoch) {
  return folder / ("entries-" + std::to_string(epoch));
}

SealLog::SealLog(const std::filesystem::path& folder, std::int64_t epoch, const Ed25519Public& key)
    : epoch_(epoch) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const auto heads = heads_file(folder, epoch);
  const auto entries = entries_file(folder, epoch);
  heads_ = open_seal_file(heads);
  entries_ = open_seal_file(entries);
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool kept = opened >= 0 && ::fsync(opened) == 0;
  if (opened >= 0) ::close(opened);
  if (!kept) fail_seal("sync the folder", folder);
  if (::flock(heads_, LOCK_EX | LOCK_NB) != 0) {
    throw SealError("another process seals into " + heads.string());
  }
  const off_t end = size_of(heads_);
  const off_t from = std::max<off_t>(0, end - kLineBytesMax);
  std::string tail = read_at(heads_, from, end);
  const std::size_t whole = tail.rfind('\n') + 1;  // npos + 1 is 0: no line is whole
  if (from > 0 && whole == 0) throw SealError("the end of " + heads.string() + " is no head of a journal");
  heads_end_ = from + static_cast<off_t>(whole);
  tail.resize(whole);
  if (!tail.empty()) {
    tail.pop_back();
    const std::size_t line = tail.rfind('\n') + 1;
    auto read = read_head_line(std::string_view(tail).substr(line));
    if (!read || read->head.epoch != epoch) {
      throw SealError("the last line of " + heads.string() + " is no head of a journal");
    }
    if (!read->head.signed_by(key)) {
      throw SealError("the last head in " + heads.string() + " is not signed by this installation's key");
    }
    last_ = std::move(read->head);
    edge_ = std::move(read->edge);
  }
  const off_t held = size_of(entries_);
  const off_t wanted = static_cast<off_t>(edge_.size()) * kHashBytes;
  if (held < wanted) throw SealError(entries.string() + " is shorter than the last head says");
  if (held > wanted + kSurplusMax) {
    throw SealError(entries.string() + " holds more than the heads beside it say: heads were taken away");
  }
}

std::optional<HeadLine> SealLog::last_head(const std::filesystem::path& heads) {
  const int fd = ::open(heads.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail_seal("open", heads);
  const off_t end = size_of(fd);
  const off_t from = std::max<off_t>(0, end - kLineBytesMax);
  std::string tail = read_at(fd, from, end);
  ::close(fd);
  tail.resize(tail.rfind('\n') + 1);  // npos + 1 is 0: no line is whole
  if (tail.empty() && from == 0) return std::nullopt;
  if (!tail.empty()) tail.pop_back();
  auto read = read_head_line(std::string_view(tail).substr(tail.rfind('\n') + 1));
  if (!read) throw SealError("the last line of " + heads.string() + " is no head of a journal");
  return read;
}

SealLog::~SealLog() {
  ::close(heads_);
  ::close(entries_);
}

store::Hash SealLog::last_entry() const {
  const off_t end = static_cast<off_t>(edge_.size()) * kHashBytes;
  const std::string bytes = read_at(entries_, end - kHashBytes, end);
  store::Hash entry{};
  if (bytes.size() != entry.size()) throw SealError("the entries cannot be read");
  std::copy(bytes.begin(), bytes.end(), entry.begin());
  return entry;
}

std::vector<store::Hash> SealLog::surplus() const {
  const std::string bytes =
      read_at(entries_, static_cast<off_t>(edge_.size()) * kHashBytes, size_of(entries_));
  std::vector<store::Hash> found(bytes.size() / kHashBytes);
  for (std::size_t i = 0; i < found.size(); ++i) {
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(i * kHashBytes), kHashBytes, found[i].begin());
  }
  return found;
}

void SealLog::forget_surplus() { shorten(); }

// Both files end where the last whole head does.
void SealLog::shorten() {
  const bool heads = ::ftruncate(heads_, heads_end_) == 0;
  const bool entries = ::ftruncate(entries_, static_cast<off_t>(edge_.size()) * kHashBytes) == 0;
  if (!heads || !entries) {
    throw SealError("the seals could not be shortened: " + std::generic_category().message(errno));
  }
}

SealedHead SealLog::next(const std::vector<store::Hash>& entries, const store::AccessMark& access,
                         core::Instant at) const {
  store::MerkleEdge edge = edge_;
  for (const store::Hash& entry : entries) edge.add(entry);
  SealedHead head;
  head.epoch = epoch_;
  head.size = edge.size();
  head.root = edge.root();
  head.at = at;
  head.access = access;
  head.previous = last_ ? store::sha256_hex(last_->text()) : kNoHead;
  return head;
}

void SealLog::add(const std::vector<store::Hash>& entries, const SealedHead& head) {
  store::MerkleEdge edge = edge_;
  std::string bytes;
  for (const store::Hash& entry : entries) {
    edge.add(entry);
    bytes += text_of(entry);
  }
  shorten();  // of what an earlier call could neither finish nor take back
  const std::string line = head_line(head, edge);
  if (!write_durably(entries_, bytes) || !write_durably(heads_, line)) {
    const int why = errno;
    shorten();
    throw SealError("the seal could not be written: " + std::generic_category().message(why));
  }
  heads_end_ += static_cast<std::int64_t>(line.size());
  edge_ = std::move(edge);
  last_ = head;
}

}  // namespace motcua::run
