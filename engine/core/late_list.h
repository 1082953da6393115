#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/agency.h"
#include "engine/core/calendar.h"
#include "engine/core/tally.h"

namespace motcua::core {

// The monthly list of late dossiers (plan item 22, LAW section 5); how it is counted: LateMethod. Everything
// in it is an integer, a word, an instant or a name out of a definition, and nothing of it is a citizen's.
// Members are described in the order of their names, as canonical JSON wants them.

// Whether officers are told apart in public.
enum class Individuals { off, position, name };
template <>
struct EnumWords<Individuals> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"off", "position", "name"};
};

enum class ApologyMark { in_time, late, missing, owed };
template <>
struct EnumWords<ApologyMark> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"in_time", "late", "missing", "owed"};
};
enum class ExplanationMark { given, given_late, missing, owed };
template <>
struct EnumWords<ExplanationMark> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"given", "given_late", "missing", "owed"};
};
// What became of a re-appointment; pending: open, and the new date has not come.
enum class ReappointmentMark { none, pending, kept, missed };
template <>
struct EnumWords<ReappointmentMark> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"none", "pending", "kept", "missed"};
};

// What one holder answers for. `person` is a stable number, `position` a title; both empty where persons are
// off.
struct LateShare {
  Code agency;
  std::string name;  // of a person; empty unless the province publishes names
  std::string person;
  std::string position;
  std::int64_t seconds = 0;
  Code unit;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("agency", self.agency);
    visit("name", self.name);
    visit("person", self.person);
    visit("position", self.position);
    visit("seconds", self.seconds);
    visit("unit", self.unit);
  }
};

// One late dossier.
struct LateRow {
  Instant accepted_at;
  ApologyMark apology = ApologyMark::missing;
  Channel channel = Channel::direct;
  std::int64_t citizen_seconds = 0;  // working time for which the citizen was waited for; part of no delay
  std::string code;                  // of the dossier, or a key made of it where the province masks codes
  bool corrected = false;
  std::int64_t delay_days = 0;     // working days of delay
  std::int64_t delay_seconds = 0;  // working time
  std::optional<DossierState> ended_as;
  ExplanationMark explanation = ExplanationMark::missing;
  std::optional<Instant> finished_at;
  std::optional<Instant> first_due_at;
  Instant late_since;
  std::int64_t number = 0;  // in its agency, from 1
  Code procedure;
  std::optional<Instant> promised_at;
  ReappointmentMark reappointment = ReappointmentMark::none;
  Instant received_at;
  std::vector<LateShare> shares;  // of delay_seconds; sum to it where holders are known
  std::int64_t supplements = 0;
  Code unit;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("accepted_at", self.accepted_at);
    visit("apology", self.apology);
    visit("channel", self.channel);
    visit("citizen_seconds", self.citizen_seconds);
    visit("code", self.code);
    visit("corrected", self.corrected);
    visit("delay_days", self.delay_days);
    visit("delay_seconds", self.delay_seconds);
    visit("ended_as", self.ended_as);
    visit("explanation", self.explanation);
    visit("finished_at", self.finished_at);
    visit("first_due_at", self.first_due_at);
    visit("late_since", self.late_since);
    visit("number", self.number);
    visit("procedure", self.procedure);
    visit("promised_at", self.promised_at);
    visit("reappointment", self.reappointment);
    visit("received_at", self.received_at);
    visit("shares", self.shares);
    visit("supplements", self.supplements);
    visit("unit", self.unit);
  }
};

// Counts of one agency, one unit or all. Rates are in basis points, and absent where nothing can be late.
//   brought_forward + received = ended + open;  ended = settled + withdrawn + stopped
//   early + on_time + late_ended = ended − untimed_ended;  late = late_ended + late_open
struct LateCounts {
  std::int64_t acceptances = 0;       // online dossiers whose eight working hours fell due in the month
  std::int64_t acceptances_late = 0;  // of them those not answered in time
  std::optional<std::int64_t> acceptances_on_time_bp;
  std::int64_t apologies_in_time = 0;
  std::int64_t apologies_late = 0;
  std::int64_t apologies_missing = 0;
  std::int64_t apologies_owed = 0;  // within their time yet
  std::int64_t brought_forward = 0;
  std::optional<std::int64_t> delay_median_seconds;
  std::int64_t delay_others_seconds = 0;          // of delay_seconds, booked to other agencies
  std::int64_t delay_own_seconds = 0;             // of delay_seconds, booked to this agency or unit
  std::optional<std::int64_t> delay_own_bp;       // of delay_seconds
  std::optional<std::int64_t> delay_p90_seconds;  // by nearest rank
  std::int64_t delay_seconds = 0;
  std::int64_t early = 0;  // ended on a day before the due day
  std::int64_t ended = 0;
  std::int64_t explanations_given = 0;
  std::int64_t explanations_late = 0;
  std::int64_t explanations_missing = 0;
  std::int64_t explanations_owed = 0;
  std::int64_t late = 0;
  std::int64_t late_ended = 0;
  std::int64_t late_in_twelve_months = 0;  // dossiers that became late in the twelve months up to this one
  std::int64_t late_open = 0;
  std::optional<std::int64_t> late_rate_bp;  // late_ended of those ended and timed
  std::int64_t late_without_reappointment = 0;
  std::int64_t on_time = 0;
  std::int64_t open = 0;
  std::int64_t reappointed_kept = 0;
  std::int64_t reappointed_missed = 0;
  std::int64_t reappointed_pending = 0;
  std::int64_t received = 0;
  std::int64_t settled = 0;
  std::int64_t stopped = 0;
  std::int64_t units_repeatedly_late = 0;  // that became late more than once in the twelve months
  std::int64_t untimed_ended = 0;
  std::int64_t untimed_open = 0;
  std::int64_t untimed_received = 0;
  std::int64_t withdrawn = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("acceptances", self.acceptances);
    visit("acceptances_late", self.acceptances_late);
    visit("acceptances_on_time_bp", self.acceptances_on_time_bp);
    visit("apologies_in_time", self.apologies_in_time);
    visit("apologies_late", self.apologies_late);
    visit("apologies_missing", self.apologies_missing);
    visit("apologies_owed", self.apologies_owed);
    visit("brought_forward", self.brought_forward);
    visit("delay_median_seconds", self.delay_median_seconds);
    visit("delay_others_seconds", self.delay_others_seconds);
    visit("delay_own_bp", self.delay_own_bp);
    visit("delay_own_seconds", self.delay_own_seconds);
    visit("delay_p90_seconds", self.delay_p90_seconds);
    visit("delay_seconds", self.delay_seconds);
    visit("early", self.early);
    visit("ended", self.ended);
    visit("explanations_given", self.explanations_given);
    visit("explanations_late", self.explanations_late);
    visit("explanations_missing", self.explanations_missing);
    visit("explanations_owed", self.explanations_owed);
    visit("late", self.late);
    visit("late_ended", self.late_ended);
    visit("late_in_twelve_months", self.late_in_twelve_months);
    visit("late_open", self.late_open);
    visit("late_rate_bp", self.late_rate_bp);
    visit("late_without_reappointment", self.late_without_reappointment);
    visit("on_time", self.on_time);
    visit("open", self.open);
    visit("reappointed_kept", self.reappointed_kept);
    visit("reappointed_missed", self.reappointed_missed);
    visit("reappointed_pending", self.reappointed_pending);
    visit("received", self.received);
    visit("settled", self.settled);
    visit("stopped", self.stopped);
    visit("units_repeatedly_late", self.units_repeatedly_late);
    visit("untimed_ended", self.untimed_ended);
    visit("untimed_open", self.untimed_open);
    visit("untimed_received", self.untimed_received);
    visit("withdrawn", self.withdrawn);
  }
};

// An officer's part in the delays of the month, by number and title.
struct LatePerson {
  std::int64_t dossiers = 0;
  std::string name;
  std::string person;
  std::string position;
  std::int64_t seconds = 0;
  Code unit;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("dossiers", self.dossiers);
    visit("name", self.name);
    visit("person", self.person);
    visit("position", self.position);
    visit("seconds", self.seconds);
    visit("unit", self.unit);
  }
};

struct LateUnit {
  LateCounts counts;
  std::string name;
  Code unit;  // empty: no unit held them

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("counts", self.counts);
    visit("name", self.name);
    visit("unit", self.unit);
  }
};

// What another agency answers for in the delays of an agency's dossiers: a consulted one, or the one that
// received.
struct OthersDelay {
  Code agency;
  std::int64_t dossiers = 0;
  std::string name;
  std::int64_t seconds = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("agency", self.agency);
    visit("dossiers", self.dossiers);
    visit("name", self.name);
    visit("seconds", self.seconds);
  }
};

// A section of the list: the dossiers of one competent agency.
struct LateAgency {
  Code agency;
  // Working time for which the citizen was waited for in late dossiers, and in how many: nobody's delay.
  std::int64_t citizen_dossiers = 0;
  std::int64_t citizen_seconds = 0;
  LateCounts counts;
  std::vector<LateRow> late;  // by code
  std::string name;
  std::vector<OthersDelay> others;  // by agency
  std::vector<LatePerson> persons;  // by person
  std::vector<LateUnit> units;      // by unit

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("agency", self.agency);
    visit("citizen_dossiers", self.citizen_dossiers);
    visit("citizen_seconds", self.citizen_seconds);
    visit("counts", self.counts);
    visit("late", self.late);
    visit("name", self.name);
    visit("others", self.others);
    visit("persons", self.persons);
    visit("units", self.units);
  }
};

struct NamedProcedure {
  std::string name;
  Code procedure;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("name", self.name);
    visit("procedure", self.procedure);
  }
};

struct NamedVersion {
  Code name;  // "calendar/vn-khanh-hoa"
  Code version;
  bool operator==(const NamedVersion&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("name", self.name);
    visit("version", self.version);
  }
};

// Why a document takes the place of an earlier one: what was wrong, in words of a closed kind.
struct LateCorrection {
  std::string code;  // of the row; empty: the whole
  Code document;     // the sha256 of the document that is corrected
  std::string reason;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("code", self.code);
    visit("document", self.document);
    visit("reason", self.reason);
  }
};

// Everything but the sections.
struct LateHead {
  std::optional<LateCorrection> corrects;
  std::int64_t cutoff_position = 0;  // of the journal: the last event that is counted
  Instant cutoff_recorded_at;        // nothing recorded later is counted
  std::vector<NamedVersion> definitions;
  bool codes_masked = false;
  Individuals individuals = Individuals::position;
  std::string individuals_basis;  // the province's decision to publish names
  Code method;                    // a LateMethod
  std::string month;              // "2026-10"
  std::int64_t number = 1;        // of the documents for this month and scope
  Instant period_from;            // the period is [from, to)
  Instant period_to;
  std::vector<NamedProcedure> procedures;  // of the late dossiers
  Code scope;                              // an agency with all that are below it
  std::string scope_name;
  LateCounts total;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("codes_masked", self.codes_masked);
    visit("corrects", self.corrects);
    visit("cutoff_position", self.cutoff_position);
    visit("cutoff_recorded_at", self.cutoff_recorded_at);
    visit("definitions", self.definitions);
    visit("individuals", self.individuals);
    visit("individuals_basis", self.individuals_basis);
    visit("method", self.method);
    visit("month", self.month);
    visit("number", self.number);
    visit("period_from", self.period_from);
    visit("period_to", self.period_to);
    visit("procedures", self.procedures);
    visit("scope", self.scope);
    visit("scope_name", self.scope_name);
    visit("total", self.total);
  }
};

struct LateList {
  std::vector<LateAgency> agencies;  // by agency
  LateHead head;
};

}  // namespace motcua::core
