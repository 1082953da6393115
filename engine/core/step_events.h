#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/core/dossier.h"

// The way through the steps, and opinions asked beside it.
namespace motcua::core {

struct StepAssigned {
  static constexpr std::string_view kType = "dossier.step_assigned";
  Code step;
  Code agency;
  Code unit;
  Code officer;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("step", self.step);
    visit("agency", self.agency);
    visit("unit", self.unit);
    visit("officer", self.officer);
  }
};

// A step that was entered, and by whom.
struct StepEntered {
  Code step;
  Code agency;
  bool operator==(const StepEntered&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("step", self.step);
    visit("agency", self.agency);
  }
};

// A step was left along one of its edges, which was chosen when this was decided.
struct StepCompleted {
  static constexpr std::string_view kType = "dossier.step_completed";
  Code step;
  Code next_step;  // empty: the branch has come to its join, and waits for the others
  Code next_agency;
  std::vector<TextRef> texts;
  std::optional<std::uint32_t>
      edge{};  // its number from 1, 0 for the order of the file; nothing without edges
  std::vector<StepEntered> branches{};  // of a fork, beside next_step
  Code join{};                          // at which the branch waits
  std::vector<Fact> facts{};            // given with the command
  std::optional<Outcome> outcome{};     // likewise

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("step", self.step);
    visit("next_step", self.next_step);
    visit("next_agency", self.next_agency);
    visit("texts", self.texts);
    visit("edge", self.edge);
    visit("branches", self.branches);
    visit("join", self.join);
    visit("facts", self.facts);
    visit("outcome", self.outcome);
  }
};

// A step was given back to an earlier one, which is entered again.
struct StepReturned {
  static constexpr std::string_view kType = "dossier.step_returned";
  Code step;
  Code to;
  Code to_agency;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("step", self.step);
    visit("to", self.to);
    visit("to_agency", self.to_agency);
    visit("texts", self.texts);
  }
};

// Lấy ý kiến: an opinion was asked of another agency. The settlement goes on meanwhile.
struct AgencyConsulted {
  static constexpr std::string_view kType = "dossier.agency_consulted";
  std::uint32_t number = 0;
  Code consultation;  // of the procedure's; empty where it names none
  Code agency;
  Code asked_by;
  std::vector<TextRef> texts;
  std::optional<Uuid> linked{};  // the dossier opened with it

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("number", self.number);
    visit("consultation", self.consultation);
    visit("agency", self.agency);
    visit("asked_by", self.asked_by);
    visit("texts", self.texts);
    visit("linked", self.linked);
  }
};

struct ConsultationAnswered {
  static constexpr std::string_view kType = "dossier.consultation_answered";
  std::uint32_t number = 0;
  Opinion outcome = Opinion::agreed;
  std::vector<TextRef> texts;
  std::optional<DossierState> ended_as{};  // of the linked dossier whose end is the answer

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("number", self.number);
    visit("outcome", self.outcome);
    visit("texts", self.texts);
    visit("ended_as", self.ended_as);
  }
};

// The dossier for which this one was opened is over and waits for its end no longer; or, where its stop was
// countered, waits again. This one goes on.
struct AwaitingChanged {
  static constexpr std::string_view kType = "dossier.awaiting_changed";
  bool awaited = false;
  DossierState asking_state = DossierState::withdrawn;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("awaited", self.awaited);
    visit("asking_state", self.asking_state);
  }
};

}  // namespace motcua::core
