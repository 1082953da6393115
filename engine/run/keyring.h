#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "engine/run/vault.h"

namespace motcua::store {
class Store;
}

namespace motcua::run {

// The key file cannot be used: missing, readable by others, of another length, not writable.
class KeyFileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What to do where there is no key file. A new key beside an old database would lock every personal record
// away, so only the first run of a new database may make one.
enum class MissingKey { make, refuse };

// Where the secrets of an installation lie.
struct KeyFiles {
  std::filesystem::path master;   // 32 bytes
  std::filesystem::path records;  // the keys of sealed records (vault.h)
  // The master key as 64 hexadecimal digits, in place of its file; empty: the file.
  std::string master_hex{};
};

// The secrets of an installation: a root secret of 32 bytes, and a sub-key of it (HKDF-SHA256) for each
// purpose, so that what one of them gives away never helps against another; and the keys of sealed records.
// The master key wraps them all, and can be changed for another one without changing any. Any thread may call
// any method.
class Keyring {
 public:
  static constexpr std::size_t kKeySize = 32;
  using Key = SecretKey;
  using Mac = std::array<std::uint8_t, 16>;
  using Digest = std::array<std::uint8_t, 32>;

  // With that root, and keys of records that live as long as it does.
  explicit Keyring(std::span<const std::uint8_t, kKeySize> root);
  ~Keyring();
  Keyring(const Keyring&) = delete;
  Keyring& operator=(const Keyring&) = delete;

  // Reads the files, or makes what is missing with mode 0600, on the disk before this returns; a cut in
  // between leaves no file or the whole file. Without a file of record keys to read, the root is the master
  // key, as in databases of before there was one: `bind` then makes it, or finds that it is lost. A master
  // key that was about to be changed for the one beside it (next_master_file) when the process was cut is
  // found there. Throws KeyFileError.
  static Keyring open(const KeyFiles& files, MissingKey missing);
  // The database is sealed by these keys from its first use on, and by no other. Throws KeyFileError when the
  // keys of its records are missing, or end before the last that a record of it was sealed by: places would
  // be given twice; and StoreError when its keys are others. With OldKeys::passed_over new keys are made
  // behind those that are missing, whose records nobody opens; their count.
  enum class OldKeys { refused, passed_over };
  std::uint64_t bind(store::Store& store, OldKeys old = OldKeys::refused);

  // Names the root without revealing it: a database keeps it, to refuse any other key.
  const Mac& id() const { return id_; }
  // Different in every Keyring of the process: what a thread keeps made from a key is kept under this number.
  std::uint64_t serial() const { return serial_; }
  Vault& vault() const { return *vault_; }
  // Sealed personal records before each had a key of its own.
  const Key& common_key() const { return keys_[0]; }

  // Changes the master key for the one that lies beside it; false when none does. The files agree at any
  // instant, and whoever reads and makes keys meanwhile does not notice. Throws KeyFileError, and the old
  // master key stands.
  bool take_next_master();
  // The same where the environment brings it: 64 hexadecimal digits, to be brought from then on. Throws
  // KeyFileError.
  void change_master(const std::string& hex);

  // Keyed digests (HMAC-SHA256) of a list of texts. The domain says what the list means; two lists that
  // differ in any item, or only in where one item ends, differ. Parts are bytes, of any length.
  //
  // For a TextRef.
  template <std::convertible_to<std::string_view>... Part>
  Mac mac16(std::string_view domain, const Part&... parts) const {
    const std::string_view items[] = {domain, parts...};
    return shortened(digest(Purpose::mac, items));
  }
  // For a cursor that goes through a client's hands.
  template <std::convertible_to<std::string_view>... Part>
  Mac cursor_mac(std::string_view domain, const Part&... parts) const {
    const std::string_view items[] = {domain, parts...};
    return shortened(digest(Purpose::cursor, items));
  }
  // For a request kept under an idempotency key.
  template <std::convertible_to<std::string_view>... Part>
  Digest fingerprint(std::string_view domain, const Part&... parts) const {
    const std::string_view items[] = {domain, parts...};
    return digest(Purpose::idempotency, items);
  }
  // For what stands in public in place of something that must not: an officer, a code.
  template <std::convertible_to<std::string_view>... Part>
  Mac public_mac(std::string_view domain, const Part&... parts) const {
    const std::string_view items[] = {domain, parts...};
    return shortened(digest(Purpose::publication, items));
  }
  // The seed of the Ed25519 key that signs what is published.
  const Key& signature_seed() const { return keys_[6]; }
  // For one word of a search. 64 bits: a false hit among n words has the chance n / 2^64.
  std::uint64_t search_token(std::string_view domain, std::string_view word) const;

 private:
  enum class Purpose { common, search, mac, idempotency, cursor, publication, signature };
  static constexpr std::size_t kPurposes = 7;

  Digest digest(Purpose purpose, std::span<const std::string_view> items) const;
  static Mac shortened(const Digest& whole);

  // Without a vault: one in memory.
  Keyring(std::span<const std::uint8_t, kKeySize> root, const KeyFiles& files, std::unique_ptr<Vault> vault);

  std::array<Key, kPurposes> keys_{};
  Mac id_{};
  std::uint64_t serial_ = 0;
  KeyFiles files_;  // none: nothing of it is kept
  std::unique_ptr<Vault> vault_;
  bool vault_is_kept_ = false;
};

// Where the next master key is laid down: `motcua rotate-master-key` makes it.
std::filesystem::path next_master_file(const std::filesystem::path& master);

// Names a master key without revealing it.
Keyring::Mac master_name(std::span<const std::uint8_t, Keyring::kKeySize> master);

// Compares in the same time wherever the two differ.
bool same_mac(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

}  // namespace motcua::run
