#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/run/definitions.h"
#include "engine/run/metrics.h"
#include "engine/run/random_port.h"
#include "engine/store/store.h"

namespace motcua::run {

// Whether what an alert warned of is still owed at `now`.
bool still_owed(const store::Alert& alert, const core::Dossier& dossier, core::Instant now);

// Of an alert of a step: the steps of the agency that fall due at that instant; several where they run
// side by side. Of others none.
std::vector<core::Code> steps_of(const store::Alert& alert, const core::Dossier& dossier);

// The clock of this kind that runs with this due; null when none does.
const core::LegalClock* running_clock(const core::Dossier& dossier, core::ClockKind kind,
                                      const core::Code& owing, const std::optional<core::Instant>& due);

// Fires the rungs of the alert ladders. There is no row for a rung that waits: the clocks that are owed lie
// in the store by their due, a later due never fires sooner, and so each rung of each agency is one mark that
// moves along them. A clock that is met leaves its row, and with it all its rungs, in the same transaction.
// The writer's thread alone.
class Ticker {
 public:
  Ticker(store::Store& store, Random& random, EngineMetrics& metrics)
      : store_(store), random_(random), metrics_(metrics) {}

  // At the start, and whenever definitions change. Rungs that the store has no mark for begin at `now`.
  void arm(std::shared_ptr<const Definitions> definitions, core::Instant now);
  // When fire() has something to do; nothing: not before a write.
  std::optional<core::Instant> next() const;
  // What is due by `now`, in one bounded transaction; how much it was. Requires arm(). Throws
  // store::StoreError, and then nothing was fired.
  int fire(core::Instant now);

  // Puts the alerts that belong into a write, and into those along with it, there: of what its events start,
  // and of rungs that were due before it and that nobody could find afterwards, as it ends their clock. Once
  // the write is whole, before its commit.
  void add_alerts(core::Instant now, store::Write& write);
  // An alert is to be looked at again by then.
  void review_by(core::Instant at) {
    if (!next_review_ || at < *next_review_) next_review_ = at;
  }
  // A write was committed: its new dates are looked at.
  void note(const store::Write& write);

 private:
  // When an alert is looked at again that asks for no answer by then, and that past the calendar's horizon.
  static constexpr core::WorkingTime kReviewAfter{40 * core::kHourMs};
  static constexpr core::ClockTime kReviewAtLast{7 * core::kDayMs};

  // One rung at one agency.
  struct Post {
    const core::Rung* rung = nullptr;
    const core::Agency* agency = nullptr;
    const core::Calendar* calendar = nullptr;
    store::DuePlace fired;
    // Never later than they are: a clock that was met in between is noticed at that instant.
    std::optional<core::Instant> next_due;
    std::optional<core::Instant> next_at;
  };
  using Posts = std::array<std::vector<std::size_t>, core::kClockKinds>;  // by the kind that lists them
  struct Times {
    std::optional<core::Instant> due;
    core::Instant at;  // when the rung was to fire
    core::Instant now;
  };

  void set_next(std::size_t post, std::optional<core::Instant> due);
  void find_next(std::size_t post);
  std::vector<store::DueRow> rows_of(const Post& post, core::Instant until, int limit);
  void fire_post(std::size_t post, core::Instant now, store::Firing& firing);
  void review(core::Instant now, store::Firing& firing);
  void schedule_digest(const core::Agency& agency, core::Instant after);
  void make_digests(core::Instant now, store::Firing& firing);
  std::vector<store::Alert> alerts_of(const store::Stored& before, const core::Dossier& after,
                                      std::span<const core::Event> events, core::Instant now);
  void note_dates(std::span<const core::Event> events);
  void add_overtaken(const store::Stored& before, const core::Dossier& after, core::Instant now,
                     std::vector<store::Alert>& alerts);
  void add_overtaken_duties(const store::Stored& before, const core::Dossier& after, core::Instant now,
                            std::vector<store::Alert>& alerts);
  void add_started(const core::Dossier& after, const core::ClockChange& change, core::Instant now,
                   std::vector<store::Alert>& alerts);
  void add_behind(const core::Dossier& after, const core::ClockChange& change, core::Instant now,
                  std::vector<store::Alert>& alerts);
  std::optional<store::Alert> alert_for(const Post& post, const core::Dossier& dossier, core::Instant due,
                                        core::Instant at, core::Instant now);
  std::vector<core::Recipient> find(const std::vector<core::AlertRole>& to, const core::Rung& rung,
                                    const core::Dossier& dossier, const core::Agency& owing,
                                    const core::Calendar& calendar, core::Instant now);
  // Those of the rung's next higher roles whom the alert has not reached yet.
  std::vector<core::Recipient> find_above(const store::Alert& alert, const core::Rung& rung,
                                          const core::Dossier& dossier, const core::Agency& owing,
                                          const core::Calendar& calendar, core::Instant now);
  store::Alert make(const core::Rung& rung, const core::Dossier& dossier, const core::Agency& owing,
                    const core::Calendar& calendar, const Times& times,
                    std::vector<core::Recipient> recipients);
  store::AlertAct reviewed(const store::Alert& alert, core::Instant now, store::Firing& firing);
  const Posts* posts_of(const core::Code& agency) const;
  void note_metrics();

  store::Store& store_;
  Random& random_;
  EngineMetrics& metrics_;
  std::shared_ptr<const Definitions> definitions_;
  core::Limit explanation_;
  std::vector<Post> posts_;
  std::unordered_map<std::string, Posts> by_agency_;
  std::set<std::pair<core::Instant, std::size_t>> order_;
  std::map<core::Instant, std::vector<const core::Agency*>> mornings_;  // whose digest comes when
  std::set<core::Code> scheduled_;
  std::optional<core::Instant> next_review_;
};

}  // namespace motcua::run
