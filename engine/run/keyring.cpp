#include "engine/run/keyring.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <string>

#include "engine/run/key_file.h"
#include "engine/run/owned_file.h"
#include "engine/run/random_port.h"
#include "engine/store/digest.h"
#include "engine/store/store.h"

namespace motcua::run {
namespace {

constexpr std::string_view kSalt = "motcua keyring 1";
constexpr std::string_view kLabels[] = {"personal", "search",      "mac",      "idempotency",
                                        "cursor",   "publication", "signature"};
constexpr std::string_view kIdLabel = "id";
constexpr std::string_view kMasterLabel = "master";

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Kdf = std::unique_ptr<EVP_KDF, Freed<EVP_KDF_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, Freed<EVP_KDF_CTX_free>>;
using MacMethod = std::unique_ptr<EVP_MAC, Freed<EVP_MAC_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Freed<EVP_MAC_CTX_free>>;

void demand(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("OpenSSL could not ") + what);
}

OSSL_PARAM octets(const char* name, std::string_view value) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(value.data()), value.size());
}

OSSL_PARAM sha256() {
  static char name[] = "SHA256";
  return OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0);
}

void derive(std::span<const std::uint8_t> master, std::string_view label, std::span<std::uint8_t> out) {
  const Kdf method(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  const KdfContext context(EVP_KDF_CTX_new(method.get()));
  demand(context != nullptr, "make an HKDF");
  const std::string_view secret(reinterpret_cast<const char*>(master.data()), master.size());
  const OSSL_PARAM params[] = {sha256(), octets(OSSL_KDF_PARAM_KEY, secret),
                               octets(OSSL_KDF_PARAM_SALT, kSalt), octets(OSSL_KDF_PARAM_INFO, label),
                               OSSL_PARAM_construct_end()};
  demand(EVP_KDF_derive(context.get(), out.data(), out.size(), params) == 1, "derive a key");
}

MacContext hmac_of(const Keyring::Key& key) {
  const MacMethod method(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  MacContext context(EVP_MAC_CTX_new(method.get()));
  const OSSL_PARAM params[] = {sha256(), OSSL_PARAM_construct_end()};
  demand(context && EVP_MAC_init(context.get(), key.data(), key.size(), params) == 1, "make an HMAC");
  return context;
}

// A context with its key already hashed takes 0.25 µs; a fresh one 1.2 µs.
struct ThreadMacs {
  std::uint64_t serial = 0;
  std::array<MacContext, std::size(kLabels)> contexts;
};
thread_local ThreadMacs thread_macs;

// Puts items one after another, each after its length, through few and large updates.
class Feed {
 public:
  explicit Feed(EVP_MAC_CTX* mac) : mac_(mac) {}

  void put(std::string_view item) {
    std::uint8_t length[8];
    for (int i = 0; i < 8; ++i) length[i] = static_cast<std::uint8_t>(std::uint64_t{item.size()} >> (8 * i));
    add(length, sizeof length);
    add(reinterpret_cast<const std::uint8_t*>(item.data()), item.size());
  }
  void finish(Keyring::Digest& out) {
    flush();
    std::size_t written = 0;
    demand(EVP_MAC_final(mac_, out.data(), &written, out.size()) == 1 && written == out.size(),
           "end an HMAC");
  }

 private:
  void add(const std::uint8_t* data, std::size_t size) {
    if (size > sizeof buffer_ - used_) flush();
    if (size > sizeof buffer_) {
      demand(EVP_MAC_update(mac_, data, size) == 1, "go on with an HMAC");
      return;
    }
    if (size != 0) std::memcpy(buffer_ + used_, data, size);
    used_ += size;
  }
  void flush() {
    demand(EVP_MAC_update(mac_, buffer_, used_) == 1, "go on with an HMAC");
    used_ = 0;
  }

  EVP_MAC_CTX* mac_;
  std::size_t used_ = 0;
  std::uint8_t buffer_[512];
};

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

// Wiped when it goes.
struct HeldKey {
  SecretKey key{};
  HeldKey() = default;
  HeldKey(const HeldKey&) = delete;
  HeldKey& operator=(const HeldKey&) = delete;
  ~HeldKey() { OPENSSL_cleanse(key.data(), key.size()); }
};

void read_hex(const std::string& text, SecretKey& key) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  bool right = text.size() == 2 * key.size();
  for (std::size_t i = 0; right && i < key.size(); ++i) {
    const int high = digit(text[2 * i]);
    const int low = digit(text[2 * i + 1]);
    right = high >= 0 && low >= 0;
    key[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  if (!right)
    throw KeyFileError("Expected the master key of the environment as 64 hexadecimal digits, but it is not");
}

void read_master(const KeyFiles& files, MissingKey missing, SecretKey& key) {
  if (!files.master_hex.empty()) {
    if (std::filesystem::exists(files.master)) {
      throw KeyFileError("The environment brings a master key, and " + files.master.string() +
                         " is there too: take one of them away");
    }
    return read_hex(files.master_hex, key);
  }
  if (read_key_file(files.master, key)) return;
  if (missing == MissingKey::refuse) {
    throw KeyFileError("Expected the master key in " + files.master.string() + ", but there is no such file");
  }
  make_key_file(files.master, key.size());
  if (!read_key_file(files.master, key))
    throw KeyFileError("The new key file " + files.master.string() + " is gone");
}

// A change of the master key that was cut after the keys were wrapped anew is ended.
void end_change_of_master(const KeyFiles& files, SecretKey& master) {
  const std::filesystem::path next = next_master_file(files.master);
  HeldKey key;
  if (!files.master_hex.empty() || !std::filesystem::exists(files.records) || !read_key_file(next, key.key))
    return;
  if (Vault::is_wrapped_by(files.records, master) || !Vault::is_wrapped_by(files.records, key.key)) return;
  std::filesystem::rename(next, files.master);
  sync_folder_of(files.master);
  master = key.key;
}

}  // namespace

std::filesystem::path next_master_file(const std::filesystem::path& master) {
  return std::filesystem::path(master.string() + ".next");
}

Keyring::Mac master_name(std::span<const std::uint8_t, Keyring::kKeySize> master) {
  Keyring::Mac name;
  derive(master, kMasterLabel, name);
  return name;
}

Keyring::Keyring(std::span<const std::uint8_t, kKeySize> root) : Keyring(root, {}, nullptr) {}

Keyring::Keyring(std::span<const std::uint8_t, kKeySize> root, const KeyFiles& files,
                 std::unique_ptr<Vault> vault)
    : serial_(next_serial()), files_(files), vault_(std::move(vault)), vault_is_kept_(vault_ != nullptr) {
  static_assert(std::size(kLabels) == kPurposes);
  for (std::size_t i = 0; i < kPurposes; ++i) derive(root, kLabels[i], keys_[i]);
  derive(root, kIdLabel, id_);
  if (!vault_) vault_ = Vault::in_memory();
}

Keyring::~Keyring() {
  OPENSSL_cleanse(keys_.data(), sizeof keys_);
  OPENSSL_cleanse(files_.master_hex.data(), files_.master_hex.size());
}

Keyring Keyring::open(const KeyFiles& files, MissingKey missing) {
  HeldKey master;
  read_master(files, missing, master.key);
  end_change_of_master(files, master.key);
  std::unique_ptr<Vault> vault;
  if (std::filesystem::exists(files.records)) {
    vault = Vault::open(files.records, master.key);
  } else if (missing == MissingKey::refuse) {
    return Keyring(master.key, files, nullptr);
  } else {
    HeldKey root;
    random_bytes(root.key);
    vault = Vault::make(files.records, master.key, root.key);
  }
  const SecretKey& root = vault->root();
  return Keyring(root, files, std::move(vault));
}

std::uint64_t Keyring::bind(store::Store& store, OldKeys old) {
  const std::string known = store.record_keys();
  if (!known.empty() && !vault_is_kept_) {
    throw KeyFileError("The keys of what people typed are missing: put " + files_.records.string() +
                       " back, or the copy that was made with a backup");
  }
  // A database of another key is refused before a file is made for it; one of none yet is bound when both
  // files are there, so that a start that is cut anywhere in between may be made again.
  if (!store.key_name().empty()) store.bind_key(store::hex(id_));
  if (!vault_is_kept_) {
    HeldKey master;
    read_master(files_, MissingKey::refuse, master.key);
    vault_ = Vault::make(files_.records, master.key, master.key);
    vault_is_kept_ = true;
  }
  store.bind_key(store::hex(id_));
  const std::uint64_t used = store.record_keys_end();
  const std::uint64_t lacked = used - std::min(used, vault_->size());
  if (lacked > 0 && old == OldKeys::refused) {
    throw KeyFileError(files_.records.string() + " is older than the database: it ends with key " +
                       std::to_string(vault_->size()) + ", and records were sealed by keys up to " +
                       std::to_string(used) +
                       ". Put the newest copy of it back; `motcua restore` of a backup of this database with "
                       "--accept-loss goes on without what nobody can open then");
  }
  if (lacked > 0) vault_->pass_over(used);
  store.bind_record_keys(store::hex(vault_->id()));
  // Copies of keys that are still wrapped by a master key in use, and that no erasure reaches.
  remove_drafts(files_.records);
  if (files_.master_hex.empty()) remove_drafts(files_.master);
  return lacked;
}

bool Keyring::take_next_master() {
  const std::filesystem::path next = next_master_file(files_.master);
  HeldKey master;
  if (!vault_is_kept_ || !read_key_file(next, master.key)) return false;
  if (!files_.master_hex.empty()) {
    throw KeyFileError("The master key came by the environment: change it by `motcua rotate-master-key`");
  }
  vault_->wrap_anew(master.key);
  std::filesystem::rename(next, files_.master);
  sync_folder_of(files_.master);
  return true;
}

void Keyring::change_master(const std::string& hex) {
  HeldKey master;
  read_hex(hex, master.key);
  vault_->wrap_anew(master.key);
}

Keyring::Digest Keyring::digest(Purpose purpose, std::span<const std::string_view> items) const {
  if (thread_macs.serial != serial_) {
    thread_macs.contexts = {};
    thread_macs.serial = serial_;
  }
  const auto index = static_cast<std::size_t>(purpose);
  MacContext& mac = thread_macs.contexts[index];
  if (!mac) mac = hmac_of(keys_[index]);
  demand(EVP_MAC_init(mac.get(), nullptr, 0, nullptr) == 1, "start an HMAC");
  Feed feed(mac.get());
  for (const std::string_view item : items) feed.put(item);
  Digest out;
  feed.finish(out);
  return out;
}

Keyring::Mac Keyring::shortened(const Digest& whole) {
  Mac mac;
  std::copy_n(whole.begin(), mac.size(), mac.begin());
  return mac;
}

std::uint64_t Keyring::search_token(std::string_view domain, std::string_view word) const {
  const std::string_view items[] = {domain, word};
  const Digest whole = digest(Purpose::search, items);
  std::uint64_t token = 0;
  for (std::size_t i = 0; i < 8; ++i) token = token << 8 | whole[i];
  return token;
}

bool same_mac(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace motcua::run
