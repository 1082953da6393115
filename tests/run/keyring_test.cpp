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

#include "engine/run/owned_file.h"
#include "tests/run/temp_folder.h"

namespace motcua::run {
namespace {

namespace fs = std::filesystem;

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
  EXPECT_EQ(text_of(keyring.common_key()), hkdf(counted_key(), "personal"));
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

KeyFiles files_in(const fs::path& folder, const char* master = "master.key", const char* records = "keys") {
  return {folder / master, folder / records, {}};
}

TEST(KeyringFile, IsMadeOnceForItsOwnerOnly) {
  const TempFolder folder;
  const KeyFiles files = files_in(folder / "var");
  const Keyring::Mac id = Keyring::open(files, MissingKey::make).id();
  for (const auto& [file, size] : {std::pair{files.master, 32}, std::pair{files.records, 128}}) {
    struct stat about {};
    ASSERT_EQ(::stat(file.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777, 0600U);
    EXPECT_EQ(about.st_size, size);
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder / "var"), fs::directory_iterator()), 2)
      << "a draft was left";
  EXPECT_EQ(Keyring::open(files, MissingKey::make).id(), id);
  EXPECT_EQ(Keyring::open(files, MissingKey::refuse).id(), id);
  EXPECT_NE(Keyring::open(files_in(folder / "var", "other.key", "other"), MissingKey::make).id(), id);
}

TEST(KeyringFile, HoldsTheMasterKeyItselfWhereThereAreNoKeysOfRecordsYet) {
  const TempFolder folder;
  const KeyFiles files = files_in(folder / ".");
  write_file(files.master, 32, 0600);
  Keyring::Key key;
  key.fill('k');
  EXPECT_EQ(Keyring::open(files, MissingKey::refuse).id(), Keyring(key).id());
  EXPECT_FALSE(fs::exists(files.records)) << "who only reads makes nothing";
}

TEST(KeyringFile, ComesByTheEnvironmentInPlaceOfItsFile) {
  const TempFolder folder;
  KeyFiles files = files_in(folder / ".");
  files.master_hex = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";
  const Keyring::Mac id = Keyring::open(files, MissingKey::make).id();
  EXPECT_FALSE(fs::exists(files.master));
  EXPECT_EQ(Keyring::open(files, MissingKey::refuse).id(), id);
  KeyFiles other = files;
  other.master_hex.back() = '0';
  EXPECT_THROW(Keyring::open(other, MissingKey::refuse), KeyFileError);
  for (const char* wrong : {"00", "zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"}) {
    other.master_hex = wrong;
    EXPECT_THROW(Keyring::open(other, MissingKey::refuse), KeyFileError);
  }
  write_file(files.master, 32, 0600);
  EXPECT_THROW(Keyring::open(files, MissingKey::refuse), KeyFileError) << "two, and which of them counts?";
}

TEST(KeyringFile, IsRefusedWhenMissingUnlessANewOneIsWanted) {
  const TempFolder folder;
  const KeyFiles files = files_in(folder / ".");
  EXPECT_THROW(Keyring::open(files, MissingKey::refuse), KeyFileError);
  EXPECT_FALSE(fs::exists(files.master));
  EXPECT_FALSE(fs::exists(files.records));
}

TEST(KeyringFile, IsRefusedWhenOthersMayUseIt) {
  const TempFolder folder;
  const KeyFiles files = files_in(folder / ".");
  for (const mode_t mode : {0640, 0604, 0620, 0602, 0610, 0644}) {
    write_file(files.master, 32, mode);
    EXPECT_THROW(Keyring::open(files, MissingKey::make), KeyFileError) << std::oct << mode;
  }
  for (const mode_t mode : {0600, 0400}) {
    write_file(files.master, 32, 0600);
    ::chmod(files.master.c_str(), mode);
    EXPECT_NO_THROW(Keyring::open(files, MissingKey::make)) << std::oct << mode;
    ::chmod(files.master.c_str(), 0600);
  }
  ::chmod(files.records.c_str(), 0640);
  EXPECT_THROW(Keyring::open(files, MissingKey::refuse), KeyFileError);
}

TEST(KeyringFile, IsRefusedAtAnyOtherLength) {
  const TempFolder folder;
  const KeyFiles files = files_in(folder / ".");
  for (const std::size_t size : {0, 31, 33, 64}) {
    write_file(files.master, size, 0600);
    EXPECT_THROW(Keyring::open(files, MissingKey::make), KeyFileError) << size;
    EXPECT_EQ(fs::file_size(files.master), size) << "a refused file must not be replaced";
  }
  fs::remove(files.master);
  fs::create_directory(files.master);
  ::chmod(files.master.c_str(), 0700);
  EXPECT_THROW(Keyring::open(files, MissingKey::make), KeyFileError);
}

TEST(KeyringFile, OfAnotherMasterKeyIsRefused) {
  const TempFolder folder;
  const KeyFiles files = files_in(folder / ".");
  Keyring::open(files, MissingKey::make);
  fs::remove(files.master);
  write_file(files.master, 32, 0600);
  EXPECT_THROW(Keyring::open(files, MissingKey::make), KeyFileError);
}

TEST(KeyringFile, ChangesItsMasterKeyAndNothingElse) {
  const TempFolder folder;
  const KeyFiles files = files_in(folder / ".");
  Keyring keyring = Keyring::open(files, MissingKey::make);
  const Keyring::Mac id = keyring.id();
  const Vault::Fresh before = keyring.vault().fresh();
  EXPECT_FALSE(keyring.take_next_master()) << "none lies there";
  fs::copy(files.master, folder / "old.key");
  write_file(next_master_file(files.master), 32, 0600);
  EXPECT_TRUE(keyring.take_next_master());
  EXPECT_FALSE(fs::exists(next_master_file(files.master)));
  const Vault::Fresh after = keyring.vault().fresh();
  EXPECT_EQ(keyring.vault().key(before.place), before.key);
  EXPECT_EQ(keyring.vault().key(after.place), after.key);
  const Keyring again = Keyring::open(files, MissingKey::refuse);
  EXPECT_EQ(again.id(), id);
  EXPECT_EQ(again.vault().key(before.place), before.key);
  EXPECT_EQ(again.vault().key(after.place), after.key);
  EXPECT_THROW(Keyring::open({folder / "old.key", files.records, {}}, MissingKey::refuse), KeyFileError);
}

TEST(KeyringFile, ChangesAMasterKeyOfTheEnvironment) {
  const TempFolder folder;
  KeyFiles files = files_in(folder / ".");
  files.master_hex = std::string(64, 'a');
  Keyring keyring = Keyring::open(files, MissingKey::make);
  const Vault::Fresh one = keyring.vault().fresh();
  EXPECT_THROW(keyring.change_master("ab"), KeyFileError);
  keyring.change_master(std::string(64, 'b'));
  EXPECT_THROW(Keyring::open(files, MissingKey::refuse), KeyFileError);
  files.master_hex = std::string(64, 'b');
  EXPECT_EQ(Keyring::open(files, MissingKey::refuse).vault().key(one.place), one.key);
}

TEST(KeyringFile, ForgetsTheDraftsOfAProcessThatWasKilled) {
  const TempFolder folder;
  const fs::path file = folder / "m.db.keys";
  const std::vector<const char*> others = {"m.db.keys.moved", "m.db.keys.toolong", "other.aZ0_9x",
                                           "m.db.keys"};
  for (const char* name : others) std::ofstream(folder / name) << "x";
  std::ofstream(folder / "m.db.keys.aZ0_9x") << "x";
  remove_drafts(file);
  EXPECT_FALSE(fs::exists(folder / "m.db.keys.aZ0_9x"));
  for (const char* name : others) EXPECT_TRUE(fs::exists(folder / name)) << name;
}

TEST(KeyringFile, EndsAChangeOfItsMasterKeyThatWasCut) {
  const TempFolder folder;
  const KeyFiles files = files_in(folder / ".");
  const Keyring::Mac id = Keyring::open(files, MissingKey::make).id();
  fs::copy(files.master, folder / "old.key");
  write_file(next_master_file(files.master), 32, 0600);
  // Cut before the keys were wrapped anew: the next one waits.
  EXPECT_EQ(Keyring::open(files, MissingKey::refuse).id(), id);
  EXPECT_TRUE(fs::exists(next_master_file(files.master)));
  // Cut after that, and before the file got its name.
  EXPECT_TRUE(Keyring::open(files, MissingKey::refuse).take_next_master());
  fs::rename(files.master, next_master_file(files.master));
  fs::rename(folder / "old.key", files.master);
  EXPECT_EQ(Keyring::open(files, MissingKey::refuse).id(), id);
  EXPECT_FALSE(fs::exists(next_master_file(files.master)));
  EXPECT_EQ(Keyring::open(files, MissingKey::refuse).id(), id);
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
