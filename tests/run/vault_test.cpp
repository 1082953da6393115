#include "engine/run/vault.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <thread>

#include "engine/run/key_wrap.h"
#include "engine/run/keyring.h"
#include "engine/run/vault_copy.h"
#include "tests/run/temp_folder.h"

namespace motcua::run {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockOfKeys = 1024;

SecretKey filled(std::uint8_t with) {
  SecretKey key;
  key.fill(with);
  return key;
}

class Vaults : public ::testing::Test {
 protected:
  std::string bytes() const {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  const TempFolder folder_;
  const fs::path file_ = folder_ / "keys";
  const SecretKey master_ = filled(1);
  const SecretKey root_ = filled(2);
};

TEST(KeyWrapping, GivesBackTheKeyUnderItsNumberOnly) {
  const KeyWrap wrap(filled(1)), other(filled(2));
  const SecretKey key = filled(7);
  std::array<std::uint8_t, KeyWrap::kWrappedSize> wrapped{}, again{};
  wrap.wrap(key, 5, wrapped);
  wrap.wrap(key, 5, again);
  EXPECT_NE(wrapped, again) << "a nonce came twice";
  SecretKey opened{};
  ASSERT_TRUE(wrap.unwrap(wrapped, 5, opened));
  EXPECT_EQ(opened, key);
  EXPECT_FALSE(wrap.unwrap(wrapped, 6, opened));
  EXPECT_FALSE(other.unwrap(wrapped, 5, opened));
  for (std::size_t bit = 0; bit < 8 * wrapped.size(); ++bit) {
    auto changed = wrapped;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(wrap.unwrap(changed, 5, opened)) << bit;
  }
  ASSERT_TRUE(wrap.unwrap(wrapped, 5, opened)) << "a refusal must not spoil the next one";
}

TEST(KeyWrapping, IsTheStandardsCipher) {
  const KeyWrap wrap(filled(1));
  std::array<std::uint8_t, KeyWrap::kWrappedSize> wrapped{};
  wrap.wrap(filled(7), 0x0102, wrapped);
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  const std::uint8_t number[8] = {2, 1};
  SecretKey opened{};
  int n = 0;
  EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nullptr, filled(1).data(), wrapped.data());
  EVP_DecryptUpdate(context, nullptr, &n, number, 8);
  EVP_DecryptUpdate(context, opened.data(), &n, wrapped.data() + 12, 32);
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, 16, wrapped.data() + 44);
  EXPECT_EQ(EVP_DecryptFinal_ex(context, opened.data() + 32, &n), 1);
  EVP_CIPHER_CTX_free(context);
  EXPECT_EQ(opened, filled(7));
}

TEST_F(Vaults, GiveEachKeyOnceAndKeepIt) {
  std::vector<Vault::Fresh> given;
  {
    const auto vault = Vault::make(file_, master_, root_);
    for (std::size_t i = 0; i < 3 * kBlockOfKeys; ++i) given.push_back(vault->fresh());
  }
  std::set<std::uint64_t> places;
  std::set<SecretKey> keys;
  for (const Vault::Fresh& one : given) {
    places.insert(one.place);
    keys.insert(one.key);
  }
  EXPECT_EQ(places.size(), given.size());
  EXPECT_EQ(keys.size(), given.size());
  const auto again = Vault::open(file_, master_);
  EXPECT_EQ(again->root(), root_);
  for (const Vault::Fresh& one : given) EXPECT_EQ(again->key(one.place), one.key);
  const std::uint64_t end = again->size();
  EXPECT_GE(again->fresh().place, end) << "a place that an earlier process may have used";
  const std::string all = bytes();
  for (const Vault::Fresh& one : given) {
    const std::string key(one.key.begin(), one.key.end());
    ASSERT_EQ(all.find(key), std::string::npos) << "a key lies there in clear";
  }
  EXPECT_EQ(all.find(std::string(32, '\2')), std::string::npos) << "the root lies there in clear";
}

TEST_F(Vaults, ServeManyThreadsAtOnce) {
  const auto vault = Vault::make(file_, master_, root_);
  std::vector<std::set<std::uint64_t>> places(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : places) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1500; ++i) {
          const Vault::Fresh one = vault->fresh();
          if (vault->key(one.place) == one.key) mine.insert(one.place);
        }
      });
    }
    for (std::uint8_t master = 10; master < 14; ++master) vault->wrap_anew(filled(master));
  }
  std::set<std::uint64_t> all;
  for (const auto& mine : places) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 6000U);
  EXPECT_TRUE(Vault::is_wrapped_by(file_, filled(13)));
}

TEST_F(Vaults, DestroyForEver) {
  std::uint64_t place = 0;
  {
    const auto vault = Vault::make(file_, master_, root_);
    place = vault->fresh().place;
    const Vault::Fresh kept = vault->fresh();
    EXPECT_FALSE(vault->is_destroyed(place));
    const std::uint64_t beyond = vault->size() + 5;
    vault->destroy(std::vector{place, beyond});
    EXPECT_TRUE(vault->is_destroyed(place));
    EXPECT_EQ(vault->key(place), std::nullopt);
    EXPECT_EQ(vault->key(kept.place), kept.key);
    EXPECT_EQ(vault->key(beyond), std::nullopt);
    vault->wrap_anew(filled(3));
    EXPECT_TRUE(vault->is_destroyed(place));
    EXPECT_EQ(vault->key(kept.place), kept.key);
  }
  EXPECT_EQ(Vault::open(file_, filled(3))->key(place), std::nullopt);
}

TEST_F(Vaults, TellWhatWasPassedOverFromWhatWasDestroyed) {
  Vault::Fresh one;
  {
    const auto vault = Vault::make(file_, master_, root_);
    one = vault->fresh();
  }
  fs::resize_file(file_, fs::file_size(file_) - 17);
  const auto vault = Vault::open(file_, master_);
  const std::uint64_t held = vault->size();
  const std::uint64_t end = 3 * kBlockOfKeys + 5;
  EXPECT_TRUE(vault->was_never_there(held)) << "the file ends before it";
  vault->pass_over(end);
  EXPECT_EQ(vault->size(), end);
  const std::vector<std::uint64_t> passed{held, held + 1, end - 1};
  const auto expect = [&](const Vault& opened) {
    for (const std::uint64_t place : passed) {
      EXPECT_TRUE(opened.was_never_there(place)) << place;
      EXPECT_FALSE(opened.is_destroyed(place)) << place;
      EXPECT_EQ(opened.key(place), std::nullopt) << place;
    }
    EXPECT_FALSE(opened.was_never_there(one.place));
    EXPECT_EQ(opened.key(one.place), one.key);
    EXPECT_EQ(opened.first_damaged(), std::nullopt);
  };
  expect(*vault);
  vault->wrap_anew(filled(3));
  expect(*vault);
  expect(*Vault::open(file_, filled(3)));
  vault->pass_over(end - 1);
  EXPECT_EQ(vault->size(), end) << "what is there stays";
  EXPECT_EQ(vault->fresh().place, end);
  vault->destroy(passed);
  EXPECT_TRUE(vault->is_destroyed(passed[0])) << "of a dossier that was erased since";
  EXPECT_FALSE(vault->was_never_there(passed[0]));
}

TEST_F(Vaults, AreRefusedWithAnotherMasterKeyDamagedOrOpenToOthers) {
  EXPECT_THROW(Vault::open(file_, master_), KeyFileError);
  Vault::make(file_, master_, root_);
  EXPECT_THROW(Vault::make(file_, master_, root_), KeyFileError) << "keys must not be written over";
  EXPECT_THROW(Vault::open(file_, root_), KeyFileError);
  ::chmod(file_.c_str(), 0644);
  EXPECT_THROW(Vault::open(file_, master_), KeyFileError);
  ::chmod(file_.c_str(), 0600);
  const std::string whole = bytes();
  for (const std::size_t at : {0, 24, 45}) {
    std::string changed = whole;
    changed[at] ^= 1;
    std::ofstream(file_, std::ios::binary) << changed;
    EXPECT_THROW(Vault::open(file_, master_), KeyFileError) << at;
  }
  std::ofstream(file_, std::ios::binary) << whole.substr(0, 100);
  EXPECT_THROW(Vault::open(file_, master_), KeyFileError);
  std::ofstream(file_, std::ios::binary) << whole;
  EXPECT_NO_THROW(Vault::open(file_, master_));
}

TEST_F(Vaults, GoOnAfterABlockThatWasCut) {
  Vault::Fresh one;
  {
    const auto vault = Vault::make(file_, master_, root_);
    one = vault->fresh();
  }
  fs::resize_file(file_, fs::file_size(file_) - 17);
  const auto vault = Vault::open(file_, master_);
  EXPECT_EQ(vault->size(), kBlockOfKeys - 1);
  const Vault::Fresh next = vault->fresh();
  EXPECT_EQ(next.place, kBlockOfKeys - 1);
  EXPECT_EQ(vault->key(next.place), next.key);
  EXPECT_EQ(vault->key(one.place), one.key);
}

TEST_F(Vaults, AreCopiedAsTheyAre) {
  const auto vault = Vault::make(file_, master_, root_);
  const Vault::Fresh one = vault->fresh();
  EXPECT_EQ(look_at_vault(file_)->copied_at_ms, 0);
  copy_vault(file_, folder_ / "copy", 77);
  EXPECT_THROW(copy_vault(file_, folder_ / "copy", 77), KeyFileError);
  vault->destroy(std::span(&one.place, 1));
  const auto copy = Vault::open(folder_ / "copy", master_);
  EXPECT_EQ(copy->id(), vault->id());
  EXPECT_EQ(copy->key(one.place), one.key) << "why copies must not grow old";
  EXPECT_EQ(look_at_vault(folder_ / "copy")->copied_at_ms, 77);
  EXPECT_FALSE(look_at_vault(folder_ / "none"));
}

TEST_F(Vaults, AreFollowedSoThatACopyKeepsNoKeyLongerThanTheyDo) {
  const auto vault = Vault::make(file_, master_, root_);
  const fs::path copy = folder_ / "copy";
  const auto expect_same = [&](const SecretKey& master, const std::vector<Vault::Fresh>& given) {
    follow_vault(file_, copy, 5);
    const auto opened = Vault::open(copy, master);
    for (const Vault::Fresh& one : given)
      EXPECT_EQ(opened->key(one.place), vault->key(one.place)) << one.place;
  };
  std::vector<Vault::Fresh> given{vault->fresh()};
  expect_same(master_, given);
  for (std::size_t i = 0; i < 2 * kBlockOfKeys; ++i) given.push_back(vault->fresh());
  expect_same(master_, given);
  fs::resize_file(copy, fs::file_size(copy) - 17);  // cut while it was followed
  expect_same(master_, given);
  vault->destroy(std::vector{given[3].place, given[1500].place});
  expect_same(master_, given);
  EXPECT_TRUE(Vault::open(copy, master_)->is_destroyed(given[3].place));
  vault->wrap_anew(filled(3));
  expect_same(filled(3), given);
}

TEST_F(Vaults, WhoseCopiesAreThirtyDaysOldAreForgotten) {
  constexpr std::int64_t kDay = 86'400'000;
  Vault::make(file_, master_, root_);
  fs::rename(file_, folder_ / "own.keys");
  copy_vault(folder_ / "own.keys", folder_ / "old.db.keys", 1 * kDay);
  copy_vault(folder_ / "own.keys", folder_ / "new.db.keys", 2 * kDay);
  std::ofstream(folder_ / "other.keys") << "no keys of ours, whatever its name";
  const auto forgotten = forget_old_copies(file_.parent_path(), 31 * kDay + 1);
  EXPECT_EQ(forgotten, std::vector<fs::path>{folder_ / "old.db.keys"});
  for (const char* kept : {"own.keys", "new.db.keys", "other.keys"})
    EXPECT_TRUE(fs::exists(folder_ / kept)) << kept;
}

}  // namespace
}  // namespace motcua::run
