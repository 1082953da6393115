#include "engine/core/late_list_builder.h"

#include <algorithm>
#include <set>

#include "engine/core/acceptance_rate.h"
#include "engine/core/accepted_in.h"
#include "engine/core/share.h"

namespace motcua::core {
namespace {

// The value of nearest rank: the smallest that at least `percent` of all do not exceed.
std::int64_t percentile(const std::vector<std::int64_t>& sorted, std::int64_t percent) {
  const auto size = static_cast<std::int64_t>(sorted.size());
  const std::int64_t rank = std::max<std::int64_t>(1, (percent * size + 99) / 100);
  return sorted[static_cast<std::size_t>(rank - 1)];
}

void count_end(const Tally& tally, int offset_minutes, LateCounts& counts) {
  ++counts.ended;
  counts.withdrawn += tally.state == DossierState::withdrawn ? 1 : 0;
  counts.stopped += tally.state == DossierState::stopped ? 1 : 0;
  counts.settled += tally.state == DossierState::settled ? 1 : 0;
  if (tally.untimed) {
    ++counts.untimed_ended;
  } else if (tally.missed_since) {
    ++counts.late_ended;
  } else if (tally.due_at &&
             local_date(*tally.ended_at, offset_minutes) == local_date(*tally.due_at, offset_minutes)) {
    ++counts.on_time;
  } else {
    ++counts.early;  // also where the due lies past the calendar's horizon
  }
}

ReappointmentMark reappointment_of(const std::optional<Instant>& promised,
                                   const std::optional<Instant>& ended, Instant end) {
  if (!promised) return ReappointmentMark::none;
  if (std::min(ended.value_or(end), end) > *promised) return ReappointmentMark::missed;
  return ended ? ReappointmentMark::kept : ReappointmentMark::pending;
}

void count_reappointment(const Tally& tally, Instant end, LateCounts& counts) {
  const ReappointmentMark mark = reappointment_of(tally.promised_again, tally.ended_at, end);
  counts.reappointed_kept += mark == ReappointmentMark::kept ? 1 : 0;
  counts.reappointed_missed += mark == ReappointmentMark::missed ? 1 : 0;
  counts.reappointed_pending += mark == ReappointmentMark::pending ? 1 : 0;
}

void count_case(const Tally& tally, const Period& period, int offset_minutes, LateCounts& counts) {
  const bool received = accepted_in(tally, period.from, period.to);
  ++(received ? counts.received : counts.brought_forward);
  counts.untimed_received += received && tally.untimed ? 1 : 0;
  if (tally.ended_at) {
    count_end(tally, offset_minutes, counts);
  } else {
    ++counts.open;
    counts.untimed_open += tally.untimed ? 1 : 0;
    counts.late_open += tally.missed_since ? 1 : 0;
  }
  count_reappointment(tally, period.to, counts);
  if (!tally.missed_since) return;
  ++counts.late;
  counts.late_without_reappointment += tally.promised_again ? 0 : 1;
}

void count_duties(const LateRow& row, LateCounts& counts) {
  switch (row.apology) {
    case ApologyMark::in_time:
      ++counts.apologies_in_time;
      break;
    case ApologyMark::late:
      ++counts.apologies_late;
      break;
    case ApologyMark::missing:
      ++counts.apologies_missing;
      break;
    case ApologyMark::owed:
      ++counts.apologies_owed;
      break;
  }
  switch (row.explanation) {
    case ExplanationMark::given:
      ++counts.explanations_given;
      break;
    case ExplanationMark::given_late:
      ++counts.explanations_late;
      break;
    case ExplanationMark::missing:
      ++counts.explanations_missing;
      break;
    case ExplanationMark::owed:
      ++counts.explanations_owed;
      break;
  }
}

ExplanationMark explanation_mark(DutyState state) {
  switch (state) {
    case DutyState::done_in_time:
      return ExplanationMark::given;
    case DutyState::done_late:
      return ExplanationMark::given_late;
    case DutyState::missing:
      return ExplanationMark::missing;
    case DutyState::owed:
    case DutyState::not_owed:
      return ExplanationMark::owed;
  }
  return ExplanationMark::owed;
}

// Working time for which the citizen was waited for, from acceptance on.
std::int64_t citizen_seconds(const Dossier& dossier, Instant until, const Calendar& calendar) {
  WorkingTime waited;
  const auto wait = [&](Instant from, const std::optional<Instant>& to) {
    const Instant begin = std::min(std::max(from, *dossier.accepted_at), until);  // not after the period
    waited = waited + calendar.elapsed(begin, std::min(to.value_or(until), until)).value_or(WorkingTime{0});
  };
  for (const SupplementRound& round : dossier.rounds) wait(round.asked_at, round.supplied_at);
  for (const PaymentRecord& payment : dossier.payments) {
    wait(payment.asked_at, payment.paid_at ? payment.paid_at : payment.waived_at);
  }
  return shown_seconds(waited);
}

std::string unit_name(const Agency* agency, const Code& unit) {
  if (agency == nullptr) return {};
  for (const AgencyUnit& one : agency->units) {
    if (one.key == unit) return one.name;
  }
  return {};
}

void add_sums(LateCounts& sum, const LateCounts& part) {
  LateCounts::describe(sum, [&](std::string_view name, auto& member) {
    LateCounts::describe(part, [&](std::string_view other, const auto& value) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, std::int64_t> &&
                    std::is_same_v<std::remove_cvref_t<decltype(value)>, std::int64_t>) {
        if (name == other) member += value;
      }
    });
  });
}

}  // namespace

std::optional<Period> month_period(std::string_view month, int offset_minutes) {
  if (month.size() != 7) return std::nullopt;
  const auto first = parse_date(std::string(month) + "-01");
  if (!first) return std::nullopt;
  return Period{midnight(*first, offset_minutes), midnight(add_months(*first, 1), offset_minutes)};
}

std::string month_shifted(std::string_view month, int n) {
  const auto first = parse_date(std::string(month) + "-01");
  return format_date(add_months(*first, n)).substr(0, 7);
}

LateListBuilder::LateListBuilder(LateListOptions options, LateNames names)
    : options_(std::move(options)), names_(std::move(names)) {
  for (const Code& agency : options_.agencies) in_scope_[agency.text] = nullptr;
}

LateListBuilder::Section* LateListBuilder::section(const Code& agency) {
  const auto known = in_scope_.find(agency.text);
  if (known != in_scope_.end() && known->second == nullptr) known->second = &sections_[agency];
  return known == in_scope_.end() ? nullptr : known->second;
}

bool LateListBuilder::count(const Tally& tally) {
  const Period& period = options_.period;
  if (acceptance_fell_due(tally, period)) {
    if (Section* receiving = section(tally.receiving_agency)) {
      ++receiving->all.counts.acceptances;
      receiving->all.counts.acceptances_late += tally.acceptance_missed_since ? 1 : 0;
    }
  }
  if (!tally.accepted_at || (tally.ended_at && *tally.ended_at < period.from)) return false;
  Section* competent = section(tally.competent_agency);
  if (competent == nullptr) return false;
  count_case(tally, period, options_.offset_minutes, competent->all.counts);
  count_case(tally, period, options_.offset_minutes, competent->units[tally.unit].counts);
  const bool late = tally.missed_since.has_value();
  if (late && !tally.ended_at) count_lateness(tally.competent_agency, tally.unit, *tally.missed_since);
  return late;
}

void LateListBuilder::count_lateness(const Code& competent_agency, const Code& unit, Instant missed_since) {
  const Date first = local_date(options_.period.from, options_.offset_minutes);
  const Instant from = midnight(add_months(first, -11), options_.offset_minutes);
  if (missed_since < from || missed_since >= options_.period.to) return;
  Section* found = section(competent_agency);
  if (found == nullptr) return;
  ++found->all.counts.late_in_twelve_months;
  ++found->units[unit].counts.late_in_twelve_months;
}

std::vector<LateShare> LateListBuilder::shares_of_delay(const std::vector<DelayPiece>& pieces,
                                                        std::int64_t& seconds) const {
  std::vector<LateShare> shares;
  const bool persons = options_.individuals != Individuals::off;
  for (const DelayPiece& piece : pieces) {
    seconds += shown_seconds(piece.delay);
    for (const DelayShare& share : piece.shares) {
      LateShare one;
      one.agency = share.agency;
      one.unit = share.unit;
      if (persons && !share.officer.empty()) {
        one.person = names_.person(share.officer);
        const Agency* agency = names_.agency(share.agency);
        const Officer* officer = agency == nullptr ? nullptr : agency->officer(share.officer);
        if (officer != nullptr) one.position = officer->position;
        if (officer != nullptr && options_.individuals == Individuals::name) one.name = officer->name;
      }
      const auto same = [&](const LateShare& other) {
        return other.agency == one.agency && other.unit == one.unit && other.person == one.person;
      };
      auto known = std::find_if(shares.begin(), shares.end(), same);
      if (known == shares.end()) known = shares.insert(shares.end(), one);
      known->seconds += share.seconds;
    }
  }
  return shares;
}

LateRow LateListBuilder::row_of(const Dossier& dossier, const Calendar& calendar) const {
  const Instant end = options_.period.to;
  const int offset = options_.offset_minutes;
  const Tally tally = tally_of(dossier, end);
  const Instant until = tally.ended_at ? std::min(end - ClockTime{1}, over_at(dossier)) : end;
  LateRow row;
  row.accepted_at = *dossier.accepted_at;
  row.apology = late_apology(options_.method, dossier, end, calendar);
  row.channel = dossier.channel;
  row.citizen_seconds = citizen_seconds(dossier, until, calendar);
  row.code = options_.codes_masked ? names_.masked_code(dossier) : dossier.code.text;
  row.corrected = tally.corrected;
  if (tally.ended_at) {
    row.ended_as = tally.state;
    row.finished_at = tally.ended_at;
  }
  row.explanation = explanation_mark(
      state_before(explanation_duty(dossier, end, names_.explanation(dossier), calendar), end));
  const LegalClock* first = dossier.clock(ClockKind::settlement, 1);
  if (first != nullptr) row.first_due_at = first->earlier.empty() ? first->due.at : first->earlier[0].due.at;
  row.late_since = *tally.missed_since;
  const Date last_day = local_date(tally.ended_at ? until : end - ClockTime{1}, offset);
  const std::vector<DelayPiece> pieces = delays_at(dossier, until, calendar);
  row.delay_days =
      late_days(options_.method, pieces, local_date(row.late_since, offset), last_day, end, calendar);
  row.procedure = dossier.procedure;
  row.promised_at =
      tally.promised_again && tally.due_at ? std::max(*tally.promised_again, *tally.due_at) : tally.due_at;
  row.reappointment = reappointment_of(tally.promised_again, tally.ended_at, end);
  row.received_at = dossier.received_at;
  row.supplements = tally.supplements;
  row.unit = tally.unit;
  row.shares = shares_of_delay(pieces, row.delay_seconds);
  return row;
}

void LateListBuilder::add_shares(const Dossier& dossier, LateRow& row, Section& its) {
  std::set<Code> others;
  std::set<std::string> persons;
  Sums& unit = its.units[row.unit];
  for (Sums* sums : {&its.all, &unit}) {
    sums->counts.delay_seconds += row.delay_seconds;
    sums->delays.push_back(row.delay_seconds);
    count_duties(row, sums->counts);
  }
  for (const LateShare& share : row.shares) {
    const bool own = share.agency == dossier.competent_agency;
    for (Sums* sums : {&its.all, &unit}) {
      if (!own) sums->counts.delay_others_seconds += share.seconds;
    }
    if (own) its.all.counts.delay_own_seconds += share.seconds;
    if (own && share.unit == row.unit) unit.counts.delay_own_seconds += share.seconds;
    if (!own) {
      OthersDelay& other = its.others[share.agency];
      other.agency = share.agency;
      other.seconds += share.seconds;
      others.insert(share.agency);
    }
    if (!own || share.person.empty()) continue;
    LatePerson& person = its.persons[share.person];
    person.person = share.person;
    person.position = share.position;
    person.name = share.name;
    // In transit without a unit, else perhaps with several: whichever dossier comes first, the same is told.
    person.unit = std::max(person.unit, share.unit);
    person.seconds += share.seconds;
    persons.insert(share.person);
  }
  for (const Code& agency : others) ++its.others[agency].dossiers;
  for (const std::string& person : persons) ++its.persons[person].dossiers;
  its.citizen_seconds += row.citizen_seconds;
  its.citizen_dossiers += row.citizen_seconds > 0 ? 1 : 0;
}

void LateListBuilder::add_late(const Dossier& dossier) {
  Section* its = section(dossier.competent_agency);
  const Calendar* calendar = names_.calendar(dossier.competent_agency);
  if (its == nullptr || calendar == nullptr) return;
  LateRow row = row_of(dossier, *calendar);
  add_shares(dossier, row, *its);
  its->late.push_back(std::move(row));
}

namespace {

void close_counts(LateCounts& counts, std::vector<std::int64_t>& delays) {
  const std::int64_t timed = counts.ended - counts.untimed_ended;
  if (timed > 0) counts.late_rate_bp = basis_points(counts.late_ended, timed);
  if (counts.acceptances > 0) {
    counts.acceptances_on_time_bp =
        basis_points(counts.acceptances - counts.acceptances_late, counts.acceptances);
  }
  if (counts.delay_seconds > 0) {
    counts.delay_own_bp = basis_points(counts.delay_own_seconds, counts.delay_seconds);
  }
  if (delays.empty()) return;
  std::sort(delays.begin(), delays.end());
  counts.delay_median_seconds = percentile(delays, 50);
  counts.delay_p90_seconds = percentile(delays, 90);
}

}  // namespace

LateAgency LateListBuilder::finished(const Code& code, Section& its, Sums& total) {
  const Agency* agency = names_.agency(code);
  LateAgency made;
  made.agency = code;
  made.name = agency == nullptr ? std::string() : agency->name;
  made.citizen_dossiers = its.citizen_dossiers;
  made.citizen_seconds = its.citizen_seconds;
  for (const auto& [unit, sums] : its.units) {
    its.all.counts.units_repeatedly_late += sums.counts.late_in_twelve_months > 1 ? 1 : 0;
  }
  add_sums(total.counts, its.all.counts);
  total.delays.insert(total.delays.end(), its.all.delays.begin(), its.all.delays.end());
  close_counts(its.all.counts, its.all.delays);
  made.counts = its.all.counts;
  for (auto& [unit, sums] : its.units) {
    close_counts(sums.counts, sums.delays);
    made.units.push_back({sums.counts, unit_name(agency, unit), unit});
  }
  for (auto& [other, delay] : its.others) {
    const Agency* known = names_.agency(other);
    if (known != nullptr) delay.name = known->name;
    made.others.push_back(delay);
  }
  for (auto& [number, person] : its.persons) made.persons.push_back(person);
  made.late = std::move(its.late);
  const auto by_code = [](const LateRow& a, const LateRow& b) { return a.code < b.code; };
  std::sort(made.late.begin(), made.late.end(), by_code);
  for (std::size_t i = 0; i < made.late.size(); ++i) made.late[i].number = static_cast<std::int64_t>(i + 1);
  return made;
}

LateList LateListBuilder::finish() {
  LateList list;
  Sums total;
  std::set<Code> procedures;
  for (auto& [agency, its] : sections_) {
    for (const LateRow& row : its.late) procedures.insert(row.procedure);
    list.agencies.push_back(finished(agency, its, total));
  }
  close_counts(total.counts, total.delays);
  list.head.total = total.counts;
  for (const Code& code : procedures) list.head.procedures.push_back({names_.procedure(code), code});
  list.head.method = Code(std::string(word_of(options_.method)));
  list.head.codes_masked = options_.codes_masked;
  list.head.individuals = options_.individuals;
  list.head.period_from = options_.period.from;
  list.head.period_to = options_.period.to;
  return list;
}

}  // namespace motcua::core
