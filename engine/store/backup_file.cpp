#include "engine/store/backup_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/store/digest.h"
#include "engine/store/sqlite_backup.h"

namespace motcua::store {
namespace {

constexpr std::string_view kMagic{"motcua-sealed-1\n"};
constexpr std::string_view kFileLabel{"motcua backup file 1"};
constexpr std::string_view kNameLabel{"motcua backup key 1"};
constexpr std::size_t kSaltBytes = 32;
constexpr std::size_t kNameBytes = 16;  // which key it was, to tell a wrong one from a damaged file
constexpr std::size_t kHeaderBytes = 64;
constexpr std::size_t kChunkBytes = 64 << 10;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kClearRead = 1 << 20;
constexpr std::size_t kNonceBytes = 12;
static_assert(kHeaderBytes == kMagic.size() + kNameBytes + kSaltBytes);

[[noreturn]] void fail_file(const std::string& what, const std::filesystem::path& file) {
  const int why = errno;
  const std::string text = "cannot " + what + " " + file.string() + ": " + std::strerror(why);
  if (why == ENOSPC || why == EDQUOT || why == EFBIG) throw StoreFull(text);
  throw StoreError(text);
}

std::array<std::uint8_t, 32> hmac(const BackupKey& key, std::string_view label, std::string_view salt) {
  std::string text(label);
  text += salt;
  std::array<std::uint8_t, 32> digest{};
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(),
           &size) == nullptr) {
    throw StoreError("OpenSSL could not make the key of a backup file");
  }
  return digest;
}

std::string key_name_of(const BackupKey& key) {
  const auto digest = hmac(key, kNameLabel, {});
  return std::string(reinterpret_cast<const char*>(digest.data()), kNameBytes);
}

std::uint8_t* raw(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }
const std::uint8_t* raw(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }

std::string fresh_header(const BackupKey& key) {
  std::string header(kMagic);
  header += key_name_of(key);
  std::array<std::uint8_t, kSaltBytes> salt{};
  if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1)
    throw StoreError("OpenSSL has no random bytes");
  return header.append(reinterpret_cast<const char*>(salt.data()), salt.size());
}

}  // namespace

std::string backup_key_name(const BackupKey& key) {
  const std::string name = key_name_of(key);
  return hex({raw(std::string_view(name)), name.size()});
}

// AES-256-GCM over the chunks of one file, in either direction.
class ChunkCipher {
 public:
  ChunkCipher(const BackupKey& key, std::string header, bool encrypts)
      : header_(std::move(header)), context_(EVP_CIPHER_CTX_new()) {
    auto file_key = hmac(key, kFileLabel, std::string_view(header_).substr(kHeaderBytes - kSaltBytes));
    const bool started = context_ && EVP_CipherInit_ex(context_.get(), EVP_aes_256_gcm(), nullptr,
                                                       file_key.data(), nullptr, encrypts ? 1 : 0) == 1;
    OPENSSL_cleanse(file_key.data(), file_key.size());
    if (!started) throw StoreError("OpenSSL could not start AES-256-GCM");
  }

  // Ciphertext and tag.
  std::string encrypted(std::string_view text, bool last) {
    std::string out(text.size() + kTagBytes, '\0');
    int size = 0;
    const bool done =
        begin(last) &&
        EVP_CipherUpdate(context_.get(), raw(out), &size, raw(text), static_cast<int>(text.size())) == 1 &&
        EVP_CipherFinal_ex(context_.get(), raw(out) + text.size(), &size) == 1 &&
        EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, raw(out) + text.size()) == 1;
    if (!done) throw StoreError("OpenSSL could not encrypt a backup");
    ++chunk_;
    return out;
  }

  // Nothing where it is not what was written there.
  std::optional<std::string> decrypted(std::string chunk, bool last) {
    if (chunk.size() < kTagBytes) return std::nullopt;
    std::string tag = chunk.substr(chunk.size() - kTagBytes);
    chunk.resize(chunk.size() - kTagBytes);
    std::string text(chunk.size(), '\0');
    int size = 0;
    const bool right =
        begin(last) &&
        EVP_CipherUpdate(context_.get(), raw(text), &size, raw(chunk), static_cast<int>(chunk.size())) == 1 &&
        EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, raw(tag)) == 1 &&
        EVP_CipherFinal_ex(context_.get(), raw(text) + text.size(), &size) == 1;
    if (!right) return std::nullopt;
    ++chunk_;
    return text;
  }
  std::uint32_t chunk() const { return chunk_; }

 private:
  bool begin(bool last) {
    if (chunk_ == 0xffffffffU) throw StoreError("a backup file has more chunks than can be counted");
    std::array<std::uint8_t, kNonceBytes> nonce{};
    for (std::size_t i = 0; i < 4; ++i) nonce[7 + i] = static_cast<std::uint8_t>(chunk_ >> (24 - 8 * i));
    nonce[11] = last ? 1 : 0;
    int size = 0;
    return EVP_CipherInit_ex(context_.get(), nullptr, nullptr, nullptr, nonce.data(), -1) == 1 &&
           EVP_CipherUpdate(context_.get(), nullptr, &size, raw(std::string_view(header_)),
                            static_cast<int>(header_.size())) == 1;
  }

  struct Freed {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  const std::string header_;
  std::unique_ptr<EVP_CIPHER_CTX, Freed> context_;
  std::uint32_t chunk_ = 0;
};

BackupWriter::BackupWriter(std::filesystem::path file, const std::optional<BackupKey>& key)
    : file_(std::move(file)), part_(file_.string() + ".part") {
  fd_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd_ < 0) fail_file("make", part_);
  if (!key) return;
  const std::string header = fresh_header(*key);
  put(header);
  cipher_ = std::make_unique<ChunkCipher>(*key, header, true);
}

BackupWriter::~BackupWriter() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(part_.c_str());
}

void BackupWriter::put(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_file("write", part_);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void BackupWriter::write_chunk(bool last) {
  put(cipher_ ? std::string_view(buffer_ = cipher_->encrypted(buffer_, last)) : buffer_);
  buffer_.clear();
}

void BackupWriter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    // A full chunk waits until more comes: it may be the last.
    if (buffer_.size() == kChunkBytes) write_chunk(false);
    const std::size_t more = std::min(bytes.size(), kChunkBytes - buffer_.size());
    buffer_ += bytes.substr(0, more);
    bytes.remove_prefix(more);
  }
}

void BackupWriter::finish() {
  write_chunk(true);
  if (::fsync(fd_) != 0) fail_file("sync", part_);
  if (::rename(part_.c_str(), file_.c_str()) != 0) fail_file("name", file_);
  ::close(std::exchange(fd_, -1));
  sqlite::sync_directory_of(file_.string());
}

bool BackupReader::is_encrypted(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  char begins[kMagic.size()] = {};
  const ssize_t n = fd < 0 ? -1 : ::pread(fd, begins, sizeof begins, 0);
  if (fd >= 0) ::close(fd);
  return n == static_cast<ssize_t>(sizeof begins) && std::string_view(begins, sizeof begins) == kMagic;
}

BackupReader::BackupReader(std::filesystem::path file, const std::optional<BackupKey>& key)
    : file_(std::move(file)) {
  struct stat about {};
  fd_ = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) fail_file("open", file_);
  if (::fstat(fd_, &about) != 0) fail_file("look at", file_);
  left_ = static_cast<std::uint64_t>(about.st_size);
  const bool encrypted = is_encrypted(file_);
  if (encrypted && !key) throw BackupDamaged(file_.string() + " is encrypted: name the file of its key");
  if (!encrypted && key)
    throw BackupDamaged(file_.string() +
                        " is not encrypted, or its beginning is damaged, but a key is given");
  if (!encrypted) return;
  const std::string header = take(kHeaderBytes);
  if (header.size() < kHeaderBytes) throw BackupDamaged(file_.string() + " is cut off");
  if (header.substr(kMagic.size(), kNameBytes) != key_name_of(*key))
    throw BackupDamaged(file_.string() + " was encrypted to another key");
  cipher_ = std::make_unique<ChunkCipher>(*key, header, false);
}

BackupReader::~BackupReader() {
  if (fd_ >= 0) ::close(fd_);
}

std::string BackupReader::take(std::size_t most) {
  std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(most, left_)), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::read(fd_, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_file("read", file_);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  bytes.resize(done);
  left_ -= done;
  return bytes;
}

// False: there is no more.
bool BackupReader::fill() {
  buffer_.clear();
  at_ = 0;
  if (!cipher_) {
    buffer_ = take(kClearRead);
    return !buffer_.empty();
  }
  if (ended_) return false;
  std::string chunk = take(kChunkBytes + kTagBytes);
  const bool last = left_ == 0;
  ChunkCipher& chunks = *cipher_;
  auto text = chunks.decrypted(chunk, last);
  if (!text) {
    const std::string where = " in its part " + std::to_string(chunks.chunk() + 1) + " of 64 KiB";
    if (last && chunks.decrypted(std::move(chunk), false))
      throw BackupDamaged(file_.string() + " is cut off: what came after is missing");
    throw BackupDamaged(file_.string() + (last ? " is damaged or cut off" : " is damaged") + where);
  }
  ended_ = last;
  buffer_ = std::move(*text);
  return !buffer_.empty();
}

bool BackupReader::read(std::size_t size, std::string& out) {
  out.clear();
  while (out.size() < size) {
    if (at_ == buffer_.size() && !fill()) {
      if (out.empty()) return false;
      throw BackupDamaged(file_.string() + " is cut off");
    }
    const std::size_t more = std::min(size - out.size(), buffer_.size() - at_);
    out.append(buffer_, at_, more);
    at_ += more;
  }
  return true;
}

bool BackupReader::read_some(std::string& out) {
  if (at_ == buffer_.size() && !fill()) return false;
  out.assign(buffer_, at_);
  at_ = buffer_.size();
  return true;
}

void copy_backup(BackupReader& from, const std::filesystem::path& to) {
  BackupWriter writer(to, std::nullopt);
  for (std::string bytes; from.read_some(bytes);) writer.write(bytes);
  writer.finish();
}

}  // namespace motcua::store
