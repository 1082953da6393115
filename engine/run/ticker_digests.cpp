// The morning's digests of each agency's heads, and of the heads of its units.

#include <algorithm>

#include "engine/run/ticker.h"

namespace motcua::run {

using core::AlertRole;
using core::ClockKind;
using core::ListRole;

namespace {

constexpr int kRowsSlice = 1'000;

std::optional<AlertRole> supervising(const core::Officer& officer) {
  const auto role = core::enum_of<AlertRole>(officer.role.text);
  return role == AlertRole::holder || role == AlertRole::provincial_office ? std::nullopt : role;
}

bool has_head(const core::Agency& agency) {
  return std::any_of(agency.officers.begin(), agency.officers.end(),
                     [](const core::Officer& officer) { return supervising(officer).has_value(); });
}

// The agency and those whose work it has taken over by that day: what they owe is before its heads now.
std::vector<const core::Agency*> with_merged(const Definitions& definitions, const core::Agency& agency,
                                             core::Date on) {
  std::vector<const core::Agency*> all{&agency};
  for (const core::Code& code : definitions.merged_into(agency.code, on)) {
    all.push_back(definitions.agency(code));
  }
  return all;
}

// The digests of one agency at one opening, as they are counted.
class DigestMaker {
 public:
  // `owing`: the agency and those merged into it.
  DigestMaker(store::Store& store, const core::Agency& agency, const std::vector<const core::Agency*>& owing,
              const core::Calendar& calendar, core::Instant at)
      : store_(store), agency_(agency), owing_(owing), at_(at) {
    on_ = core::local_date(at, calendar.offset_minutes());
    today_ = calendar.close_of(on_);
    if (const auto next = calendar.working_day_after(on_, 1)) tomorrow_ = calendar.close_of(*next);
    find_supervisors();
  }

  std::vector<store::Digest> make() {
    count_settlements();
    count_acceptances();
    count_steps();
    walk(ClockKind::explanation, at_ - core::ClockTime{1}, [this](const store::DueRow& row) {
      if (!row.explained) add(row, &store::DigestCounts::explanations_missing);
    });
    std::erase_if(digests_, [](const store::Digest& digest) {
      const store::DigestCounts none{0,
                                     0,
                                     0,
                                     digest.counts.acceptance_late ? std::optional(0) : std::nullopt,
                                     digest.counts.acceptance_due_today ? std::optional(0) : std::nullopt,
                                     0,
                                     0,
                                     0};
      return digest.recipients.empty() || digest.counts == none;
    });
    return std::move(digests_);
  }

 private:
  // The first is of the whole agency.
  void find_supervisors() {
    add_digest(core::Code());
    digests_.front().counts.acceptance_late = 0;
    digests_.front().counts.acceptance_due_today = 0;
    for (const core::Officer& officer : agency_.officers) {
      const auto role = supervising(officer);
      if (!role) continue;
      store::Digest& digest = role == AlertRole::unit_head ? of_unit(officer.unit) : digests_.front();
      digest.recipients.push_back({agency_.code, officer.unit, officer.id, core::Code(), *role});
      for (const core::Deputy& deputy : officer.deputies) {
        const core::Officer* acting = agency_.officer(deputy.officer);
        if (acting == nullptr || on_ < deputy.from || deputy.to < on_) continue;
        digest.recipients.push_back({agency_.code, acting->unit, acting->id, officer.id, *role});
      }
    }
    has_units_ = digests_.size() > 1;
  }
  void add_digest(const core::Code& unit) {
    store::Digest& digest = digests_.emplace_back();
    digest.agency = agency_.code;
    digest.unit = unit;
    digest.on = on_;
    digest.at = at_;
    digest.counts.steps_late = 0;
    digest.counts.steps_due_today = 0;
    digest.counts.explanations_missing = 0;
  }
  store::Digest& of_unit(const core::Code& unit) {
    for (store::Digest& digest : digests_) {
      if (digest.unit == unit) return digest;
    }
    add_digest(unit);
    return digests_.back();
  }

  template <class Visit>
  void walk(ClockKind kind, core::Instant until, const Visit& visit) {
    std::int64_t seen = 0;  // of all together: no count ends behind kDigestCountMax
    for (const core::Agency* owing : owing_) walk(*owing, kind, until, seen, visit);
  }
  template <class Visit>
  void walk(const core::Agency& owing, ClockKind kind, core::Instant until, std::int64_t& seen,
            const Visit& visit) {
    store::DuePlace after{core::Instant{std::numeric_limits<std::int64_t>::min()}};
    while (seen < store::kDigestCountMax) {
      const auto rows = store_.due_rows(owing.code, kind, after, until, kRowsSlice);
      seen += static_cast<std::int64_t>(rows.size());
      for (const store::DueRow& row : rows) visit(row);
      if (rows.size() < kRowsSlice) return;
      after = rows.back().place;
    }
  }

  void count_settlements() {
    walk(ClockKind::settlement, tomorrow_.value_or(today_), [this](const store::DueRow& row) {
      const bool over = row.place.due < at_;
      if (over && row.role != ListRole::due_only) {
        add(row, &store::DigestCounts::late);
        if (!row.explained) add(row, &store::DigestCounts::explanations_missing);
      }
      if (over || row.role == ListRole::late_only) return;
      add(row,
          row.place.due <= today_ ? &store::DigestCounts::due_today : &store::DigestCounts::due_tomorrow);
    });
  }
  void count_acceptances() {
    store::DigestCounts& counts = digests_.front().counts;
    walk(ClockKind::acceptance, today_, [&](const store::DueRow& row) {
      if (row.place.due < at_) {
        if (row.role != ListRole::due_only) ++*counts.acceptance_late;
      } else if (row.role != ListRole::late_only) {
        ++*counts.acceptance_due_today;
      }
    });
  }
  void count_steps() {
    walk(ClockKind::step, today_, [this](const store::DueRow& row) {
      const auto count =
          row.place.due < at_ ? &store::DigestCounts::steps_late : &store::DigestCounts::steps_due_today;
      ++*(digests_.front().counts.*count);
      const auto stored = has_units_ ? store_.by_key(row.place.dossier) : std::nullopt;
      if (!stored) return;
      std::vector<const core::Code*> units;
      for (const core::LegalClock& clock : stored->dossier.clocks) {
        const bool is_meant = clock.kind == ClockKind::step && clock.running() &&
                              clock.agency == agency_.code && clock.due.at == row.place.due;
        const core::Code* unit = is_meant ? unit_at(stored->dossier, clock.of) : nullptr;
        if (unit != nullptr &&
            std::none_of(units.begin(), units.end(), [&](auto one) { return *one == *unit; })) {
          units.push_back(unit);
        }
      }
      for (const core::Code* unit : units) add(*unit, count);
    });
  }
  const core::Code* unit_at(const core::Dossier& dossier, const core::Code& step) const {
    for (const core::ParallelStep& branch : dossier.parallel) {
      if (branch.step == step && branch.agency == agency_.code) return &branch.unit;
    }
    return dossier.step == step && dossier.holder_agency == agency_.code ? &dossier.holder_unit : nullptr;
  }

  // To the agency's, and to that of the unit that holds the dossier.
  template <class Count>
  void add(const store::DueRow& row, Count store::DigestCounts::*count) {
    increase(digests_.front().counts.*count);
    const auto stored = has_units_ ? store_.by_key(row.place.dossier) : std::nullopt;
    if (stored && stored->dossier.holder_agency == agency_.code) add(stored->dossier.holder_unit, count);
  }
  template <class Count>
  void add(const core::Code& unit, Count store::DigestCounts::*count) {
    for (store::Digest& digest : digests_) {
      if (!unit.empty() && digest.unit == unit) increase(digest.counts.*count);
    }
  }
  static void increase(std::int64_t& count) { ++count; }
  static void increase(std::optional<std::int64_t>& count) { ++*count; }

  store::Store& store_;
  const core::Agency& agency_;
  const std::vector<const core::Agency*>& owing_;
  core::Instant at_;
  core::Date on_;
  core::Instant today_;
  std::optional<core::Instant> tomorrow_;
  bool has_units_ = false;
  std::vector<store::Digest> digests_;
};

}  // namespace

void Ticker::schedule_digest(const core::Agency& agency, core::Instant after) {
  const core::Ladders* ladders = definitions_->ladders();
  if (ladders == nullptr || !ladders->digest || scheduled_.contains(agency.code)) return;
  if (!has_head(agency) && !agency.valid_to) return;
  const auto calendar = definitions_->calendar(agency.calendar);
  const core::Date today = core::local_date(after, calendar->offset_minutes());
  if (!calendar->knows(today)) return;
  std::optional<core::Date> day = calendar->working_day_from(today);
  const auto last = store_.last_digest(agency.code);
  // Today's, where it was missed; of an agency that never had one the next.
  const bool over = day == today && after >= calendar->opening_of(today) && (!last || *last >= today);
  if (over) day = calendar->working_day_after(today, 1);
  if (!day) return;
  if (!agency.exists_on(*day)) {
    for (const core::Agency& heir : definitions_->agencies()) {
      if (!heir.exists_on(*day)) continue;
      const std::vector<core::Code> merged = definitions_->merged_into(heir.code, *day);
      if (std::binary_search(merged.begin(), merged.end(), agency.code)) schedule_digest(heir, after);
    }
    return;
  }
  if (!has_head(agency)) return;
  mornings_[calendar->opening_of(*day)].push_back(&agency);
  scheduled_.insert(agency.code);
}

// Those of one agency: some thousand rows are looked at, and commands go on between two agencies.
void Ticker::make_digests(core::Instant now, store::Firing& firing) {
  const auto morning = mornings_.begin();
  const core::Instant at = morning->first;
  const core::Agency* agency = morning->second.back();
  morning->second.pop_back();
  if (morning->second.empty()) mornings_.erase(morning);
  scheduled_.erase(agency->code);
  const auto calendar = definitions_->calendar(agency->calendar);
  const core::Date on = core::local_date(at, calendar->offset_minutes());
  const auto owing = with_merged(*definitions_, *agency, on);
  std::vector<store::Digest> digests = DigestMaker(store_, *agency, owing, *calendar, at).make();
  const bool owes = std::any_of(owing.begin(), owing.end(), [&](const core::Agency* one) {
    const Posts& posts = by_agency_[one->code.text];
    return std::any_of(posts.begin(), posts.end(), [&](const auto& of_kind) {
      return std::any_of(of_kind.begin(), of_kind.end(),
                         [&](std::size_t post) { return posts_[post].next_due.has_value(); });
    });
  });
  if (!digests.empty() || owes) schedule_digest(*agency, core::midnight(on + 1, calendar->offset_minutes()));
  // Who was down over a day gets today's, and none of days that are over.
  if (core::local_date(now, calendar->offset_minutes()) != on) return;
  for (store::Digest& digest : digests) {
    digest.id = random_.uuid_v7(now);
    digest.fired_at = now;
    firing.digests.push_back(std::move(digest));
  }
}

}  // namespace motcua::run
