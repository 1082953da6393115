#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/core/journal_event.h"
#include "engine/store/sqlite_lock.h"
#include "engine/store/sqlite_store.h"

namespace motcua::store {

// What is written into a database that is put in the place of a lost one.
struct RestoreMark {
  core::Instant at;
  core::Uuid event_id;
  core::JournalRestored body;  // without the epochs
  // Days on which numbers may have been given that are lost: they go on body.number_jump further.
  core::Date numbers_from;
  core::Date numbers_until;
};

// A restore in its steps, in a file PATH.restoring beside the place of the database. What is done there is
// there whole after put_in_place(), or not at all: a restore that was cut is run again from its beginning.
class Restoring {
 public:
  // Throws StoreLocked while the database is served, and StoreError when one is in the way.
  explicit Restoring(const SqliteOptions& options);
  ~Restoring();
  Restoring(const Restoring&) = delete;
  Restoring& operator=(const Restoring&) = delete;

  // The file: the caller brings a database there, in the clear.
  const std::string& file() const { return part_; }
  // That it is whole, ours, of this kind and of this key; brings it to the newest schema. Faults speak of it
  // under the name `told_as`.
  void check(const std::string& told_as, const std::string& key_name);
  // In one transaction: another epoch, numbers moved on, and the event that says so, of the history kJournal.
  void begin_epoch(const RestoreMark& mark);
  void put_in_place();

 private:
  const SqliteOptions options_;
  const std::string part_;
  const sqlite::LockFile lock_;
};

}  // namespace motcua::store
