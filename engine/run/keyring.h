#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string_view>

namespace motcua::run {

// The key file cannot be used: missing, readable by others, of another length, not writable.
class KeyFileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What to do where there is no key file. A new key beside an old database would lock every personal record
// away, so only the first run of a new database may make one.
enum class MissingKey { make, refuse };

// The secrets of an installation: one master key of 32 bytes, and a sub-key of it (HKDF-SHA256) for each
// purpose, so that what one of them gives away never helps against another. Any thread may call any method.
class Keyring {
 public:
  static constexpr std::size_t kKeySize = 32;
  using Key = std::array<std::uint8_t, kKeySize>;
  using Mac = std::array<std::uint8_t, 16>;
  using Digest = std::array<std::uint8_t, 32>;

  explicit Keyring(std::span<const std::uint8_t, kKeySize> master);
  ~Keyring();
  Keyring(const Keyring&) = delete;
  Keyring& operator=(const Keyring&) = delete;

  // Reads the master key, or makes it with mode 0600, on the disk before this returns. A cut in between
  // leaves no file or the whole file. Throws KeyFileError.
  static Keyring open(const std::filesystem::path& file, MissingKey missing);

  // Names the master key without revealing it: a database keeps it, to refuse any other key.
  const Mac& id() const { return id_; }
  // Different in every Keyring of the process: what a thread keeps made from a key is kept under this number.
  std::uint64_t serial() const { return serial_; }
  // Seals personal records.
  const Key& personal_key() const { return keys_[0]; }

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
  enum class Purpose { personal, search, mac, idempotency, cursor, publication, signature };
  static constexpr std::size_t kPurposes = 7;

  Digest digest(Purpose purpose, std::span<const std::string_view> items) const;
  static Mac shortened(const Digest& whole);

  std::array<Key, kPurposes> keys_{};
  Mac id_{};
  std::uint64_t serial_ = 0;
};

// Compares in the same time wherever the two differ.
bool same_mac(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

}  // namespace motcua::run
