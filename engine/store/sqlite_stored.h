#pragma once

#include <optional>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_events.h"
#include "engine/store/sqlite_words.h"
#include "engine/store/store.h"

namespace motcua::store::sqlite {

// A dossier with the end of its history.
struct Held {
  Stored stored;
  std::int64_t last_event = 0;
};

// Reads dossiers from their rows; one whose snapshot has another format is made anew from its events.
class StoredReader {
 public:
  StoredReader(Connection& connection, Words& words);
  std::optional<Held> by_name(const DossierName& name);
  std::optional<Held> by_key(std::int64_t key);
  EventReader& events() { return events_; }

 private:
  std::optional<Held> first(Rows&& rows);
  EventReader events_;
  Statement by_id_, by_code_, by_key_;
};

}  // namespace motcua::store::sqlite
