#include "tests/support/cut_disk.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace motcua::cut {
namespace {

// An empty file in the temporary directory, gone with the object.
class EmptyFile {
 public:
  EmptyFile() {
    path_ = (std::filesystem::temp_directory_path() / "motcua-cut-XXXXXX").string();
    ::close(::mkstemp(path_.data()));
  }
  ~EmptyFile() { std::filesystem::remove(path_); }
  EmptyFile(const EmptyFile&) = delete;
  EmptyFile& operator=(const EmptyFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Below SQLite: one file, one write of sixteen sectors at an odd place, cut.
std::string bytes_after_cut(std::uint64_t seed) {
  const EmptyFile empty;
  const std::string path = empty.path();
  Disk disk;
  std::mt19937_64 random(seed);
  const auto file = disk.open(path);
  file->write(std::vector<std::byte>(10'000, std::byte{'o'}), 0);
  disk.sync(*file);
  file->write(std::vector<std::byte>(8'192, std::byte{'n'}), 100);
  Fate fate(random);
  disk.cut(fate);
  std::string bytes(std::filesystem::file_size(path), '\0');
  std::FILE* const stream = std::fopen(path.c_str(), "r");
  EXPECT_EQ(std::fread(bytes.data(), 1, bytes.size(), stream), bytes.size());
  std::fclose(stream);
  return bytes;
}

TEST(CutDisk, KeepsLosesAndTearsWritesAndNeverTouchesTheBytesBeside) {
  std::set<std::string> kinds;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const std::string bytes = bytes_after_cut(seed);
    ASSERT_EQ(bytes.size(), 10'000U);
    EXPECT_EQ(bytes.substr(0, 100), std::string(100, 'o'));
    EXPECT_EQ(bytes.substr(8'292), std::string(1'708, 'o'));
    const std::string written = bytes.substr(100, 8'192);
    const auto fresh = static_cast<std::size_t>(std::count(written.begin(), written.end(), 'n'));
    if (fresh == 0 || fresh == written.size()) {
      kinds.insert(fresh == 0 ? "lost" : "kept");
    } else {
      kinds.insert(written.find('o') == fresh ? "prefix" : "sectors");
    }
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"kept", "lost", "prefix", "sectors"}));
}

TEST(CutDisk, MakesTheSameWreckFromTheSameSeed) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) EXPECT_EQ(bytes_after_cut(seed), bytes_after_cut(seed));
}

TEST(CutDisk, ReadsPendingWritesAndTruncationsAsAPlainFileWould) {
  const EmptyFile empty;
  std::mt19937_64 random(3);
  Disk disk;
  const auto file = disk.open(empty.path());
  std::vector<std::byte> model;
  for (int step = 0; step < 3'000; ++step) {
    const std::size_t offset = random() % 40'000;
    switch (random() % 6) {
      case 0:
        file->truncate(static_cast<std::int64_t>(offset));
        model.resize(offset);
        break;
      case 1:
        if (random() % 4 == 0) disk.sync(*file);
        break;
      default: {
        const std::vector<std::byte> bytes(1 + random() % 9'000, static_cast<std::byte>(random() % 256));
        file->write(bytes, static_cast<std::int64_t>(offset));
        model.resize(std::max(model.size(), offset + bytes.size()));
        std::copy(bytes.begin(), bytes.end(), model.begin() + static_cast<std::ptrdiff_t>(offset));
      }
    }
    std::vector<std::byte> seen(model.size() + 10);
    seen.resize(file->read(seen, 0));
    ASSERT_TRUE(seen == model) << "step " << step;
  }
}

TEST(CutDisk, LosesWhatAFailedSyncLeftEvenWhenTheNextOneSucceeds) {
  const EmptyFile empty;
  int gone = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    std::mt19937_64 random(seed);
    Fate fate(random);
    Disk disk;
    const auto file = disk.open(empty.path());
    file->truncate(0);
    disk.sync(*file);
    file->write(std::vector<std::byte>(1'000, std::byte{'n'}), 0);
    file->settle(fate);
    EXPECT_EQ(file->size(), 1'000);
    disk.sync(*file);
    if (std::filesystem::file_size(empty.path()) < 1'000) ++gone;
  }
  EXPECT_GT(gone, 0);
}

// What stands under the name after a cut, when a durable file was deleted and another made in its place.
std::string name_after_cut(std::uint64_t seed, bool directory_synced) {
  const EmptyFile empty;
  const std::string& path = empty.path();
  Disk disk;
  const auto old = disk.open(path);
  old->write(std::vector<std::byte>(3, std::byte{'o'}), 0);
  disk.sync(*old);
  disk.note_deleted(path);
  std::filesystem::remove(path);
  std::fclose(std::fopen(path.c_str(), "w"));
  disk.note_created(path);
  const auto fresh = disk.open(path);
  fresh->write(std::vector<std::byte>(5, std::byte{'n'}), 0);
  if (directory_synced) disk.sync(*fresh);
  std::mt19937_64 random(seed);
  Fate fate(random);
  disk.cut(fate);
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(CutDisk, BringsADeletedFileBackWholeUntilItsDirectoryIsSynced) {
  bool old_came_back = false;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const std::string content = name_after_cut(seed, false);
    if (content.starts_with('o')) {
      EXPECT_EQ(content, "ooo");
      old_came_back = true;
    }
    EXPECT_EQ(name_after_cut(seed, true), "nnnnn");
  }
  EXPECT_TRUE(old_came_back);
}

}  // namespace
}  // namespace motcua::cut
