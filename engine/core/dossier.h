#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "engine/core/correction.h"
#include "engine/core/handover.h"
#include "engine/core/legal_clock.h"
#include "engine/core/payment.h"
#include "engine/core/result.h"
#include "engine/core/term_changes.h"

namespace motcua::core {

// A paper as it was handed in (thành phần hồ sơ); its name is the procedure's.
struct PaperHanded {
  Code key;
  PaperForm form = PaperForm::original;
  std::uint32_t copies = 1;
  bool digitised = false;
  bool operator==(const PaperHanded&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("key", self.key);
    visit("form", self.form);
    visit("copies", self.copies);
    visit("digitised", self.digitised);
  }
};

// A paper of the dossier, with the event that brought it: a later one of the same key stands beside it, never
// in its place, as what was typed of each lies sealed under its own version.
struct PaperRecord {
  PaperHanded paper;
  std::uint32_t version = 0;
  Instant at;
  std::uint32_t round = 0;  // of the supplement that brought it, from 1; 0: submission or adjustment
  bool operator==(const PaperRecord&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("paper", self.paper);
    visit("version", self.version);
    visit("at", self.at);
    visit("round", self.round);
  }
};

// A typed fact that is not personal.
struct Fact {
  Code key;
  std::variant<std::int64_t, bool, Date, Code> value;
  bool operator==(const Fact&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("key", self.key);
    visit("value", self.value);
  }
};

// One request for a supplement (lượt yêu cầu bổ sung) and its answer, with both promises.
struct SupplementRound {
  Instant asked_at;
  Code asked_by;  // officer
  DossierState asked_in = DossierState::submitted;
  std::vector<Code> missing;  // keys of papers
  std::optional<Instant> supplied_at;
  std::optional<Instant> accepted_at;
  std::optional<Instant> promise_before;
  std::optional<Instant> promise_after;
  bool operator==(const SupplementRound&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("asked_at", self.asked_at);
    visit("asked_by", self.asked_by);
    visit("asked_in", self.asked_in);
    visit("missing", self.missing);
    visit("supplied_at", self.supplied_at);
    visit("accepted_at", self.accepted_at);
    visit("promise_before", self.promise_before);
    visit("promise_after", self.promise_after);
  }
};

// A step that is open beside the lead one, on another branch of a fork.
struct ParallelStep {
  Code step;
  Code agency;
  Code unit;
  Code officer;
  bool operator==(const ParallelStep&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("step", self.step);
    visit("agency", self.agency);
    visit("unit", self.unit);
    visit("officer", self.officer);
  }
};

// An opinion that was asked of another agency (lấy ý kiến), and its answer. Its number is its place, from 1,
// and the term of its clock.
struct Consultation {
  Code kind;  // of the procedure's consultations; empty where it names none
  Code agency;
  Code asked_by;  // officer
  Instant asked_at;
  std::optional<Instant> answered_at;
  std::optional<Opinion> outcome;
  std::optional<Uuid> linked;            // the dossier opened with it, whose end is the answer
  std::optional<DossierState> ended_as;  // how that one ended
  bool operator==(const Consultation&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("kind", self.kind);
    visit("agency", self.agency);
    visit("asked_by", self.asked_by);
    visit("asked_at", self.asked_at);
    visit("answered_at", self.answered_at);
    visit("outcome", self.outcome);
    visit("linked", self.linked);
    visit("ended_as", self.ended_as);
  }
};

// The dossier for which another one was opened (thủ tục hành chính liên thông), and the consultation that its
// end answers.
struct LinkedFrom {
  Uuid dossier;
  std::uint32_t consultation = 0;
  bool operator==(const LinkedFrom&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("dossier", self.dossier);
    visit("consultation", self.consultation);
  }
};

// How and when the dossier that asked ended.
struct AskingEnded {
  DossierState state = DossierState::withdrawn;
  Instant at;
  bool operator==(const AskingEnded&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("state", self.state);
    visit("at", self.at);
  }
};

// Why what was typed is erased: nothing keeps it any longer, its subject or an authority asks for it. None of
// them before the retention date.
enum class ErasureGround { retention_over, subject_request, authority_order };
template <>
struct EnumWords<ErasureGround> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"retention_over", "subject_request", "authority_order"};
};

// A dossier (hồ sơ) as its events made it. A value; holds nothing that a person typed, only references to it.
struct Dossier {
  Uuid id;
  std::uint32_t version = 0;  // number of its last event; 0 before the first
  DossierState state = DossierState::submitted;
  Code code;  // mã hồ sơ; empty until it is issued
  Code procedure;
  Code procedure_version;
  Code variant;
  Code rulebook_version;
  Code layer;
  Channel channel = Channel::direct;
  Code receiving_agency;
  Code competent_agency;
  OwnerKind owner_kind = OwnerKind::citizen;
  Delivery delivery = Delivery::direct;
  Code source;
  Code external_ref;
  Instant received_at;
  Instant last_act_at;  // occurred_at of the last event that a person caused
  std::optional<Instant> accepted_at;
  std::optional<Instant> appointment_at;  // promised at acceptance where the procedure states no limit
  std::optional<Instant> settled_at;
  std::optional<Instant> ended_at;  // refused, withdrawn, stopped or settled
  std::optional<Instant> returned_at;
  // The version of the system's stop, while no person has recorded anything since: an earlier fact may
  // counter it.
  std::optional<std::uint32_t> counterable_stop;
  Code holder_agency;
  Code holder_unit;
  Code holder_officer;
  Code step;
  // Agencies beside the receiving and the competent one that have taken part: they see the dossier from then
  // on. In the order in which they came.
  std::vector<Code> further_agencies;
  std::vector<LegalClock> clocks;
  std::vector<TextRef> texts;       // the last of each part, and all of papers
  std::vector<PaperRecord> papers;  // in the order in which they came
  std::vector<Fact> facts;
  std::vector<SupplementRound> rounds;
  std::vector<ResultGiven> results;
  std::vector<Suspension> suspensions;
  std::vector<Extension> extensions;
  std::optional<Reappointment> reappointment;
  std::vector<Instant> apologies;       // to the citizen, apart from a re-appointment, as they were recorded
  std::optional<Instant> explained_at;  // why it was late
  std::vector<ParallelStep> parallel;   // beside the lead step, which is `step`
  // The steps that were left, where the procedure has edges: any of them may be returned to. Without edges
  // these are the steps before the present one.
  std::vector<Code> visited;
  std::vector<Consultation> consultations;
  std::vector<PaymentRecord> payments;        // in the order in which they were asked
  std::optional<ResultNotice> result_notice;  // the first
  std::vector<ResultChange> result_changes;
  std::vector<Correction> corrections;
  std::vector<Handover> handovers;     // of the papers, in order
  std::vector<Stint> stints;           // since the start of the last settlement term
  std::vector<Code> handled_by;        // officers who had it, or worked on a step of it: for ever
  std::optional<Instant> imported_at;  // since when it is ours: taken over from an old system
  std::optional<LinkedFrom> linked_from;
  std::optional<Instant> erased_at;         // what was typed is gone
  std::optional<AskingEnded> asking_ended;  // of linked_from: its end is not waited for any more
  bool operator==(const Dossier&) const = default;

  bool is_open() const { return !ended_at; }
  // Whether the agency takes part in it, so that it is seen there.
  bool concerns(const Code& agency) const;
  // The last term of a clock; null when it never started.
  const LegalClock* clock(ClockKind kind) const;
  LegalClock* clock(ClockKind kind);
  const LegalClock* clock(ClockKind kind, std::uint32_t term) const;
  const TextRef* text(TextRecord record) const;  // the last one
  // The branch beside the lead one that is at this step; null when there is none.
  const ParallelStep* branch_at(const Code& at_step) const;
  // Accepted, and its settlement has no due date because the procedure states none.
  bool untimed() const;
  // The settlement term waits, and the dossier is not over.
  bool suspended() const;
  // A suspension is in force: nothing else than its end moves the settlement.
  bool on_hold() const;
  // The date that the citizen was given last: the re-appointment's, the term's, or the appointment's.
  std::optional<Instant> promised_at() const;
  // The papers are with the agency that received them, and owed to the competent one.
  bool in_transit() const;
  // A settlement term was missed by then. Never undone.
  bool late_at(Instant at) const;
  // The request for payment that the citizen has not met yet, also where the dossier ended before; null when
  // none.
  const PaymentRecord* open_payment() const;
  // The change that ended a result of this code; null while it stands.
  const ResultChange* change_of(const Code& result) const;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("id", self.id);
    visit("version", self.version);
    visit("state", self.state);
    visit("code", self.code);
    visit("procedure", self.procedure);
    visit("procedure_version", self.procedure_version);
    visit("variant", self.variant);
    visit("rulebook_version", self.rulebook_version);
    visit("layer", self.layer);
    visit("channel", self.channel);
    visit("receiving_agency", self.receiving_agency);
    visit("competent_agency", self.competent_agency);
    visit("owner_kind", self.owner_kind);
    visit("delivery", self.delivery);
    visit("source", self.source);
    visit("external_ref", self.external_ref);
    visit("received_at", self.received_at);
    visit("last_act_at", self.last_act_at);
    visit("accepted_at", self.accepted_at);
    visit("appointment_at", self.appointment_at);
    visit("settled_at", self.settled_at);
    visit("ended_at", self.ended_at);
    visit("returned_at", self.returned_at);
    visit("counterable_stop", self.counterable_stop);
    visit("holder_agency", self.holder_agency);
    visit("holder_unit", self.holder_unit);
    visit("holder_officer", self.holder_officer);
    visit("step", self.step);
    visit("further_agencies", self.further_agencies);
    visit("clocks", self.clocks);
    visit("texts", self.texts);
    visit("papers", self.papers);
    visit("facts", self.facts);
    visit("rounds", self.rounds);
    visit("results", self.results);
    visit("suspensions", self.suspensions);
    visit("extensions", self.extensions);
    visit("reappointment", self.reappointment);
    visit("apologies", self.apologies);
    visit("explained_at", self.explained_at);
    visit("parallel", self.parallel);
    visit("visited", self.visited);
    visit("consultations", self.consultations);
    visit("payments", self.payments);
    visit("result_notice", self.result_notice);
    visit("result_changes", self.result_changes);
    visit("corrections", self.corrections);
    visit("handovers", self.handovers);
    visit("stints", self.stints);
    visit("handled_by", self.handled_by);
    visit("imported_at", self.imported_at);
    visit("linked_from", self.linked_from);
    visit("erased_at", self.erased_at);
    visit("asking_ended", self.asking_ended);
  }
};

// How late the settlement of a dossier is at an instant. Never undone: a restart, a pause or an end leaves
// it.
struct Lateness {
  std::optional<Instant> since;  // the due instant of the first missed term
  WorkingTime counted;           // over all missed terms, from due to the term's end
  bool late() const { return since.has_value(); }
};
// `calendar` is the competent agency's; past its horizon the running term adds what the calendar knows.
Lateness lateness_at(const Dossier& dossier, Instant at, const Calendar& calendar);

// The apology that a dossier expected to be late owes its citizen: until the last instant of the day before
// the due date, for limits under two days until the due. Owed for certain once it is late; what is missing
// then can be repaired, and stays repaired late.
Duty apology_duty(const Dossier& dossier, Instant at, const Calendar& calendar);
// Whether an apology was sent for the term that it is owed for: the first that was missed, else the last.
bool apologised_for_term(const Dossier& dossier);
// The same, or a re-appointment that moved no date of that term.
bool apology_done(const Dossier& dossier);
// The explanation that a late dossier's holder owes its head, within `limit` of the due that was missed.
Duty explanation_duty(const Dossier& dossier, Instant at, const Limit& limit, const Calendar& calendar);

}  // namespace motcua::core
