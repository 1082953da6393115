#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "engine/core/attribution.h"
#include "engine/store/event_codec.h"
#include "engine/store/snapshot_codec.h"
#include "tests/core/life.h"
#include "tests/core/life_tallies.h"

namespace motcua::test {
namespace {

using core::ClockKind;
using core::DossierState;
using core::Event;
using core::Instant;
using core::LegalClock;

// What was seen over all lives, so that a test which meets nothing fails.
struct Seen {
  std::map<std::string, int> count;
  void operator()(const std::string& what) { ++count[what]; }
};

std::string line_of(ClockKind kind, const std::string& of, bool paused, std::optional<Instant> due) {
  return std::string(word_of(kind)) + (of.empty() ? "" : ' ' + of) + (paused ? " waits, " : " runs, ") +
         shown(due);
}

bool is_final(DossierState state) {
  return state == DossierState::refused || state == DossierState::withdrawn ||
         state == DossierState::stopped || state == DossierState::settled || state == DossierState::returned;
}

// What may follow in a state in which a dossier is over.
bool may_follow(DossierState state, const Event& event) {
  static const std::map<DossierState, std::set<std::string_view>> all = {
      {DossierState::refused,
       {"dossier.payment_confirmed", "dossier.refund_owed", "dossier.refund_confirmed", "dossier.corrected",
        "dossier.erased"}},
      {DossierState::withdrawn,
       {"dossier.payment_confirmed", "dossier.refund_owed", "dossier.refund_confirmed", "dossier.corrected",
        "dossier.apology_sent", "dossier.lateness_explained", "dossier.erased"}},
      {DossierState::stopped,
       {"dossier.stop_countered", "dossier.payment_confirmed", "dossier.refund_owed",
        "dossier.refund_confirmed", "dossier.corrected", "dossier.apology_sent", "dossier.lateness_explained",
        "dossier.erased"}},
      {DossierState::settled,
       {"dossier.result_returned", "dossier.result_announced", "dossier.result_replaced",
        "dossier.result_annulled", "dossier.corrected", "dossier.apology_sent", "dossier.lateness_explained",
        "dossier.erased"}},
      {DossierState::returned,
       {"dossier.result_replaced", "dossier.result_annulled", "dossier.corrected", "dossier.apology_sent",
        "dossier.lateness_explained", "dossier.erased"}}};
  // The end of a linked dossier is told whatever became of the one that asked; not so the other way.
  if (type_of(event.body) == "dossier.awaiting_changed") return !is_final(state);
  if (event.cause == CauseKind::linked) return type_of(event.body) == "dossier.consultation_answered";
  const auto found = all.find(state);
  return found == all.end() || found->second.contains(type_of(event.body));
}

// One life, with everything that must hold after each of its commands.
class Watched {
 public:
  Watched(std::uint64_t seed, Seen& seen) : life_(seed), oracle_(life_.setting()), seen_(seen) {}

  void live(int commands) {
    for (int i = 0; i < commands && !testing::Test::HasFailure(); ++i) {
      const RandomLife::Drawn drawn = life_.next(oracle_);
      told_ += '#' + std::to_string(i) + ' ' + RandomLife::told(drawn);
      now_ = drawn.now;
      if (life_.dossier().version > 0) run_out(drawn);
      give(drawn);
      told_ += '\n';
    }
    for (int claimed = check_tallies(life_.events()); claimed > 0; --claimed)
      seen_("a tally of a past instant");
  }
  // The commands, with what became of each.
  const std::string& told() const { return told_; }

 private:
  const core::Dossier& dossier() const { return life_.dossier(); }

  // What time decided by itself, before the command.
  void run_out(const RandomLife::Drawn& drawn) {
    const auto events = decide_run_out(dossier(), life_.context(drawn.command, now_));
    const bool waited = runs_out_at(dossier()) && *runs_out_at(dossier()) < now_;
    EXPECT_EQ(!events.empty(), waited);
    for (const Event& event : events) {
      told_ += " [" + std::string(type_of(event.body)) + ']';
      seen_(std::string(type_of(event.body)) + " by time");
      take(event);
    }
    if (!events.empty()) check_dossier();
  }

  void give(const RandomLife::Drawn& drawn) {
    const core::Context context = life_.context(drawn.command, now_);
    const core::Dossier before = dossier();
    const core::Decision decision = decide(before, drawn.command, context);
    check_actions(before, drawn.command, decision, context);
    const std::string word(word_of(drawn.command.body));
    if (const auto* rejection = std::get_if<core::Rejection>(&decision)) {
      told_ += ": " + rejection->code;
      seen_("refused " + word);
      EXPECT_EQ(before, dossier());
      return;
    }
    const auto& accepted = std::get<core::Accepted>(decision);
    seen_(word);
    life_.note_number(accepted.took_number);
    for (const Event& event : accepted.events) {
      told_ += " -> " + std::string(type_of(event.body));
      seen_(std::string(type_of(event.body)));
      take(event);
    }
    check_lateness(before, drawn.command, accepted.events);
    check_dossier();
  }

  // One event, as the store would write it and read it back.
  void take(const Event& event) {
    EXPECT_EQ(event.version, dossier().version + 1);
    EXPECT_LE(event.occurred_at, event.recorded_at);
    EXPECT_EQ(event.recorded_at, now_);
    if (event.cause == core::CauseKind::request) {
      EXPECT_GE(event.occurred_at, dossier().last_act_at);
    }
    EXPECT_TRUE(may_follow(dossier().state, event)) << type_of(event.body);
    check_event_shares(event);
    life_.take(event);
    oracle_.note(event, life_.horizon());
    Event read = event;
    read.body = core::ClocksDerived{};
    read.clocks.clear();
    const std::string text = store::encode_body(event);
    EXPECT_TRUE(store::decode_body(type_of(event.body), store::kTypeVersion, text, read));
    EXPECT_EQ(store::encode_body(read), text);
    read_.push_back(std::move(read));
  }

  // The command is refused for the state exactly where the actions say so, with the same words.
  void check_actions(const core::Dossier& before, const core::Command& command,
                     const core::Decision& decision, const core::Context& told) {
    if (before.version == 0) return;
    const auto* rejection = std::get_if<core::Rejection>(&decision);
    const auto* accepted = std::get_if<core::Accepted>(&decision);
    for (const core::Action& action : actions(before, told)) {
      if (action.command != word_of(command.body)) continue;
      if (!action.problem) {
        // Of several open steps one may wait for its papers, and not the other.
        const bool of_a_step =
            !before.parallel.empty() && rejection != nullptr && rejection->code == "in_transit";
        EXPECT_FALSE(rejection != nullptr && !of_a_step && is_of_the_state(rejection->code));
        return;
      }
      // A payment that is known is answered again; a stop that is contradicted does not hinder.
      const bool again = accepted != nullptr && accepted->events.empty();
      if (again || (rejection != nullptr && rejection->code == "reference_taken")) return;
      if (contradicts_stop(before, command)) return;
      EXPECT_NE(rejection, nullptr);
      if (rejection == nullptr) return;
      EXPECT_EQ(rejection->code, action.problem->code);
      EXPECT_EQ(rejection->detail, action.problem->detail);
      return;
    }
  }

  void check_dossier() {
    check_replay();
    check_clocks();
    check_state();
    check_holders();
    check_delays();
  }

  void check_replay() {
    core::Dossier replayed;
    for (const Event& event : read_) replayed = evolve(std::move(replayed), event);
    EXPECT_EQ(replayed, dossier());
    std::string bytes;
    store::encode_snapshot(dossier(), bytes);
    core::Dossier unpacked;
    EXPECT_TRUE(store::decode_snapshot(bytes, unpacked));
    EXPECT_EQ(unpacked, dossier());
  }

  // Every clock that runs or waits, and no other, with the date that the walk finds.
  void check_clocks() {
    std::vector<std::string> kept;
    std::vector<std::string> owed;
    for (const LifeOracle::Owed& one : oracle_.owed()) {
      const auto due = one.due.at ? std::optional(Instant{*one.due.at}) : std::nullopt;
      owed.push_back(line_of(one.kind, one.of, one.paused, due));
    }
    for (const LegalClock& clock : dossier().clocks) {
      const bool paused = clock.course == LegalClock::Course::paused;
      if (!clock.running() && !paused) continue;
      const std::string of =
          clock.kind == ClockKind::consultation ? std::to_string(clock.term) : clock.of.text;
      if (clock.due.pending == core::DuePending::calendar_horizon) seen_("a date waits for the calendar");
      kept.push_back(line_of(clock.kind, of, paused, clock.due.at));
      seen_(std::string(word_of(clock.kind)) + ' ' + std::string(word_of(clock.limit.unit)));
    }
    std::sort(kept.begin(), kept.end());
    std::sort(owed.begin(), owed.end());
    EXPECT_EQ(kept, owed);
  }

  void check_state() {
    for (const LegalClock& clock : dossier().clocks) {
      const bool open = clock.running() || clock.course == LegalClock::Course::paused;
      EXPECT_FALSE(open && is_final(dossier().state)) << word_of(clock.kind);
      EXPECT_EQ(clock.ended_at.has_value(), !clock.running()) << word_of(clock.kind);
      // A correction moves the start, and leaves the stretches that ended as they were.
      Instant last = clock.earlier.empty() ? clock.started_at : clock.earlier.front().from;
      for (const core::Stretch& stretch : clock.earlier) {
        EXPECT_LE(last, stretch.from) << word_of(clock.kind);
        EXPECT_LE(stretch.from, stretch.to) << word_of(clock.kind);
        last = stretch.to;
      }
      EXPECT_LE(last, clock.from()) << word_of(clock.kind);
      EXPECT_LE(clock.from(), clock.ended_at.value_or(clock.from())) << word_of(clock.kind);
    }
    EXPECT_EQ(dossier().ended_at.has_value(), is_final(dossier().state));
  }

  // Each instant since the term began has the holder that the events tell, and one only.
  void check_holders() {
    const auto& stints = dossier().stints;
    const std::vector<std::int64_t> turns = oracle_.turns();
    EXPECT_EQ(stints.empty(), turns.empty());
    if (stints.empty() || turns.empty()) return;
    EXPECT_EQ(stints.front().from.ms, turns.front());
    for (std::size_t i = 1; i < stints.size(); ++i) EXPECT_LE(stints[i - 1].from, stints[i].from);
    for (const std::int64_t turn : turns) {
      for (const std::int64_t instant : {turn - 1, turn, turn + 1}) {
        if (instant < turns.front()) continue;
        std::string kept;
        for (const core::Stint& stint : stints) {
          if (stint.from.ms > instant) continue;
          kept = stint.agency.empty() ? ""
                                      : stint.agency.text + '/' + stint.unit.text + '/' + stint.officer.text;
        }
        EXPECT_EQ(kept, oracle_.holder_at(instant)) << shown(Instant{instant});
      }
    }
  }

  std::uint32_t settlement_term() const {
    const LegalClock* settlement = dossier().clock(ClockKind::settlement);
    return settlement == nullptr ? 0 : settlement->term;
  }

  static std::int64_t sum_of(const std::vector<core::DelayShare>& shares) {
    std::int64_t sum = 0;
    for (const core::DelayShare& share : shares) sum += share.seconds;
    return sum;
  }

  void check_event_shares(const Event& event) {
    for (const core::ClockChange& change : event.clocks) {
      ended_unknown_ |= life_.horizon() && event.recorded_at > *life_.horizon();
      if (change.kind != ClockKind::settlement || !change.delay) {
        EXPECT_TRUE(change.shares.empty());
        continue;
      }
      seen_("a late stretch ends");
      if (change.shares.size() > 1) seen_("a delay of several");
      EXPECT_EQ(sum_of(change.shares), core::shown_seconds(*change.delay));
    }
  }

  // Now and later, though nobody acts: each delay is what was worked between its ends, and is somebody's.
  void check_delays() {
    const Instant at = now_ + core::ClockTime{static_cast<std::int64_t>(life_.below(5 * core::kDayMs))};
    std::int64_t sum = 0;
    for (const core::DelayPiece& piece : delays_at(dossier(), at, life_.competent_calendar())) {
      sum += piece.delay.ms;
      // Who held it in a term before the last is not kept beyond what its end says.
      const bool unknown = ended_unknown_ && piece.shares.empty() && piece.term < settlement_term();
      if (unknown) continue;
      EXPECT_EQ(sum_of(piece.shares), core::shown_seconds(piece.delay))
          << shown(piece.from) << " to " << shown(piece.to) << (piece.ended ? ", over" : "");
      if (!life_.horizon()) {
        EXPECT_EQ(piece.delay.ms, life_.competent_walk().worked(piece.from.ms, piece.to.ms));
      }
    }
    EXPECT_EQ(lateness_at(dossier(), at, life_.competent_calendar()).counted.ms, sum);
  }

  // Whether the office settled it before it was late, whenever that was entered.
  static bool ended_in_time(const std::vector<Event>& events, Instant due) {
    return std::any_of(events.begin(), events.end(), [&](const Event& event) {
      return std::holds_alternative<core::DossierSettled>(event.body) && event.occurred_at <= due;
    });
  }

  // No command makes punctual what was late, nor less late while it goes on.
  void check_lateness(const core::Dossier& before, const core::Command& command,
                      const std::vector<Event>& events) {
    const bool counters = contradicts_stop(before, command);
    for (const LegalClock& clock : before.clocks) {
      const LegalClock* after = dossier().clock(clock.kind, clock.term);
      ASSERT_NE(after, nullptr);
      const bool over = !clock.running() && !(counters && clock.ended_at == before.ended_at);
      const auto since = clock.missed_since(now_);
      if (!since) continue;
      const bool settlement = clock.kind == ClockKind::settlement;
      if (over || (settlement && !counters && !ended_in_time(events, *since))) {
        EXPECT_EQ(shown(after->missed_since(now_)), shown(since)) << word_of(clock.kind) << ' ' << clock.term;
        seen_("late " + std::string(word_of(clock.kind)));
      }
    }
    const bool open = !is_final(before.state) && !is_final(dossier().state);
    const core::Calendar& calendar = life_.competent_calendar();
    const auto was = lateness_at(before, now_, calendar).counted;
    if (open) {
      EXPECT_GE(lateness_at(dossier(), now_, calendar).counted, was);
    }
  }

  RandomLife life_;
  LifeOracle oracle_;
  Seen& seen_;
  std::vector<Event> read_;
  Instant now_;
  bool ended_unknown_ = false;  // something may have ended where the calendar knew nothing
  std::string told_;
};

std::uint64_t lives_to_live() {
  if (const char* given = std::getenv("MOTCUA_LIVES")) return std::strtoull(given, nullptr, 10);
  return std::getenv("MOTCUA_TEST_SHORT") != nullptr ? 40 : 400;
}

// MOTCUA_LIFE=<seed> lives one life again; with MOTCUA_LIVES as many, from that one on.
TEST(AnyLife, KeepsWhatTheLawAndTheRecordPromiseAfterEachCommand) {
  Seen seen;
  const char* one = std::getenv("MOTCUA_LIFE");
  const std::uint64_t first = one != nullptr ? std::strtoull(one, nullptr, 10) : 1;
  const bool several = one == nullptr || std::getenv("MOTCUA_LIVES") != nullptr;
  const std::uint64_t lives = several ? lives_to_live() : 1;
  for (std::uint64_t seed = first; seed < first + lives && !HasFailure(); ++seed) {
    Watched watched(seed, seen);
    watched.live(40);
    if (HasFailure()) ADD_FAILURE() << "MOTCUA_LIFE=" << seed << '\n' << watched.told();
  }
  if (one != nullptr || lives < 400 || HasFailure()) return;
  // That it met what it is about.
  for (const core::CommandBody& body : one_of_each()) {
    const std::string word(word_of(body));
    EXPECT_GT(seen.count[word], 5) << word;
  }
  for (const char* unit : {"working_hour", "working_day", "calendar_day", "month", "hour", "immediate"}) {
    EXPECT_GT(seen.count["settlement " + std::string(unit)], 50) << unit;
    EXPECT_GT(seen.count["step " + std::string(unit)], 50) << unit;
  }
  for (const char* what :
       {"a date waits for the calendar", "a delay of several", "a late stretch ends", "late step",
        "late settlement", "late consultation", "dossier.resumed by time", "dossier.stopped by time",
        "dossier.stop_countered", "dossier.refund_owed", "a tally of a past instant"}) {
    EXPECT_GT(seen.count[what], 5) << what;
  }
}

}  // namespace
}  // namespace motcua::test
