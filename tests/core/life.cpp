#include "tests/core/life.h"

#include <algorithm>
#include <set>

namespace motcua::test {

using namespace core;

namespace {

constexpr std::int64_t kLifeMinute = 60'000;

Limit limit_of(std::int64_t value, LimitUnit unit, DayCounting counting = DayCounting::by_day) {
  return {value, unit, counting};
}

StepEdge way(std::string_view when, std::vector<std::string> to) {
  StepEdge made;
  ConditionFault fault;
  if (!when.empty()) made.when = parse_condition(when, fault);
  for (const std::string& key : to) made.to.emplace_back(key);
  return made;
}

StepDefinition step_of(std::string_view key, std::vector<StepEdge> next = {}) {
  StepDefinition made;
  made.key = Code(key);
  made.next = std::move(next);
  return made;
}

Agency agency_of(const char* code, AgencyLevel level) {
  Agency made;
  made.code = Code(code);
  made.level = level;
  made.valid_from = on("2020-01-01");
  made.one_stop = true;
  made.officers.push_back({Code(std::string(code) + ".cv01"), Code("phong"), Code("handling_officer")});
  return made;
}

// The hours that offices keep, each for the engine and for the walk.
struct Hours {
  CalendarSpec spec;
  LifeWalk walk;
};
const std::vector<Hours>& all_hours() {
  static const std::vector<Hours> all = {
      {public_sector_spec(hours_b()), LifeWalk(NaiveCalendar::public_sector(hours_b()))},
      {public_sector_spec(hours_a()), LifeWalk(NaiveCalendar::public_sector(hours_a()))},
      {spec_of(hours_a(), ragged_days(), {2027, 1, 31}),
       LifeWalk(NaiveCalendar(hours_a(), ragged_days(), {2027, 1, 31}))}};
  return all;
}

std::shared_ptr<const Calendar> compiled_until(CalendarSpec spec, std::optional<Date> last) {
  if (last) {
    spec.official_until_on = spec.provisional_until_on = last;
    std::erase_if(spec.exceptions, [&](const auto& exception) { return exception.first > *last; });
    spec.version = "shorter";
  }
  return Calendar::compile({&spec, 1});
}

}  // namespace

bool is_of_the_state(std::string_view code) {
  static const std::set<std::string_view> codes = {
      "already_announced",  "already_apologised",  "already_explained",
      "already_forwarded",  "already_reappointed", "already_supplemented",
      "in_transit",         "last_step",           "no_refund_owed",
      "no_result_stands",   "not_forwarded",       "not_online",
      "nothing_to_correct", "nothing_to_forward",  "nothing_to_pay",
      "payment_not_now",    "suspended",           "untimed",
      "worked_on",          "wrong_state"};
  return codes.contains(code);
}

RandomLife::RandomLife(std::uint64_t seed) : random_(seed) {
  draw_procedure();
  draw_steps();
  draw_rules();
  draw_offices();
}

Limit RandomLife::any_limit() {
  switch (below(9)) {
    case 0:
      return limit_of(static_cast<std::int64_t>(4 + below(90)), LimitUnit::hour);
    case 1:
    case 2:
      return limit_of(static_cast<std::int64_t>(2 + below(40)), LimitUnit::working_hour);
    case 3:
    case 4:
      return limit_of(static_cast<std::int64_t>(1 + below(8)), LimitUnit::working_day);
    case 5:
      return limit_of(static_cast<std::int64_t>(1 + below(5)), LimitUnit::working_day, DayCounting::by_hours);
    case 6:
      return limit_of(static_cast<std::int64_t>(2 + below(20)), LimitUnit::calendar_day);
    case 7:
      return limit_of(1, LimitUnit::month);
    default:
      return limit_of(0, LimitUnit::immediate);
  }
}

void RandomLife::draw_procedure() {
  Procedure& procedure = one_.procedure;
  for (ChannelTerm& term : procedure.terms) {
    term.statutory = chance(8) ? Limit{} : any_limit();
    if (chance(20)) term.committed = any_limit();
  }
  if (chance(25)) procedure.citizen_wait = LimitOverride{limit_of(3, LimitUnit::calendar_day), "a test"};
  if (chance(25)) procedure.acceptance = LimitOverride{limit_of(1, LimitUnit::working_day), "a test"};
  procedure.suspensions[0].length = chance(70) ? any_limit() : working_days(10);
  if (procedure.suspensions[0].length->unit == LimitUnit::immediate)
    procedure.suspensions[0].length = working_days(2);
  procedure.suspensions[0].times = 3;
  Limit longer = any_limit();
  while (longer.unit == LimitUnit::immediate) longer = any_limit();
  procedure.extensions[0].length = longer;
  procedure.extensions[0].times = 2;
  procedure.payment->when = chance(40) ? PaymentTime::before_acceptance : PaymentTime::after_acceptance;
  procedure.payment->effect = static_cast<PaymentEffect>(below(3));
  if (procedure.payment->effect != PaymentEffect::none) {
    procedure.payment->ground = LegalGround{Code("PAY"), "Nộp tiền", "a sector's law"};
  }
  procedure.consultations = {{Code("thue"), "Thuế", {Code("T01.01")}, std::nullopt, any_limit(), ""},
                             {Code("so"), "Sở", {}, AgencyLevel::province, any_limit(), ""}};
  if (chance(50)) procedure.consultations[1].procedure = Code("1.009999");  // liên thông
  procedure.consultations[1].awaited = chance(20);
}

// In the order of the file; or an appraisal from which a fork leads to a join, or a way to the tax agency.
void RandomLife::draw_steps() {
  Procedure& procedure = one_.procedure;
  if (chance(50)) {
    procedure.condition_language = 1;
    procedure.steps = {
        step_of("verify", {way("has(persons) and persons > 3", {"visit", "notice", "map"}),
                           way("paper.cccd", {"tax"}), way("", {"sign"})}),
        step_of("visit", {way("", {"report"})}),
        step_of("report", {way("", {"sign"})}),
        step_of("notice", {way("", {"sign"})}),
        step_of("map", {way("", {"sign"})}),
        step_of("tax", {way("", {"sign"})}),
        step_of("sign", {way("has(outcome) and outcome = denied", {"verify"}), way("", {"return"})}),
        step_of("return")};
    procedure.steps[5].consultation = Code("thue");
    procedure.steps[6].join = true;
  }
  procedure.steps.back().at_receiving = true;
  if (chance(25)) procedure.steps.front().at_receiving = true;
  for (StepDefinition& step : procedure.steps) {
    if (chance(75)) step.budget = any_limit();
  }
}

void RandomLife::draw_rules() {
  for (Rules& rules : one_.rulebook.layers) {
    rules.payment_restarts = chance(50);
    rules.reappointment_moves_due = chance(70);
    if (chance(15)) rules.forward_paper.reset();
    for (bool& counted : rules.acceptance_on) counted = chance(85);
  }
}

void RandomLife::draw_offices() {
  one_.agency.officers.push_back({Code("H32.19.cv02"), Code("dia-chinh"), Code("handling_officer")});
  one_.others = {agency_of("T01.01", AgencyLevel::commune), agency_of("H32.90", AgencyLevel::province)};
  if (chance(50)) one_.others.front().parent = one_.agency.code;  // it may have any step of it
  receiving_ = agency_of("H32.20", AgencyLevel::commune);
  elsewhere_ = chance(40);
  own_one_stop_ = chance(50);
  one_.procedure.anywhere = true;
  now_ = vn("2025-01-01 00:00") + ClockTime{static_cast<std::int64_t>(below(590 * kDayMs))};
  std::optional<Date> last;
  if (chance(15)) {
    last = local_date(now_, kVietnamOffsetMinutes) + static_cast<std::int32_t>(3 + below(25));
    horizon_ = midnight(*last + 1, kVietnamOffsetMinutes);
  }
  for (const char* code : {"H32.19", "H32.20", "T01.01", "H32.90"}) {
    const Hours& hours = all_hours()[chance(40) ? 0 : below(all_hours().size())];
    Office& office = offices_[code];
    office.walk = &hours.walk;
    office.calendar = compiled_until(hours.spec, std::nullopt);
    if (last) office.until_horizon = compiled_until(hours.spec, last);
  }
}

LifeSetting RandomLife::setting() const {
  LifeSetting made;
  made.procedure = &one_.procedure;
  made.rulebook = &one_.rulebook;
  made.own_one_stop = own_one_stop_;
  for (const auto& [code, office] : offices_) made.walks[code] = office.walk;
  return made;
}

const std::shared_ptr<const Calendar>& RandomLife::calendar_of(const Code& agency) const {
  const Office& office = offices_.at(agency.text);
  return horizon_ ? office.until_horizon : office.calendar;
}

const Agency* RandomLife::agency(const Code& code) const {
  return code == receiving_.code ? &receiving_ : one_.find_agency(code);
}

Context RandomLife::context(const Command& command, Instant now) const {
  Context made = one_.context(now);
  if (one_.dossier.version == 0 && command.occurred_at) {
    made.rules = one_.rulebook.at(local_date(*command.occurred_at, kVietnamOffsetMinutes));
  }
  if (elsewhere_) made.receiving = &receiving_;
  made.own_one_stop = own_one_stop_;
  made.competent_calendar = calendar_of(one_.agency.code).get();
  made.receiving_calendar = calendar_of(made.receiving->code).get();
  made.others.push_back({&receiving_, nullptr});
  for (Context::AgencyCalendar& other : made.others) other.calendar = calendar_of(other.agency->code).get();
  const auto target = [&](const Code& code) { made.target = agency(code); };
  if (const auto* consult = std::get_if<ConsultAgency>(&command.body)) target(consult->agency);
  if (const auto* assign = std::get_if<AssignStep>(&command.body)) {
    const ParallelStep* branch = one_.dossier.branch_at(assign->step);
    const Code& holder = branch == nullptr ? one_.dossier.holder_agency : branch->agency;
    target(assign->agency.empty() ? holder : assign->agency);
    made.works_for = one_.works_for(made.target);
  }
  if (const auto* correct = std::get_if<CorrectDossier>(&command.body)) {
    made.corrected = corrected_event(one_.events, correct->version);
  }
  return made;
}

void RandomLife::take(const Event& event) {
  one_.dossier = evolve(std::move(one_.dossier), event);
  one_.events.push_back(event);
}

// Mostly forward by hours, at times by weeks, often to where something is due or a session opens or closes.
Instant RandomLife::next_now(const LifeOracle& oracle) {
  static constexpr std::int64_t kFar[] = {0, 120, 1'440, 1'440, 4 * 1'440, 25 * 1'440};
  const std::int64_t most = kFar[below(100) < 94 ? below(5) : 5] * kLifeMinute;
  Instant now = now_ + ClockTime{static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most) + 1))};
  if (chance(20)) {
    const std::vector<LifeOracle::Owed> owed = oracle.owed();
    if (!owed.empty()) {
      const auto due = pick(owed).due.at;
      if (due && *due >= now_.ms && *due < now_.ms + 40 * kDayMs)
        now = {*due + static_cast<std::int64_t>(below(3)) - 1};
    }
  } else if (chance(8)) {
    now = midnight(local_date(now, kVietnamOffsetMinutes) + 1, kVietnamOffsetMinutes);
  } else if (chance(25)) {
    now = {competent_walk().next_edge(now.ms)};
  }
  return std::max(now, now_);
}

std::optional<Instant> RandomLife::next_occurred(Instant now) {
  const std::uint64_t dice = below(100);
  if (dice < 70) return std::nullopt;
  const Instant last = one_.dossier.last_act_at;
  if (dice < 75) return last - ClockTime{static_cast<std::int64_t>(below(kDayMs))};
  if (dice < 77) return now + ClockTime{static_cast<std::int64_t>(below(10'000))};
  const Instant bound = now - ClockTime{static_cast<std::int64_t>(below(3)) * kDayMs};
  const Instant from = std::min(now, std::max(last, bound));
  if (dice < 80) return from;
  return from + ClockTime{static_cast<std::int64_t>(below(static_cast<std::uint64_t>((now - from).ms) + 1))};
}

// What the dossier allows more often than not, and what ends it seldom.
std::size_t RandomLife::next_kind() {
  if (one_.dossier.version == 0) return 0;
  // Papers are seldom on their way for long.
  const auto& handovers = one_.dossier.handovers;
  if (!handovers.empty() && handovers.back().in_transit() && chance(10)) {
    return CommandBody(RecallForwarded{}).index();
  }
  const bool any = chance(20);
  const std::size_t kinds = std::variant_size_v<CommandBody>;
  std::size_t kind = below(kinds);
  for (int tries = 0; tries < 200; ++tries, kind = below(kinds)) {
    static const std::vector<CommandBody> bodies = one_of_each();
    const auto is_end = [&](const auto& body) {
      using Body = std::decay_t<decltype(body)>;
      return std::is_same_v<Body, SettleDossier> || std::is_same_v<Body, WithdrawDossier> ||
             std::is_same_v<Body, StopDossier> || std::is_same_v<Body, RefuseDossier>;
    };
    if (std::visit(is_end, bodies[kind]) && chance(85)) continue;
    // Two ways out of one place.
    const bool common = kind >= 1 && kind <= 8;
    if (!common && chance(30)) continue;
    if (std::holds_alternative<CorrectDossier>(bodies[kind]) && chance(70)) continue;
    const bool erases = std::holds_alternative<EraseDossier>(bodies[kind]) ||
                        std::holds_alternative<RepeatErasure>(bodies[kind]);
    if (erases && chance(95)) continue;
    if (any || !state_problem(kind, one_.dossier, &one_.procedure)) return kind;
  }
  return kind;
}

RandomLife::Drawn RandomLife::next(const LifeOracle& oracle) {
  Drawn drawn;
  const bool filed = one_.dossier.version > 0;
  if (filed) now_ = next_now(oracle);
  // The year is added.
  if (horizon_ && chance(8)) horizon_.reset();
  open_ = filed ? oracle.open_steps() : std::vector<Code>{};
  drawn.now = now_;
  const std::size_t kind = next_kind();
  drawn.command.body = one_of_each()[kind];
  std::visit([&](auto& body) { vary(body); }, drawn.command.body);
  drawn.command.occurred_at = filed ? next_occurred(now_) : std::nullopt;
  drawn.command.on_behalf_of = Code("H32.19.cv01");
  // A citizen's act that was entered after the system had stopped the dossier.
  if (one_.dossier.counterable_stop && chance(60)) {
    const LegalClock* wait = one_.dossier.clock(ClockKind::citizen_wait);
    drawn.command.body = one_.dossier.open_payment() != nullptr ? CommandBody(ConfirmPayment{})
                         : chance(75)                           ? CommandBody(ReceiveSupplement{})
                                                                : CommandBody(WithdrawDossier{});
    std::visit([&](auto& body) { vary(body); }, drawn.command.body);
    drawn.command.occurred_at =
        std::min(now_, *wait->due.at - ClockTime{static_cast<std::int64_t>(below(kHourMs))});
  }
  return drawn;
}

}  // namespace motcua::test
