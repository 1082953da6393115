// The morning's digest of each agency's heads.

#include <algorithm>

#include "engine/run/ticker.h"

namespace motcua::run {

using core::ClockKind;

namespace {

constexpr core::Instant kEver{std::numeric_limits<std::int64_t>::min()};

bool has_head(const core::Agency& agency) {
  return std::any_of(agency.officers.begin(), agency.officers.end(), [](const core::Officer& officer) {
    return officer.role.text == "agency_head" || officer.role.text == "one_stop_head" ||
           officer.role.text == "unit_head";
  });
}

}  // namespace

void Ticker::schedule_digest(const core::Agency& agency, core::Instant after) {
  const core::Ladders* ladders = definitions_->ladders();
  if (ladders == nullptr || !ladders->digest || scheduled_.contains(agency.code) || !has_head(agency)) return;
  const auto calendar = definitions_->calendar(agency.calendar);
  const core::Date today = core::local_date(after, calendar->offset_minutes());
  if (!calendar->knows(today)) return;
  std::optional<core::Date> day = calendar->working_day_from(today);
  const auto last = store_.last_digest(agency.code);
  // Today's, where it was missed; of an agency that never had one the next.
  const bool over = day == today && after >= calendar->opening_of(today) && (!last || *last >= today);
  if (over) day = calendar->working_day_after(today, 1);
  if (!day || !agency.exists_on(*day)) return;
  mornings_[calendar->opening_of(*day)].push_back(&agency);
  scheduled_.insert(agency.code);
}

void Ticker::make_digests(core::Instant now, store::Firing& firing) {
  const auto morning = mornings_.extract(mornings_.begin());
  const core::Instant at = morning.key();
  for (const core::Agency* agency : morning.mapped()) {
    scheduled_.erase(agency->code);
    const auto calendar = definitions_->calendar(agency->calendar);
    const core::Date on = core::local_date(at, calendar->offset_minutes());
    const auto count = [&](ClockKind kind, core::Instant from, core::Instant to, core::ListRole left_out) {
      return store_.count_due(agency->code, kind, from, to, left_out);
    };
    const core::Instant today = calendar->close_of(on);
    const auto tomorrow = calendar->working_day_after(on, 1);
    store::Digest digest;
    digest.late = count(ClockKind::settlement, kEver, at - core::ClockTime{1}, core::ListRole::due_only);
    const core::Instant before = at - core::ClockTime{1};
    digest.due_today = count(ClockKind::settlement, before, today, core::ListRole::late_only);
    if (tomorrow) {
      digest.due_tomorrow =
          count(ClockKind::settlement, today, calendar->close_of(*tomorrow), core::ListRole::late_only);
    }
    digest.acceptance_due_today = count(ClockKind::acceptance, kEver, today, core::ListRole::late_only);
    const bool empty =
        digest.late + digest.due_today + digest.due_tomorrow + digest.acceptance_due_today == 0;
    const Posts& posts = by_agency_[agency->code.text];
    const bool owes = std::any_of(posts.begin(), posts.end(), [&](const auto& of_kind) {
      return std::any_of(of_kind.begin(), of_kind.end(),
                         [&](std::size_t post) { return posts_[post].next_due.has_value(); });
    });
    if (!empty || owes) schedule_digest(*agency, core::midnight(on + 1, calendar->offset_minutes()));
    // Who was down over a day gets today's, and none of days that are over.
    if (empty || core::local_date(now, calendar->offset_minutes()) != on) continue;
    digest.id = random_.uuid_v7(now);
    digest.agency = agency->code;
    digest.on = on;
    digest.at = at;
    digest.fired_at = now;
    for (const core::Officer& officer : agency->officers) {
      if (officer.role.text != "counter_officer" && officer.role.text != "handling_officer") {
        digest.recipients.push_back({agency->code, officer.unit, officer.id, core::Code(),
                                     officer.role.text == "unit_head"       ? core::AlertRole::unit_head
                                     : officer.role.text == "one_stop_head" ? core::AlertRole::one_stop_head
                                                                            : core::AlertRole::agency_head});
      }
    }
    firing.digests.push_back(std::move(digest));
  }
}

}  // namespace motcua::run
