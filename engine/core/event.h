#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "engine/core/dossier.h"
#include "engine/core/forward_events.h"
#include "engine/core/imported_event.h"
#include "engine/core/journal_event.h"
#include "engine/core/step_events.h"
#include "engine/core/term_events.h"

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
  std::optional<LinkedFrom> linked_from{};
  std::vector<Code> linked_agencies{};  // of that dossier: they see this one

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
    visit("linked_from", self.linked_from);
    visit("linked_agencies", self.linked_agencies);
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

using EventBody = std::variant<
    DossierSubmitted, DossierAccepted, DossierRefused, SupplementRequested, SupplementReceived,
    SupplementAccepted, StepAssigned, StepCompleted, DossierSettled, ResultReturned, DossierWithdrawn,
    DossierStopped, DossierAdjusted, ClocksDerived, DossierStopCountered, DossierSuspended, DossierResumed,
    DossierExtended, DossierReappointed, ApologySent, LatenessExplained, StepReturned, AgencyConsulted,
    ConsultationAnswered, PaymentRequested, PaymentConfirmed, PaymentWaived, RefundOwed, RefundConfirmed,
    ResultAnnounced, ResultReplaced, ResultAnnulled, DossierCorrected, DossierForwarded, ForwardReceived,
    ForwardRecalled, ForwardReturned, DossierImported, DossierErased, JournalRestored, AwaitingChanged>;

std::string_view type_of(const EventBody& body);

// What made the engine write an event.
enum class CauseKind { request, clock, calendar, linked, restore };
template <>
struct EnumWords<CauseKind> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"request", "clock", "calendar", "linked", "restore"};
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
  Uuid cause_id;  // the request, the event that armed the clock, or the dossier at the other end of a link;
                  // nil of a restore
  Code procedure_version;
  Code rulebook_version;
  std::vector<ClockChange> clocks;
  EventBody body;
};

// The dossier after the event. Requires event.version == dossier.version + 1.
Dossier evolve(Dossier dossier, const Event& event);

}  // namespace motcua::core
