#include "tests/core/report_oracle.h"

#include <algorithm>

namespace motcua::test {
namespace {

using core::ClockAction;
using core::Instant;

std::string day_of(Instant at) { return core::format_instant(at, core::kVietnamOffsetMinutes).substr(0, 10); }

// What the events tell of the settlement and its dossier.
struct Told {
  std::optional<Instant> accepted, ended, due, stands_since, asked;
  std::string ended_as;
  bool untimed = false;
  bool missed = false;
  bool runs = false;
  int supplements = 0;

  // The stretch under way is over, or goes on until then.
  void look(Instant until) { missed |= runs && due && until > *due; }

  void note_settlement(const core::ClockChange& change) {
    switch (change.action) {
      case ClockAction::start:
      case ClockAction::resume:
        runs = true;
        stands_since.reset();
        due = change.due.at;
        untimed = change.limit.unit == core::LimitUnit::unspecified;
        break;
      case ClockAction::move:
        look(change.at);
        due = change.due.at;
        break;
      case ClockAction::derive:
        due = change.due.at;
        break;
      case ClockAction::pause:
      case ClockAction::end:
      case ClockAction::voided:
        look(change.at);
        if (runs) stands_since = change.at;
        runs = false;
        break;
      case ClockAction::reopen:
      case ClockAction::repause:
        break;  // of a stop that is left out with what takes it back
    }
  }

  // A request that was entered after the due takes effect when it is entered, perhaps after the period.
  void note(const core::Event& event, Instant to) {
    const std::string type(core::type_of(event.body));
    if (type == "dossier.accepted") accepted = event.occurred_at;
    if (type == "dossier.supplement_requested") {
      ++supplements;
      asked = event.occurred_at;
    }
    if (type == "dossier.supplement_received") asked.reset();
    for (const core::ClockChange& change : event.clocks) {
      if (change.kind == core::ClockKind::settlement && change.at < to) note_settlement(change);
    }
    for (const char* end : {"settled", "withdrawn", "stopped", "refused"}) {
      if (type != std::string("dossier.") + end) continue;
      ended = event.occurred_at;
      ended_as = end;
    }
  }
};

std::string form_verdict(const Told& told, Instant to) {
  if (told.untimed) return "untimed";
  if (told.ended_as == "withdrawn") return "on_time";
  const std::string due = told.due ? day_of(*told.due) : "9999-12-31";
  if (told.ended) {
    const std::string finished = day_of(*told.ended);
    return finished < due ? "early" : finished == due ? "on_time" : "late";
  }
  if (told.stands_since && day_of(*told.stands_since) <= due) return "open_in_term";
  return due <= day_of(to - core::ClockTime{1}) ? "open_late" : "open_in_term";
}

std::string index_verdict(const Told& told, Instant to) {
  if (told.untimed) return "untimed";
  if (told.supplements >= 2) return "late";
  if (!told.due) return "by_term";
  const Instant finish = told.ended ? *told.ended : told.asked ? *told.asked : to;
  return finish > *told.due ? "late" : "on_time";
}

}  // namespace

ReportVerdicts report_verdicts(std::vector<core::Event> events, Instant from, Instant to) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto* countered = std::get_if<core::DossierStopCountered>(&events[i].body);
    if (countered == nullptr) continue;
    const std::uint32_t stop = countered->countered_version;
    events.erase(events.begin() + static_cast<std::ptrdiff_t>(i));
    events.erase(std::find_if(events.begin(), events.end(),
                              [&](const core::Event& event) { return event.version == stop; }));
    i = 0;
  }
  Told told;
  for (const core::Event& event : events) told.note(event, to);
  told.look(to);
  ReportVerdicts verdicts;
  if (!told.accepted) return verdicts;
  if (!told.ended || *told.ended >= from) {
    verdicts.late_list = told.untimed ? "untimed" : told.missed ? "late" : "in_time";
    verdicts.ii06a = form_verdict(told, to);
  }
  if (*told.accepted >= from) verdicts.index_766 = index_verdict(told, to);
  return verdicts;
}

}  // namespace motcua::test
