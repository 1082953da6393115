#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/event.h"

namespace motcua::core {

// What counting needs of one dossier: for lists and reports over a period, which look at a million of them
// and open only those that they print. A pure function of a dossier and an instant.
struct Tally {
  Code procedure;
  Code variant;
  Code receiving_agency;
  Code competent_agency;
  Code unit;  // of the competent agency, that holds it or held it last; empty: none did
  Channel channel = Channel::direct;
  DossierState state = DossierState::submitted;
  Instant received_at;
  std::optional<Instant> accepted_at;
  std::optional<Instant> ended_at;

  // Settlement. Untimed: the procedure states no limit.
  bool untimed = false;
  // Since when its last term stands still; of a dossier that is over: stood still when it ended.
  std::optional<Instant> paused_at;
  std::optional<Instant> due_at;        // of the last term; nothing: untimed, or past the calendar's horizon
  std::optional<Instant> missed_since;  // the first due that is known to be missed
  std::uint32_t supplements = 0;        // rounds, before acceptance too
  std::optional<Instant> supplement_asked_at;  // of a round that is not answered
  std::optional<Instant> promised_again;       // by a re-appointment

  // The acceptance clock of an online dossier: the due of its first term, and the first that was missed.
  std::optional<Instant> acceptance_due;
  std::optional<Instant> acceptance_missed_since;

  // What the plan counts.
  bool electronic_result = false;
  bool fee_asked = false;
  bool fee_paid = false;
  std::uint32_t papers = 0;            // of each key the last one
  std::uint32_t papers_digitised = 0;  // here as data (is_digital)
  std::uint32_t papers_reused = 0;
  bool corrected = false;

  // From here on, until the dossier ends, all of it has been as it stands: at an instant before, another
  // tally holds.
  Instant steady_from;

  bool operator==(const Tally&) const = default;
  bool open_at(Instant at) const { return accepted_at && *accepted_at < at && !(ended_at && *ended_at < at); }
  // Its settlement is late at some instant before `at`.
  bool late_before(Instant at) const { return missed_since && *missed_since < at; }

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("procedure", self.procedure);
    visit("variant", self.variant);
    visit("receiving_agency", self.receiving_agency);
    visit("competent_agency", self.competent_agency);
    visit("unit", self.unit);
    visit("channel", self.channel);
    visit("state", self.state);
    visit("received_at", self.received_at);
    visit("accepted_at", self.accepted_at);
    visit("ended_at", self.ended_at);
    visit("untimed", self.untimed);
    visit("paused_at", self.paused_at);
    visit("due_at", self.due_at);
    visit("missed_since", self.missed_since);
    visit("supplements", self.supplements);
    visit("supplement_asked_at", self.supplement_asked_at);
    visit("promised_again", self.promised_again);
    visit("acceptance_due", self.acceptance_due);
    visit("acceptance_missed_since", self.acceptance_missed_since);
    visit("electronic_result", self.electronic_result);
    visit("fee_asked", self.fee_asked);
    visit("fee_paid", self.fee_paid);
    visit("papers", self.papers);
    visit("papers_digitised", self.papers_digitised);
    visit("papers_reused", self.papers_reused);
    visit("corrected", self.corrected);
    visit("steady_from", self.steady_from);
  }
};

// The tally as it was at an instant, of what had happened before it. It is exact when `steady_from` is not
// after `at`; else the dossier has to be that of the time (fold_before).
Tally tally_of(const Dossier& dossier, Instant at);

// The unit of the competent agency that held the dossier last before an instant. Nothing when the dossier
// does not know any more: its holders are kept since the last settlement term began.
std::optional<Code> unit_at(const Dossier& dossier, Instant at);

// The dossier that the events before an instant made. What the system did later, and an earlier fact
// countered, is left out with its counter-entry. Taken is what says later how something was: dates of a newer
// calendar, and corrections, also one by which it was accepted before. A correction never undoes lateness:
// one by which a term began at the end or later is left out of a dossier that was late before, and a term
// that was over when its start was told anew, though after the end, stays as it is. A dossier that was taken
// over counts from then on: what its old system said of months before is that system's.
class FoldBefore {
 public:
  explicit FoldBefore(Instant end) : end_(end) {}
  // Each event of the dossier, in order.
  void add(const Event& event);
  // Version 0: none of them counts. Moved from once.
  Dossier take() { return std::move(dossier_); }

 private:
  Instant end_;
  Dossier dossier_;
  std::vector<std::uint32_t> left_out_;  // their versions
};
Dossier fold_before(const std::vector<Event>& events, Instant end);

}  // namespace motcua::core
