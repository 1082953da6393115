#include "engine/store/backup_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace motcua::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHeader = 64;
constexpr std::size_t kChunk = 64 << 10;
constexpr std::size_t kSealed = kChunk + 16;

class BackupFile : public ::testing::Test {
 protected:
  BackupFile() : folder_(fs::temp_directory_path() / ("motcua-backup-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    key_.fill(7);
  }
  ~BackupFile() override { fs::remove_all(folder_); }

  static std::string text_of(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((i * 31 + i / 257) & 0xff);
    return text;
  }
  fs::path written(const std::string& text, const std::optional<BackupKey>& key, const char* name = "one") {
    const fs::path file = folder_ / name;
    fs::remove(file);
    BackupWriter writer(file, key);
    for (std::size_t at = 0; at < text.size(); at += 4099)
      writer.write(std::string_view(text).substr(at, 4099));
    EXPECT_FALSE(fs::exists(file));  // it has no name before it is whole
    writer.finish();
    return file;
  }
  static std::string read(const fs::path& file, const std::optional<BackupKey>& key) {
    BackupReader reader(file, key);
    std::string text;
    for (std::string some; reader.read_some(some);) text += some;
    return text;
  }
  static std::string raw(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void expect_damaged(const fs::path& file, const std::string& bytes, const std::string& why) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
    try {
      read(file, key_);
      ADD_FAILURE() << "it was read: " << why;
    } catch (const BackupDamaged& damaged) {
      EXPECT_NE(std::string(damaged.what()).find(why), std::string::npos) << damaged.what();
    }
  }
  const fs::path folder_;
  BackupKey key_{};
};

TEST_F(BackupFile, GivesBackWhatWasWrittenAtEverySizeAroundAChunk) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, kChunk - 1, kChunk, kChunk + 1, 3 * kChunk}) {
    const std::string text = text_of(size);
    EXPECT_EQ(read(written(text, key_), key_), text) << size;
    EXPECT_EQ(read(written(text, std::nullopt), std::nullopt), text) << size;
  }
}

TEST_F(BackupFile, HoldsNothingInTheClearAndNeverTheSameBytesTwice) {
  const std::string text(3 * kChunk, 'a');
  const std::string one = raw(written(text, key_, "one"));
  const std::string two = raw(written(text, key_, "two"));
  EXPECT_EQ(one.find("aaaaaaaa"), std::string::npos);
  EXPECT_NE(one.substr(kHeader, 64), two.substr(kHeader, 64));
  EXPECT_NE(one.substr(kHeader, 64), one.substr(kHeader + kSealed, 64));
}

TEST_F(BackupFile, FindsEveryChange) {
  const fs::path file = written(text_of(3 * kChunk + 5), key_);
  const std::string whole = raw(file);
  const std::string other = raw(written(text_of(3 * kChunk + 5), key_, "two"));
  for (const std::size_t at : {kHeader - 1, kHeader, kHeader + kSealed + 3, whole.size() - 1}) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    expect_damaged(file, changed, "damaged");
  }
  expect_damaged(file, whole.substr(0, kHeader + 2 * kSealed), "is cut off");
  expect_damaged(file, whole.substr(0, whole.size() - 1), "damaged or cut off");
  expect_damaged(file, whole.substr(0, kHeader), "damaged or cut off");
  expect_damaged(file, whole.substr(0, kHeader - 1), "is cut off");
  expect_damaged(file, whole + "x", "damaged");
  // Chunks that changed their places, one that is missing, one of another file under the same key.
  std::string swapped = whole;
  swapped.replace(kHeader, kSealed, whole, kHeader + kSealed, kSealed);
  swapped.replace(kHeader + kSealed, kSealed, whole, kHeader, kSealed);
  expect_damaged(file, swapped, "part 1 of");
  std::string shorter = whole;
  shorter.erase(kHeader + kSealed, kSealed);
  expect_damaged(file, shorter, "part 2 of");
  std::string mixed = whole;
  mixed.replace(kHeader + kSealed, kSealed, other, kHeader + kSealed, kSealed);
  expect_damaged(file, mixed, "part 2 of");
}

TEST_F(BackupFile, IsOpenedByItsOwnKeyAloneAndNotTakenForOneInTheClear) {
  const fs::path file = written("text", key_);
  BackupKey other = key_;
  other[31] ^= 1;
  const auto why = [&](const fs::path& named, const std::optional<BackupKey>& key) {
    try {
      read(named, key);
    } catch (const BackupDamaged& damaged) {
      return std::string(damaged.what());
    }
    return std::string();
  };
  EXPECT_NE(why(file, other).find("another key"), std::string::npos);
  EXPECT_NE(why(file, std::nullopt).find("is encrypted"), std::string::npos);
  EXPECT_NE(why(written("text", std::nullopt, "clear"), key_).find("is not encrypted"), std::string::npos);
}

TEST_F(BackupFile, LeavesNothingWhereItWasNotFinished) {
  {
    BackupWriter writer(folder_ / "half", key_);
    writer.write("text");
  }
  EXPECT_TRUE(fs::is_empty(folder_));
}

}  // namespace
}  // namespace motcua::store
