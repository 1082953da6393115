#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/core/decide.h"
#include "tests/core/life_walk.h"

namespace motcua::test {

// What a life is lived under. All is borrowed.
struct LifeSetting {
  const core::Procedure* procedure = nullptr;
  const core::Rulebook* rulebook = nullptr;
  std::map<std::string, const LifeWalk*> walks;  // by agency
  bool own_one_stop = false;
};

// What is owed, by when, and who holds the dossier, told from the bodies and instants of the events alone: it
// reads neither the changes of clocks that they carry nor anything that `evolve` made of them.
class LifeOracle {
 public:
  explicit LifeOracle(LifeSetting setting) : setting_(std::move(setting)) {}

  // `known_until`: the calendars know nothing from there on.
  void note(const core::Event& event, std::optional<core::Instant> known_until);

  struct Owed {
    core::ClockKind kind = core::ClockKind::acceptance;
    std::string of;  // the step, or the number of the consultation
    bool paused = false;
    WalkedDate due;
  };
  std::vector<Owed> owed() const;
  // "agency/unit/officer" at an instant since the last settlement term began; empty: nobody.
  std::string holder_at(std::int64_t instant) const;
  // Where holder_at changes; the first is where the term began.
  std::vector<std::int64_t> turns() const;
  // Steps that are open, the lead one first.
  std::vector<core::Code> open_steps() const;

 private:
  // What moved the date of a term.
  struct Move {
    enum class How { suspended, extended, set } how = How::suspended;
    std::int64_t from = 0;
    std::int64_t to = 0;
    std::uint32_t ended_by = 0;  // the version that resumed it
    core::Limit by;
    std::optional<std::int64_t> known_until{};
    bool late = false;     // it had been missed, and the wait moves nothing
    bool unknown = false;  // the date waited for the calendar when the wait began
  };
  struct Term {
    core::ClockKind kind = core::ClockKind::acceptance;
    std::string of;
    std::string agency;
    core::Limit limit;
    bool to_midnight = false;
    std::int64_t start = 0;
    std::uint32_t started_by = 0;  // the version of the fact that it counts from
    std::vector<Move> moves;
    std::optional<std::int64_t> known_until;  // when the date was derived
    std::optional<std::int64_t> cap;          // it is due by then at the latest
    std::int64_t begun = 0;                   // since when it runs without a break
    std::optional<std::int64_t> paused_at;
    bool was_missed = false;  // in a stretch that is over
  };
  struct Open {
    core::Code step, agency, unit, officer;
  };
  struct Turn {
    std::int64_t from = 0;
    std::string holder;
  };
  // Everything that an event changes, so that a stop which is countered can be forgotten.
  struct Known {
    std::vector<Term> terms;
    std::vector<Turn> turns;
  };

  const LifeWalk& walk(const std::string& agency) const { return *setting_.walks.at(agency); }
  WalkedDate date_of(const Term& term) const;
  WalkedDate moved(const WalkedDate& date, const Term& term, const Move& by) const;
  bool missed_by(const Term& term, std::int64_t instant) const;
  Term* find(core::ClockKind kind);
  void start(core::ClockKind kind, const std::string& agency, const core::Limit& limit, std::int64_t at,
             std::string of = {}, bool to_midnight = false);
  void end(core::ClockKind kind);
  void end_all(const core::Event& event);
  void give_up(const core::Event& event);
  void pause(core::ClockKind kind, const core::Event& event);
  void resume(core::ClockKind kind, std::int64_t at, std::uint32_t by);
  void restart_steps(std::int64_t at, std::uint32_t by);
  bool start_forward(std::int64_t at);
  void enter(const core::Code& step, const core::Code& agency, std::int64_t at);
  void leave(const core::Code& step);
  void take_up(Term& term, const core::Event& event);
  void move(Move moved, const core::Event& event);
  void start_settlement(std::int64_t at, std::uint32_t by);
  void end_payment_wait(const core::Event& event);
  void correct(const core::DossierCorrected& body, const core::Event& event);
  void correct(Term& term, const core::DossierCorrected& body, const core::Event& event);
  void note_turn(const core::Event& event);
  std::string holder_now() const;
  core::Code place_of(const core::StepDefinition& step) const;

  void on(const core::Event& event, const core::DossierSubmitted& body);
  void on(const core::Event& event, const core::DossierAccepted& body);
  void on(const core::Event& event, const core::SupplementRequested& body);
  void on(const core::Event& event, const core::SupplementReceived& body);
  void on(const core::Event& event, const core::SupplementAccepted& body);
  void on(const core::Event& event, const core::StepAssigned& body);
  void on(const core::Event& event, const core::StepCompleted& body);
  void on(const core::Event& event, const core::StepReturned& body);
  void on(const core::Event& event, const core::DossierStopped& body);
  void on(const core::Event& event, const core::DossierStopCountered& body);
  void on(const core::Event& event, const core::DossierSuspended& body);
  void on(const core::Event& event, const core::DossierResumed& body);
  void on(const core::Event& event, const core::DossierExtended& body);
  void on(const core::Event& event, const core::DossierReappointed& body);
  void on(const core::Event& event, const core::AgencyConsulted& body);
  void on(const core::Event& event, const core::ConsultationAnswered& body);
  void on(const core::Event& event, const core::PaymentRequested& body);
  void on(const core::Event& event, const core::PaymentConfirmed& body);
  void on(const core::Event& event, const core::PaymentWaived& body);
  void on(const core::Event& event, const core::DossierCorrected& body);
  void on(const core::Event& event, const core::ClocksDerived& body);
  void on(const core::Event& event, const core::DossierForwarded& body);
  void on(const core::Event& event, const core::ForwardReceived& body);
  void on(const core::Event& event, const core::ForwardRecalled& body);
  void on(const core::Event& event, const core::ForwardReturned& body);
  void on(const core::Event& event, const core::DossierRefused&) { end_all(event); }
  void on(const core::Event& event, const core::DossierSettled&) { end_all(event); }
  void on(const core::Event& event, const core::DossierWithdrawn&) { give_up(event); }
  // The rest moves nothing.
  template <class Body>
  void on(const core::Event&, const Body&) {}

  LifeSetting setting_;
  const core::Rules* rules_ = nullptr;  // of the layer of its receipt
  Known known_;
  std::optional<Known> before_stop_;
  std::int64_t stopped_at_ = 0;            // of that stop
  std::optional<std::int64_t> countered_;  // the same, in the event after it was countered
  std::uint32_t version_ = 0;              // of the event under way
  core::Channel channel_ = core::Channel::direct;
  core::Code variant_, receiving_, competent_;
  bool accepted_ = false;
  bool asked_to_pay_before_ = false;  // the open request was made before acceptance
  std::int64_t supplied_at_ = 0;
  std::uint32_t supplied_by_ = 0;
  bool was_forwarded_ = false;  // the hand-over was owed once
  bool received_ = false;       // the papers are with the competent agency
  std::string giver_;
  std::int64_t hold_ended_at_ = 0;  // of the suspensions that are over
  std::optional<std::int64_t> known_until_;
  std::optional<std::int64_t> turn_at_;  // of the event under way, where it is not when it happened
  std::vector<Open> open_;               // the lead one first
  std::vector<std::string> on_hold_;     // grounds in force
};

}  // namespace motcua::test
