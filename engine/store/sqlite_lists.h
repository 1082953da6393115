#pragma once

#include <vector>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_scope.h"
#include "engine/store/store.h"

namespace motcua::store::sqlite {

// Where one place of a list stands: enough to load its dossier and to go on after it.
struct ListPlace {
  std::int64_t due = 0;
  std::int64_t key = 0;
  std::int64_t kind = 0;
  auto operator<=>(const ListPlace&) const = default;
};

// Pages of the late, due-soon and untimed lists at any instant: a merge of ranges that each stand in the
// list's order already. There is one range per clock and agency that the query asks for (of the present), and
// one per level of the tree of time (of the past). Each is read in small slices, so the cost grows with what
// is returned and with the count of ranges, not with what is open.
class Lists {
 public:
  Lists(Connection& connection, Words& words);
  // In the order of (due, key, kind), or for the untimed list (key, kind).
  std::vector<ListPlace> page(const ListQuery& query);

 private:
  enum Table { open, closed, standing };
  struct Range;
  // Where a scope's rows lie.
  struct Views {
    std::vector<std::int64_t> of;
    bool everybody = false;  // all that is owed, each once
    bool checked = false;    // there are others' rows among them
  };
  Views views(const ScopeWords& scope, std::int64_t owing);
  std::vector<Range> ranges(const ListQuery& query, const Views& views);
  // `checked`: rows that it does not show are left out.
  void fill(Range& range, const ListQuery& query, const ScopeWords* checked, std::int64_t procedure,
            std::int64_t owing, std::int64_t count);
  bool counts(const ListQuery& query, std::int64_t owing, std::int64_t due);

  Words& words_;
  ScopeCheck scope_;
  Statement open_, closed_, standing_;
};

}  // namespace motcua::store::sqlite
