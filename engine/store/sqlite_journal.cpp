#include "engine/store/sqlite_journal.h"

#include <algorithm>

namespace motcua::store::sqlite {
namespace {

// Places looked at for one page, so that a filter that finds nothing costs no more than one that does.
constexpr int kLookMax = 5'000;

}  // namespace

Journal::Journal(Connection& connection, Words& words, EventReader& events)
    : words_(words),
      events_(events),
      scope_(connection),
      next_(connection,
            "SELECT position, dossier, type FROM event WHERE position > ?1 ORDER BY position LIMIT ?2"),
      last_(connection, "SELECT max(position) FROM event") {}

JournalPage Journal::page(const JournalQuery& query) {
  // A word that the database does not know is in no row, and 0 would mean any.
  const auto word = [&](Vocabulary vocabulary, const std::string& text) {
    const std::int64_t known = words_.known(vocabulary, text);
    return known == 0 ? std::int64_t{-1} : known;
  };
  const ScopeWords scope(words_, query.scope);
  const std::int64_t agency = query.agency.empty() ? 0 : word(Vocabulary::agency, query.agency.text);
  const auto shown = [&](std::int64_t dossier) {
    return scope_.shows(scope, dossier) && (agency == 0 || scope_.belongs(dossier, agency));
  };
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
      if (wanted && shown(rows.integer(1))) found.push_back(page.last);
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
