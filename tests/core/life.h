#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/core/life_oracle.h"
#include "tests/support/dossier_case.h"

namespace motcua::test {

// One random life of a dossier: a procedure, agencies, calendars and rules drawn from the seed, and the
// commands that it is given. The same seed makes the same life.
class RandomLife {
 public:
  explicit RandomLife(std::uint64_t seed);

  struct Drawn {
    core::Instant now;
    core::Command command;
  };
  // The next command and its instant; `oracle` says what is owed and open.
  Drawn next(const LifeOracle& oracle);
  // What `decide` is told of it.
  core::Context context(const core::Command& command, core::Instant now) const;
  LifeSetting setting() const;
  void take(const core::Event& event);

  const core::Dossier& dossier() const { return one_.dossier; }
  const core::Procedure& procedure() const { return one_.procedure; }
  const std::vector<core::Event>& events() const { return one_.events; }
  const core::Calendar& competent_calendar() const { return *calendar_of(one_.agency.code); }
  const LifeWalk& competent_walk() const { return *offices_.at(one_.agency.code.text).walk; }
  // Nothing is known after it until the calendars grow; then they know all that the oracle does.
  std::optional<core::Instant> horizon() const { return horizon_; }
  void note_number(bool took) { one_.next_number += took ? 1 : 0; }
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  bool chance(unsigned percent) { return below(100) < percent; }
  // "#3 2026-08-10T08:00 (of 2026-08-09T16:00) settle granted"
  static std::string told(const Drawn& drawn);

 private:
  // A calendar as the engine compiles it and as the walk goes through it.
  struct Office {
    std::shared_ptr<const core::Calendar> calendar;
    std::shared_ptr<const core::Calendar> until_horizon;
    const LifeWalk* walk = nullptr;
  };
  template <class List>
  const auto& pick(const List& list) {
    return list[below(std::size(list))];
  }
  core::Limit any_limit();
  void draw_procedure();
  void draw_steps();
  void draw_rules();
  void draw_offices();
  const std::shared_ptr<const core::Calendar>& calendar_of(const core::Code& agency) const;
  core::Instant next_now(const LifeOracle& oracle);
  std::optional<core::Instant> next_occurred(core::Instant now);
  std::size_t next_kind();
  // Makes of a command that finds nothing wrong one that may.
  void vary(core::SubmitDossier& submit);
  void vary(core::AcceptDossier& accept);
  void vary(core::AssignStep& assign);
  void vary(core::CompleteStep& complete);
  void vary(core::ReturnStep& back);
  void vary(core::SettleDossier& settle);
  void vary(core::AdjustDossier& adjust);
  void vary(core::SuspendDossier& suspend);
  void vary(core::ResumeDossier& resume);
  void vary(core::ExtendTerm& extend);
  void vary(core::ReappointDossier& reappoint);
  void vary(core::ConsultAgency& consult);
  void vary(core::AnswerConsultation& answer);
  void vary(core::ReportLinked& report);
  void vary(core::ReportAsking& report);
  void vary(core::RequestPayment& request);
  void vary(core::ConfirmPayment& payment);
  void vary(core::ConfirmRefund& refund);
  void vary(core::ReplaceResult& replace);
  void vary(core::AnnulResult& annul);
  void vary(core::CorrectDossier& correct);
  void vary(core::ReceiveForwarded& receive);
  template <class Body>
  void vary(Body&) {}
  core::Code any_result();
  core::Code any_officer() { return core::Code("H32.19.cv0" + std::to_string(1 + below(2))); }
  core::Instant any_promise(core::Instant at);
  const core::Agency* agency(const core::Code& code) const;

  std::mt19937_64 random_;
  DossierCase one_;  // its agency is the competent one
  core::Agency receiving_;
  bool elsewhere_ = false;  // received by another agency
  bool own_one_stop_ = false;
  std::map<std::string, Office> offices_;
  std::optional<core::Instant> horizon_;
  core::Instant now_;
  std::vector<core::Code> open_;  // steps
};

// What a rejection can be about that no other words of the same command would mend.
bool is_of_the_state(std::string_view code);

}  // namespace motcua::test
