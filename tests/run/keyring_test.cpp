#include "engine/run/keyring.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace motcua::run {
namespace {

namespace fs = std::filesystem;

class TempFolder {
 public:
  TempFolder() {
    std::string name = (fs::temp_directory_path() / "keyring.XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TempFolder() { fs::remove_all(path_); }
  fs::path operator/(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

Keyring::Key counted_key(std::uint8_t first = 0) {
  Keyring::Key key;
  for (std::uint8_t& byte : key) byte = first++;
  return key;
}

std::string hmac(const std::string& key, const std::string& text) {
  std::string out(32, '\0');
  unsigned size = 0;
  ::HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(out.data()), &size);
  return out;
}

// RFC 5869 by hand, for one block of output.
std::string hkdf(const Keyring::Key& master, const std::string& label) {
  return hmac(hmac("motcua keyring 1", std::string(master.begin(), master.end())), label + '\x01');
}

std::string counted(const std::string& text) {
  std::string out;
  for (std::size_t rest = text.size(), i = 0; i < 8; ++i, rest /= 256) out += static_cast<char>(rest % 256);
  return out + text;
}

template <class Bytes>
std::string text_of(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

void write_file(const fs::path& file, std::size_t size, mode_t mode) {
  std::ofstream(file, std::ios::binary) << std::string(size, 'k');
  ::chmod(file.c_str(), mode);
}

TEST(Keyring, DigestsAsHkdfAndHmacByHand) {
  const Keyring keyring(counted_key());
  const std::string list = counted("reason") + counted("") + counted("Thiếu giấy tờ");
  EXPECT_EQ(text_of(keyring.mac16("reason", "", "Thiếu giấy tờ")),
            hmac(hkdf(counted_key(), "mac"), list).substr(0, 16));
  EXPECT_EQ(text_of(keyring.cursor_mac("reason", "", "Thiếu giấy tờ")),
            hmac(hkdf(counted_key(), "cursor"), list).substr(0, 16));
  EXPECT_EQ(text_of(keyring.fingerprint("reason", "", "Thiếu giấy tờ")),
            hmac(hkdf(counted_key(), "idempotency"), list));
  EXPECT_EQ(text_of(keyring.personal_key()), hkdf(counted_key(), "personal"));
  EXPECT_EQ(text_of(keyring.id()), hkdf(counted_key(), "id").substr(0, 16));

  const std::string token = hmac(hkdf(counted_key(), "search"), counted("owner") + counted("nguyen"));
  std::uint64_t expected = 0;
  for (int i = 0; i < 8; ++i)
    expected = expected * 256 + static_cast<unsigned char>(token[static_cast<std::size_t>(i)]);
  EXPECT_EQ(keyring.search_token("owner", "nguyen"), expected);
}

TEST(Keyring, DigestsTextsOfEverySizeAroundItsBuffer) {
  const Keyring keyring(counted_key());
  const std::string key = hkdf(counted_key(), "idempotency");
  for (const std::size_t size : {0, 1, 480, 495, 496, 497, 504, 511, 512, 513, 1024, 100'000}) {
    const std::string body(size, 'x');
    EXPECT_EQ(text_of(keyring.fingerprint("body", body, "tail")),
              hmac(key, counted("body") + counted(body) + counted("tail")))
        << size;
  }
}

TEST(Keyring, TellsWhereOnePartEndsAndTheNextBegins) {
  const Keyring keyring(counted_key());
  std::set<Keyring::Mac> seen{keyring.mac16("ab", "c"), keyring.mac16("a", "bc"), keyring.mac16("abc"),
                              keyring.mac16("abc", ""), keyring.mac16("", "abc")};
  EXPECT_EQ(seen.size(), 5U);
}

TEST(Keyring, OfAnotherMasterKeyGivesOtherKeysAlsoOnTheSameThread) {
  const Keyring one(counted_key(0)), other(counted_key(1)), same(counted_key(0));
  const auto mac = one.mac16("a", "b");
  EXPECT_NE(other.mac16("a", "b"), mac);
  EXPECT_EQ(one.mac16("a", "b"), mac);
  EXPECT_EQ(same.mac16("a", "b"), mac);
  EXPECT_NE(one.id(), other.id());
  EXPECT_EQ(one.id(), same.id());
}

TEST(Keyring, ServesManyThreadsAtOnce) {
  const Keyring keyring(counted_key());
  const auto expected = keyring.search_token("owner", "tran");
  std::vector<int> right(4);
  {
    std::vector<std::jthread> threads;
    for (int& count : right) {
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) count += keyring.search_token("owner", "tran") == expected;
      });
    }
  }
  EXPECT_EQ(right, std::vector<int>(4, 200));
}

TEST(KeyringFile, IsMadeOnceForItsOwnerOnly) {
  const TempFolder folder;
  const fs::path file = folder / "var/master.key";
  const Keyring::Mac id = Keyring::open(file, MissingKey::make).id();
  struct stat about {};
  ASSERT_EQ(::stat(file.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777, 0600U);
  EXPECT_EQ(about.st_size, 32);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder / "var"), fs::directory_iterator()), 1)
      << "a draft was left";
  EXPECT_EQ(Keyring::open(file, MissingKey::make).id(), id);
  EXPECT_EQ(Keyring::open(file, MissingKey::refuse).id(), id);
  EXPECT_NE(Keyring::open(folder / "other.key", MissingKey::make).id(), id);
}

TEST(KeyringFile, HoldsTheMasterKeyItself) {
  const TempFolder folder;
  const fs::path file = folder / "master.key";
  write_file(file, 32, 0600);
  Keyring::Key key;
  key.fill('k');
  EXPECT_EQ(Keyring::open(file, MissingKey::refuse).id(), Keyring(key).id());
}

TEST(KeyringFile, IsRefusedWhenMissingUnlessANewOneIsWanted) {
  const TempFolder folder;
  EXPECT_THROW(Keyring::open(folder / "master.key", MissingKey::refuse), KeyFileError);
  EXPECT_FALSE(fs::exists(folder / "master.key"));
}

TEST(KeyringFile, IsRefusedWhenOthersMayUseIt) {
  const TempFolder folder;
  const fs::path file = folder / "master.key";
  for (const mode_t mode : {0640, 0604, 0620, 0602, 0610, 0644}) {
    write_file(file, 32, mode);
    EXPECT_THROW(Keyring::open(file, MissingKey::make), KeyFileError) << std::oct << mode;
  }
  for (const mode_t mode : {0600, 0400}) {
    write_file(file, 32, 0600);
    ::chmod(file.c_str(), mode);
    EXPECT_NO_THROW(Keyring::open(file, MissingKey::refuse)) << std::oct << mode;
    ::chmod(file.c_str(), 0600);
  }
}

TEST(KeyringFile, IsRefusedAtAnyOtherLength) {
  const TempFolder folder;
  const fs::path file = folder / "master.key";
  for (const std::size_t size : {0, 31, 33, 64}) {
    write_file(file, size, 0600);
    EXPECT_THROW(Keyring::open(file, MissingKey::make), KeyFileError) << size;
    EXPECT_EQ(fs::file_size(file), size) << "a refused file must not be replaced";
  }
  fs::remove(file);
  fs::create_directory(file);
  ::chmod(file.c_str(), 0700);
  EXPECT_THROW(Keyring::open(file, MissingKey::make), KeyFileError);
}

TEST(KeyringFile, IsOneForAllWhoMakeItAtTheSameTime) {
  const TempFolder folder;
  const fs::path file = folder / "master.key";
  std::vector<Keyring::Mac> ids(8);
  {
    std::vector<std::jthread> threads;
    for (Keyring::Mac& id : ids)
      threads.emplace_back([&] { id = Keyring::open(file, MissingKey::make).id(); });
  }
  EXPECT_EQ(ids, std::vector<Keyring::Mac>(8, Keyring::open(file, MissingKey::refuse).id()));
}

TEST(SameMac, ComparesEveryByteAndTheLength) {
  const Keyring::Mac mac = Keyring(counted_key()).mac16("a");
  EXPECT_TRUE(same_mac(mac, mac));
  for (std::size_t i = 0; i < mac.size(); ++i) {
    Keyring::Mac changed = mac;
    changed[i] ^= 1;
    EXPECT_FALSE(same_mac(mac, changed)) << i;
  }
  EXPECT_FALSE(same_mac(mac, std::span(mac).first(15)));
}

}  // namespace
}  // namespace motcua::run
