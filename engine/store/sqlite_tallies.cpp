#include "engine/store/sqlite_tallies.h"

#include <algorithm>
#include <unordered_set>

#include "engine/store/sqlite_dossiers.h"

namespace motcua::store::sqlite {
namespace {

// Made anew, or filled before: a new database has rows from its first end on.
constexpr std::string_view kFilled =
    "SELECT EXISTS (SELECT 1 FROM tally) OR NOT EXISTS (SELECT 1 FROM dossier) OR EXISTS (SELECT 1 FROM meta "
    "WHERE name = 'tallies_filled')";

enum TallyFlag : std::int64_t {
  kChannelMask = 3,
  kUntimed = 4,
  kElectronicResult = 16,
  kFeeAsked = 32,
  kFeePaid = 64,
  kCorrected = 128
};

std::int64_t flags_of(const core::Tally& tally) {
  std::int64_t flags = static_cast<std::int64_t>(tally.channel);
  const auto set = [&](bool is, TallyFlag flag) {
    if (is) flags |= flag;
  };
  set(tally.untimed, kUntimed);
  set(tally.electronic_result, kElectronicResult);
  set(tally.fee_asked, kFeeAsked);
  set(tally.fee_paid, kFeePaid);
  set(tally.corrected, kCorrected);
  return flags;
}

std::optional<std::int64_t> ms_of(const std::optional<core::Instant>& at) {
  return at ? std::optional(at->ms) : std::nullopt;
}

std::optional<core::Instant> instant_in(const Rows& rows, int column) {
  if (rows.is_null(column)) return std::nullopt;
  return core::Instant{rows.integer(column)};
}

// At an instant after all others: as the dossier stands.
core::Tally present_tally(const core::Dossier& dossier) {
  return core::tally_of(dossier, core::Instant{std::numeric_limits<std::int64_t>::max()});
}

}  // namespace

TallyWriter::TallyWriter(Connection& connection, Words& words)
    : words_(words),
      add_(connection,
           "INSERT INTO tally VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, "
           "?17, "
           "?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26)") {}

void TallyWriter::note(std::int64_t key, const core::Dossier& before, const core::Dossier& after,
                       const std::vector<LinkedEvent>& linked) {
  if (before.is_open() && after.is_open() && linked.size() == 1) return;
  core::Dossier at = before;
  for (std::size_t i = 0; i < linked.size(); ++i) {
    const core::Event& event = *linked[i].event;
    core::Dossier next = i + 1 == linked.size() ? after : core::evolve(at, event);
    note_one(key, at, next, linked[i].link.position, event.occurred_at);
    at = std::move(next);
  }
}

void TallyWriter::note_one(std::int64_t key, const core::Dossier& before, const core::Dossier& after,
                           std::int64_t position, core::Instant occurred_at) {
  if (before.is_open() && after.is_open()) return;
  const core::Tally tally = present_tally(after);
  if (!before.is_open() && tally == present_tally(before)) return;
  const auto word = [&](Vocabulary vocabulary, const core::Code& code) {
    return code.empty() ? 0 : words_.intern(vocabulary, code.text);
  };
  add_.run(position, key, std::int64_t{before.is_open() ? 0 : 1}, occurred_at.ms,
           word(Vocabulary::procedure, tally.procedure), word(Vocabulary::variant, tally.variant),
           word(Vocabulary::agency, tally.receiving_agency), word(Vocabulary::agency, tally.competent_agency),
           word(Vocabulary::unit, tally.unit), static_cast<std::int64_t>(tally.state), flags_of(tally),
           tally.received_at.ms, ms_of(tally.accepted_at), ms_of(tally.ended_at), ms_of(tally.due_at),
           ms_of(tally.missed_since), std::int64_t{tally.supplements}, ms_of(tally.supplement_asked_at),
           ms_of(tally.promised_again), ms_of(tally.acceptance_due), ms_of(tally.acceptance_missed_since),
           std::int64_t{tally.papers}, std::int64_t{tally.papers_digitised},
           std::int64_t{tally.papers_reused}, tally.steady_from.ms, ms_of(tally.paused_at));
}

void fill_tallies(Connection& connection) {
  if (connection.number(std::string(kFilled)) != 0) return;
  Transaction transaction(connection, "BEGIN IMMEDIATE");
  if (connection.number(std::string(kFilled)) != 0) return;  // another writer was first
  Words words(connection);
  TallyWriter writer(connection, words);
  EventReader events(connection, words);
  Statement all(connection, "SELECT key, id, last_event FROM dossier ORDER BY key");
  Rows rows = all.rows();
  while (rows.next()) {
    core::Uuid id;
    rows.copy(1, id.bytes);
    core::Dossier dossier;
    for (const StoredEvent& one :
         events.read(rows.integer(2), id, 0, std::numeric_limits<std::uint32_t>::max())) {
      core::Dossier next = core::evolve(dossier, one.event);
      writer.note_one(rows.integer(0), dossier, next, one.position, one.event.occurred_at);
      dossier = std::move(next);
    }
  }
  connection.run("INSERT INTO meta VALUES('tallies_filled', 1)");
  transaction.commit();
}

Tallies::Tallies(Connection& connection, Words& words, StoredReader& stored)
    : words_(words),
      stored_(stored),
      rows_(connection,
            "SELECT * FROM tally WHERE position >= ?1 AND position < ?2 ORDER BY position DESC LIMIT ?3"),
      again_(connection, "SELECT DISTINCT dossier FROM tally WHERE again = 1 AND position >= ?1"),
      late_(connection,
            "SELECT dossier, occurred_at, competent, unit, missed_since FROM tally WHERE missed_since IS NOT "
            "NULL AND position >= ?1 AND position <= ?2"),
      blocks_(connection, "SELECT block, states FROM dossier_block ORDER BY block"),
      last_event_(connection, "SELECT id, last_event FROM dossier WHERE key = ?1"),
      recorded_at_(connection,
                   "SELECT recorded_at FROM event WHERE position <= ?1 ORDER BY position DESC LIMIT 1"),
      last_(connection, "SELECT max(position) FROM event"),
      touched_(connection,
               "SELECT position, dossier FROM event WHERE position > ?1 AND position <= ?2 ORDER BY position "
               "LIMIT "
               "?3") {}

std::vector<TallyRow> Tallies::tallies(std::int64_t from_position, std::int64_t before_position, int limit) {
  std::vector<TallyRow> found;
  found.reserve(static_cast<std::size_t>(limit));
  Rows rows = rows_.rows(from_position, before_position, limit);
  const auto count = [&](int column) { return static_cast<std::uint32_t>(rows.integer(column)); };
  while (rows.next()) {
    TallyRow& row = found.emplace_back();
    core::Tally& tally = row.tally;
    row.position = rows.integer(0);
    row.key = rows.integer(1);
    row.again = rows.integer(2) != 0;
    row.occurred_at.ms = rows.integer(3);
    tally.procedure.text = words_.text(rows.integer(4));
    tally.variant.text = words_.text(rows.integer(5));
    tally.receiving_agency.text = words_.text(rows.integer(6));
    tally.competent_agency.text = words_.text(rows.integer(7));
    tally.unit.text = words_.text(rows.integer(8));
    tally.state = static_cast<core::DossierState>(rows.integer(9));
    const std::int64_t flags = rows.integer(10);
    tally.channel = static_cast<core::Channel>(flags & kChannelMask);
    tally.untimed = (flags & kUntimed) != 0;
    tally.electronic_result = (flags & kElectronicResult) != 0;
    tally.fee_asked = (flags & kFeeAsked) != 0;
    tally.fee_paid = (flags & kFeePaid) != 0;
    tally.corrected = (flags & kCorrected) != 0;
    tally.received_at.ms = rows.integer(11);
    tally.accepted_at = instant_in(rows, 12);
    tally.ended_at = instant_in(rows, 13);
    tally.due_at = instant_in(rows, 14);
    tally.missed_since = instant_in(rows, 15);
    tally.supplements = count(16);
    tally.supplement_asked_at = instant_in(rows, 17);
    tally.promised_again = instant_in(rows, 18);
    tally.acceptance_due = instant_in(rows, 19);
    tally.acceptance_missed_since = instant_in(rows, 20);
    tally.papers = count(21);
    tally.papers_digitised = count(22);
    tally.papers_reused = count(23);
    tally.steady_from.ms = rows.integer(24);
    tally.paused_at = instant_in(rows, 25);
  }
  return found;
}

std::vector<std::int64_t> Tallies::counted_again(std::int64_t from_position) {
  std::vector<std::int64_t> keys;
  Rows rows = again_.rows(from_position);
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

std::vector<std::int64_t> Tallies::open_keys() {
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
  Rows rows = blocks_.rows();
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

std::int64_t Tallies::pass_journal(std::int64_t from, std::int64_t until, int limit, const Wanted& wanted,
                                   const TakeEvent& take) {
  return stored_.events().pass(from, until, limit, wanted, take);
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
  while (rows.next()) {
    after = rows.integer(0);
    keys.push_back(rows.integer(1));
  }
  if (static_cast<int>(keys.size()) < limit) after = until;
  return keys;
}

}  // namespace motcua::store::sqlite
