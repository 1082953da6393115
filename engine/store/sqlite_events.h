#pragma once

#include <string>
#include <vector>

#include "engine/store/counting.h"
#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_record_keys.h"
#include "engine/store/sqlite_words.h"
#include "engine/store/store.h"

namespace motcua::store::sqlite {

// The row of core::kJournal. Keys of dossiers are positive.
inline constexpr std::int64_t kJournalKey = -1;

// The end of a dossier's history: what its next event is linked to.
struct Link {
  std::int64_t position = 0;
  Hash hash{};
};

// An event with its place in the chain, ready to be written.
struct LinkedEvent {
  const core::Event* event = nullptr;  // borrowed
  std::string body;
  Link previous;
  Link link;
};
std::vector<LinkedEvent> link_events(Link previous, const std::vector<core::Event>& events,
                                     std::int64_t first_position);

// Adds events. Words are interned in the same transaction.
class EventWriter {
 public:
  EventWriter(Connection& connection, Words& words);
  void add(std::int64_t dossier, const LinkedEvent& linked);
  void keep_sealed(std::int64_t dossier, std::uint32_t version, const std::string& sealed);
  std::int64_t last_position();

 private:
  Words& words_;
  RecordKeysEnd keys_end_;
  Statement add_, seal_, last_;
};

// Reads a dossier's history along its chain, from the last event back.
class EventReader {
 public:
  EventReader(Connection& connection, Words& words);
  enum class Hashes { trusted, verified };
  // Events with version > after_version in order, at most `limit`. `id` is the dossier's. With `verified`
  // each is hashed anew; throws StoreError where one is not what was written.
  std::vector<StoredEvent> read(std::int64_t last_position, const core::Uuid& id, std::uint32_t after_version,
                                std::int64_t limit, Hashes hashes = Hashes::trusted);
  // All events, verified; also that each follows the one before it.
  std::vector<StoredEvent> read_and_verify(std::int64_t last_position, const core::Uuid& id);
  std::string sealed(std::int64_t dossier, std::uint32_t version);
  // As Counting::pass_journal.
  std::int64_t pass(std::int64_t from, std::int64_t until, int limit, Counting::Bodies bodies,
                    const Counting::Wanted& wanted, const Counting::TakeEvent& take);
  // The event at a place of the journal; throws StoreError where there is none.
  StoredEvent at(std::int64_t position);

 private:
  StoredEvent event_in(const Rows& rows, const core::Uuid& id, Hashes hashes,
                       Counting::Bodies bodies = Counting::Bodies::read);
  Words& words_;
  Statement step_, read_, pass_, sealed_, at_;
};

}  // namespace motcua::store::sqlite
