#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/agency.h"
#include "engine/core/dossier.h"
#include "engine/core/rulebook.h"

namespace motcua::core {

// Where a rung lies from the due instant of its clock; `start`: in the event that starts the clock.
enum class RungPlace { start, before, due, after };
template <>
struct EnumWords<RungPlace> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"start", "before", "due", "after"};
};

// Whom a rung warns. Persons are found when it fires (core/recipients.h).
enum class AlertRole { holder, unit_head, one_stop_head, agency_head, provincial_office };
template <>
struct EnumWords<AlertRole> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"holder", "unit_head", "one_stop_head", "agency_head",
                                               "provincial_office"};
};

enum class Severity { notice, warning, urgent, breach };
template <>
struct EnumWords<Severity> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"notice", "warning", "urgent", "breach"};
};

// One warning of a ladder.
struct Rung {
  Code id;  // unique in all ladders
  ClockKind clock = ClockKind::settlement;
  RungPlace place = RungPlace::due;
  // working_hour: of working time; working_day: at the opening of the n-th working day before or after the
  // day on which the duty is due; hour: clock hours. Read for before and after.
  Limit distance;
  Severity severity = Severity::notice;
  std::vector<AlertRole> to;
  bool mail = false;
  bool at_once = false;  // else delivered from the next moment of working time on
  std::optional<WorkingTime> acknowledge_within;
  std::vector<AlertRole> escalate_to;  // with acknowledge_within

  // Rungs of these two clocks are found by the settlement on which those duties hang (core/duties.cpp).
  bool hangs_on_settlement() const { return clock == ClockKind::apology || clock == ClockKind::explanation; }
  // Goes on after the end of the dossier, until its duty is done.
  bool of_lateness() const {
    return clock == ClockKind::explanation || (clock == ClockKind::apology && place == RungPlace::after);
  }
  // The clock whose rows are looked through for it.
  ClockKind listed_by() const { return hangs_on_settlement() ? ClockKind::settlement : clock; }
};

// All ladders (thang cảnh báo) of one version.
struct Ladders {
  Code version;
  std::vector<Rung> rungs;
  Code provincial_unit;  // of the agency at the top: whom provincial_office means
  bool digest = false;   // each supervisor gets one at the opening of each working day

  const Rung* rung(const Code& id) const;
};

// When a rung fires for a clock that is due at `due`; nothing past the horizon of the calendar, and for
// `start`. A later due never fires sooner. `explanation`: the limit of that duty, from the due that was
// missed.
std::optional<Instant> rung_at(const Rung& rung, Instant due, const Calendar& calendar,
                               const Limit& explanation);
// The last due, in milliseconds, whose rung has fired by `now`. Some 40 look-ups in the calendar.
Instant last_due_fired(const Rung& rung, Instant now, const Calendar& calendar, const Limit& explanation);

// The last missed due whose explanation is due by then.
Instant last_due_explained_by(const Limit& explanation, Instant by, const Calendar& calendar);

}  // namespace motcua::core
