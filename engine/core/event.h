#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "engine/core/dossier.h"

namespace motcua::core {

// What one event does to one clock. Carries the date that was decided, so that evolving needs no calendar.
struct ClockChange {
  ClockKind kind = ClockKind::acceptance;
  std::uint32_t term = 1;
  ClockAction action = ClockAction::start;
  Instant at;
  std::optional<WorkingTime> delay;  // end, pause, move or void of a missed term
  std::vector<DelayShare> shares;    // whose that delay is; settlement only
  // Why the stretch before is over: of resume and move; the ground also of the pause.
  StretchEnd why = StretchEnd::suspended;
  Code ground;
  std::optional<Limit> by;  // of an extension
  // The rest is of start, derive, resume and move.
  Code agency;
  Code rule;
  Limit limit;
  DayEnd day_end = DayEnd::office_close;
  DueDate due;
  Code calendar;
  Code calendar_version;
  Code of{};  // of a start: the step that the clock counts
  bool operator==(const ClockChange&) const = default;

  // Gives the clock a date.
  bool dates() const {
    return action == ClockAction::start || action == ClockAction::derive || action == ClockAction::resume ||
           action == ClockAction::move;
  }

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("kind", self.kind);
    visit("term", self.term);
    visit("action", self.action);
    visit("at", self.at);
    visit("delay", self.delay);
    visit("shares", self.shares);
    const bool reopens = self.action == ClockAction::move || self.action == ClockAction::resume;
    if (reopens || self.action == ClockAction::pause) visit("ground", self.ground);
    if (reopens) {
      visit("why", self.why);
      visit("by", self.by);
    }
    if (!self.dates()) return;
    visit("agency", self.agency);
    visit("rule", self.rule);
    visit("limit", self.limit);
    visit("day_end", self.day_end);
    visit("due", self.due);
    visit("calendar", self.calendar);
    visit("calendar_version", self.calendar_version);
    visit("of", self.of);
  }
};

// Tiếp nhận vào hệ thống: the system has received a dossier.
struct DossierSubmitted {
  static constexpr std::string_view kType = "dossier.submitted";
  Code code;  // where it is issued at submission
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
  std::vector<PaperHanded> papers;
  std::vector<Fact> facts;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
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
    visit("papers", self.papers);
    visit("facts", self.facts);
    visit("texts", self.texts);
  }
};

// Tiếp nhận chính thức: full and valid, the settlement clock starts.
struct DossierAccepted {
  static constexpr std::string_view kType = "dossier.accepted";
  Code code;  // where it is issued at acceptance
  Code step;  // the first one
  Code holder_agency;
  std::optional<Instant> appointment_at;  // promised where the procedure states no limit
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("code", self.code);
    visit("step", self.step);
    visit("holder_agency", self.holder_agency);
    visit("appointment_at", self.appointment_at);
    visit("texts", self.texts);
  }
};

// Từ chối tiếp nhận (form REFUSAL).
struct DossierRefused {
  static constexpr std::string_view kType = "dossier.refused";
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("texts", self.texts);
  }
};

// Yêu cầu bổ sung, hoàn thiện hồ sơ (form SUPPLEMENT).
struct SupplementRequested {
  static constexpr std::string_view kType = "dossier.supplement_requested";
  Code asked_by;
  std::vector<Code> missing;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("asked_by", self.asked_by);
    visit("missing", self.missing);
    visit("texts", self.texts);
  }
};

// Công dân đã bổ sung: what was missing has come; an officer has yet to judge it.
struct SupplementReceived {
  static constexpr std::string_view kType = "dossier.supplement_received";
  std::vector<PaperHanded> papers;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("papers", self.papers);
    visit("texts", self.texts);
  }
};

// The dossier is complete again and returns to the state in which the supplement was asked.
struct SupplementAccepted {
  static constexpr std::string_view kType = "dossier.supplement_accepted";
  DossierState state = DossierState::submitted;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("state", self.state);
  }
};

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

// Đã xử lý xong: the result is where the citizen gets it.
struct DossierSettled {
  static constexpr std::string_view kType = "dossier.settled";
  ResultGiven result;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("result", self.result);
    visit("texts", self.texts);
  }
};

// Đã trả kết quả.
struct ResultReturned {
  static constexpr std::string_view kType = "dossier.result_returned";
  Delivery delivery = Delivery::direct;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("delivery", self.delivery);
  }
};

// Công dân yêu cầu rút hồ sơ.
struct DossierWithdrawn {
  static constexpr std::string_view kType = "dossier.withdrawn";
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("texts", self.texts);
  }
};

// Dừng xử lý: the time given to the citizen has run out, or an office stopped it on a ground of the sector's
// law.
struct DossierStopped {
  static constexpr std::string_view kType = "dossier.stopped";
  Code rule;                     // the ground
  std::vector<TextRef> texts{};  // of a stop by an office, which names its document

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("rule", self.rule);
    visit("texts", self.texts);
  }
};

// The filer changed an online dossier before the decision; no clock moves.
struct DossierAdjusted {
  static constexpr std::string_view kType = "dossier.adjusted";
  std::optional<Delivery> delivery;
  std::vector<PaperHanded> papers;  // in place of those with the same key
  std::vector<Fact> facts;          // likewise
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("delivery", self.delivery);
    visit("papers", self.papers);
    visit("facts", self.facts);
    visit("texts", self.texts);
  }
};

// Dates that lay past the calendar's horizon, or on its provisional part, were derived from a newer calendar.
struct ClocksDerived {
  static constexpr std::string_view kType = "dossier.clocks_derived";

  template <class Self, class Visit>
  static void describe(Self&, Visit&&) {}
};

// The system's stop does not stand: an act was entered that happened in the time given to the citizen. What
// the stop did is taken back; the event of the act follows.
struct DossierStopCountered {
  static constexpr std::string_view kType = "dossier.stop_countered";
  std::uint32_t countered_version = 0;  // of the event of the stop
  DossierState state = DossierState::awaiting_supplement;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("countered_version", self.countered_version);
    visit("state", self.state);
  }
};

// Tạm dừng: the settlement term waits on a ground of law.
struct DossierSuspended {
  static constexpr std::string_view kType = "dossier.suspended";
  Code ground;
  std::optional<Instant> until;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("ground", self.ground);
    visit("until", self.until);
    visit("texts", self.texts);
  }
};

// The suspension on that ground is over; the term runs on when no other is in force.
struct DossierResumed {
  static constexpr std::string_view kType = "dossier.resumed";
  Code ground;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("ground", self.ground);
    visit("texts", self.texts);
  }
};

// Gia hạn.
struct DossierExtended {
  static constexpr std::string_view kType = "dossier.extended";
  Code ground;
  Limit by;
  std::optional<Instant> due_before;
  std::optional<Instant> due_after;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("ground", self.ground);
    visit("by", self.by);
    visit("due_before", self.due_before);
    visit("due_after", self.due_after);
    visit("texts", self.texts);
  }
};

// Xin lỗi và hẹn lại ngày trả kết quả (form APOLOGY).
struct DossierReappointed {
  static constexpr std::string_view kType = "dossier.reappointed";
  std::optional<Instant> promise_before;
  Instant promised_at;
  bool in_time = false;
  bool moves_due = false;
  Code unit;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("promise_before", self.promise_before);
    visit("promised_at", self.promised_at);
    visit("in_time", self.in_time);
    visit("moves_due", self.moves_due);
    visit("unit", self.unit);
    visit("texts", self.texts);
  }
};

// Xin lỗi, without a new date.
struct ApologySent {
  static constexpr std::string_view kType = "dossier.apology_sent";
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("texts", self.texts);
  }
};

// Giải trình: why the dossier was late.
struct LatenessExplained {
  static constexpr std::string_view kType = "dossier.lateness_explained";
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("texts", self.texts);
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

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("number", self.number);
    visit("consultation", self.consultation);
    visit("agency", self.agency);
    visit("asked_by", self.asked_by);
    visit("texts", self.texts);
  }
};

struct ConsultationAnswered {
  static constexpr std::string_view kType = "dossier.consultation_answered";
  std::uint32_t number = 0;
  Opinion outcome = Opinion::agreed;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("number", self.number);
    visit("outcome", self.outcome);
    visit("texts", self.texts);
  }
};

// Chuyển hồ sơ giấy đi: the giver has handed the papers over.
struct DossierForwarded {
  static constexpr std::string_view kType = "dossier.forwarded";
  Code from_agency;
  Code from_officer;
  Code to_agency;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("from_agency", self.from_agency);
    visit("from_officer", self.from_officer);
    visit("to_agency", self.to_agency);
    visit("texts", self.texts);
  }
};

// Nhận bàn giao: the competent agency has the papers.
struct ForwardReceived {
  static constexpr std::string_view kType = "dossier.forward_received";
  Code from_agency;
  Code agency;
  Code unit;
  Code officer;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("from_agency", self.from_agency);
    visit("agency", self.agency);
    visit("unit", self.unit);
    visit("officer", self.officer);
    visit("texts", self.texts);
  }
};

// The giver has taken the papers back before they were received.
struct ForwardRecalled {
  static constexpr std::string_view kType = "dossier.forward_recalled";
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("texts", self.texts);
  }
};

// The receiver has sent the papers back before any work on them: they are to be handed over anew.
struct ForwardReturned {
  static constexpr std::string_view kType = "dossier.forward_returned";
  Code agency;  // that has them again
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("agency", self.agency);
    visit("texts", self.texts);
  }
};

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

using EventBody =
    std::variant<DossierSubmitted, DossierAccepted, DossierRefused, SupplementRequested, SupplementReceived,
                 SupplementAccepted, StepAssigned, StepCompleted, DossierSettled, ResultReturned,
                 DossierWithdrawn, DossierStopped, DossierAdjusted, ClocksDerived, DossierStopCountered,
                 DossierSuspended, DossierResumed, DossierExtended, DossierReappointed, ApologySent,
                 LatenessExplained, StepReturned, AgencyConsulted, ConsultationAnswered, PaymentRequested,
                 PaymentConfirmed, PaymentWaived, RefundOwed, RefundConfirmed, ResultAnnounced,
                 ResultReplaced, ResultAnnulled, DossierCorrected, DossierForwarded, ForwardReceived,
                 ForwardRecalled, ForwardReturned, DossierImported>;

std::string_view type_of(const EventBody& body);

// What made the engine write an event.
enum class CauseKind { request, clock, calendar };
template <>
struct EnumWords<CauseKind> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"request", "clock", "calendar"};
};

// The record of one fact. Only ever added.
struct Event {
  Uuid id;
  Uuid dossier;
  std::uint32_t version = 0;
  Instant occurred_at;  // legal effect: what clocks use
  Instant recorded_at;  // when the engine learnt it: what cut-offs and audit use
  Code caller;          // the API key, "system" for the engine itself
  Code on_behalf_of;    // officer
  CauseKind cause = CauseKind::request;
  Uuid cause_id;  // the request, or the event that armed the clock
  Code procedure_version;
  Code rulebook_version;
  std::vector<ClockChange> clocks;
  EventBody body;
};

// The dossier after the event. Requires event.version == dossier.version + 1.
Dossier evolve(Dossier dossier, const Event& event);

}  // namespace motcua::core
