#pragma once

#include <cstdint>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_events.h"
#include "engine/store/sqlite_scope.h"
#include "engine/store/store.h"

namespace motcua::store::sqlite {

// All events in the order in which they were written. One writer gives the places one after another and
// commits them in that order, so that whoever has read up to a place misses nothing before it.
class Journal {
 public:
  Journal(Connection& connection, Words& words, EventReader& events);
  JournalPage page(const JournalQuery& query);
  std::int64_t last();

 private:
  Words& words_;
  EventReader& events_;
  ScopeCheck scope_;
  Statement next_, last_;
};

}  // namespace motcua::store::sqlite
