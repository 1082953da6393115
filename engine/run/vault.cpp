#include "engine/run/vault.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>

#include "engine/run/key_wrap.h"
#include "engine/run/keyring.h"
#include "engine/run/owned_file.h"
#include "engine/run/random_port.h"
#include "engine/run/vault_layout.h"

namespace motcua::run {
namespace {

namespace fs = std::filesystem;
using namespace vault_layout;

Header header_of(const Vault::Id& id, const SecretKey& master, const SecretKey& root) {
  Header header{};
  std::copy(kMagic.begin(), kMagic.end(), header.begin());
  std::copy(id.begin(), id.end(), header.begin() + kIdAt);
  const Keyring::Mac name = master_name(master);
  std::copy(name.begin(), name.end(), header.begin() + kMasterAt);
  KeyWrap(master).wrap(root, kOfRoot, std::span(header).subspan<kRootAt, KeyWrap::kWrappedSize>());
  return header;
}

bool is_zero(std::span<const std::uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

Descriptor open_file(const fs::path& file) {
  Descriptor opened(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (opened.get() < 0) fail_on_file("open", file);
  struct stat about {};
  if (::fstat(opened.get(), &about) != 0) fail_on_file("look at", file);
  if (!S_ISREG(about.st_mode)) throw KeyFileError(file.string() + " is no file of keys");
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw KeyFileError("Expected " + file.string() +
                       " to be closed to all but its owner, but others may use it: chmod 600");
  }
  return opened;
}

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

struct Vault::Opened {
  int fd;
  SecretKey master;
  std::uint64_t serial = next_serial();

  Opened(int file, const SecretKey& key) : fd(file), master(key) {}
  Opened(const Opened&) = delete;
  ~Opened() {
    ::close(fd);
    OPENSSL_cleanse(master.data(), master.size());
  }
};

namespace {

// The wrap of the file that this thread asked last: to schedule its key costs as much as to use it.
struct ThreadWrap {
  std::uint64_t serial = 0;
  std::unique_ptr<KeyWrap> wrap;
};
thread_local ThreadWrap thread_wrap;

}  // namespace

Vault::Vault(std::shared_ptr<const Opened> opened) : opened_(std::move(opened)) {
  const Header header = read_header(opened_->fd, file_);
  id_ = part_of<16>(header, kIdAt);
  if (!KeyWrap(opened_->master).unwrap(part_of<KeyWrap::kWrappedSize>(header, kRootAt), kOfRoot, root_))
    throw KeyFileError("the header of a file of keys is damaged");
  filler_ = std::thread([this] { fill(); });
}

Vault::~Vault() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  filler_.join();
  OPENSSL_cleanse(root_.data(), root_.size());
  OPENSSL_cleanse(ready_.data(), ready_.size() * sizeof(Fresh));
}

std::unique_ptr<Vault> Vault::make(const fs::path& file, const SecretKey& master, const SecretKey& root) {
  make_folder_of(file);
  Id id;
  random_bytes(id);
  {
    Draft draft(file);
    write_at(draft.fd(), header_of(id, master, root), 0, file);
    if (!draft.appear()) throw KeyFileError(file.string() + " is there already");
  }
  return open(file, master);
}

std::unique_ptr<Vault> Vault::open(const fs::path& file, const SecretKey& master) {
  Descriptor fd = open_file(file);
  const Header header = read_header(fd.get(), file);
  if (part_of<16>(header, kMasterAt) != master_name(master)) {
    throw KeyFileError(file.string() +
                       " holds keys that another master key opens: put that one in its place first");
  }
  std::unique_ptr<Vault> vault(new Vault(std::make_shared<const Opened>(fd.release(), master)));
  vault->file_ = file;
  return vault;
}

std::unique_ptr<Vault> Vault::in_memory() {
  SecretKey master;
  SecretKey root;
  Id id;
  random_bytes(master);
  random_bytes(root);
  random_bytes(id);
  Descriptor fd(::memfd_create("keys", MFD_CLOEXEC));
  if (fd.get() < 0) fail_on_file("make", "a file in memory");
  write_at(fd.get(), header_of(id, master, root), 0, "in memory");
  return std::unique_ptr<Vault>(new Vault(std::make_shared<const Opened>(fd.release(), master)));
}

bool Vault::is_wrapped_by(const fs::path& file, const SecretKey& master) {
  const Descriptor fd = open_file(file);
  return part_of<16>(read_header(fd.get(), file), kMasterAt) == master_name(master);
}

std::uint64_t Vault::size() const { return places_in(opened()->fd, file_); }

void Vault::pass_over(std::uint64_t end) {
  std::lock_guard writing(writing_);
  const auto file = opened();
  const std::uint64_t held = places_in(file->fd, file_);
  if (held >= end) return;
  if (end > kPlacesMax) throw KeyFileError(file_.string() + " cannot have so many keys");
  std::vector<std::uint8_t> marked(kBlock * kPlaceSize);
  for (std::size_t i = 0; i < kBlock; ++i) marked[i * kPlaceSize] = kPassedOver;
  try {
    for (std::uint64_t at = held; at < end; at += kBlock) {
      const std::uint64_t count = std::min<std::uint64_t>(kBlock, end - at);
      write_at(file->fd, std::span(marked).first(count * kPlaceSize), offset_of(at), file_);
    }
  } catch (const KeyFileError&) {
    std::ignore = ::ftruncate(file->fd, static_cast<off_t>(offset_of(held)));  // leaves the disk its room
    throw;
  }
  sync_file(file->fd, file_);
}

void Vault::add_block() {
  const auto file = opened();
  const std::uint64_t first = places_in(file->fd, file_);
  std::vector<Fresh> made(kBlock);
  std::vector<std::uint8_t> wrapped(kBlock * kPlaceSize);
  const KeyWrap wrap(file->master);
  for (std::size_t i = 0; i < kBlock; ++i) {
    made[i].place = first + i;
    random_bytes(made[i].key);
    const auto place = std::span(wrapped).subspan(i * kPlaceSize).first<kPlaceSize>();
    place[0] = kHasKey;
    wrap.wrap(made[i].key, made[i].place, place.subspan<kWrappedAt>());
  }
  write_at(file->fd, wrapped, offset_of(first), file_);
  sync_file(file->fd, file_);
  std::lock_guard lock(mutex_);
  ready_.insert(ready_.begin(), made.rbegin(), made.rend());
  OPENSSL_cleanse(made.data(), made.size() * sizeof(Fresh));
}

void Vault::fill() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return wanted_ || stopping_; });
    if (stopping_) return;
    lock.unlock();
    std::exception_ptr failure;
    try {
      std::lock_guard writing(writing_);
      add_block();
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    failure_ = failure;
    wanted_ = false;
    filled_.notify_all();
  }
}

Vault::Fresh Vault::fresh() {
  std::unique_lock lock(mutex_);
  if (ready_.size() <= kBlock / 2 && !wanted_) {
    wanted_ = true;
    wake_.notify_one();
  }
  while (ready_.empty()) {
    filled_.wait(lock, [this] { return !wanted_ || !ready_.empty(); });
    if (ready_.empty() && failure_) std::rethrow_exception(failure_);
    if (ready_.empty() && !wanted_) {
      wanted_ = true;
      wake_.notify_one();
    }
  }
  const Fresh one = ready_.back();
  OPENSSL_cleanse(&ready_.back(), sizeof(Fresh));
  ready_.pop_back();
  return one;
}

std::optional<SecretKey> Vault::key(std::uint64_t place) const {
  const auto file = opened();
  Place wrapped;
  if (place >= kPlacesMax) return std::nullopt;
  if (!read_at(file->fd, wrapped, offset_of(place), file_) || is_zero(wrapped)) return std::nullopt;
  if (thread_wrap.serial != file->serial) {
    thread_wrap.wrap = std::make_unique<KeyWrap>(file->master);
    thread_wrap.serial = file->serial;
  }
  SecretKey key;
  if (!thread_wrap.wrap->unwrap(std::span(wrapped).subspan<kWrappedAt>(), place, key)) return std::nullopt;
  return key;
}

bool Vault::is_destroyed(std::uint64_t place) const {
  const auto file = opened();
  Place wrapped;
  return place < kPlacesMax && read_at(file->fd, wrapped, offset_of(place), file_) && is_zero(wrapped);
}

bool Vault::was_never_there(std::uint64_t place) const {
  const auto file = opened();
  Place marked;
  if (place >= kPlacesMax || !read_at(file->fd, marked, offset_of(place), file_)) return true;
  return marked[0] == kPassedOver && is_zero(std::span(marked).subspan(1));
}

std::optional<std::uint64_t> Vault::first_damaged() const {
  const std::uint64_t end = size();
  for (std::uint64_t place = 0; place < end; ++place) {
    if (is_destroyed(place) || was_never_there(place)) continue;
    auto one = key(place);
    if (!one) return place;
    OPENSSL_cleanse(one->data(), one->size());
  }
  return std::nullopt;
}

void Vault::destroy(std::span<const std::uint64_t> places) {
  std::lock_guard writing(writing_);
  const auto file = opened();
  const std::uint64_t end = places_in(file->fd, file_);
  constexpr Place kNothing{};
  for (const std::uint64_t place : places) {
    if (place < end) write_at(file->fd, kNothing, offset_of(place), file_);
  }
  // Copies learn by the count that they have keys too many.
  Header header = read_header(file->fd, file_);
  put_number(header, kDestructionsAt, number_in(header, kDestructionsAt) + 1);
  write_at(file->fd, std::span(header).subspan(kDestructionsAt, 8), kDestructionsAt, file_);
  sync_file(file->fd, file_);
}

void Vault::wrap_anew(const SecretKey& master) {
  std::lock_guard writing(writing_);
  const auto old = opened();
  const KeyWrap from(old->master);
  const KeyWrap to(master);
  Draft draft(file_);
  write_at(draft.fd(), header_of(id_, master, root_), 0, file_);
  std::vector<std::uint8_t> block(kBlock * kPlaceSize);
  const std::uint64_t end = places_in(old->fd, file_);
  for (std::uint64_t at = 0; at < end; at += kBlock) {
    const std::uint64_t count = std::min<std::uint64_t>(kBlock, end - at);
    const std::span<std::uint8_t> part = std::span(block).first(count * kPlaceSize);
    if (!read_at(old->fd, part, offset_of(at), file_))
      throw KeyFileError(file_.string() + " was cut while it was read");
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto place = part.subspan(i * kPlaceSize).first<kPlaceSize>();
      SecretKey key;
      // What cannot be opened stays as it is: lost it was before.
      const auto wrapped = place.subspan<kWrappedAt>();
      if (!is_zero(place) && from.unwrap(wrapped, at + i, key)) to.wrap(key, at + i, wrapped);
      OPENSSL_cleanse(key.data(), key.size());
    }
    write_at(draft.fd(), part, offset_of(at), file_);
  }
  auto opened = std::make_shared<const Opened>(::fcntl(draft.fd(), F_DUPFD_CLOEXEC, 0), master);
  draft.replace();
  std::atomic_store(&opened_,
                    std::shared_ptr<const Opened>(std::move(opened)));  // from here on no other file counts
  sync_folder_of(file_);
}

}  // namespace motcua::run
