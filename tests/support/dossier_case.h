#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/decide.h"
#include "tests/support/calendars.h"

namespace motcua::test {

core::Limit working_hours(std::int64_t n);
core::Limit working_days(std::int64_t n);  // by_day
core::Limit calendar_days(std::int64_t n);
core::Limit clock_hours(std::int64_t n);

// The rules of one layer, written by hand from the law and not from the shipped file: L2 has the intake
// alert, L1 has not.
core::Rules rules_of(std::string_view layer);

// One dossier, with all that its commands are decided on: a commune that receives and decides, hours B, a
// procedure of three steps, two fees and five working days on every channel, L1 to 30/06/2025 and L2 after. A
// test changes what it needs before the first command. Instants are local, "2026-08-21 16:00".
class DossierCase {
 public:
  DossierCase();

  core::Procedure procedure;
  core::Rulebook rulebook;
  core::Agency agency;
  std::vector<core::Agency> others;  // on the same calendar
  std::shared_ptr<const core::Calendar> calendar;

  core::Dossier dossier;
  std::vector<core::Event> events;
  std::int64_t next_number = 1;

  core::SubmitDossier submission(core::Channel channel) const;
  // What `decide` is told at an instant.
  core::Context context(core::Instant now) const;

  // Decides what has run out, then the command; evolves on what was accepted. Answers "accepted" or the code
  // of the rejection. `occurred` back-dates.
  std::string give(std::string_view now, core::CommandBody body, std::string_view occurred = {});
  std::string give(core::Instant now, core::CommandBody body,
                   std::optional<core::Instant> occurred = std::nullopt);
  void run_out(core::Instant now);
  // The agency itself or one of the others; null for any other code.
  const core::Agency* find_agency(const core::Code& code) const;
  // For which agencies one works: itself, those above it, and those whose place one of them took.
  std::vector<core::Code> works_for(const core::Agency* one) const;

  // Submits, and at a counter accepts, in one call.
  std::string filed_online(std::string_view now);
  std::string accepted_at_counter(std::string_view now);

  const core::Rejection& last_rejection() const { return rejection_; }
  const core::LegalClock& clock(core::ClockKind kind) const;
  std::string due(core::ClockKind kind) const;
  std::string state(core::ClockKind kind, core::Instant at) const;
  std::string state(core::ClockKind kind, std::string_view at) const { return state(kind, vn(at)); }
  bool late(core::Instant at) const { return core::lateness_at(dossier, at, *calendar).late(); }
  bool late(std::string_view at) const { return late(vn(at)); }
  std::int64_t late_seconds(std::string_view at) const;

 private:
  core::Rejection rejection_;
};

core::Instant later(core::Instant at, std::int64_t ms);

// A dossier in that state, reached by commands on 10/08/2026 and the days after.
DossierCase case_in(core::DossierState state);

// A command of each kind that finds nothing wrong but, perhaps, the state; in the order of CommandBody.
std::vector<core::CommandBody> one_of_each();

}  // namespace motcua::test
