#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "engine/core/attribution.h"
#include "engine/core/listing.h"
#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::DossierCase;
using test::later;
using test::vn;

Dossier replayed(const std::vector<Event>& events) {
  Dossier dossier;
  for (const Event& event : events) dossier = evolve(std::move(dossier), event);
  return dossier;
}

// Takes one random command after another at random instants, back-dated now and then, and keeps what was true
// before each.
class Wanderer {
 public:
  explicit Wanderer(std::uint64_t seed) : random_(seed), now_(test::random_instant(random_, 2026)) {
    now_.ms = std::min(now_.ms, vn("2026-11-01 00:00").ms);
    for (ChannelTerm& term : one.procedure.terms) term.statutory = a_term();
    const bool at_counter = random_() % 2 == 0;
    SubmitDossier submit = one.submission(at_counter ? Channel::direct : Channel::online);
    submit.accept = at_counter && random_() % 2 == 0;
    EXPECT_EQ(one.give(now_, submit), "accepted");
  }

  // True when the command was accepted.
  bool step() {
    constexpr std::int64_t kPauses[] = {0, 1, kHourMs, 9 * kHourMs, 2 * kDayMs, 6 * kDayMs, 17 * kDayMs};
    now_ = later(now_, kPauses[random_() % std::size(kPauses)] + static_cast<std::int64_t>(random_() % 3));
    if (random_() % 4 == 0) to_a_due();
    std::optional<Instant> occurred;
    if (random_() % 5 == 0) occurred = later(now_, -static_cast<std::int64_t>(random_() % (2 * kDayMs)));
    auto commands = test::one_of_each();
    acted_at = occurred.value_or(now_);
    return one.give(now_, commands[1 + random_() % (commands.size() - 1)], occurred) == "accepted";
  }

  // An instant about which something may change: a due, an end, a start, or any.
  Instant an_instant() {
    if (one.dossier.clocks.empty() || random_() % 4 == 0) {
      return later(now_, static_cast<std::int64_t>(random_() % (40 * kDayMs)) - 20 * kDayMs);
    }
    const LegalClock& clock = one.dossier.clocks[random_() % one.dossier.clocks.size()];
    const Instant about = random_() % 2 == 0 ? clock.ended_at.value_or(clock.started_at)
                                             : clock.due.at.value_or(clock.started_at);
    return later(about, static_cast<std::int64_t>(random_() % 3) - 1);
  }

  DossierCase one;
  Instant acted_at;
  Instant now() const { return now_; }

 private:
  Limit a_term() {
    const Limit terms[] = {test::working_days(1),
                           test::working_days(5),
                           test::working_hours(12),
                           test::calendar_days(7),
                           test::clock_hours(30),
                           {0, LimitUnit::immediate, {}},
                           {}};
    return terms[random_() % std::size(terms)];
  }
  // To the due of a clock, or one millisecond before or after it, when that lies ahead.
  void to_a_due() {
    const LegalClock& clock = one.dossier.clocks.back();
    if (!clock.due.at) return;
    const Instant about = later(*clock.due.at, static_cast<std::int64_t>(random_() % 3) - 1);
    if (about > now_) now_ = about;
  }

  std::mt19937_64 random_;
  Instant now_;
};

int runs() { return std::getenv("MOTCUA_TEST_SHORT") != nullptr ? 40 : 1'000; }
constexpr int kSteps = 16;

template <class Check>
void wander(Check check) {
  int accepted = 0;
  for (int run = 0; run < runs(); ++run) {
    SCOPED_TRACE("seed " + std::to_string(run));
    Wanderer wanderer(static_cast<std::uint64_t>(run));
    for (int i = 0; i < kSteps && !testing::Test::HasFailure(); ++i) {
      const Dossier before = wanderer.one.dossier;
      accepted += wanderer.step() ? 1 : 0;
      check(wanderer, before);
    }
  }
  EXPECT_GT(accepted, runs() * 2);  // the walk goes somewhere
}

TEST(AnyHistory, ReplaysToTheSameDossierWithoutACalendar) {
  wander([](Wanderer& w, const Dossier&) { ASSERT_TRUE(replayed(w.one.events) == w.one.dossier); });
}

TEST(AnyHistory, NeverMakesALateDossierTimelyAgain) {
  wander([](Wanderer& w, const Dossier& before) {
    // What was late when the act took effect stays so, at every instant after.
    const Lateness then = lateness_at(before, w.acted_at, *w.one.calendar);
    if (!then.late()) return;
    for (const std::int64_t ms : {std::int64_t{0}, std::int64_t{1}, kDayMs, 60 * kDayMs}) {
      const Lateness after = lateness_at(w.one.dossier, later(w.acted_at, ms), *w.one.calendar);
      ASSERT_TRUE(after.late());
      ASSERT_LE(after.since, then.since);
      ASSERT_GE(after.counted, then.counted);
    }
  });
}

TEST(AnyHistory, CountsLatenessThatNeverFallsAsTimePasses) {
  wander([](Wanderer& w, const Dossier&) {
    const Instant a = w.an_instant();
    const Instant b = w.an_instant();
    const Lateness first = lateness_at(w.one.dossier, std::min(a, b), *w.one.calendar);
    const Lateness second = lateness_at(w.one.dossier, std::max(a, b), *w.one.calendar);
    ASSERT_LE(first.counted, second.counted);
    ASSERT_TRUE(!first.late() || second.late());
  });
}

TEST(AnyHistory, ListsEveryRunningClockOnceAndNoOther) {
  wander([](Wanderer& w, const Dossier&) {
    const ListRows rows = list_rows(w.one.dossier);
    for (const LegalClock& clock : w.one.dossier.clocks) {
      const auto listed = std::count_if(rows.open.begin(), rows.open.end(), [&](const OpenRow& row) {
        return row.kind == clock.kind && row.role != ListRole::late_only;
      });
      const bool untimed_and_open =
          clock.kind == ClockKind::settlement && w.one.dossier.untimed() && w.one.dossier.is_open();
      const LegalClock& last = w.one.clock(clock.kind);
      ASSERT_EQ(listed, last.running() || untimed_and_open ? 1 : 0) << word_of(clock.kind);
    }
    // What lateness leaves behind is owed beyond the end, and no clock.
    const auto is_clock = [](const OpenRow& row) { return row.kind != ClockKind::explanation; };
    if (!w.one.dossier.is_open()) {
      ASSERT_TRUE(std::none_of(rows.open.begin(), rows.open.end(), is_clock));
      ASSERT_LE(rows.open.size(), w.one.dossier.late_at(over_at(w.one.dossier)) ? 1U : 0U);
    }
  });
}

// The late list as the store asks it, against the one function that says who is late.
TEST(AnyHistory, StandsInTheLateListExactlyWhileItIsLateAndOpen) {
  wander([](Wanderer& w, const Dossier&) {
    const ListRows rows = list_rows(w.one.dossier);
    for (int i = 0; i < 4; ++i) {
      const Instant at = w.an_instant();
      const bool open = std::any_of(rows.open.begin(), rows.open.end(), [&](const OpenRow& row) {
        return row.kind == ClockKind::settlement && row.role != ListRole::due_only && row.due < at.ms;
      });
      const bool stood = std::any_of(rows.standing.begin(), rows.standing.end(), [&](const StandingRow& row) {
        return row.kind == ClockKind::settlement && !row.untimed && row.from < at && at < row.to;
      });
      std::optional<Instant> ended = w.one.dossier.ended_at;
      if (ended) ended = over_at(w.one.dossier);
      const bool late_and_open = w.one.late(at) && (!ended || at < *ended);
      // A term counted from a supplement that was judged later begins at the supplement.
      if (late_and_open != (open || stood)) {
        ASSERT_LT(at, w.one.clock(ClockKind::settlement).started_at);
      }
    }
  });
}

TEST(AnyHistory, EndsWithAllClocksClosed) {
  wander([](Wanderer& w, const Dossier&) {
    if (w.one.dossier.is_open()) return;
    for (const LegalClock& clock : w.one.dossier.clocks) {
      ASSERT_TRUE(clock.ended_at);
      ASSERT_NE(clock.course, LegalClock::Course::open);
      ASSERT_NE(clock.course, LegalClock::Course::paused);
    }
  });
}

TEST(AnyHistory, HasConsecutiveVersionsAndTermsInOrder) {
  wander([](Wanderer& w, const Dossier&) {
    std::uint32_t version = 0;
    for (const Event& event : w.one.events) ASSERT_EQ(event.version, ++version);
    for (const LegalClock& clock : w.one.dossier.clocks) {
      if (clock.term > 1) {
        const LegalClock* earlier = w.one.dossier.clock(clock.kind, clock.term - 1);
        ASSERT_TRUE(earlier != nullptr && earlier->ended_at && *earlier->ended_at <= clock.started_at);
      }
      if (clock.ended_at) {
        ASSERT_LE(clock.started_at, *clock.ended_at);
      }
    }
  });
}

TEST(Evolve, KeepsAPaperBesideTheOneOfItsKeyThatCameBefore) {
  DossierCase one;
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 09:00", RequestSupplement{{Code("to_khai")}}), "accepted");
  ReceiveSupplement supplement;
  supplement.papers.push_back({Code("to_khai"), PaperForm::certified, 2, true});
  supplement.papers.push_back({Code("cccd"), PaperForm::copy, 1, false});
  ASSERT_EQ(one.give("2026-08-10 10:00", supplement), "accepted");
  AdjustDossier adjust;
  adjust.papers.push_back({Code("cccd"), PaperForm::original, 1, false});
  ASSERT_EQ(one.give("2026-08-10 11:00", AcceptSupplement{}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 11:00", adjust), "accepted");
  const std::vector<PaperRecord> expected = {
      {one.submission(Channel::online).papers[0], 1, test::vn("2026-08-10 08:00"), 0},
      {supplement.papers[0], 3, test::vn("2026-08-10 10:00"), 1},
      {supplement.papers[1], 3, test::vn("2026-08-10 10:00"), 1},
      {adjust.papers[0], 5, test::vn("2026-08-10 11:00"), 0}};
  EXPECT_EQ(one.dossier.papers, expected);
}

// What was typed of papers is sealed under the version that brought them: each stays in reach.
TEST(Evolve, KeepsTheTextsOfAllPapersAndTheLastOfEachOtherPart) {
  const auto text = [](TextRecord record, std::uint32_t version) { return TextRef{record, version, {}}; };
  Dossier dossier;
  const auto happens = [&](EventBody body) {
    Event event;
    event.version = dossier.version + 1;
    event.body = std::move(body);
    dossier = evolve(std::move(dossier), event);
  };
  DossierSubmitted submitted;
  submitted.texts = {text(TextRecord::owner, 1), text(TextRecord::papers, 1)};
  happens(submitted);
  happens(SupplementRequested{{}, {}, {text(TextRecord::reason, 2)}});
  happens(SupplementReceived{{}, {text(TextRecord::papers, 3), text(TextRecord::note, 3)}});
  happens(SupplementRequested{{}, {}, {text(TextRecord::reason, 4)}});
  const std::vector<TextRef> expected = {text(TextRecord::owner, 1), text(TextRecord::papers, 1),
                                         text(TextRecord::reason, 4), text(TextRecord::papers, 3),
                                         text(TextRecord::note, 3)};
  EXPECT_EQ(dossier.texts, expected);
  EXPECT_EQ(dossier.text(TextRecord::papers)->version, 3U);
}

}  // namespace
}  // namespace motcua::core
