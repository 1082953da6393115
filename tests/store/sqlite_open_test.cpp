#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/store/sqlite_store.h"

namespace motcua::store {
namespace {

class SqliteOpen : public testing::Test {
 protected:
  SqliteOpen() {
    std::string pattern = (std::filesystem::temp_directory_path() / "motcua-open-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    options_.path = (folder_ / "test.db").string();
  }
  ~SqliteOpen() override { std::filesystem::remove_all(folder_); }

  // Why the database cannot be opened; empty when it can.
  std::string refusal() const {
    try {
      open_sqlite(options_);
    } catch (const StoreError& error) {
      return error.what();
    }
    return "";
  }
  void run(const std::string& sql) const {
    sqlite3* db = nullptr;
    sqlite3_open(options_.path.c_str(), &db);
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
  }
  static bool says(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }

  std::filesystem::path folder_;
  SqliteOptions options_;
};

TEST_F(SqliteOpen, NeverTakesASandboxForARealDatabaseNorTheReverse) {
  options_.sandbox = true;
  EXPECT_EQ(refusal(), "");
  options_.sandbox = false;
  EXPECT_TRUE(says(refusal(), "is a sandbox")) << refusal();
  std::filesystem::remove(options_.path);
  EXPECT_EQ(refusal(), "");
  options_.sandbox = true;
  EXPECT_TRUE(says(refusal(), "is a real database")) << refusal();
}

TEST_F(SqliteOpen, RefusesFilesOfOthersAndLeavesThemAsTheyWere) {
  run("CREATE TABLE theirs(n)");
  const auto size = std::filesystem::file_size(options_.path);
  EXPECT_TRUE(says(refusal(), "is not a database of motcua")) << refusal();
  EXPECT_EQ(std::filesystem::file_size(options_.path), size);
  std::filesystem::remove(options_.path);
  std::ofstream(options_.path) << "a text that is long enough to be no header of a database at all, by far: "
                               << std::string(200, 'x');
  EXPECT_NE(refusal(), "");
}

TEST_F(SqliteOpen, RefusesADatabaseOfANewerVersion) {
  EXPECT_EQ(refusal(), "");
  run("PRAGMA user_version = 999");
  EXPECT_TRUE(says(refusal(), "newer version")) << refusal();
}

TEST_F(SqliteOpen, MakesNoneWhereItMayNot) {
  options_.create = false;
  EXPECT_NE(refusal(), "");
  EXPECT_FALSE(std::filesystem::exists(options_.path));
}

TEST_F(SqliteOpen, FinishesADatabaseWhoseMakingWasCut) {
  run("PRAGMA journal_mode = WAL");
  EXPECT_EQ(refusal(), "");
}

TEST_F(SqliteOpen, IsServedByOneProcessThatItNames) {
  int ready[2];
  int done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    char byte = 'r';
    const auto store = open_sqlite(options_);
    if (::write(ready[1], &byte, 1) != 1) ::_exit(1);
    if (::read(done[0], &byte, 1) != 1) ::_exit(1);
    ::_exit(0);  // without closing anything: the lock must go with the process
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_THROW(open_sqlite(options_), StoreLocked);
  EXPECT_TRUE(says(refusal(), "already served by process " + std::to_string(pid))) << refusal();
  SqliteOptions beside = options_;
  beside.read_only = true;
  EXPECT_TRUE(open_sqlite(beside)->reader()->alive());
  ASSERT_EQ(::write(done[1], &byte, 1), 1);
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(refusal(), "");
  for (const int fd : {ready[0], ready[1], done[0], done[1]}) ::close(fd);
}

// A database as the first release left it keeps what was typed, under the key of today.
TEST_F(SqliteOpen, TakesTypedTextsOverFromTheFirstRelease) {
  EXPECT_EQ(refusal(), "");
  run("DROP TABLE personal");
  run("CREATE TABLE personal(dossier INTEGER NOT NULL REFERENCES dossier(key), version INTEGER NOT NULL, "
      "sealed BLOB NOT NULL, PRIMARY KEY(dossier, version)) STRICT, WITHOUT ROWID");
  run("INSERT INTO personal VALUES(5, 3, x'0102'), (5, 1, x'03'), (700000, 12, x'04')");
  for (const char* later :
       {"alert_act", "alert_for", "alert_review", "rung_mark", "digest", "alert", "letter_attempt", "letter",
        "webhook_attempt", "webhook_delivery", "webhook_lane", "webhook", "tally", "late_end",
        "publication_file", "publication_part", "publication", "access", "erasure"}) {
    run(std::string("DROP TABLE ") + later);
  }
  run("DROP TABLE drawn_code");
  run("DROP TABLE code_block");
  run("PRAGMA user_version = 1");
  EXPECT_EQ(refusal(), "");
  run("CREATE TABLE expected(key INTEGER PRIMARY KEY, sealed BLOB)");
  run("INSERT INTO expected VALUES(5242883, x'0102'), (5242881, x'03'), (734003200012, x'04')");
  // Fails where a row is missing, another, or too many.
  run("CREATE TABLE differs(n INTEGER CHECK (n = 0))");
  run("INSERT INTO differs SELECT count(*) FROM (SELECT * FROM expected EXCEPT SELECT * FROM personal)");
  run("INSERT INTO differs SELECT count(*) FROM (SELECT * FROM personal EXCEPT SELECT * FROM expected)");
}

TEST_F(SqliteOpen, RefusesADatabaseWhoseSchemaAnotherHandChangedAndNamesTheObject) {
  EXPECT_EQ(refusal(), "");
  run("CREATE TRIGGER evil AFTER INSERT ON event BEGIN DELETE FROM timer; END");
  EXPECT_TRUE(says(refusal(), "trigger evil")) << refusal();
  options_.read_only = true;
  EXPECT_TRUE(says(refusal(), "trigger evil")) << refusal();
  options_.read_only = false;
  run("DROP TRIGGER evil");
  EXPECT_EQ(refusal(), "");
  run("DROP INDEX access_of_dossier");
  EXPECT_TRUE(says(refusal(), "index access_of_dossier is gone")) << refusal();
  run("CREATE INDEX access_of_dossier ON access(dossier, position) WHERE position < 0");
  EXPECT_TRUE(says(refusal(), "index access_of_dossier is another one")) << refusal();
}

TEST_F(SqliteOpen, WritesNothingWhenReadOnly) {
  EXPECT_EQ(refusal(), "");
  options_.read_only = true;
  const auto store = open_sqlite(options_);
  EXPECT_THROW(store->commit({}), StoreError);
  EXPECT_THROW(store->rebuild(RebuildMode::put_right), StoreError);
  EXPECT_TRUE(store->reader()->alive());
}

}  // namespace
}  // namespace motcua::store
