#include "engine/store/sqlite_store.h"
#include "tests/conformance/database.h"
#include "tests/conformance/histories.h"

namespace motcua::test {
namespace {

constexpr std::int64_t kFrameBytes = 4096 + 24;  // a page, and what the log says of it

// Against the growth of the file, as long as the log does not start anew.
TEST(SqliteCounts, CountsEachPageThatIsWrittenToTheLog) {
  Folder folder;
  store::SqliteOptions options;
  options.path = folder.file("real.db");
  const auto store = store::open_sqlite(options);
  Histories histories(36);
  fill(*store, histories, 300);  // past what the making of the file had written there
  for (int n = 0; n < 20; ++n) {
    const store::OpenCounts before = store->reader()->counts();
    fill(*store, histories, 5);
    const store::OpenCounts after = store->reader()->counts();
    EXPECT_GT(after.wal_pages, before.wal_pages);
    EXPECT_EQ(static_cast<std::int64_t>(after.wal_pages - before.wal_pages) * kFrameBytes,
              after.wal_bytes - before.wal_bytes);
  }
}

// Beside the process that serves, nothing is kept: it looks.
TEST(SqliteCounts, AreTheSameForOneThatOnlyReads) {
  Folder folder;
  store::SqliteOptions options;
  options.path = folder.file("real.db");
  const auto store = store::open_sqlite(options);
  Histories histories(37);
  fill(*store, histories, 200);
  options.read_only = true;
  const auto beside = store::open_sqlite(options);
  const store::OpenCounts kept = store->reader()->counts();
  const store::OpenCounts looked = beside->reader()->counts();
  EXPECT_EQ(kept.open, looked.open);
  EXPECT_EQ(kept.oldest_due, looked.oldest_due);
  EXPECT_EQ(kept.dossiers, looked.dossiers);
}

}  // namespace
}  // namespace motcua::test
