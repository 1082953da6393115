#include "tests/durability/record.h"

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "engine/store/digest.h"

namespace motcua::testing {
namespace {

struct Close {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

std::string text(sqlite3_stmt* row, int column) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(row, column));
  return bytes == nullptr ? std::string()
                          : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(row, column)));
}

std::string big_endian(std::uint64_t value, int bytes) {
  std::string made;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) made += static_cast<char>(value >> shift & 0xff);
  return made;
}

std::string sized(const std::string& bytes) { return big_endian(bytes.size(), 4) + bytes; }

class Record {
 public:
  Record(const std::filesystem::path& database, Tally& tally) : tally_(tally) {
    sqlite3* db = nullptr;
    sqlite3_open_v2(database.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr);
    db_.reset(db);
  }

  void check() {
    int tables = 0;
    rows("SELECT 1 FROM sqlite_schema WHERE name = 'event'", [&](sqlite3_stmt*) { ++tables; });
    if (tables == 0) return;
    rows("PRAGMA integrity_check", [&](sqlite3_stmt* row) {
      if (text(row, 0) != "ok") tally_.fault("the file is damaged: " + text(row, 0));
    });
    for (const auto& [what, sql] : kNever) {
      rows(sql, [&, told = what](sqlite3_stmt* row) {
        tally_.fault(std::string(told) + ": " + std::to_string(sqlite3_column_int64(row, 0)));
      });
    }
    check_chains();
  }

 private:
  // Queries that must find nothing.
  static constexpr std::pair<const char*, const char*> kNever[] = {
      {"a dossier whose events are not 1 to its version",
       "SELECT d.key FROM dossier d LEFT JOIN event e ON e.dossier = d.key GROUP BY d.key HAVING "
       "count(e.version) "
       "<> d.version OR min(e.version) <> 1 OR max(e.version) <> d.version"},
      {"an event without its dossier",
       "SELECT position FROM event WHERE dossier NOT IN (SELECT key FROM dossier)"},
      {"a version twice", "SELECT dossier FROM event GROUP BY dossier, version HAVING count(*) > 1"},
      {"an event that does not follow the one before",
       "SELECT e.position FROM event e LEFT JOIN event p ON p.position = e.previous WHERE e.version > 1 AND "
       "(p.dossier IS NOT e.dossier OR p.version IS NOT e.version - 1 OR p.hash IS NOT e.prev_hash)"},
      {"a submission that follows something",
       "SELECT position FROM event WHERE version = 1 AND (previous <> 0 OR prev_hash <> zeroblob(32))"},
      {"a dossier that names another last event",
       "SELECT d.key FROM dossier d LEFT JOIN event e ON e.position = d.last_event WHERE e.dossier IS NOT "
       "d.key "
       "OR e.version IS NOT d.version"},
      {"an outcome without its dossier",
       "SELECT i.position FROM idempotency i LEFT JOIN dossier d ON d.id = i.dossier WHERE length(i.dossier) "
       "> 0 "
       "AND (d.key IS NULL OR d.version < i.version)"},
      {"an outcome twice", "SELECT max(position) FROM idempotency GROUP BY key HAVING count(*) > 1"},
      {"an outcome with a dossier and a rejection, or with neither",
       "SELECT position FROM idempotency WHERE (length(dossier) > 0) = (rejection <> '')"},
      {"a dossier without the outcome of its submission",
       "SELECT key FROM dossier WHERE id NOT IN (SELECT dossier FROM idempotency WHERE status = 201)"},
      {"a submission without what was typed",
       "SELECT position FROM event e WHERE version = 1 AND NOT EXISTS (SELECT 1 FROM personal p WHERE "
       "p.key = (e.dossier << 20 | 1))"},
      {"a dossier twice under one code",
       "SELECT max(dossier) FROM dossier_code GROUP BY code HAVING count(*) > 1"},
      {"a dossier with two codes", "SELECT dossier FROM dossier_code GROUP BY dossier HAVING count(*) > 1"},
      // Codes lie as "260821-0001-H32.19", and their counter has the day and the agency.
      {"a counter that does not stand at the highest number given",
       "SELECT max(c.value) FROM counter c LEFT JOIN dossier_code d ON substr(d.code, 1, 6) = substr(c.key, "
       "1, 6) "
       "GROUP BY c.key HAVING max(c.value) IS NOT max(CAST(substr(d.code, 8, 4) AS INTEGER)) OR "
       "count(d.code) <> "
       "max(c.value)"},
      {"a timer, a clock or a list row without its dossier",
       "SELECT dossier FROM (SELECT dossier FROM timer UNION ALL SELECT dossier FROM open_clock UNION ALL "
       "SELECT "
       "dossier FROM closed_clock UNION ALL SELECT dossier FROM standing UNION ALL SELECT dossier FROM "
       "belongs "
       "UNION ALL SELECT dossier FROM search_token) WHERE dossier NOT IN (SELECT key FROM dossier)"},
  };

  void check_chains() {
    rows(
        "SELECT e.position, e.prev_hash, e.event_id, d.id, e.version, t.text, e.type_version, e.occurred_at, "
        "e.recorded_at, c.text, o.text, e.cause, e.cause_id, p.text, r.text, e.body, e.hash FROM event e "
        "JOIN dossier d ON d.key = e.dossier LEFT JOIN word t ON t.id = e.type LEFT JOIN word c ON c.id = "
        "e.caller LEFT JOIN word o ON o.id = e.on_behalf_of LEFT JOIN word p ON p.id = e.procedure_version "
        "LEFT JOIN word r ON r.id = e.rulebook_version",
        [&](sqlite3_stmt* row) {
          static constexpr const char* kCauses[] = {"request", "clock", "calendar"};
          const auto number = [&](int column) {
            return static_cast<std::uint64_t>(sqlite3_column_int64(row, column));
          };
          const std::string bytes = sized("motcua-event-1") + text(row, 1) + text(row, 2) + text(row, 3) +
                                    big_endian(number(4), 4) + sized(text(row, 5)) +
                                    big_endian(number(6), 4) + big_endian(number(7), 8) +
                                    big_endian(number(8), 8) + sized(text(row, 9)) + sized(text(row, 10)) +
                                    sized(kCauses[number(11)]) + text(row, 12) + sized(text(row, 13)) +
                                    sized(text(row, 14)) + sized(text(row, 15));
          const auto hash = store::sha256(bytes);
          if (std::string(hash.begin(), hash.end()) != text(row, 16))
            tally_.fault("an event whose hash does not hold: " + std::to_string(number(0)));
        });
  }

  void rows(const char* sql, const std::function<void(sqlite3_stmt*)>& take) {
    sqlite3_stmt* made = nullptr;
    int code = sqlite3_prepare_v2(db_.get(), sql, -1, &made, nullptr);
    const std::unique_ptr<sqlite3_stmt, Close> statement(made);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
      code = sqlite3_step(made);
      if (code == SQLITE_ROW) take(made);
    }
    if (code != SQLITE_DONE)
      tally_.fault(std::string("cannot read: ") + sqlite3_errmsg(db_.get()) + ": " + sql);
  }

  std::unique_ptr<sqlite3, Close> db_;
  Tally& tally_;
};

}  // namespace

DiskCopy::DiskCopy(const std::filesystem::path& database)
    : directory_(database.string() + ".copy"), database_(directory_ / database.filename()) {
  std::filesystem::create_directory(directory_);
  for (const char* suffix : {"", "-wal"}) {
    const std::string file = database.string() + suffix;
    if (std::filesystem::exists(file)) std::filesystem::copy_file(file, database_.string() + suffix);
  }
}

DiskCopy::~DiskCopy() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void check_record(const std::filesystem::path& database, Tally& tally) {
  if (!std::filesystem::exists(database)) return;
  const DiskCopy copy(database);
  Record(copy.database(), tally).check();
}

}  // namespace motcua::testing
