#include "engine/run/seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include "engine/run/key_file.h"
#include "engine/run/random_port.h"
#include "engine/store/store.h"

namespace motcua::run {
namespace {

// 1: by the common key; 2: by a key of its own, whose place follows the format.
constexpr std::uint8_t kCommonFormat = 1;
constexpr std::uint8_t kFormat = 2;
constexpr std::size_t kPlaceAt = 1;
constexpr std::size_t kPlaceSize = 8;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kTextAt = kPlaceAt + kPlaceSize + kNonceSize;
constexpr std::size_t kFragmentHead = 5;  // record, four bytes of length

struct Freed {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// A context per thread and direction: to make one costs more than to use it.
class ThreadCipher {
 public:
  explicit ThreadCipher(bool sealing) : context_(EVP_CIPHER_CTX_new()) {
    const std::unique_ptr<EVP_CIPHER, Freed> cipher(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
    if (!cipher || !context_ ||
        EVP_CipherInit_ex2(context_.get(), cipher.get(), nullptr, nullptr, sealing ? 1 : 0, nullptr) != 1) {
      throw std::runtime_error("OpenSSL could not start AES-256-GCM");
    }
  }
  EVP_CIPHER_CTX* get() const { return context_.get(); }

 private:
  std::unique_ptr<EVP_CIPHER_CTX, Freed> context_;
};
thread_local const ThreadCipher sealer(true);
thread_local const ThreadCipher unsealer(false);

std::uint8_t* bytes_of(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }
const std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

// What a seal is bound to without holding it; the digests of texts are bound to it too.
using Binding = std::array<std::uint8_t, 21>;
Binding binding_of(std::uint8_t format, const core::Uuid& dossier, std::uint32_t version) {
  Binding bound{};
  bound[0] = format;
  for (std::size_t i = 0; i < 16; ++i) bound[1 + i] = dossier.bytes[i];
  for (std::size_t i = 0; i < 4; ++i) bound[17 + i] = static_cast<std::uint8_t>(version >> (8 * i));
  return bound;
}

// The plain text at its place in the sealed layout, to be encrypted there.
std::string laid_out(std::span<const Fragment> fragments) {
  std::size_t size = 0;
  for (const Fragment& fragment : fragments) size += kFragmentHead + fragment.json.size();
  if (size > kSealedTextMax)
    throw std::length_error("Expected a personal record of at most 64 MiB, but it has more");
  std::string out;
  out.reserve(kTextAt + size + kTagSize);
  out.resize(kTextAt);
  for (const Fragment& fragment : fragments) {
    out += static_cast<char>(fragment.record);
    for (std::size_t i = 0; i < 4; ++i) out += static_cast<char>(fragment.json.size() >> (8 * i));
    out += fragment.json;
  }
  out.resize(out.size() + kTagSize);
  return out;
}

std::optional<std::vector<Fragment>> taken_apart(std::string_view text) {
  std::vector<Fragment> fragments;
  while (!text.empty()) {
    if (text.size() < kFragmentHead) return std::nullopt;
    const auto record = static_cast<std::uint8_t>(text[0]);
    if (record >= std::size(core::EnumWords<core::TextRecord>::words)) return std::nullopt;
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i)
      size |= std::size_t{static_cast<std::uint8_t>(text[1 + i])} << (8 * i);
    text.remove_prefix(kFragmentHead);
    if (size > text.size()) return std::nullopt;
    fragments.push_back({static_cast<core::TextRecord>(record), std::string(text.substr(0, size))});
    text.remove_prefix(size);
  }
  return fragments;
}

// Where the file of keys cannot grow nothing that was typed can be kept: the same as a full disk, and
// likewise over once there is room.
Vault::Fresh fresh_key(const Keyring& keyring) {
  try {
    return keyring.vault().fresh();
  } catch (const KeyFileError& error) {
    throw store::StoreFull(error.what());
  }
}

}  // namespace

std::string seal(const Keyring& keyring, core::Uuid dossier, std::uint32_t version,
                 std::span<const Fragment> fragments) {
  std::string out = laid_out(fragments);
  Vault::Fresh fresh = fresh_key(keyring);
  std::uint8_t* const data = bytes_of(out);
  data[0] = kFormat;
  for (std::size_t i = 0; i < kPlaceSize; ++i)
    data[kPlaceAt + i] = static_cast<std::uint8_t>(fresh.place >> (8 * i));
  // Never from the seedable port.
  std::uint8_t* const nonce = data + kPlaceAt + kPlaceSize;
  random_bytes({nonce, kNonceSize});
  const Binding bound = binding_of(kFormat, dossier, version);
  const std::size_t size = out.size() - kTextAt - kTagSize;
  EVP_CIPHER_CTX* const cipher = sealer.get();
  int written = 0;
  const bool done =
      EVP_EncryptInit_ex2(cipher, nullptr, fresh.key.data(), nonce, nullptr) == 1 &&
      EVP_EncryptUpdate(cipher, nullptr, &written, bound.data(), static_cast<int>(bound.size())) == 1 &&
      EVP_EncryptUpdate(cipher, data + kTextAt, &written, data + kTextAt, static_cast<int>(size)) == 1 &&
      EVP_EncryptFinal_ex(cipher, data + kTextAt + size, &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, kTagSize, data + kTextAt + size) == 1;
  OPENSSL_cleanse(fresh.key.data(), fresh.key.size());
  if (!done) throw std::runtime_error("OpenSSL could not seal a personal record");
  return out;
}

std::optional<std::uint64_t> place_of_key(std::string_view sealed) {
  if (sealed.size() < kTextAt + kTagSize || bytes_of(sealed)[0] != kFormat) return std::nullopt;
  std::uint64_t place = 0;
  for (std::size_t i = 0; i < kPlaceSize; ++i)
    place |= std::uint64_t{bytes_of(sealed)[kPlaceAt + i]} << (8 * i);
  return place;
}

std::optional<std::vector<Fragment>> unseal(const Keyring& keyring, core::Uuid dossier, std::uint32_t version,
                                            std::string_view sealed) {
  if (sealed.empty()) return std::nullopt;
  const std::uint8_t* const data = bytes_of(sealed);
  std::size_t text_at = kTextAt;
  std::optional<SecretKey> key;
  if (data[0] == kCommonFormat) {
    text_at -= kPlaceSize;
    key = keyring.common_key();
  } else if (const auto place = place_of_key(sealed)) {
    key = keyring.vault().key(*place);
  }
  if (!key || sealed.size() < text_at + kTagSize || sealed.size() > text_at + kSealedTextMax + kTagSize)
    return std::nullopt;
  const Binding bound = binding_of(data[0], dossier, version);
  const std::size_t size = sealed.size() - text_at - kTagSize;
  std::string text(size, '\0');
  std::array<std::uint8_t, kTagSize> tag;
  std::copy_n(data + text_at + size, kTagSize, tag.begin());
  EVP_CIPHER_CTX* const cipher = unsealer.get();
  int written = 0;
  const bool right =
      EVP_DecryptInit_ex2(cipher, nullptr, key->data(), data + text_at - kNonceSize, nullptr) == 1 &&
      EVP_DecryptUpdate(cipher, nullptr, &written, bound.data(), static_cast<int>(bound.size())) == 1 &&
      EVP_DecryptUpdate(cipher, bytes_of(text), &written, data + text_at, static_cast<int>(size)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher, bytes_of(text) + size, &written) == 1;
  std::optional<std::vector<Fragment>> fragments;
  if (right) fragments = taken_apart(text);
  OPENSSL_cleanse(text.data(), text.size());
  OPENSSL_cleanse(key->data(), key->size());
  return fragments;
}

core::TextRef text_ref(const Keyring& keyring, core::Uuid dossier, std::uint32_t version,
                       const Fragment& fragment) {
  const Binding bound = binding_of(kCommonFormat, dossier, version);
  const std::string_view place(reinterpret_cast<const char*>(bound.data()), bound.size());
  return {fragment.record, version, keyring.mac16(core::word_of(fragment.record), place, fragment.json)};
}

}  // namespace motcua::run
