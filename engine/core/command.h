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
  bool accept = false;                      // at a counter: submit and accept in one call
  std::optional<LinkedFrom> linked_from{};  // set by the engine: opened for another dossier
  std::vector<Code> linked_agencies{};
  std::optional<Instant> appointment_at{};  // with accept: as of AcceptDossier
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
  Code step{};  // empty: the lead one
};
struct CompleteStep {
  Code step;                         // empty: the current one
  std::optional<Outcome> outcome{};  // that its edges may ask
  std::vector<Fact> facts{};         // likewise; they stay with the dossier
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
// Tạm dừng on a ground that the procedure names.
struct SuspendDossier {
  Code ground;
  std::optional<Instant> until;  // absent: as long as the ground allows
};
struct ResumeDossier {
  Code ground;  // empty: the only one in force
};
// Gia hạn on a ground that the procedure names.
struct ExtendTerm {
  Code ground;
  std::optional<Limit> by;  // absent: as much as the ground allows
};
// Hẹn lại.
struct ReappointDossier {
  Instant promised_at;
  Code unit;
};
struct Apologise {};
struct ExplainLateness {};
// Dừng xử lý on a ground of the sector's law; never an office's free choice.
struct StopDossier {
  Code ground;
};
// The system's own: derives dates again with the newest calendar.
struct DeriveClocks {};
struct RequestPayment {
  std::vector<Code> items;  // keys of the schedule; empty: all that is not paid or waived yet
};
struct ConfirmPayment {
  Code reference;
  std::int64_t amount_vnd = 0;
};
struct WaivePayment {
  Code ground;
};
struct ConfirmRefund {
  Code reference;
  std::int64_t amount_vnd = 0;
};
struct AnnounceResult {};
struct ReplaceResult {
  Code result;
  std::optional<Outcome> outcome;  // nothing: as before; so is an empty kind
  ResultForm form = ResultForm::electronic;
  Code kind;
};
struct AnnulResult {
  Code result;
};
struct CorrectDossier {
  std::uint32_t version = 0;           // of the event
  std::optional<Instant> occurred_at;  // when it happened in truth
};

// Gives a step back to an earlier one.
struct ReturnStep {
  Code step;  // empty: the current one
  Code to;
};

struct ConsultAgency {
  Code consultation;  // of the procedure's; empty: one that it does not name
  Code agency;
};

struct AnswerConsultation {
  std::uint32_t number = 0;
  Opinion outcome = Opinion::agreed;
};

// The engine's own: a linked dossier has ended, which answers the consultation it was opened with. Also of a
// dossier that is over.
struct ReportLinked {
  std::uint32_t number = 0;
  Opinion outcome = Opinion::agreed;
  DossierState ended_as = DossierState::settled;
};

// The engine's own: what became of the dossier for which this one was opened. It waits for this one's end no
// longer, or again.
struct ReportAsking {
  bool awaited = false;
  DossierState state = DossierState::withdrawn;  // of that dossier
};

// The hand-over of papers to the competent agency.
struct ForwardDossier {};

struct ReceiveForwarded {
  Code officer;  // of the competent agency; empty: nobody yet
};

struct RecallForwarded {};

struct ReturnForwarded {};

// Xóa dữ liệu cá nhân: what persons typed is destroyed, the record stays. Not before the procedure's
// retention date (rule RETAIN).
struct EraseDossier {
  ErasureGround ground = ErasureGround::retention_over;
};
// The engine's own: it was erased before an older copy of the database took its place.
struct RepeatErasure {
  ErasureGround ground = ErasureGround::retention_over;
};

using CommandBody =
    std::variant<SubmitDossier, AcceptDossier, RefuseDossier, RequestSupplement, ReceiveSupplement,
                 AcceptSupplement, AssignStep, CompleteStep, SettleDossier, ReturnResult, WithdrawDossier,
                 AdjustDossier, DeriveClocks, SuspendDossier, ResumeDossier, ExtendTerm, ReappointDossier,
                 Apologise, ExplainLateness, StopDossier, ReturnStep, ConsultAgency, AnswerConsultation,
                 RequestPayment, ConfirmPayment, WaivePayment, ConfirmRefund, AnnounceResult, ReplaceResult,
                 AnnulResult, CorrectDossier, ForwardDossier, ReceiveForwarded, RecallForwarded,
                 ReturnForwarded, ReportLinked, EraseDossier, RepeatErasure, ReportAsking>;

struct Command {
  CommandBody body;
  std::optional<Instant> occurred_at;  // default: when it is decided
  Code on_behalf_of;                   // officer
  std::vector<TextRef> texts;          // version is filled in by decide
};

// The kebab-case word of the API, "request-supplement".
std::string_view word_of(const CommandBody& body);
// The same by the command's place in CommandBody.
std::string_view command_word(std::size_t place);
// False: the engine gives it by itself.
bool is_given_by_people(std::size_t place);
// The states of the dossier from which the command may be given. The whole state machine, with `decide`'s
// results.
bool allowed_in(const CommandBody& body, DossierState state);

}  // namespace motcua::core
