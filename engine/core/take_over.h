#pragma once

#include <variant>

#include "engine/core/decide.h"
#include "engine/core/rejecting.h"

// Taking dossiers over from an old system: what stood there goes into one event, with dates as they were
// promised.
namespace motcua::core {

// A dossier as it stands in the old system. Texts come as references, as in a command.
struct OldDossier {
  DossierState state = DossierState::submitted;
  Code code;
  Code procedure;
  Code variant;  // empty: the default one
  Channel channel = Channel::direct;
  Code receiving_agency;
  Code competent_agency;  // empty: the receiving one
  OwnerKind owner_kind = OwnerKind::citizen;
  Delivery delivery = Delivery::direct;
  Code source;
  Code external_ref;
  Instant received_at;
  std::optional<Instant> accepted_at;
  std::optional<Instant> promised_at;  // the date that the citizen was given last
  std::optional<Instant> settled_at;
  std::optional<Instant> ended_at;  // refused, withdrawn or stopped
  std::optional<Instant> returned_at;
  Code holder_agency;  // empty: the receiving one before acceptance, then the competent one
  Code holder_unit;
  Code holder_officer;
  Code step;                            // empty: the first
  std::vector<SupplementRound> rounds;  // without asked_in
  std::vector<PaperHanded> papers;
  std::vector<Fact> facts;
  std::vector<ResultGiven> results;
  std::vector<TextRef> texts;
};

// The event that takes it over, and the settlement date by our own rules beside the one that was promised.
struct TakenOver {
  Event event;
  std::vector<Event> after{};  // version 2: the payment that was awaited is asked for, as of now
  bool untimed = false;        // the procedure states no limit: what was promised is an appointment
  std::optional<Instant> promised;
  std::optional<Instant> recomputed;  // nothing: never accepted, untimed, or past the calendar
  // Working time from the recomputed date to the promised one; negative when that is the earlier.
  std::optional<WorkingTime> difference;
};

// Every fault of a row at once. The context's pointers may be null.
Faults check_old_dossier(const OldDossier& old, const Context& context);
// Judges a row, and makes its event: version 1, occurred and recorded now. `context` is that of a submission
// received when the row says; its target is the holder that the row names. Where no promise is known for a
// settlement term, the term gets our own date. What an old system asked to be paid is not known here: a
// dossier that awaits it is asked for all that our schedule says, and its settlement waits from now on where
// the procedure says so.
std::variant<TakenOver, Faults> take_over(const OldDossier& old, const Context& context);

}  // namespace motcua::core
