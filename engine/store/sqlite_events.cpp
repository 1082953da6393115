#include "engine/store/sqlite_events.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/store/described.h"
#include "engine/store/event_codec.h"
#include "engine/store/history_chain.h"

namespace motcua::store::sqlite {
namespace {

constexpr int kVersionBits = 20;

std::int64_t personal_key(std::int64_t dossier, std::uint32_t version) {
  if (version >> kVersionBits != 0) throw StoreError("a dossier has more versions than are foreseen");
  return dossier << kVersionBits | version;
}

// As event_in reads them.
constexpr std::string_view kEventColumns =
    "e.version, previous, event_id, type, type_version, occurred_at, recorded_at, caller, on_behalf_of, "
    "cause, "
    "cause_id, procedure_version, rulebook_version, prev_hash, hash, body";

}  // namespace

std::vector<LinkedEvent> link_events(Link previous, const std::vector<core::Event>& events,
                                     std::int64_t first_position) {
  std::vector<LinkedEvent> linked;
  linked.reserve(events.size());
  for (const core::Event& event : events) {
    LinkedEvent one{&event, encode_body(event), previous, {}};
    one.link.position = first_position++;
    one.link.hash = hash_event(previous.hash, event, one.body);
    previous = one.link;
    linked.push_back(std::move(one));
  }
  return linked;
}

EventWriter::EventWriter(Connection& connection, Words& words)
    : words_(words),
      keys_end_(connection),
      add_(connection,
           "INSERT INTO event(position, dossier, version, previous, event_id, type, type_version, "
           "occurred_at, "
           "recorded_at, caller, on_behalf_of, cause, cause_id, procedure_version, rulebook_version, "
           "prev_hash, hash, "
           "body) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)"),
      seal_(connection, "INSERT INTO personal(key, sealed) VALUES(?1, ?2)"),
      last_(connection, "SELECT max(position) FROM event") {}

void EventWriter::add(std::int64_t dossier, const LinkedEvent& linked) {
  const core::Event& event = *linked.event;
  const std::string type(core::type_of(event.body));
  add_.run(linked.link.position, dossier, event.version, linked.previous.position, blob(event.id),
           words_.intern(Vocabulary::event_type, type), kTypeVersion, event.occurred_at.ms,
           event.recorded_at.ms, words_.intern(Vocabulary::caller, event.caller.text),
           words_.intern(Vocabulary::officer, event.on_behalf_of.text), static_cast<int>(event.cause),
           blob(event.cause_id), words_.intern(Vocabulary::version, event.procedure_version.text),
           words_.intern(Vocabulary::version, event.rulebook_version.text), blob(linked.previous.hash),
           blob(linked.link.hash), blob(linked.body));
}

std::int64_t EventWriter::last_position() {
  Rows rows = last_.rows();
  return rows.next() ? rows.integer(0) : 0;
}

void EventWriter::keep_sealed(std::int64_t dossier, std::uint32_t version, const std::string& sealed) {
  keys_end_.note(sealed);
  seal_.run(personal_key(dossier, version), blob(sealed));
}

EventReader::EventReader(Connection& connection, Words& words)
    : words_(words),
      step_(connection, "SELECT version, previous FROM event WHERE position = ?1"),
      read_(connection, "SELECT " + std::string(kEventColumns) + " FROM event e WHERE position = ?1"),
      pass_(connection, "SELECT " + std::string(kEventColumns) +
                            ", dossier, position FROM event e WHERE position BETWEEN ?1 AND ?2 ORDER BY "
                            "position LIMIT ?3"),
      sealed_(connection, "SELECT sealed FROM personal WHERE key = ?1"),
      at_(connection, "SELECT " + std::string(kEventColumns) +
                          ", d.id FROM event e JOIN dossier d ON d.key = e.dossier WHERE position = ?1") {}

StoredEvent EventReader::event_in(const Rows& rows, const core::Uuid& id, Hashes hashes,
                                  Counting::Bodies bodies) {
  StoredEvent stored;
  core::Event& event = stored.event;
  event.dossier = id;
  const bool in_range = std::in_range<std::uint32_t>(rows.integer(0)) &&
                        std::in_range<int>(rows.integer(4)) && is_value_of<core::CauseKind>(rows.integer(9));
  if (!in_range) {
    throw StoreError("the database is damaged: an event of dossier " + core::to_string(id) +
                     " has a number that none was written with");
  }
  event.version = static_cast<std::uint32_t>(rows.integer(0));
  rows.copy(2, event.id.bytes);
  event.occurred_at.ms = rows.integer(5);
  event.recorded_at.ms = rows.integer(6);
  event.caller.text = words_.text(rows.integer(7));
  event.on_behalf_of.text = words_.text(rows.integer(8));
  event.cause = static_cast<core::CauseKind>(rows.integer(9));
  rows.copy(10, event.cause_id.bytes);
  event.procedure_version.text = words_.text(rows.integer(11));
  event.rulebook_version.text = words_.text(rows.integer(12));
  rows.copy(13, stored.prev_hash);
  rows.copy(14, stored.hash);
  const std::string& type = words_.text(rows.integer(3));
  const int type_version = static_cast<int>(rows.integer(4));
  if (bodies == Counting::Bodies::read && !decode_body(type, type_version, rows.bytes(15), event)) {
    throw StoreError("the database is damaged: the body of event " + core::to_string(event.id) + " (" + type +
                     ") cannot be read");
  }
  if (hashes == Hashes::verified &&
      hash_event(stored.prev_hash, event, type, rows.bytes(15), type_version) != stored.hash) {
    throw StoreError("the history of dossier " + core::to_string(id) + " is broken at version " +
                     std::to_string(event.version) + ": the event is not what was written");
  }
  return stored;
}

std::vector<StoredEvent> EventReader::read(std::int64_t last_position, const core::Uuid& id,
                                           std::uint32_t after_version, std::int64_t limit, Hashes hashes) {
  std::vector<StoredEvent> events;
  for (std::int64_t position = last_position; position != 0;) {
    std::int64_t version = 0;
    std::int64_t previous = 0;
    {
      Rows rows = step_.rows(position);
      if (!rows.next())
        throw StoreError("the database is damaged: event " + std::to_string(position) + " is missing");
      version = rows.integer(0);
      previous = rows.integer(1);
    }
    if (version <= after_version) break;
    if (version <= after_version + limit) {
      Rows rows = read_.rows(position);
      rows.next();
      events.push_back(event_in(rows, id, hashes));
      events.back().position = position;
    }
    position = previous;
  }
  std::reverse(events.begin(), events.end());
  return events;
}

std::vector<StoredEvent> EventReader::read_and_verify(std::int64_t last_position, const core::Uuid& id) {
  std::vector<StoredEvent> events =
      read(last_position, id, 0, std::numeric_limits<std::uint32_t>::max(), Hashes::verified);
  HistoryChain chain;
  for (const StoredEvent& one : events) chain.follow(one);
  return events;
}

std::int64_t EventReader::pass(std::int64_t from, std::int64_t until, int limit, Counting::Bodies bodies,
                               const Counting::Wanted& wanted, const Counting::TakeEvent& take) {
  Rows rows = pass_.rows(from, until, limit);
  std::int64_t passed = 0;
  for (; rows.next(); ++passed) {
    const std::int64_t key = rows.integer(16);
    from = rows.integer(17) + 1;
    const HistoryEnd* const end = wanted(key);
    if (end == nullptr) continue;
    StoredEvent stored = event_in(rows, end->id, Hashes::verified, bodies);
    stored.position = from - 1;
    take(key, std::move(stored));
  }
  return passed < limit ? until + 1 : from;
}

StoredEvent EventReader::at(std::int64_t position) {
  Rows rows = at_.rows(position);
  if (!rows.next())
    throw StoreError("the database is damaged: event " + std::to_string(position) + " is missing");
  core::Uuid id;
  rows.copy(16, id.bytes);
  StoredEvent stored = event_in(rows, id, Hashes::trusted);
  stored.position = position;
  return stored;
}

std::string EventReader::sealed(std::int64_t dossier, std::uint32_t version) {
  Rows rows = sealed_.rows(personal_key(dossier, version));
  return rows.next() ? std::string(rows.bytes(0)) : std::string();
}

}  // namespace motcua::store::sqlite
