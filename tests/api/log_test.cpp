#include "api/log.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>
#include <type_traits>
#include <vector>

namespace motcua::api {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// No text that was put together while running becomes a word or a field, unless it says that it is our own.
static_assert(!std::is_constructible_v<LogField, LogWord, std::string>);
static_assert(!std::is_constructible_v<LogField, LogWord, std::string_view>);
static_assert(!std::is_convertible_v<std::string, LogWord>);

class LogTest : public ::testing::Test {
 protected:
  LogTest() {
    std::string name = (fs::temp_directory_path() / "log.XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~LogTest() override { fs::remove_all(folder_); }

  std::string file(const char* name = "motcua.log") const { return (folder_ / name).string(); }
  static std::vector<Json> lines(const std::string& file) {
    std::vector<Json> all;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) all.push_back(Json::parse(line));
    return all;
  }

 private:
  fs::path folder_;
};

core::Uuid some_id() { return *core::parse_uuid("0198c0de-0000-7000-8000-00000000abcd"); }

TEST_F(LogTest, WritesALineOfJsonForEachEvent) {
  {
    Log log({LogLevel::info, file()});
    log.write(LogLevel::info, "request", some_id(),
              {{"route", OwnText{"/v1/dossiers/{id}"}},
               {"status", 201},
               {"replayed", false},
               {"agency", core::Code("H32.12")},
               {"dossier", some_id()},
               {"due_at", core::Instant{1'787'302'800'123}},
               {"method", "POST"},
               {"bytes", std::uint64_t{18'446'744'073'709'551'615U}}});
    log.write(LogLevel::warn, "queue_full");
  }
  const auto all = lines(file());
  ASSERT_EQ(all.size(), 2U);
  Json first = all[0];
  const std::string at = first["at"].get<std::string>();
  EXPECT_EQ(at.size(), std::string("2026-08-21T09:00:00.123Z").size());
  EXPECT_TRUE(core::parse_instant(at)) << at;
  first.erase("at");
  EXPECT_EQ(
      first,
      Json::parse(R"({"level":"info","event":"request","request_id":"0198c0de-0000-7000-8000-00000000abcd",
    "route":"/v1/dossiers/{id}","status":201,"replayed":false,"agency":"H32.12",
    "dossier":"0198c0de-0000-7000-8000-00000000abcd","due_at":"2026-08-21T09:00:00.123+00:00","method":"POST",
    "bytes":18446744073709551615})"));
  EXPECT_EQ(all[1]["level"], "warn");
  EXPECT_EQ(all[1]["event"], "queue_full");
  EXPECT_FALSE(all[1].contains("request_id"));
}

TEST_F(LogTest, StaysJsonWhateverAFailureSays) {
  const std::string texts[] = {"a \"quoted\" \\ path", "two\nlines\tand \x01", "% {} %v {0}", "tệp đầy", ""};
  {
    Log log({LogLevel::info, file()});
    for (const std::string& text : texts) log.write(LogLevel::error, "failed", {{"cause", OwnText{text}}});
    log.write(LogLevel::error, "failed", {{"cause", OwnText{"bad \xe0\x80\x80 name \xff"}}});
  }
  const auto all = lines(file());
  ASSERT_EQ(all.size(), std::size(texts) + 1);
  for (std::size_t i = 0; i < std::size(texts); ++i) EXPECT_EQ(all[i]["cause"], texts[i]);
  EXPECT_EQ(all.back()["cause"], "bad ??? name ?");
}

TEST_F(LogTest, WritesNothingBelowItsLevel) {
  {
    Log log({LogLevel::warn, file()});
    for (const LogLevel level : {LogLevel::trace, LogLevel::debug, LogLevel::info}) {
      EXPECT_FALSE(log.writes(level));
      log.write(level, "hidden");
    }
    EXPECT_TRUE(log.writes(LogLevel::warn));
    log.write(LogLevel::error, "shown");
    log.reopen({LogLevel::trace, file()});
    log.write(LogLevel::trace, "fine");
  }
  const auto all = lines(file());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0]["event"], "shown");
  EXPECT_EQ(all[1]["level"], "trace");
}

TEST_F(LogTest, ShowsAGraveLineAtOnceAndTheOthersOnFlush) {
  Log log({LogLevel::info, file()});
  log.write(LogLevel::warn, "grave");
  EXPECT_EQ(lines(file()).size(), 1U);
  log.write(LogLevel::info, "light");
  log.flush();
  EXPECT_EQ(lines(file()).size(), 2U);
}

TEST_F(LogTest, GoesOnInANewFileAfterARotation) {
  Log log({LogLevel::info, file()});
  log.write(LogLevel::info, "before");
  fs::rename(file(), file("old.log"));
  log.write(LogLevel::info, "between");
  log.reopen({LogLevel::info, file()});
  log.write(LogLevel::info, "after");
  log.flush();
  ASSERT_EQ(lines(file("old.log")).size(), 2U);
  EXPECT_EQ(lines(file("old.log"))[1]["event"], "between");
  ASSERT_EQ(lines(file()).size(), 1U);
  EXPECT_EQ(lines(file())[0]["event"], "after");
}

TEST_F(LogTest, KeepsTheOldFileWhenTheNewOneCannotBeOpened) {
  Log log({LogLevel::info, file()});
  EXPECT_THROW(log.reopen({LogLevel::error, file("missing/motcua.log")}), std::system_error);
  log.write(LogLevel::info, "still here");
  log.flush();
  EXPECT_EQ(lines(file()).size(), 1U);
  EXPECT_THROW(Log({LogLevel::info, file("missing/motcua.log")}), std::system_error);
}

TEST_F(LogTest, AppendsToWhatIsThereAndIsClosedToTheWorld) {
  { Log({LogLevel::info, file()}).write(LogLevel::info, "one"); }
  { Log({LogLevel::info, file()}).write(LogLevel::info, "two"); }
  EXPECT_EQ(lines(file()).size(), 2U);
  struct stat about {};
  ASSERT_EQ(::stat(file().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0007, 0U);
}

TEST_F(LogTest, KeepsEveryLineOfManyThreadsWhole) {
  {
    Log log({LogLevel::info, file()});
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&log, t] {
        for (int i = 0; i < 1000; ++i) log.write(LogLevel::info, "line", {{"thread", t}, {"i", i}});
      });
    }
  }
  std::vector<int> next(4);
  for (const Json& line : lines(file())) {
    int& expected = next[line["thread"].get<std::size_t>()];
    EXPECT_EQ(line["i"], expected);
    ++expected;
  }
  EXPECT_EQ(next, std::vector<int>(4, 1000));
}

TEST_F(LogTest, CountsWhatAFullDiskSwallows) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no full device here";
  Log log({LogLevel::info, "/dev/full"});
  log.write(LogLevel::info, "one");
  log.write(LogLevel::error, "two");
  EXPECT_EQ(log.lost(), 2U);
  log.reopen({LogLevel::info, file()});
  log.write(LogLevel::error, "three");
  EXPECT_EQ(log.lost(), 2U);
  EXPECT_EQ(lines(file()).size(), 1U);
}

}  // namespace
}  // namespace motcua::api
