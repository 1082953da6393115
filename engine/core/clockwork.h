#pragma once

#include <vector>

#include "engine/core/decide.h"

namespace motcua::core {

// What an event does to the clocks of a dossier: the changes, with the dates decided. Used by `decide` only.
class Clockwork {
 public:
  // Both are borrowed. The calendars of the context must be there.
  Clockwork(const Dossier& dossier, const Context& context) : dossier_(dossier), context_(context) {}

  void start_intake_alert(Instant at);
  // Where the rule is in force for what came on that channel at that receipt.
  void start_acceptance(Instant at, Channel channel, Instant received_at);
  // The settlement term of the procedure, counted from `at` under `rule`.
  void start_settlement(Instant at, const Rule& rule);
  // The earlier of its own limit and the settlement due, which must have been started before.
  void start_appraisal(Instant at);
  void start_citizen_wait(Instant at);

  // A step is entered: its budget, if it has one, runs at the agency that has the step, or waits with the
  // settlement.
  void enter_step(const StepDefinition& step, const Code& agency, Instant at);
  void leave_step(const Code& step, Instant at);
  // What runs with the settlement waits with it: the clocks of open steps. What is late by now ends so.
  void pause_steps(Instant at);
  // What waits is not gone on with.
  void give_up_steps(Instant at);
  // Each open step begins anew, with its full budget.
  void restart_steps(Instant at);
  // The clocks of steps that are in this course, for what resumes them with the settlement.
  std::vector<const LegalClock*> steps_in(LegalClock::Course course) const;
  void start_consultation(const Code& agency, const Limit& budget, Instant at);
  void end_consultation(std::uint32_t number, Instant at);
  // The hand-over of what was accepted: met at once when electronic, owed by the receiving agency when on
  // paper. Nothing where the layer has no rule for it. True when it is owed from now on.
  bool start_forward(Instant at);
  // While the citizen is asked nothing is handed over; when the dossier is complete, the duty begins anew.
  void give_up_forward(Instant at);
  bool start_given_up_forward(Instant at);
  // The first act of handling inside one agency shows that the papers have come.
  void end_forward_by_handling(Instant at);

  // Ends the running term, if there is one.
  void end(ClockKind kind, Instant at);
  // What the stop at the end of the citizen's time did is taken back, to all clocks.
  void take_back_stop(Instant at);
  // A supplement is asked: the settlement term waits from `at`. When its due has passed by now, it ends now
  // and late instead: a date set back neither takes lateness away nor shortens it.
  void pause_settlement(Instant at);
  // The settlement term, and what runs with it, waits from `at` on that ground. What is late already waits
  // too, and stays late.
  void suspend_settlement(Instant at, const Code& ground);
  // It runs on from `at`, its due moved by what was suspended, unless it was late before.
  void resume_settlement(Instant at, const Code& ground);
  // It runs on with another date. One that was missed by now stays missed: the change takes effect now.
  void move_settlement(Instant at, const DueDate& due, StretchEnd why, const Code& ground,
                       std::optional<Limit> by);
  // A payment is asked: a term waits from `at`, or from now when its due has passed by now.
  void pause_for_payment(ClockKind kind, Instant at, const Code& ground);
  // What waits runs on from `at`, its due moved by the time that it waited, in its own unit.
  void resume(ClockKind kind, Instant at, const Code& ground);
  // The acceptance begins anew at a payment.
  void restart_acceptance(Instant at);
  // Terms that run or wait, as far as they counted from the fact that is known to have happened at `before`,
  // count from `after` instead; from now on, as what was late stays late.
  void correct(Corrected what, Instant at, Instant before, Instant after);
  // A settlement that happened later than it was entered ends its term then. One that happened earlier ends
  // nothing earlier: no correction takes lateness away. False: the calendar cannot count so far.
  bool correct_end(Instant after);
  // A term that waited is no longer owed.
  void void_paused(ClockKind kind, Instant at);
  // The dossier is over: what is owed and late ends late, all else is void.
  void close(Instant at);
  // The same by an act that a person entered, when an office's term was past its due by `known`: it ends late
  // then, as a date set back neither takes lateness away nor shortens it.
  void give_up(Instant at, Instant known);
  // The same for all clocks but the one that the event itself ends.
  void close_but(ClockKind ended, Instant at);
  // Derives running dates that rest on less than the official calendar again.
  void derive_again();

  std::vector<ClockChange> take() { return std::move(changes_); }

 private:
  const Calendar& calendar_of(ClockKind kind) const;
  const Code& agency_of(ClockKind kind) const;  // that owes a new term
  std::uint32_t next_term(ClockKind kind) const;
  // A dossier keeps the rules of its receipt; one may begin later than its layer.
  bool in_force(const Rule& rule, Instant received_at) const;
  ClockChange& start(ClockKind kind, Instant at, const Rule& rule, const Limit& limit);
  ClockChange& start_at(const Code& agency, const Calendar& calendar, ClockKind kind, Instant at,
                        const Rule& rule, const Limit& limit);
  const LegalClock* clock_of_step(const Code& step) const;  // its last term
  void reopen_steps(Instant at);
  void close_terms(std::optional<ClockKind> spared, Instant at, std::optional<Instant> known = std::nullopt);
  // A payment that was known to have come at `before` came at `after`.
  struct PaymentMoved {
    Instant before;
    Instant after;
  };
  void correct_term(const LegalClock& clock, Instant start, Instant at,
                    const std::optional<PaymentMoved>& payment);
  // The date of the present stretch, derived anew from `start` by the calendar of now.
  DueDate derived_from(const LegalClock& clock, Instant start,
                       const std::optional<PaymentMoved>& payment = std::nullopt) const;
  DueDate first_date(const LegalClock& clock, Instant start) const;
  Instant paid_at(Instant told, const std::optional<PaymentMoved>& payment) const;
  Code ground_of_wait() const;
  void finish(const LegalClock& clock, ClockAction action, Instant at);
  // Opens the next stretch of a term, with its date.
  ClockChange& redate(const LegalClock& clock, ClockAction action, Instant at, const DueDate& due,
                      StretchEnd why, const Code& ground);
  void resume(const LegalClock& clock, Instant at, const Code& ground);
  bool finished_already(const LegalClock& clock) const;
  // What a stretch that ends at `to` was late by, and whose that is.
  void note_delay(const LegalClock& clock, Instant to, ClockChange& change) const;
  // Working time of the present stretch past its due, at `to`.
  std::optional<WorkingTime> delay_of(const LegalClock& clock, Instant to) const;

  const Dossier& dossier_;
  const Context& context_;
  std::vector<ClockChange> changes_;
};

}  // namespace motcua::core
