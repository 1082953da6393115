#pragma once

#include <cstdint>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_events.h"
#include "engine/store/sqlite_words.h"
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
  // What a dossier must have to do with, as words; 0: anything.
  struct Agencies {
    std::int64_t scope = 0;
    std::int64_t agency = 0;
  };
  bool concerns(std::int64_t dossier, const Agencies& agencies);

  Words& words_;
  EventReader& events_;
  Statement next_, belongs_, last_;
};

}  // namespace motcua::store::sqlite
