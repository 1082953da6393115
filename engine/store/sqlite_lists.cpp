#include "engine/store/sqlite_lists.h"

#include <algorithm>
#include <limits>
#include <queue>

#include "engine/store/sqlite_rows.h"

namespace motcua::store::sqlite {
namespace {

using List = ListQuery::List;
constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kSliceMin = 4;
constexpr std::int64_t kNoRole = -1;
// What stands for the agency of a filter that nobody was ever filed under.
constexpr std::int64_t kUnknownWord = -1;

std::int64_t word_or_none(Words& words, Vocabulary vocabulary, const core::Code& code) {
  if (code.empty()) return 0;
  const std::int64_t id = words.known(vocabulary, code.text);
  return id == 0 ? kUnknownWord : id;
}

// The bounds of one query in the terms of the tables, all inclusive.
struct Bounds {
  std::int64_t due_min = std::numeric_limits<std::int64_t>::min();
  std::int64_t due_max = 0;
  std::int64_t from_max = kEver;
  std::int64_t to_min = 0;
  std::int64_t role_left_out = kNoRole;
  std::int64_t done = 0;  // what must not stand in the column role
};

Bounds bounds_of(const ListQuery& query) {
  const std::int64_t at = query.at.ms;
  Bounds bounds;
  if (query.duty) {
    bounds.due_min = query.duty->missed.after.ms + 1;
    bounds.due_max = query.duty->missed.until.ms;
    for (const auto& [agency, missed] : query.duty->by_agency) {
      bounds.due_min = std::min(bounds.due_min, missed.after.ms + 1);
      bounds.due_max = std::max(bounds.due_max, missed.until.ms);
    }
    bounds.role_left_out = static_cast<int>(core::ListRole::due_only);
    bounds.done = query.duty->duty == core::ClockKind::explanation ? kExplained : kApologised;
    return bounds;
  }
  switch (query.list) {
    case List::late:
      bounds.due_max = at - 1;
      bounds.to_min = at + 1;
      bounds.role_left_out = static_cast<int>(core::ListRole::due_only);
      break;
    case List::due_soon:
      bounds.due_min = at + 1;
      bounds.due_max = std::min(query.until.ms, core::kDuePending - 1);
      bounds.from_max = at;
      bounds.to_min = at + 1;
      bounds.role_left_out = static_cast<int>(core::ListRole::late_only);
      break;
    case List::untimed:
      bounds.due_min = core::kDueUntimed;
      bounds.due_max = core::kDueUntimed;
      bounds.from_max = at;
      bounds.to_min = at + 1;
      break;
  }
  return bounds;
}

}  // namespace

// One range of one table, with the slice of it that was read.
struct Lists::Range {
  Table table = open;
  std::int64_t view = 0;
  std::int64_t kind = 0;
  std::int64_t listed = 0;  // the kind as which its places are shown
  std::int64_t node = 0;
  ListPlace last;  // read before
  std::vector<ListPlace> slice;
  std::size_t next = 0;
  bool ended = false;
};

Lists::Lists(Connection& connection, Words& words)
    // ?1 view, kind, node, after due, after dossier, due_max, from_max, to_min, role, procedure, owing, ?12
    // count, ?13 done
    : words_(words),
      scope_(connection),
      open_(connection,
            "SELECT due, dossier, owing, procedure FROM open_clock WHERE view = ?1 AND kind = ?2 AND (due, "
            "dossier) > "
            "(?4, ?5) AND due <= ?6 AND from_at <= ?7 AND role & 3 <> ?9 AND role & ?13 = 0 AND (?10 = 0 OR "
            "procedure = ?10) AND (?11 = 0 OR owing = ?11) ORDER BY due, dossier LIMIT ?12"),
      closed_(connection,
              "SELECT due, dossier, owing, procedure FROM closed_clock WHERE view = ?1 AND kind = ?2 AND "
              "(due, dossier) "
              "> (?4, "
              "?5) AND "
              "due <= ?6 AND from_at <= ?7 AND to_at >= ?8 AND (?10 = 0 OR procedure = ?10) AND (?11 = 0 OR "
              "owing = "
              "?11) AND ?13 = ?13 ORDER BY due, dossier LIMIT ?12"),
      standing_(connection,
                "SELECT due, dossier, owing, procedure FROM standing WHERE view = ?1 AND kind = ?2 AND node "
                "= ?3 AND (due, "
                "dossier) > "
                "(?4, ?5) AND due <= ?6 AND from_at <= ?7 AND to_at >= ?8 AND (?10 = 0 OR procedure = ?10) "
                "AND (?11 = "
                "0 OR owing = ?11) AND ?13 = ?13 ORDER BY due, dossier LIMIT ?12") {}

// Of a narrow scope, what its agencies owe and what they watch lies together. A wide one, or one of
// procedures, is looked for among what everybody owes.
Lists::Views Lists::views(const ScopeWords& scope, std::int64_t owing) {
  Views views;
  const auto agencies = scope.agencies();
  const bool narrow = agencies && agencies->size() <= kNarrowScope;
  const bool one_part = scope.parts.size() == 1 && scope.parts.front().all_procedures;
  views.checked = !scope.everything() && !(narrow && one_part);
  views.everybody = owing == 0 && !narrow;
  if (views.everybody) {
    for (const std::int64_t agency : words_.agencies()) views.of.push_back(owing_view(agency));
  } else if (!narrow || std::find(agencies->begin(), agencies->end(), owing) != agencies->end()) {
    views.of = {owing_view(owing)};
  } else {
    // An agency that is asked for and is not the reader's own owes only what the reader watches.
    for (const std::int64_t agency : *agencies) {
      views.of.push_back(watching_view(agency));
      if (owing == 0) views.of.push_back(owing_view(agency));
    }
  }
  return views;
}

std::vector<Lists::Range> Lists::ranges(const ListQuery& query, const Views& views) {
  std::vector<Range> all;
  const auto add = [&](Table table, std::int64_t view, core::ClockKind kind, std::int64_t node) {
    Range range;
    range.table = table;
    range.view = view;
    range.kind = static_cast<int>(kind);
    range.listed = query.duty ? static_cast<int>(query.duty->duty) : range.kind;
    range.node = node;
    all.push_back(std::move(range));
  };
  if (query.duty) {
    for (const std::int64_t view : views.of) {
      add(open, view, core::ClockKind::settlement, 0);
      add(open, view, core::ClockKind::explanation, 0);  // of dossiers that are over
    }
    return all;
  }
  for (const core::ClockKind kind : query.kinds) {
    if (kind == core::ClockKind::explanation || kind == core::ClockKind::apology) continue;
    // Never late (core::list_rows gives it the role due_only alone), yet owed long after its due: thousands
    // of rows to pass over for nothing.
    if (query.list == List::late && kind == core::ClockKind::appraisal) continue;
    for (const std::int64_t view : views.of) {
      add(open, view, kind, 0);
      if (query.list == List::due_soon) add(closed, view, kind, 0);
    }
    if (query.list == List::due_soon) continue;
    for (const std::int64_t view : views.everybody ? std::vector{kViewOfAll} : views.of) {
      for (int level = 0; level < kStandingLevels; ++level) {
        add(standing, view, kind, standing_node(level, query.at.ms));
      }
    }
  }
  return all;
}

void Lists::fill(Range& range, const ListQuery& query, const ScopeWords* checked, std::int64_t procedure,
                 std::int64_t owing, std::int64_t count) {
  const Bounds bounds = bounds_of(query);
  range.slice.clear();
  range.next = 0;
  Statement& statement = range.table == open ? open_ : range.table == closed ? closed_ : standing_;
  // Where calendars differ, rows of a few days are read for nothing; so are those that the scope hides.
  while (range.slice.empty() && !range.ended) {
    Rows rows = statement.rows(range.view, range.kind, range.node, range.last.due, range.last.key,
                               bounds.due_max, bounds.from_max, bounds.to_min, bounds.role_left_out,
                               procedure, owing, count, bounds.done);
    std::int64_t found = 0;
    for (; rows.next(); ++found) {
      range.last = {rows.integer(0), rows.integer(1), range.listed};
      const bool shown =
          checked == nullptr || scope_.shows(*checked, range.last.key, rows.integer(2), rows.integer(3));
      if (shown && counts(query, rows.integer(2), range.last.due)) range.slice.push_back(range.last);
    }
    range.ended = found < count;
  }
}

// Whether a duty of this agency that hangs on this due is asked for.
bool Lists::counts(const ListQuery& query, std::int64_t owing, std::int64_t due) {
  if (!query.duty || query.duty->by_agency.empty()) return true;
  const auto own = query.duty->by_agency.find(core::Code(words_.text(owing)));
  const DutyQuery::Missed& missed = own == query.duty->by_agency.end() ? query.duty->missed : own->second;
  return due > missed.after.ms && due <= missed.until.ms;
}

std::vector<ListPlace> Lists::page(const ListQuery& query) {
  const std::int64_t procedure = word_or_none(words_, Vocabulary::procedure, query.procedure);
  const std::int64_t owing = word_or_none(words_, Vocabulary::agency, query.agency);
  const ScopeWords scope(words_, query.scope);
  if (procedure == kUnknownWord || owing == kUnknownWord || scope.parts.empty()) return {};
  const Bounds bounds = bounds_of(query);
  const Views from = views(scope, owing);
  const ScopeWords* checked = from.checked ? &scope : nullptr;
  std::vector<Range> all = ranges(query, from);
  const auto limit = static_cast<std::size_t>(std::max(query.limit, 1));
  std::int64_t count = static_cast<std::int64_t>(2 * limit / std::max<std::size_t>(all.size(), 1));
  count = std::clamp(count, kSliceMin, static_cast<std::int64_t>(limit));

  struct Head {
    ListPlace place;
    std::size_t range;
    bool operator<(const Head& other) const { return other.place < place; }  // the smallest on top
  };
  std::priority_queue<Head> heads;
  for (std::size_t i = 0; i < all.size(); ++i) {
    Range& range = all[i];
    // After the mark: of a later kind also the same place. Every key is larger than 0.
    range.last = {bounds.due_min, 0, range.listed};
    if (query.after && query.after->due >= bounds.due_min) {
      range.last = {query.after->due, query.after->key - (range.listed > query.after->kind ? 1 : 0),
                    range.listed};
    }
    fill(range, query, checked, procedure, owing, count);
    if (!range.slice.empty()) heads.push({range.slice.front(), i});
  }

  std::vector<ListPlace> places;
  while (!heads.empty() && places.size() < limit) {
    const Head head = heads.top();
    heads.pop();
    if (places.empty() || places.back() != head.place) places.push_back(head.place);
    Range& range = all[head.range];
    if (++range.next == range.slice.size() && !range.ended) {
      fill(range, query, checked, procedure, owing, static_cast<std::int64_t>(limit));
    }
    if (range.next < range.slice.size()) heads.push({range.slice[range.next], head.range});
  }
  return places;
}

}  // namespace motcua::store::sqlite
