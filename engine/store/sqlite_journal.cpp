#include "engine/store/sqlite_journal.h"

#include <algorithm>

#include "engine/store/sqlite_dossiers.h"

namespace motcua::store::sqlite {
namespace {

// Places looked at for one page, so that a filter that finds nothing costs no more than one that does.
constexpr int kLookMax = 5'000;

}  // namespace

Journal::Journal(Connection& connection, Words& words, EventReader& events)
    : words_(words),
      events_(events),
      next_(connection,
            "SELECT position, dossier, type FROM event WHERE position > ?1 ORDER BY position LIMIT ?2"),
      belongs_(connection, "SELECT 1 FROM belongs WHERE generation = ?1 AND word = ?2 AND dossier = ?3"),
      last_(connection, "SELECT max(position) FROM event") {}

bool Journal::concerns(std::int64_t dossier, const Agencies& agencies) {
  const auto takes_part = [&](std::int64_t agency) {
    return agency == 0 || belongs_.rows(dossier >> kGenerationBits, agency, dossier).next();
  };
  return takes_part(agencies.scope) && takes_part(agencies.agency);
}

JournalPage Journal::page(const JournalQuery& query) {
  // A word that the database does not know is in no row, and 0 would mean any.
  const auto word = [&](Vocabulary vocabulary, const std::string& text) {
    const std::int64_t known = words_.known(vocabulary, text);
    return known == 0 ? std::int64_t{-1} : known;
  };
  Agencies agencies;
  if (!query.scope.agency.empty()) agencies.scope = word(Vocabulary::agency, query.scope.agency.text);
  if (!query.agency.empty()) agencies.agency = word(Vocabulary::agency, query.agency.text);
  std::vector<std::int64_t> types;
  for (const std::string& type : query.types) types.push_back(word(Vocabulary::event_type, type));

  JournalPage page;
  page.last = query.after;
  std::vector<std::int64_t> found;
  int looked = 0;
  {
    Rows rows = next_.rows(query.after, kLookMax);
    while (static_cast<int>(found.size()) < query.limit && rows.next()) {
      ++looked;
      page.last = rows.integer(0);
      const bool wanted =
          types.empty() || std::find(types.begin(), types.end(), rows.integer(2)) != types.end();
      if (wanted && concerns(rows.integer(1), agencies)) found.push_back(page.last);
    }
  }
  page.more = static_cast<int>(found.size()) == query.limit || looked == kLookMax;
  for (const std::int64_t position : found) page.events.push_back(events_.at(position));
  return page;
}

std::int64_t Journal::last() {
  Rows rows = last_.rows();
  return rows.next() ? rows.integer(0) : 0;
}

}  // namespace motcua::store::sqlite
