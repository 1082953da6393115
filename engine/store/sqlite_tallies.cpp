#include "engine/store/sqlite_tallies.h"

#include <algorithm>
#include <unordered_set>

#include "engine/store/snapshot_codec.h"
#include "engine/store/sqlite_dossiers.h"

namespace motcua::store::sqlite {
namespace {

constexpr std::uint64_t kWordsMax = 100'000'000;
constexpr std::string_view kFormat = "SELECT value FROM meta WHERE name = 'tally_format'";

core::Instant month_begun(core::Instant at) {
  constexpr int kOffset = core::kVietnamOffsetMinutes;
  const core::Date day = core::local_date(at, kOffset);
  return core::midnight(day - (core::year_month_day(day).day - 1), kOffset);
}

// Events that say something of the time before them.
bool looks_back(const core::EventBody& body) {
  return std::holds_alternative<core::ClocksDerived>(body) ||
         std::holds_alternative<core::DossierCorrected>(body) ||
         std::holds_alternative<core::DossierStopCountered>(body);
}

// An instant at or before steady_from of the tally, without making it.
core::Instant steady_at_least_from(const core::Dossier& dossier) {
  core::Instant from = dossier.accepted_at.value_or(dossier.received_at);
  if (!dossier.stints.empty() && !dossier.stints.back().agency.empty()) {
    from = std::max(from, dossier.stints.back().from);
  }
  return from;
}

// At an instant after all others: as the dossier stands.
core::Tally present_tally(const core::Dossier& dossier) { return core::tally_of(dossier, kForever); }

}  // namespace

TallyWriter::TallyWriter(Connection& connection, Words& words)
    : words_(words), add_(connection, "INSERT INTO tally VALUES(?1, ?2, ?3, ?4)"), late_ends_(connection) {}

void TallyWriter::note(std::int64_t key, const core::Dossier& before, const core::Dossier& after,
                       const std::vector<LinkedEvent>& linked) {
  const auto note_linked = [&](const core::Dossier& from, const core::Dossier& to, const LinkedEvent& one) {
    note_one(key, from, to, *one.event, one.link.position, one.previous.position);
  };
  if (linked.size() == 1) return note_linked(before, after, linked.front());
  core::Dossier at = before;
  for (std::size_t i = 0; i < linked.size(); ++i) {
    core::Dossier next = i + 1 == linked.size() ? after : core::evolve(at, *linked[i].event);
    note_linked(at, next, linked[i]);
    at = std::move(next);
  }
}

void TallyWriter::note_one(std::int64_t key, const core::Dossier& before, const core::Dossier& after,
                           const core::Event& event, std::int64_t position, std::int64_t known) {
  using Kind = TallyRow::Kind;
  if (before.is_open() && after.is_open()) return note_open(key, before, after, event, position, known);
  core::Tally tally = present_tally(after);
  if (!before.is_open() && tally == present_tally(before)) return;
  const Kind kind = before.is_open() ? Kind::end : Kind::again;
  add({position, key, kind, event.occurred_at, 0, std::move(tally)});
}

// A month's list asks how a dossier was that has gone on since: the first change after the month keeps that.
// Most events are in the month of the one before them and pass here without a tally being made.
void TallyWriter::note_open(std::int64_t key, const core::Dossier& before, const core::Dossier& after,
                            const core::Event& event, std::int64_t position, std::int64_t known) {
  using Kind = TallyRow::Kind;
  if (before.version == 0) return;
  const core::Instant month = month_begun(event.occurred_at);
  const bool plain = event.occurred_at >= event.recorded_at && !looks_back(event.body);
  if (plain && steady_at_least_from(before) >= month) return;
  core::Tally was = present_tally(before);
  core::Tally is = present_tally(after);
  if (was == is) return;
  if (looks_back(event.body) || event.occurred_at < was.steady_from) {
    add({position, key, Kind::looked_back, event.occurred_at, 0, std::move(is)});
  } else if (was.steady_from < month) {
    add({position, key, Kind::before, event.occurred_at, known, std::move(was)});
  }
}

void TallyWriter::add(const TallyRow& row) {
  encode_tally(row, words_, bytes_);
  add_.run(row.position, row.key, static_cast<std::int64_t>(row.kind), blob(bytes_));
  const bool ended = row.kind == TallyRow::Kind::end || row.kind == TallyRow::Kind::again;
  if (!ended || !row.tally.missed_since) return;
  const auto word = [&](Vocabulary vocabulary, const core::Code& code) {
    return code.empty() ? 0 : words_.intern(vocabulary, code.text);
  };
  late_ends_.add({row.position, row.key, row.occurred_at,
                  word(Vocabulary::agency, row.tally.competent_agency),
                  word(Vocabulary::unit, row.tally.unit), *row.tally.missed_since});
}

void fill_tallies(Connection& connection) {
  const auto is_filled = [&] {
    return connection.number(std::string(kFormat)) == kTallyFormat &&
           connection.number("SELECT value FROM meta WHERE name = 'snapshot_format'") == kSnapshotFormat;
  };
  if (is_filled()) return;
  Transaction transaction(connection, "BEGIN IMMEDIATE");
  if (is_filled()) return;  // another writer was first
  connection.run("DELETE FROM tally; DELETE FROM late_end");
  Words words(connection);
  TallyWriter writer(connection, words);
  EventReader events(connection, words);
  Statement all(connection,
                "SELECT key, id, last_event, substr(snapshot, 1, 1) FROM dossier WHERE key > 0 ORDER BY key");
  Statement renew(connection, "UPDATE dossier SET snapshot = ?2 WHERE key = ?1");
  std::string snapshot;
  Rows rows = all.rows();
  while (rows.next()) {
    core::Uuid id;
    rows.copy(1, id.bytes);
    core::Dossier dossier;
    std::int64_t known = 0;
    for (const StoredEvent& one :
         events.read(rows.integer(2), id, 0, std::numeric_limits<std::uint32_t>::max())) {
      core::Dossier next = core::evolve(dossier, one.event);
      writer.note_one(rows.integer(0), dossier, next, one.event, one.position, known);
      known = one.position;
      dossier = std::move(next);
    }
    if (rows.bytes(3) == std::string_view(&kSnapshotFormat, 1)) continue;
    encode_snapshot(dossier, snapshot);  // of an older format: it would be made of the events at each reading
    renew.run(rows.integer(0), blob(snapshot));
  }
  renew_late_sums(connection);
  connection.run("INSERT OR REPLACE INTO meta VALUES('tally_format', " + std::to_string(kTallyFormat) +
                 "), ('snapshot_format', " + std::to_string(kSnapshotFormat) + ")");
  transaction.commit();
}

Tallies::Tallies(Connection& connection, Words& words, StoredReader& stored)
    : connection_(connection),
      words_(words),
      stored_(stored),
      rows_(connection,
            "SELECT position, dossier, kind, counted FROM tally WHERE position >= ?1 AND position < ?2 ORDER "
            "BY position LIMIT ?3"),
      again_(connection,
             "SELECT DISTINCT dossier FROM tally WHERE kind >= 2 AND kind = 2 AND position >= ?1"),
      looked_back_(connection,
                   "SELECT DISTINCT dossier FROM tally WHERE kind >= 2 AND kind = 3 AND position >= ?1"),
      late_(connection,
            "SELECT dossier, occurred_at, competent, unit, missed_since FROM late_end WHERE position >= ?1 "
            "AND position <= ?2"),
      blocks_(connection, "SELECT block, states FROM dossier_block WHERE received_min < ?1 ORDER BY block"),
      last_event_(connection, "SELECT id, last_event FROM dossier WHERE key = ?1"),
      recorded_at_(connection,
                   "SELECT recorded_at FROM event WHERE position <= ?1 ORDER BY position DESC LIMIT 1"),
      last_(connection, "SELECT max(position) FROM event"),
      touched_(connection,
               "SELECT position, dossier FROM event WHERE position > ?1 AND position <= ?2 ORDER BY position "
               "LIMIT "
               "?3"),
      word_of_([this](std::uint64_t number) -> const core::Code& { return word(number); }) {}

const core::Code& Tallies::word(std::uint64_t number) {
  if (number >= known_words_.size()) {
    if (number > kWordsMax) throw StoreError("the database is damaged: a tally names no word");
    known_words_.resize(number + 1);
  }
  std::optional<core::Code>& known = known_words_[number];
  if (!known) known.emplace(words_.text(static_cast<std::int64_t>(number)));
  return *known;
}

std::vector<TallyRow> Tallies::tallies(std::int64_t from_position, std::int64_t before_position, int limit) {
  std::vector<TallyRow> found;
  found.reserve(static_cast<std::size_t>(limit));
  Rows rows = rows_.rows(from_position, before_position, limit);
  while (rows.next()) {
    TallyRow& row = found.emplace_back();
    row.position = rows.integer(0);
    row.key = rows.integer(1);
    row.kind = static_cast<TallyRow::Kind>(rows.integer(2));
    if (!decode_tally(rows.bytes(3), word_of_, row)) {
      throw StoreError("the database is damaged: the tally of event " + std::to_string(row.position) +
                       " cannot be read");
    }
  }
  return found;
}

std::vector<std::int64_t> Tallies::counted_again(std::int64_t from_position) {
  std::vector<std::int64_t> keys;
  Rows rows = again_.rows(from_position);
  while (rows.next()) keys.push_back(rows.integer(0));
  return keys;
}

std::vector<std::int64_t> Tallies::looked_back(std::int64_t from_position) {
  std::vector<std::int64_t> keys;
  Rows rows = looked_back_.rows(from_position);
  while (rows.next()) keys.push_back(rows.integer(0));
  return keys;
}

std::vector<LateEnd> Tallies::late_ends(std::int64_t from_position, std::int64_t until, core::Instant end) {
  const std::vector<std::int64_t> again = counted_again(from_position);
  const std::unordered_set<std::int64_t> left_out(again.begin(), again.end());
  std::vector<LateEnd> found;
  Rows rows = late_.rows(from_position, until);
  while (rows.next()) {
    if (rows.integer(1) >= end.ms || left_out.contains(rows.integer(0))) continue;
    found.push_back({rows.integer(0), core::Code(words_.text(rows.integer(2))),
                     core::Code(words_.text(rows.integer(3))), core::Instant{rows.integer(4)}});
  }
  return found;
}

std::vector<std::int64_t> Tallies::open_keys_before(core::Instant received) {
  const auto is_open = [](char state) {
    switch (static_cast<core::DossierState>(state)) {
      case core::DossierState::submitted:
      case core::DossierState::accepted:
      case core::DossierState::processing:
      case core::DossierState::awaiting_supplement:
      case core::DossierState::awaiting_payment:
        return true;
      case core::DossierState::refused:
      case core::DossierState::withdrawn:
      case core::DossierState::stopped:
      case core::DossierState::settled:
      case core::DossierState::returned:
        return false;
    }
    return false;  // 0: no dossier has this key
  };
  std::vector<std::int64_t> keys;
  Rows rows = blocks_.rows(received.ms);
  while (rows.next()) {
    const std::string_view states = rows.bytes(1);
    for (std::size_t place = 0; place < states.size(); ++place) {
      if (is_open(states[place])) {
        keys.push_back((rows.integer(0) << kBlockBits) | static_cast<std::int64_t>(place));
      }
    }
  }
  return keys;
}

std::vector<Counting::Present> Tallies::dossiers(std::span<const std::int64_t> keys) {
  std::vector<Present> found;
  found.reserve(keys.size());
  for (const std::int64_t key : keys) {
    auto held = stored_.by_key(key);
    if (held) found.push_back({held->last_event, std::move(held->stored.dossier), key});
  }
  return found;
}

std::vector<StoredEvent> Tallies::history(std::int64_t key, std::int64_t until) {
  std::vector<StoredEvent> events;
  for (const HistoryEnd& end : history_ends({&key, 1})) {
    events = stored_.events().read_and_verify(end.last_event, end.id);
    while (!events.empty() && events.back().position > until) events.pop_back();
  }
  return events;
}

std::vector<HistoryEnd> Tallies::history_ends(std::span<const std::int64_t> keys) {
  std::vector<HistoryEnd> ends;
  ends.reserve(keys.size());
  for (const std::int64_t key : keys) {
    Rows rows = last_event_.rows(key);
    if (!rows.next()) continue;
    HistoryEnd& end = ends.emplace_back();
    end.key = key;
    rows.copy(0, end.id.bytes);
    end.last_event = rows.integer(1);
  }
  return ends;
}

std::vector<StoredEvent> Tallies::rest_of_history(const HistoryEnd& end, std::uint32_t after_version,
                                                  std::int64_t until) {
  std::vector<StoredEvent> events =
      stored_.events().read(end.last_event, end.id, after_version, std::numeric_limits<std::uint32_t>::max(),
                            EventReader::Hashes::verified);
  while (!events.empty() && events.back().position > until) events.pop_back();
  return events;
}

std::int64_t Tallies::pass_journal(std::int64_t from, std::int64_t until, int limit, Bodies bodies,
                                   const Wanted& wanted, const TakeEvent& take) {
  return stored_.events().pass(from, until, limit, bodies, wanted, take);
}

std::int64_t Tallies::position_at(core::Instant recorded) {
  const auto recorded_by = [&](std::int64_t position) {
    Rows rows = recorded_at_.rows(position);
    return !rows.next() || rows.integer(0) <= recorded.ms;
  };
  std::int64_t known = 0;  // recorded by then
  std::int64_t not_known = 1;
  {
    Rows rows = last_.rows();
    if (rows.next()) not_known = rows.integer(0) + 1;
  }
  while (known + 1 < not_known) {
    const std::int64_t middle = known + (not_known - known) / 2;
    (recorded_by(middle) ? known : not_known) = middle;
  }
  return known;
}

std::vector<std::int64_t> Tallies::touched(std::int64_t& after, std::int64_t until, int limit) {
  std::vector<std::int64_t> keys;
  Rows rows = touched_.rows(after, until, limit);
  int looked = 0;
  for (; rows.next(); ++looked) {
    after = rows.integer(0);
    if (rows.integer(1) != kJournalKey) keys.push_back(rows.integer(1));
  }
  if (looked < limit) after = until;
  return keys;
}

}  // namespace motcua::store::sqlite
