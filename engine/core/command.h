#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/dossier.h"

namespace motcua::core {

// What people ask of a dossier (DESIGN section 3). Typed texts come as references: their part and keyed
// digest; `decide` fills in the version under which they are sealed.

struct SubmitDossier {
  Code procedure;
  Code variant;  // empty: the default one
  Channel channel = Channel::direct;
  Code receiving_agency;
  Code competent_agency;  // empty: the receiving one
  OwnerKind owner_kind = OwnerKind::citizen;
  Delivery delivery = Delivery::direct;
  Code code;  // given by the source
  Code source;
  Code external_ref;
  std::vector<PaperHanded> papers;
  std::vector<Fact> facts;
  bool accept = false;  // at a counter: submit and accept in one call
};
struct AcceptDossier {
  std::optional<Instant> appointment_at;  // of an untimed dossier only: a promise, not a limit
};
struct RefuseDossier {};
struct RequestSupplement {
  std::vector<Code> missing;
};
struct ReceiveSupplement {
  std::vector<PaperHanded> papers;
};
struct AcceptSupplement {};
struct AssignStep {
  Code agency;  // empty: the one that holds it
  Code officer;
};
struct CompleteStep {
  Code step;  // empty: the current one
};
struct SettleDossier {
  Outcome outcome = Outcome::granted;
  ResultForm form = ResultForm::electronic;
  Code kind;
};
struct ReturnResult {
  std::optional<Delivery> delivery;
};
struct WithdrawDossier {};
struct AdjustDossier {
  std::optional<Delivery> delivery;
  std::vector<PaperHanded> papers;
  std::vector<Fact> facts;
};
// The hand-over of papers to the competent agency.
struct ForwardDossier {};
struct ReceiveForwarded {
  Code officer;  // of the competent agency; empty: nobody yet
};
struct RecallForwarded {};
struct ReturnForwarded {};
// The system's own: derives dates again with the newest calendar.
struct DeriveClocks {};

using CommandBody = std::variant<SubmitDossier, AcceptDossier, RefuseDossier, RequestSupplement,
                                 ReceiveSupplement, AcceptSupplement, AssignStep, CompleteStep, SettleDossier,
                                 ReturnResult, WithdrawDossier, AdjustDossier, DeriveClocks, ForwardDossier,
                                 ReceiveForwarded, RecallForwarded, ReturnForwarded>;

struct Command {
  CommandBody body;
  std::optional<Instant> occurred_at;  // default: when it is decided
  Code on_behalf_of;                   // officer
  std::vector<TextRef> texts;          // version is filled in by decide
};

// The kebab-case word of the API, "request-supplement".
std::string_view word_of(const CommandBody& body);
// The states of the dossier from which the command may be given. The whole state machine, with `decide`'s
// results.
bool allowed_in(const CommandBody& body, DossierState state);

}  // namespace motcua::core
