#include <sqlite3.h>
#include <stdlib.h>

#include "engine/store/sqlite_store.h"
#include "tests/conformance/database.h"

namespace motcua::test {
namespace {

class SqliteDatabase : public Database {
 public:
  std::unique_ptr<store::Store> open() override {
    return store::open_sqlite(options(folder_.file("real.db")));
  }
  std::unique_ptr<store::Store> open_sandbox() override {
    store::SqliteOptions sandbox = options(folder_.file("sandbox.db"));
    sandbox.sandbox = true;
    return store::open_sqlite(sandbox);
  }
  std::unique_ptr<store::Store> open_copy(const std::string& path) override {
    return store::open_sqlite(options(path));
  }
  std::string copy_path() override { return folder_.file("copy.db"); }
  void damage(const std::string& sql) override {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(folder_.file("real.db").c_str(), &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 10'000);  // the log may just be starting anew
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
  }

 private:
  static store::SqliteOptions options(const std::string& path) {
    store::SqliteOptions made;
    made.path = path;
    made.lock = false;  // two writers are part of the suite
    made.checkpoint_bytes = 1 << 20;
    made.wal_bytes_max = 4 << 20;
    return made;
  }
  Folder folder_;
};

}  // namespace

std::vector<Driver> drivers() {
  return {{"Sqlite", [] { return std::make_unique<SqliteDatabase>(); }}};
}

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "motcua-store-XXXXXX").string();
  path_ = ::mkdtemp(pattern.data());
}

Folder::~Folder() { std::filesystem::remove_all(path_); }

}  // namespace motcua::test
