#include "engine/store/sqlite_rebuild.h"

#include <algorithm>
#include <string>
#include <vector>

#include "engine/store/sqlite_tallies.h"

namespace motcua::store::sqlite {
namespace {

struct DerivedTable {
  std::string name;
  std::string dossier;  // the expression that says whose a row is
};

// Everything derived except the words, whose numbers the truth uses too.
const std::vector<DerivedTable>& derived_tables() {
  static const std::vector<DerivedTable> kTables{
      {"dossier", "key"},          {"dossier_code", "dossier"},
      {"external_ref", "dossier"}, {"belongs", "dossier"},
      {"open_clock", "dossier"},   {"closed_clock", "dossier"},
      {"standing", "dossier"},     {"timer", "dossier"},
      {"rederive", "dossier"},     {"tally", "dossier"},
      {"late_end", "dossier"},     {"dossier_block", "block << " + std::to_string(kBlockBits)},
  };
  return kTables;
}

// An empty table of the same shape in the temporary database. There it hides the real one from every
// statement prepared while it exists: so the replay writes with the very code that commits.
void make_shadow(Connection& connection, const std::string& table) {
  std::string sql;
  {
    Statement read(connection, "SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?1");
    Rows rows = read.rows(table);
    if (!rows.next()) throw StoreError("the database is damaged: the table " + table + " is missing");
    sql = rows.text(0);
  }
  constexpr std::string_view kCreate = "CREATE TABLE ";
  connection.run("CREATE TEMP TABLE " + sql.substr(kCreate.size()));
}

std::vector<std::string> columns_of(Connection& connection, const std::string& table) {
  std::vector<std::string> names;
  Statement read(connection, "SELECT name FROM pragma_table_info(?1, 'main')");
  Rows rows = read.rows(table);
  while (rows.next()) names.emplace_back(rows.text(0));
  return names;
}

// Rows `a` that `other` does not hold.
std::string lacking(const std::vector<std::string>& columns, const std::string& other) {
  std::string match;
  for (const std::string& column : columns) {
    match += (match.empty() ? "" : " AND ") + std::string("b.") + column + " IS a." + column;
  }
  return "WHERE NOT EXISTS (SELECT 1 FROM " + other + " b WHERE " + match + ")";
}

struct Replay {
  std::int64_t key = 0;
  std::int64_t last_position = 0;
  core::Uuid id;
};
core::Dossier replay(EventReader& events, const Replay& what, TallyWriter& tallies, Link& last) {
  core::Dossier dossier;
  for (const StoredEvent& one : events.read_and_verify(what.last_position, what.id)) {
    core::Dossier next = core::evolve(dossier, one.event);
    tallies.note_one(what.key, dossier, next, one.event, one.position, last.position);
    dossier = std::move(next);
    last = {one.position, one.hash};
  }
  return dossier;
}

void replay_all(Connection& connection, Words& words) {
  DossierWriter shadows(connection, words);
  TallyWriter tallies(connection, words);
  EventReader events(connection, words);
  Statement all(connection,
                "SELECT d.key, d.id, max(e.position) FROM main.dossier d JOIN event e ON e.dossier = d.key "
                "WHERE d.key > 0 GROUP BY e.dossier ORDER BY e.dossier");
  Rows rows = all.rows();
  while (rows.next()) {
    Replay what{rows.integer(0), rows.integer(2), {}};
    rows.copy(1, what.id.bytes);
    Link last;
    const core::Dossier dossier = replay(events, what, tallies, last);
    shadows.insert(what.key, dossier, last);
  }
  shadows.finish_group();
  // The journal's own history is no dossier's: it is in no list.
  connection.run("INSERT INTO temp.dossier SELECT * FROM main.dossier WHERE key <= 0");
}

void compare(Connection& connection, const DerivedTable& table) {
  const std::string real = "main." + table.name;
  const std::string shadow = "temp." + table.name;
  const std::vector<std::string> columns = columns_of(connection, table.name);
  const std::string into =
      "INSERT OR IGNORE INTO temp.differing SELECT " + table.dossier + ", '" + table.name;
  connection.run(into + "' FROM " + real + " a " + lacking(columns, shadow));
  connection.run(into + "' FROM " + shadow + " a " + lacking(columns, real));
}

void put_right(Connection& connection, const DerivedTable& table) {
  const std::string real = "main." + table.name;
  const std::string shadow = "temp." + table.name;
  const std::vector<std::string> columns = columns_of(connection, table.name);
  // A dossier's row is never taken away: its key and id are the truth, and events refer to it.
  if (table.name != "dossier") connection.run("DELETE FROM " + real + " AS a " + lacking(columns, shadow));
  connection.run("INSERT OR REPLACE INTO " + real + " SELECT * FROM " + shadow + " a " +
                 lacking(columns, real));
}

// By name, of the first dossiers that differ.
std::vector<Rebuilt::Dossier> first_differing(Connection& connection) {
  std::vector<Rebuilt::Dossier> first;
  Statement differing(connection,
                      "SELECT coalesce((SELECT id FROM main.dossier WHERE key = f.dossier), x''), "
                      "(SELECT group_concat(name, ' ') FROM temp.differing t WHERE t.dossier = f.dossier) "
                      "FROM (SELECT DISTINCT dossier FROM temp.differing ORDER BY dossier LIMIT 20) f");
  Rows rows = differing.rows();
  while (rows.next()) {
    Rebuilt::Dossier& one = first.emplace_back();
    rows.copy(0, one.id.bytes);
    std::string_view names = rows.text(1);
    while (!names.empty()) {
      const std::size_t end = std::min(names.find(' '), names.size());
      one.tables.emplace_back(names.substr(0, end));
      names.remove_prefix(std::min(end + 1, names.size()));
    }
  }
  return first;
}

}  // namespace

Rebuilt rebuild_derived(Connection& connection, Words& words, RebuildMode mode) {
  for (const DerivedTable& table : derived_tables()) make_shadow(connection, table.name);
  connection.run("CREATE TEMP TABLE differing(dossier, name, PRIMARY KEY(dossier, name)) WITHOUT ROWID");
  replay_all(connection, words);
  for (const DerivedTable& table : derived_tables()) compare(connection, table);
  Rebuilt rebuilt;
  rebuilt.differed = connection.number("SELECT count(DISTINCT dossier) FROM temp.differing");
  rebuilt.first = first_differing(connection);
  if (mode == RebuildMode::put_right) {
    for (const DerivedTable& table : derived_tables()) put_right(connection, table);
    renew_late_sums(connection);
  }
  for (const DerivedTable& table : derived_tables()) connection.run("DROP TABLE temp." + table.name);
  connection.run("DROP TABLE temp.differing");
  return rebuilt;
}

}  // namespace motcua::store::sqlite
