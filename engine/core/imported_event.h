#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/core/dossier.h"

// What is taken over from an old system.
namespace motcua::core {

// A dossier of an old system was taken over, as it stood there; its clocks carry the dates as promised. First
// of its dossier, in place of the submission.
struct DossierImported {
  static constexpr std::string_view kType = "dossier.imported";
  DossierState state = DossierState::submitted;
  Code code;
  Code procedure;
  Code variant;
  Code layer;
  Channel channel = Channel::direct;
  Code receiving_agency;
  Code competent_agency;
  OwnerKind owner_kind = OwnerKind::citizen;
  Delivery delivery = Delivery::direct;
  Code source;
  Code external_ref;
  Instant received_at;
  std::optional<Instant> accepted_at;
  std::optional<Instant> appointment_at;
  std::optional<Instant> settled_at;
  std::optional<Instant> ended_at;
  std::optional<Instant> returned_at;
  Code holder_agency;
  Code holder_unit;
  Code holder_officer;
  Code step;
  std::vector<SupplementRound> rounds;
  std::vector<PaperHanded> papers;
  std::vector<Fact> facts;
  std::vector<ResultGiven> results;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("state", self.state);
    visit("code", self.code);
    visit("procedure", self.procedure);
    visit("variant", self.variant);
    visit("layer", self.layer);
    visit("channel", self.channel);
    visit("receiving_agency", self.receiving_agency);
    visit("competent_agency", self.competent_agency);
    visit("owner_kind", self.owner_kind);
    visit("delivery", self.delivery);
    visit("source", self.source);
    visit("external_ref", self.external_ref);
    visit("received_at", self.received_at);
    visit("accepted_at", self.accepted_at);
    visit("appointment_at", self.appointment_at);
    visit("settled_at", self.settled_at);
    visit("ended_at", self.ended_at);
    visit("returned_at", self.returned_at);
    visit("holder_agency", self.holder_agency);
    visit("holder_unit", self.holder_unit);
    visit("holder_officer", self.holder_officer);
    visit("step", self.step);
    visit("rounds", self.rounds);
    visit("papers", self.papers);
    visit("facts", self.facts);
    visit("results", self.results);
    visit("texts", self.texts);
  }
};

}  // namespace motcua::core
