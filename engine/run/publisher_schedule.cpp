#include <algorithm>
#include <stdexcept>

#include "engine/run/publication_keeper.h"
#include "engine/run/publisher.h"

// When lists are published by themselves.
namespace motcua::run {

namespace {

using store::Publication;
using store::PublicationState;

const core::Code kScheduleMaker("system");
constexpr int kListsLookedAt = 50;  // of one agency, the newest

}  // namespace

std::optional<core::Instant> default_cutoff(const Definitions& definitions, const core::Code& scope,
                                            std::string_view month, int working_days, core::Instant now) {
  const auto period = core::month_period(month, core::kVietnamOffsetMinutes);
  if (!period) return std::nullopt;
  return cutoff_after(definitions, scope, period->to, working_days, now);
}

std::optional<core::Instant> cutoff_after(const Definitions& definitions, const core::Code& scope,
                                          core::Instant period_end, int working_days, core::Instant now) {
  const core::Agency* agency = definitions.agency(scope);
  const auto calendar = agency == nullptr ? nullptr : definitions.calendar(agency->calendar);
  if (calendar == nullptr) return std::nullopt;
  const core::Date last_day = core::local_date(period_end, core::kVietnamOffsetMinutes) - 1;
  const auto day = calendar->working_day_after(last_day, working_days);
  if (!day) return std::nullopt;
  return std::min(now, calendar->close_of(*day));
}

// Opens the list of each month whose hour has come, and publishes it when it is drafted. What a person
// drafted of the month and did not publish by then does not hold it up: to publish is a duty with a date.
bool Publisher::keep_schedule() {
  const PublicationSchedule& schedule = options_.schedule;
  const auto definitions = engine_.definitions();
  if (schedule.scope.empty() || definitions == nullptr) return false;
  if (publish_own()) return true;
  const core::Instant now = clock_.now();
  const std::string month = scheduled_month(now);
  const auto period = core::month_period(month, core::kVietnamOffsetMinutes);
  // Nothing had been recorded by then: there is no such month here.
  if (!period || store_.reader()->counting().position_at(period->to) == 0) return false;
  const auto due = publish_due(*definitions, month);
  if (due && now < *due) return false;
  const auto cutoff = default_cutoff(*definitions, schedule.scope, month, options_.cutoff_working_days, now);
  if (!due || !cutoff) {
    throw std::runtime_error("the list of " + month + " of " + schedule.scope.text +
                             " waits for a calendar that knows the days after it");
  }
  Publication opened;
  opened.id = random_.uuid_v7(now);
  opened.month = month;
  opened.scope = schedule.scope;
  opened.state_at = now;
  opened.made_at = now;
  opened.made_by = kScheduleMaker;
  opened.cutoff_recorded_at = *cutoff;
  opened.cutoff_position = store_.reader()->counting().position_at(*cutoff);
  if (publishing_hindrance(store_.publications(), opened)) return false;
  opened.number = store_.publications().next_number(opened.month, opened.scope);
  return put({store::AddPublication{std::move(opened)}});
}

// The schedule's own list that is drafted goes to the public, unless a person's went first.
bool Publisher::publish_own() {
  store::PublicationQuery query;
  query.scope = options_.schedule.scope;
  for (const PublicationState from : {PublicationState::draft, PublicationState::reviewed}) {
    query.state = from;
    for (Publication& own : store_.publications().page(query)) {
      if (own.made_by != kScheduleMaker || !own.trouble.empty()) continue;
      own.state_at = clock_.now();
      store::Verdict verdict = store::Verdict::version_conflict;
      const bool done = engine_.write_aside([&](store::Store& store) {
        const bool may = !publishing_hindrance(store.publications(), own);
        own.state = may ? PublicationState::publishing : PublicationState::discarded;
        if (!may) own.trouble = "overtaken";
        const store::PublicationWrite write = store::SetPublication{own, from};
        verdict = store.publications().write({&write, 1}, nullptr);
      });
      return done && verdict == store::Verdict::committed;
    }
  }
  return false;
}

// The month after the last one that was published or that the schedule has taken up; at first the one before
// this. Empty: it is not over.
std::string Publisher::scheduled_month(core::Instant now) {
  const std::string this_month = format_date(core::local_date(now, core::kVietnamOffsetMinutes)).substr(0, 7);
  store::PublicationQuery query;
  query.scope = options_.schedule.scope;
  query.limit = kListsLookedAt;
  std::string last;
  for (const Publication& known : store_.publications().page(query)) {
    const bool own = known.made_by == kScheduleMaker && known.state != PublicationState::discarded;
    if (own || known.state == PublicationState::published) last = std::max(last, known.month);
  }
  const std::string month = core::month_shifted(last.empty() ? this_month : last, last.empty() ? -1 : 1);
  return month < this_month ? month : std::string();
}

std::optional<core::Instant> Publisher::publish_due(const Definitions& definitions,
                                                    const std::string& month) const {
  const core::Agency* agency = definitions.agency(options_.schedule.scope);
  const auto calendar = agency == nullptr ? nullptr : definitions.calendar(agency->calendar);
  const auto period = core::month_period(month, core::kVietnamOffsetMinutes);
  if (calendar == nullptr || !period) return std::nullopt;
  const core::Date last_day = core::local_date(period->to, core::kVietnamOffsetMinutes) - 1;
  const auto day = calendar->working_day_after(last_day, options_.schedule.working_day);
  if (!day) return std::nullopt;
  return calendar->add(calendar->opening_of(*day), options_.schedule.after_opening);
}

}  // namespace motcua::run
