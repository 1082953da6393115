#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

#include "tests/conformance/database.h"
#include "tests/conformance/histories.h"

namespace motcua::test {
namespace {

using core::ClockKind;
using core::Code;
using core::Dossier;
using core::Instant;
using core::LegalClock;
using store::ListQuery;
using List = store::ListQuery::List;

// What stands in a list, as a person would read it off the dossier's clocks.
struct Place {
  std::int64_t due = 0;
  std::int64_t key = 0;
  ClockKind kind = ClockKind::acceptance;
  auto operator<=>(const Place&) const = default;
};

bool before_end(const std::optional<Instant>& end, Instant at) { return !end || at < *end; }

// The due instant since which the clock of this kind keeps the dossier in the late list.
std::optional<Instant> late_since(const Dossier& dossier, ClockKind kind, Instant at) {
  std::optional<Instant> since;
  for (const LegalClock& clock : dossier.clocks) {
    if (clock.kind != kind || !clock.due.at || kind == ClockKind::appraisal) continue;
    const bool missed = !clock.ended_at || *clock.ended_at > *clock.due.at;
    // The settlement of a dossier stays late until the dossier ends; another clock until itself ends.
    const bool stands = before_end(kind == ClockKind::settlement ? dossier.ended_at : clock.ended_at, at);
    if (missed && stands && *clock.due.at < at && (!since || *clock.due.at < *since)) since = clock.due.at;
  }
  return since;
}

bool untimed_at(const Dossier& dossier, ClockKind kind, Instant at) {
  return kind == ClockKind::settlement && dossier.untimed() && *dossier.accepted_at <= at &&
         before_end(dossier.ended_at, at);
}

const Code& owing(const Dossier& dossier, ClockKind kind) {
  const bool competent = kind == ClockKind::settlement || kind == ClockKind::appraisal;
  return competent ? dossier.competent_agency : dossier.receiving_agency;
}

std::vector<Place> expected(const std::vector<Story>& stories, const ListQuery& query) {
  std::set<Place> places;
  for (const Story& story : stories) {
    const Dossier& dossier = story.dossier;
    if (!shown_by(query.scope, story)) continue;
    if (!query.procedure.empty() && dossier.procedure != query.procedure) continue;
    for (const ClockKind kind : query.kinds) {
      if (!query.agency.empty() && owing(dossier, kind) != query.agency) continue;
      switch (query.list) {
        case List::late:
          if (const auto since = late_since(dossier, kind, query.at))
            places.insert({since->ms, story.key, kind});
          break;
        case List::due_soon:
          for (const LegalClock& clock : dossier.clocks) {
            if (clock.kind != kind || !clock.due.at || clock.started_at > query.at) continue;
            if (!before_end(clock.ended_at, query.at)) continue;
            if (*clock.due.at > query.at && *clock.due.at <= query.until) {
              places.insert({clock.due.at->ms, story.key, kind});
            }
          }
          break;
        case List::untimed:
          if (untimed_at(dossier, kind, query.at)) places.insert({0, story.key, kind});
          break;
      }
    }
  }
  return {places.begin(), places.end()};
}

std::vector<Place> answered(store::Reader& reader, ListQuery query, const Histories& histories) {
  std::vector<Place> places;
  while (true) {
    const auto page = reader.list(query);
    EXPECT_LE(page.size(), static_cast<std::size_t>(query.limit));
    for (const store::ListItem& item : page) {
      EXPECT_EQ(item.due_at.has_value(), query.list != List::untimed);
      places.push_back({item.due_at ? item.due_at->ms : 0, item.stored.key, item.kind});
      const auto story = std::find_if(histories.stories.begin(), histories.stories.end(),
                                      [&](const Story& s) { return s.key == item.stored.key; });
      if (story == histories.stories.end() || story->dossier != item.stored.dossier) ADD_FAILURE();
      query.after = item.mark;
    }
    if (page.size() < static_cast<std::size_t>(query.limit)) return places;
  }
}

// An apology counts for the term that was missed first, else for the last: one that was sent since that
// began.
bool has_apologised(const Dossier& dossier) {
  const LegalClock* owing = nullptr;
  for (const LegalClock& clock : dossier.clocks) {
    if (clock.kind != ClockKind::settlement) continue;
    if (owing == nullptr || !owing->missed_since(Instant{INT64_MAX})) owing = &clock;
  }
  if (owing == nullptr) return false;
  Instant begun = owing->started_at;
  for (const core::SupplementRound& round : dossier.rounds) {
    if (round.accepted_at && round.supplied_at == begun) begun = *round.accepted_at;
  }
  const auto& again = dossier.reappointment;
  if (again && again->term == owing->term && again->moves_due) {
    begun = again->at + core::ClockTime{1};  // it was for the date before
  } else if (again && again->term >= owing->term) {
    return true;
  }
  return std::any_of(dossier.apologies.begin(), dossier.apologies.end(),
                     [&](Instant at) { return at >= begun; });
}

// Whether a dossier owes what lateness brings, for a missed due among those that are asked for.
std::optional<Instant> owed_since(const Dossier& dossier, const ListQuery& query) {
  const bool explains = query.duty->duty == ClockKind::explanation;
  if (explains ? dossier.explained_at.has_value() : has_apologised(dossier)) return {};
  std::optional<Instant> since;
  for (const LegalClock& clock : dossier.clocks) {
    if (clock.kind != ClockKind::settlement || !clock.due.at) continue;
    const bool missed = clock.ended_at ? *clock.ended_at > *clock.due.at : true;
    if (missed && (!since || *clock.due.at < *since)) since = clock.due.at;
  }
  const auto own = query.duty->by_agency.find(dossier.competent_agency);
  const auto& asked = own == query.duty->by_agency.end() ? query.duty->missed : own->second;
  return since && *since > asked.after && *since <= asked.until ? since : std::nullopt;
}

std::vector<Place> expected_duties(const std::vector<Story>& stories, const ListQuery& query) {
  std::set<Place> places;
  for (const Story& story : stories) {
    const Dossier& dossier = story.dossier;
    if (!shown_by(query.scope, story)) continue;
    if (!query.procedure.empty() && dossier.procedure != query.procedure) continue;
    if (!query.agency.empty() && dossier.competent_agency != query.agency) continue;
    if (const auto since = owed_since(dossier, query)) {
      places.insert({since->ms, story.key, query.duty->duty});
    }
  }
  return {places.begin(), places.end()};
}

std::vector<ClockKind> some_kinds(Histories& histories) {
  if (histories.chance(30)) return {ClockKind::settlement};
  std::vector<ClockKind> kinds;
  for (int kind = 0; kind < core::kClockKinds; ++kind) {
    if (histories.chance(50)) kinds.push_back(static_cast<ClockKind>(kind));
  }
  if (kinds.empty()) kinds.push_back(ClockKind::acceptance);
  return kinds;
}

// Some instants lie exactly on a date or an end, where being late begins and stops.
Instant some_instant(Histories& histories, Instant first) {
  if (histories.chance(40)) {
    const Dossier& dossier = histories.stories[histories.random(histories.stories.size())].dossier;
    const LegalClock& clock = dossier.clocks[histories.random(dossier.clocks.size())];
    const std::int64_t edge = static_cast<std::int64_t>(histories.random(3)) - 1;
    if (clock.ended_at && histories.chance(50)) return {clock.ended_at->ms + edge};
    if (clock.due.at) return {clock.due.at->ms + edge};
  }
  const auto span = static_cast<std::uint64_t>(histories.now.ms - first.ms + 40 * core::kDayMs);
  return {first.ms + static_cast<std::int64_t>(histories.random(span))};
}

ListQuery some_query(Histories& histories, Instant first) {
  ListQuery query;
  query.list = static_cast<List>(histories.random(3));
  query.at = histories.chance(20) ? histories.now : some_instant(histories, first);
  query.until = query.at + core::ClockTime{static_cast<std::int64_t>(histories.random(20 * core::kDayMs))};
  query.kinds = some_kinds(histories);
  query.scope = histories.scope();
  if (histories.chance(40)) query.agency = histories.agency();
  const bool of_agency = !query.scope.parts.empty() && !query.scope.parts.front().agencies.empty();
  if (histories.chance(10) && of_agency) query.agency = query.scope.parts.front().agencies.front();
  if (histories.chance(30)) query.procedure = histories.procedure();
  query.limit = histories.chance(30) ? 1'000 : 1 + static_cast<int>(histories.random(30));
  return query;
}

TEST_P(Conformance, ListsAtAnyInstantWhatTheClocksSay) {
  for (const std::uint64_t seed : {21U, 22U, 23U}) {
    const auto store = database_->open_copy(database_->copy_path() + std::to_string(seed));
    Histories histories(seed);
    histories.pace_ms = (seed == 21 ? 1 : seed == 22 ? 8 : 72) * core::kHourMs;
    const Instant first = histories.now;
    fill(*store, histories, short_run() ? 300 : 2'000);
    const auto reader = store->reader();
    std::size_t found = 0;
    for (int n = 0; n < (short_run() ? 100 : 1'500); ++n) {
      const ListQuery query = some_query(histories, first);
      const auto places = answered(*reader, query, histories);
      ASSERT_EQ(places.size(), expected(histories.stories, query).size())
          << "seed " << seed << " query " << n;
      ASSERT_TRUE(places == expected(histories.stories, query)) << "seed " << seed << " query " << n;
      found += places.size();
    }
    EXPECT_GT(found, short_run() ? 100U : 1'000U);
  }
}

store::DutyQuery::Missed some_missed(Histories& histories, Instant first) {
  const Instant until = histories.chance(50) ? histories.now : some_instant(histories, first);
  if (histories.chance(50)) return {Instant{std::numeric_limits<std::int64_t>::min()}, until};
  return {until - core::ClockTime{static_cast<std::int64_t>(histories.random(20 * core::kDayMs))}, until};
}

TEST_P(Conformance, ListsWhoOwesWhatLatenessBringsAlsoAfterTheEnd) {
  const auto store = database_->open();
  Histories histories(25);
  histories.pace_ms = 24 * core::kHourMs;
  const Instant first = histories.now;
  fill(*store, histories, short_run() ? 400 : 2'000);
  const auto check = [&](int queries) {
    const auto reader = store->reader();
    std::size_t found = 0;
    std::size_t over = 0;
    for (int n = 0; n < queries; ++n) {
      ListQuery query = some_query(histories, first);
      query.list = List::late;
      query.at = histories.now;
      store::DutyQuery& duty = query.duty.emplace();
      duty.duty = histories.chance(50) ? ClockKind::explanation : ClockKind::apology;
      query.kinds = {duty.duty};
      duty.missed = some_missed(histories, first);
      // Offices with calendars of their own.
      while (histories.chance(30)) duty.by_agency[histories.agency()] = some_missed(histories, first);
      const auto places = answered(*reader, query, histories);
      ASSERT_TRUE(places == expected_duties(histories.stories, query)) << "query " << n;
      found += places.size();
      for (const Place& place : places) over += histories.story_of(place.key).dossier.is_open() ? 0 : 1;
    }
    EXPECT_GT(over, 20U);
    EXPECT_GT(found, over);
  };
  check(short_run() ? 60 : 400);
  EXPECT_EQ(store->rebuild(), 0);
  // A database of before these rows were kept gets them when it is opened, and nothing else changes.
  database_->damage("DELETE FROM open_clock WHERE kind = 9");
  database_->damage("UPDATE open_clock SET role = role & 3");
  database_->damage("DELETE FROM meta WHERE name = 'duties_filed'");
  const auto opened = database_->open();
  EXPECT_EQ(opened->rebuild(), 0);
  check(20);
  // And once only.
  database_->damage("DELETE FROM open_clock WHERE kind = 9");
  EXPECT_GT(database_->open()->rebuild(), 0);
}

TEST_P(Conformance, ListsNothingForWordsThatNobodyUses) {
  const auto store = database_->open();
  Histories histories(24);
  fill(*store, histories, 200);
  const auto reader = store->reader();
  ListQuery query;
  query.scope = store::Scope::everything();
  query.kinds = {ClockKind::settlement, ClockKind::acceptance};
  query.at = histories.now + core::ClockTime{90 * core::kDayMs};
  EXPECT_FALSE(reader->list(query).empty());
  query.scope = {};
  EXPECT_TRUE(reader->list(query).empty()) << "a scope of nothing";
  query.scope = store::Scope::of_agency(Code("H99"));
  EXPECT_TRUE(reader->list(query).empty());
  query.scope = store::Scope::everything();
  query.procedure = Code("9.999999");
  EXPECT_TRUE(reader->list(query).empty());
  query.procedure = {};
  query.agency = Code("H99");
  EXPECT_TRUE(reader->list(query).empty());
}

TEST_P(Conformance, ShowsTheSameSetOnAllReadPaths) {
  const auto store = database_->open();
  Histories histories(26);
  fill(*store, histories, 300);
  const auto reader = store->reader();
  for (int n = 0; n < 40; ++n) {
    store::DossierQuery all;
    all.scope = histories.scope();
    all.limit = 1'000;
    std::set<core::Uuid> listed;
    for (const store::Stored& stored : reader->dossiers(all)) listed.insert(stored.dossier.id);
    for (const Story& story : histories.stories) {
      const bool sees = shown_by(all.scope, story);
      EXPECT_EQ(all.scope.shows(story.dossier), sees) << all.scope.text();
      EXPECT_EQ(listed.contains(story.dossier.id), sees) << all.scope.text();
      EXPECT_EQ(reader->find(all.scope, story.dossier.id).has_value(), sees);
      EXPECT_EQ(!reader->history(all.scope, story.dossier.id, 0, 1).empty(), sees);
      if (story.dossier.code.empty()) continue;
      EXPECT_EQ(reader->find(all.scope, story.dossier.code).has_value(), sees);
    }
    EXPECT_EQ(store::Scope::of_text(all.scope.text()), all.scope);
  }
}

TEST_P(Conformance, RebuildsEveryDerivedTableFromTheEvents) {
  const auto store = database_->open();
  Histories histories(27);
  const Instant first = histories.now;
  fill(*store, histories, short_run() ? 300 : 1'000);
  EXPECT_EQ(store->rebuild(), 0);
  const auto check = [&] {
    const auto reader = store->reader();
    for (int n = 0; n < 100; ++n) {
      const ListQuery query = some_query(histories, first);
      ASSERT_TRUE(answered(*reader, query, histories) == expected(histories.stories, query));
    }
    for (const Story& story : histories.stories) {
      EXPECT_EQ(reader->find(store::Scope::everything(), story.dossier.id)->dossier, story.dossier);
    }
  };
  for (const char* const harm :
       {"UPDATE open_clock SET from_at = from_at + 1 WHERE dossier % 5 = 2",
        "DELETE FROM closed_clock WHERE dossier % 7 = 1", "DELETE FROM open_clock", "DELETE FROM standing",
        "INSERT INTO open_clock VALUES(2, 3, 4, 5, 0, 6, 1, 1)",
        "UPDATE dossier SET snapshot = x'01' WHERE key = 3",
        "UPDATE dossier SET state = 9, last_event = 1 WHERE key = 4", "DELETE FROM belongs WHERE dossier = 3",
        "DELETE FROM dossier_code", "DELETE FROM timer", "DELETE FROM dossier_block",
        "INSERT OR REPLACE INTO rederive VALUES(1), (2), (3), (4), (5)"}) {
    database_->damage(harm);
    EXPECT_GT(store->rebuild(), 0) << harm;
    EXPECT_EQ(store->rebuild(), 0) << harm;
  }
  check();
  fill(*store, histories, 200);
  EXPECT_EQ(store->rebuild(), 0);
  check();
}

// The record itself: changed, or cut from what went before, behind the store's back.
TEST_P(Conformance, RebuildRefusesAHistoryThatIsNotWhatWasWritten) {
  const auto store = database_->open();
  Histories histories(12);
  fill(*store, histories, 60);
  ASSERT_EQ(store->rebuild(), 0);
  for (const auto& [harm, cure] :
       {std::pair{"UPDATE event SET occurred_at = occurred_at - 1 WHERE position = 7",
                  "UPDATE event SET occurred_at = occurred_at + 1 WHERE position = 7"},
        std::pair{"UPDATE event SET body = CAST(body || x'20' AS BLOB) WHERE position = 7",
                  "UPDATE event SET body = substr(body, 1, length(body) - 1) WHERE "
                  "position = 7"},
        std::pair{"UPDATE event SET version = 1000 + version WHERE position = 7",
                  "UPDATE event SET version = version - 1000 WHERE position = 7"}}) {
    database_->damage(harm);
    EXPECT_THROW(database_->open()->rebuild(), store::StoreError) << harm;
    database_->damage(cure);
    EXPECT_EQ(database_->open()->rebuild(), 0) << cure;
  }
}

// The clocks that are owed, one by one.
store::OpenCounts counted(const Histories& histories) {
  store::OpenCounts expected_counts;
  for (const Story& story : histories.stories) {
    ++expected_counts.dossiers;
    for (const LegalClock& clock : story.dossier.clocks) {
      // A dossier without a date stands open until it ends, also while it waits for the citizen.
      const bool untimed = clock.kind == ClockKind::settlement && &clock == story.dossier.clock(clock.kind) &&
                           story.dossier.untimed() && story.dossier.is_open();
      if (!clock.running() && !untimed) continue;
      const auto kind = static_cast<std::size_t>(clock.kind);
      ++expected_counts.open[kind];
      auto& oldest = expected_counts.oldest_due[kind];
      if (clock.due.at && (!oldest || *clock.due.at < *oldest)) oldest = clock.due.at;
    }
  }
  return expected_counts;
}

void expect_counted(store::Store& store, const Histories& histories) {
  const store::OpenCounts counts = store.reader()->counts();
  const store::OpenCounts expected_counts = counted(histories);
  EXPECT_EQ(counts.open, expected_counts.open);
  EXPECT_EQ(counts.oldest_due, expected_counts.oldest_due);
  EXPECT_EQ(counts.dossiers, expected_counts.dossiers);
}

TEST_P(Conformance, CountsWhatIsOpenAsItWritesAndWhenItStarts) {
  auto store = database_->open();
  Histories histories(28);
  for (int n = 0; n < 5; ++n) {
    fill(*store, histories, 100);
    expect_counted(*store, histories);
  }
  // A write that was refused opens nothing.
  const store::Write moved = histories.go_on(0);
  const store::Write stale = histories.go_on(0);
  const auto results = store->commit(std::vector{moved, stale});
  EXPECT_EQ(results[1].verdict, store::Verdict::version_conflict);
  histories.took(moved, results[0]);
  expect_counted(*store, histories);
  store.reset();
  store = database_->open();
  expect_counted(*store, histories);
  fill(*store, histories, 100);
  expect_counted(*store, histories);
  database_->damage("DELETE FROM open_clock WHERE dossier % 2 = 0");
  EXPECT_GT(store->rebuild(), 0);
  expect_counted(*store, histories);
}

TEST_P(Conformance, NamesDossiersWhoseDatesANewCalendarMoves) {
  const auto store = database_->open();
  Histories histories(29);
  fill(*store, histories, 500);
  std::vector<std::int64_t> wanted;
  for (const Story& story : histories.stories) {
    const bool moves =
        std::any_of(story.dossier.clocks.begin(), story.dossier.clocks.end(), [](const LegalClock& clock) {
          return clock.running() &&
                 (clock.due.provisional || clock.due.pending == core::DuePending::calendar_horizon);
        });
    if (moves) wanted.push_back(story.key);
  }
  std::sort(wanted.begin(), wanted.end());
  std::vector<std::int64_t> keys;
  for (std::int64_t after = 0;;) {
    const auto page = store->to_rederive(after, 7);
    for (const store::Stored& stored : page) keys.push_back(after = stored.key);
    if (page.size() < 7) break;
  }
  EXPECT_EQ(keys, wanted);
  EXPECT_FALSE(wanted.empty());
}

TEST_P(Conformance, CopiesTheDatabaseOfOneInstantWhileOthersWrite) {
  const auto store = database_->open();
  Histories histories(30);
  fill(*store, histories, 300);
  store->backup(database_->copy_path());
  EXPECT_THROW(store->backup(database_->copy_path()), store::StoreError);
  const std::vector<Story> stories = histories.stories;
  fill(*store, histories, 100);
  const auto copy = database_->open_copy(database_->copy_path());
  const auto reader = copy->reader();
  EXPECT_EQ(reader->counts().dossiers, static_cast<std::int64_t>(stories.size()));
  for (const Story& story : stories)
    EXPECT_EQ(reader->find(store::Scope::everything(), story.dossier.id)->dossier, story.dossier);
  EXPECT_EQ(copy->rebuild(), 0);
}

}  // namespace
}  // namespace motcua::test
