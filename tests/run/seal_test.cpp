#include "engine/run/seal.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <set>
#include <thread>

namespace motcua::run {
namespace {

using core::TextRecord;

Keyring::Key key_of(std::uint8_t fill) {
  Keyring::Key key;
  key.fill(fill);
  return key;
}

const Keyring& keyring() {
  static const Keyring made(key_of(1));
  return made;
}

core::Uuid dossier(std::uint8_t last = 1) {
  core::Uuid id;
  for (std::size_t i = 0; i < 16; ++i) id.bytes[i] = static_cast<std::uint8_t>(0xa0 + i);
  id.bytes[15] = last;
  return id;
}

std::vector<Fragment> fragments() {
  return {{TextRecord::owner, R"({"name":"Nguyễn Thị Ánh"})"},
          {TextRecord::contact, ""},
          {TextRecord::note, std::string("a\0b", 3)},
          {TextRecord::owner, std::string(70'000, 'x')}};
}

using Opened = std::optional<std::vector<Fragment>>;

// Opens by the written layout, in a fresh context each time: `head` bytes stand before the nonce.
std::string decrypted(const std::string& sealed, const std::string& bound, const SecretKey& key,
                      std::size_t head) {
  const std::size_t size = sealed.size() - head - 28;
  auto* raw = reinterpret_cast<const unsigned char*>(sealed.data()) + head - 1;
  std::string tag = sealed.substr(head + 12 + size), out(size, '\0');
  int n = 0;
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nullptr, key.data(), raw + 1);
  EVP_DecryptUpdate(context, nullptr, &n, reinterpret_cast<const unsigned char*>(bound.data()),
                    static_cast<int>(bound.size()));
  EVP_DecryptUpdate(context, reinterpret_cast<unsigned char*>(out.data()), &n, raw + 13,
                    static_cast<int>(size));
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, 16, tag.data());
  const bool right = EVP_DecryptFinal_ex(context, reinterpret_cast<unsigned char*>(out.data()), &n) == 1;
  EVP_CIPHER_CTX_free(context);
  return right ? out : "refused";
}

TEST(Seal, GivesBackWhatWasSealed) {
  for (std::size_t n = 0; n <= fragments().size(); ++n) {
    auto all = fragments();
    all.resize(n);
    EXPECT_EQ(unseal(keyring(), dossier(), 3, seal(keyring(), dossier(), 3, all)), Opened(all)) << n;
  }
}

TEST(Seal, HasTheWrittenLayout) {
  const Fragment fragment{TextRecord::reason, "\"Thiếu\""};
  const std::string sealed = seal(keyring(), dossier(), 0x01020304, std::vector{fragment});
  const core::Uuid id = dossier();
  const std::string bound = '\x02' + std::string(id.bytes.begin(), id.bytes.end()) + "\x04\x03\x02\x01";
  EXPECT_EQ(sealed[0], 2);
  const auto place = place_of_key(sealed);
  ASSERT_TRUE(place);
  EXPECT_EQ(static_cast<unsigned char>(sealed[1]) + 256U * static_cast<unsigned char>(sealed[2]), *place);
  EXPECT_EQ(decrypted(sealed, bound, *keyring().vault().key(*place), 9),
            std::string("\x05\x09\0\0\0", 5) + fragment.json);
}

TEST(Seal, HidesTheTextAndIsNeverTheSameTwice) {
  std::set<std::string> nonces;
  std::set<std::uint64_t> places;
  for (int i = 0; i < 1000; ++i) {
    const std::string sealed =
        seal(keyring(), dossier(), 1, std::vector<Fragment>{{TextRecord::owner, "Nguyen Van A"}});
    EXPECT_EQ(sealed.find("Nguyen"), std::string::npos);
    nonces.insert(sealed.substr(9, 12));
    places.insert(*place_of_key(sealed));
  }
  EXPECT_EQ(nonces.size(), 1000U);
  EXPECT_EQ(places.size(), 1000U);
}

TEST(Seal, BreaksWithEveryChangedBit) {
  const std::vector<Fragment> small{{TextRecord::owner, "Trần"}};
  const std::string sealed = seal(keyring(), dossier(), 1, small);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string changed = sealed;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_EQ(unseal(keyring(), dossier(), 1, changed), std::nullopt) << bit;
  }
  EXPECT_EQ(unseal(keyring(), dossier(), 1, sealed), Opened(small))
      << "a refusal must not spoil the next one";
}

TEST(Seal, BreaksWhenCutOrLengthened) {
  const std::string sealed =
      seal(keyring(), dossier(), 1, std::vector<Fragment>{{TextRecord::owner, "Trần"}});
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_EQ(unseal(keyring(), dossier(), 1, sealed.substr(0, size)), std::nullopt) << size;
  }
  EXPECT_EQ(unseal(keyring(), dossier(), 1, sealed + '\0'), std::nullopt);
}

TEST(Seal, HoldsForOneDossierVersionAndKeyOnly) {
  const Keyring other(key_of(2)), same(key_of(1));  // with keys of records of their own
  const std::string sealed = seal(keyring(), dossier(), 1, fragments());
  EXPECT_EQ(unseal(keyring(), dossier(2), 1, sealed), std::nullopt);
  EXPECT_EQ(unseal(keyring(), dossier(), 2, sealed), std::nullopt);
  EXPECT_EQ(unseal(keyring(), dossier(), 1 << 24, sealed), std::nullopt);
  EXPECT_EQ(unseal(other, dossier(), 1, sealed), std::nullopt);
  EXPECT_EQ(unseal(same, dossier(), 1, sealed), std::nullopt);
  EXPECT_EQ(unseal(keyring(), dossier(), 1, seal(other, dossier(), 1, fragments())), std::nullopt);
}

TEST(Seal, RefusesMoreThanItsLimit) {
  if (std::getenv("MOTCUA_TEST_SHORT")) GTEST_SKIP() << "64 MiB take seconds under a sanitizer";
  std::vector<Fragment> large(1);
  large[0].json.reserve(kSealedTextMax);
  large[0].json.resize(kSealedTextMax - 5);
  EXPECT_EQ(seal(keyring(), dossier(), 1, large).size(), kSealedTextMax + 37);
  large[0].json += 'x';
  EXPECT_THROW(seal(keyring(), dossier(), 1, large), std::length_error);
}

TEST(Seal, WorksOnManyThreadsAtOnce) {
  std::vector<int> right(4);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < right.size(); ++t) {
      threads.emplace_back([&, t] {
        for (std::uint32_t v = 0; v < 100; ++v) {
          const std::vector<Fragment> mine{{TextRecord::note, std::to_string(t) + std::to_string(v)}};
          right[t] += unseal(keyring(), dossier(), v, seal(keyring(), dossier(), v, mine)) == mine;
        }
      });
    }
  }
  EXPECT_EQ(right, std::vector<int>(4, 100));
}

// As records of before each had a key of its own were sealed.
std::string sealed_commonly(const Keyring& by, std::uint32_t version, const std::string& words) {
  const core::Uuid id = dossier();
  std::string bound = '\x01' + std::string(id.bytes.begin(), id.bytes.end());
  for (int i = 0; i < 4; ++i) bound += static_cast<char>(version >> (8 * i));
  const std::string text =
      std::string("\x05") + static_cast<char>(words.size()) + std::string(3, '\0') + words;
  std::string out(13, '\x01'), cipher(text.size(), '\0'), tag(16, '\0');
  auto* raw = [](std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }(out);
  int n = 0;
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nullptr, by.common_key().data(), raw + 1);
  EVP_EncryptUpdate(context, nullptr, &n, reinterpret_cast<const unsigned char*>(bound.data()),
                    static_cast<int>(bound.size()));
  EVP_EncryptUpdate(context, reinterpret_cast<unsigned char*>(cipher.data()), &n,
                    reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  EVP_EncryptFinal_ex(context, nullptr, &n);
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, 16, tag.data());
  EVP_CIPHER_CTX_free(context);
  return out + cipher + tag;
}

TEST(Seal, OpensWhatWasSealedBeforeEachRecordHadItsKey) {
  const std::string sealed = sealed_commonly(keyring(), 7, "\"cũ\"");
  EXPECT_EQ(unseal(keyring(), dossier(), 7, sealed), Opened({{TextRecord::reason, "\"cũ\""}}));
  EXPECT_EQ(unseal(keyring(), dossier(), 8, sealed), std::nullopt);
  EXPECT_EQ(place_of_key(sealed), std::nullopt);
}

TEST(Seal, IsGoneForeverWithItsKey) {
  const std::string one = seal(keyring(), dossier(), 1, fragments());
  const std::string other = seal(keyring(), dossier(), 2, fragments());
  const std::uint64_t place = *place_of_key(one);
  keyring().vault().destroy(std::span(&place, 1));
  EXPECT_EQ(unseal(keyring(), dossier(), 1, one), std::nullopt);
  EXPECT_EQ(unseal(keyring(), dossier(), 2, other), Opened(fragments()));
}

TEST(TextRef, NamesOneTextOfOneDossierVersionAndPart) {
  const Fragment fragment{TextRecord::reason, "\"Thiếu giấy tờ\""};
  const core::TextRef ref = text_ref(keyring(), dossier(), 4, fragment);
  EXPECT_EQ(ref.record, TextRecord::reason);
  EXPECT_EQ(ref.version, 4U);
  EXPECT_EQ(text_ref(keyring(), dossier(), 4, fragment), ref);
  std::set<Keyring::Mac> macs{ref.mac,
                              text_ref(keyring(), dossier(2), 4, fragment).mac,
                              text_ref(keyring(), dossier(), 5, fragment).mac,
                              text_ref(keyring(), dossier(), 4, {TextRecord::note, fragment.json}).mac,
                              text_ref(keyring(), dossier(), 4, {TextRecord::reason, "\"Thiếu giấy\""}).mac,
                              text_ref(Keyring(key_of(2)), dossier(), 4, fragment).mac};
  EXPECT_EQ(macs.size(), 6U);
}

}  // namespace
}  // namespace motcua::run
