#pragma once

#include "engine/core/decide.h"
#include "engine/run/definitions.h"

// Thủ tục hành chính liên thông: a consultation may open a dossier of another procedure at the agency that is
// asked. It has clocks of its own, and its end is the answer.
namespace motcua::run {

// The submission that opens the dossier: for the owner of the one that asks, with those of its papers and
// facts that the other procedure wants too, by the electronic way where it has one.
core::Command linked_submission(const core::Dossier& asking, const core::Event& event,
                                const core::AgencyConsulted& asked, const Definitions& definitions);
// What the end of a linked dossier says to the one that asked: by the last result that stands.
struct LinkedAnswer {
  core::DossierState ended_as = core::DossierState::settled;
  core::Opinion outcome = core::Opinion::no_opinion;
  bool operator==(const LinkedAnswer&) const = default;
};
// Nothing of a dossier that is open.
std::optional<LinkedAnswer> linked_answer(const core::Dossier& linked);
// The faults of the submission as those of the command that asked.
core::Rejection as_consultation(core::Rejection rejection);

}  // namespace motcua::run
