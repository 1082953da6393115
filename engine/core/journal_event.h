#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/core/time.h"
#include "engine/core/value.h"

// What happens to the journal as a whole, and to no dossier.
namespace motcua::core {

// The history of the journal itself, in the place of a dossier's: "motcua", then "journl".
inline constexpr Uuid kJournal{
    {0x6d, 0x6f, 0x74, 0x63, 0x75, 0x61, 0x80, 0, 0x80, 0, 0x6a, 0x6f, 0x75, 0x72, 0x6e, 0x6c}};

// A copy was put in the place of a lost database. Events after `journal_end` that were seen before are gone,
// and their places will be others'.
struct JournalRestored {
  static constexpr std::string_view kType = "journal.restored";
  Code source;                                 // "backup", or "followed"
  std::int64_t journal_end = 0;                // position of the last event that was kept
  std::optional<Instant> recorded_until;       // when that was recorded
  std::optional<std::int64_t> missing_events;  // that are known to be lost, by the seals
  Code old_epoch;                              // decimal, as /v1/journal/head answers it
  Code new_epoch;
  std::int64_t number_jump = 0;  // so far on the numbers of codes went on

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("source", self.source);
    visit("journal_end", self.journal_end);
    visit("recorded_until", self.recorded_until);
    visit("missing_events", self.missing_events);
    visit("old_epoch", self.old_epoch);
    visit("new_epoch", self.new_epoch);
    visit("number_jump", self.number_jump);
  }
};

}  // namespace motcua::core
