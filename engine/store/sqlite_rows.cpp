#include "engine/store/sqlite_rows.h"

#include <algorithm>
#include <array>

#include "engine/core/decide.h"

namespace motcua::store::sqlite {
namespace {

constexpr int kLeafBits = 31;
constexpr int kLevelShift = 20;  // a node's number: its level above its place in the level
constexpr std::int64_t kLastLeaf = (std::int64_t{1} << (kStandingLevels - 1)) - 1;

std::int64_t leaf_of(std::int64_t instant_ms) {
  return std::clamp<std::int64_t>(instant_ms >> kLeafBits, 0, kLastLeaf);
}

std::int64_t node_number(int level, std::int64_t place) {
  return (std::int64_t{level} << kLevelShift) | place;
}

// The agencies of one dossier as numbers.
class Parties {
 public:
  Parties(const core::Dossier& dossier, Words& words, WordUse use)
      : words_(words),
        use_(use),
        receiving_(dossier.receiving_agency),
        competent_(dossier.competent_agency),
        receiving_id_(number(receiving_)),
        competent_id_(number(competent_)) {
    all_ = {receiving_id_};
    if (competent_id_ != receiving_id_) all_.push_back(competent_id_);
    for (const core::Code& further : dossier.further_agencies) all_.push_back(number(further));
  }

  // Files a row under each of them.
  void file(ClockRow row, const core::Code& owing, std::vector<ClockRow>& out) const {
    row.owing = owing == receiving_ ? receiving_id_ : owing == competent_ ? competent_id_ : number(owing);
    row.view = owing_view(row.owing);
    out.push_back(row);
    for (const std::int64_t other : all_) {
      row.view = watching_view(other);
      if (other != row.owing) out.push_back(row);
    }
  }

 private:
  std::int64_t number(const core::Code& agency) const {
    return use_ == WordUse::intern ? words_.intern(Vocabulary::agency, agency.text)
                                   : words_.known(Vocabulary::agency, agency.text);
  }
  Words& words_;
  WordUse use_;
  const core::Code& receiving_;
  const core::Code& competent_;
  std::int64_t receiving_id_;
  std::int64_t competent_id_;
  std::vector<std::int64_t> all_;
};

void file_standing(const core::StandingRow& stood, ClockRow row, const Parties& parties,
                   std::vector<ClockRow>& out) {
  row.kind = static_cast<int>(stood.kind);
  row.due = stood.untimed ? core::kDueUntimed : stood.from.ms;
  row.from_at = stood.from.ms;
  row.to_at = stood.to.ms;
  for (const std::int64_t node : standing_cover(stood.from.ms, stood.to.ms)) {
    row.node = node;
    parties.file(row, stood.agency, out);
    ClockRow for_all = out.back();
    for_all.view = kViewOfAll;
    out.push_back(for_all);
  }
}

}  // namespace

std::int64_t standing_node(int level, std::int64_t instant_ms) {
  return node_number(level, leaf_of(instant_ms) >> level);
}

std::vector<std::int64_t> standing_cover(std::int64_t from_ms, std::int64_t to_ms) {
  std::vector<std::int64_t> nodes;
  std::int64_t first = leaf_of(from_ms);
  std::int64_t end = leaf_of(to_ms) + 1;
  for (int level = 0; first < end; ++level) {
    if (level + 1 == kStandingLevels) {
      nodes.push_back(node_number(level, first));
      break;
    }
    if (first % 2 == 1) nodes.push_back(node_number(level, first++));
    if (end % 2 == 1) nodes.push_back(node_number(level, --end));
    first /= 2;
    end /= 2;
  }
  return nodes;
}

FiledRows file_rows(const core::Dossier& dossier, Words& words, WordUse use) {
  FiledRows filed;
  if (dossier.version == 0) return filed;
  const core::ListRows rows = core::list_rows(dossier);
  const Parties parties(dossier, words, use);
  ClockRow row;
  row.procedure = use == WordUse::intern ? words.intern(Vocabulary::procedure, dossier.procedure.text)
                                         : words.known(Vocabulary::procedure, dossier.procedure.text);
  for (const core::OpenRow& open : rows.open) {
    ClockRow one = row;
    one.kind = static_cast<int>(open.kind);
    one.due = open.due;
    one.role =
        static_cast<int>(open.role) + (open.explained ? kExplained : 0) + (open.apologised ? kApologised : 0);
    one.from_at = open.from.ms;
    parties.file(one, open.agency, filed.open);
  }
  for (const core::ClosedRow& closed : rows.closed) {
    if (closed.due >= core::kDuePending) continue;  // was never due soon
    ClockRow one = row;
    one.kind = static_cast<int>(closed.kind);
    one.due = closed.due;
    one.from_at = closed.from.ms;
    one.to_at = closed.to.ms;
    parties.file(one, closed.agency, filed.closed);
  }
  for (const core::StandingRow& stood : rows.standing) file_standing(stood, row, parties, filed.standing);
  for (auto* table : {&filed.open, &filed.closed, &filed.standing}) std::sort(table->begin(), table->end());
  if (const auto at = core::runs_out_at(dossier)) filed.runs_out_at = at->ms;
  filed.rederive = rows.rederive;
  return filed;
}

RowFiler::RowFiler(Connection& connection)
    // The same ten values are bound for each table; ?1 view, kind, node, due, dossier, role, from_at, to_at,
    // owing, ?10 procedure.
    : open_{Statement(connection, "INSERT INTO open_clock VALUES(?1, ?2, ?4, ?5, ?6, ?7, ?9, ?10)"),
            Statement(
                connection,
                "DELETE FROM open_clock WHERE view = ?1 AND kind = ?2 AND due = ?4 AND dossier = ?5 AND "
                "role = ?6 AND owing = ?9 AND ?10 = ?10")},
      closed_{
          Statement(connection, "INSERT INTO closed_clock VALUES(?1, ?2, ?4, ?5, ?7, ?8, ?9, ?10)"),
          Statement(connection,
                    "DELETE FROM closed_clock WHERE view = ?1 AND kind = ?2 AND due = ?4 AND dossier = ?5 "
                    "AND from_at = ?7 AND ?10 = ?10")},
      standing_{Statement(connection, "INSERT INTO standing VALUES(?1, ?2, ?3, ?4, ?5, ?7, ?8, ?9, ?10)"),
                Statement(connection,
                          "DELETE FROM standing WHERE view = ?1 AND kind = ?2 AND node = ?3 AND due = ?4 AND "
                          "dossier = ?5 AND from_at = ?7 AND owing = ?9 AND ?10 = ?10")},
      arm_(connection, "INSERT INTO timer VALUES(?1, ?2)"),
      disarm_(connection, "DELETE FROM timer WHERE at = ?1 AND dossier = ?2"),
      mark_(connection, "INSERT INTO rederive VALUES(?1)"),
      unmark_(connection, "DELETE FROM rederive WHERE dossier = ?1") {}

void RowFiler::Table::refile(std::int64_t dossier, const std::vector<ClockRow>& before,
                             const std::vector<ClockRow>& after) {
  const auto write = [dossier](Statement& statement, const ClockRow& row) {
    statement.run(row.view, row.kind, row.node, row.due, dossier, row.role, row.from_at, row.to_at, row.owing,
                  row.procedure);
  };
  std::vector<ClockRow> difference;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(difference));
  for (const ClockRow& row : difference) write(remove, row);
  difference.clear();
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(difference));
  for (const ClockRow& row : difference) write(add, row);
}

void RowFiler::refile(std::int64_t dossier, const FiledRows& before, const FiledRows& after) {
  open_.refile(dossier, before.open, after.open);
  closed_.refile(dossier, before.closed, after.closed);
  standing_.refile(dossier, before.standing, after.standing);
  if (before.runs_out_at != after.runs_out_at) {
    if (before.runs_out_at) disarm_.run(*before.runs_out_at, dossier);
    if (after.runs_out_at) arm_.run(*after.runs_out_at, dossier);
  }
  if (before.rederive != after.rederive) (after.rederive ? mark_ : unmark_).run(dossier);
}

}  // namespace motcua::store::sqlite
