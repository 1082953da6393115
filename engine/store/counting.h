#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/tally.h"

namespace motcua::store {

struct Stored;
struct StoredEvent;

// A dossier as it was counted when an event changed that.
struct TallyRow {
  enum class Kind : std::uint8_t {
    end,     // as it is since the event that ended it
    before,  // as it was until the event: the first in its month that changed what is counted of an open one
    again,   // as it is since an event after its end; without its end: that was countered
    looked_back  // of an open one, since an event that tells of the time before it: no row `before` of before
                 // that holds any more
  };
  std::int64_t position = 0;  // of the event
  std::int64_t key = 0;       // of the dossier
  Kind kind = Kind::end;
  core::Instant occurred_at;  // of the event
  std::int64_t known = 0;     // of a row `before`: the position of the dossier's event before this one
  core::Tally tally;
};

// A dossier's first missed due, as known at its end.
struct LateEnd {
  std::int64_t key = 0;
  core::Code competent_agency;
  core::Code unit;
  core::Instant missed_since;
};

// Where a dossier is found, and its last event.
struct HistoryEnd {
  std::int64_t key = 0;
  std::int64_t last_event = 0;  // its position
  core::Uuid id;
};

// Reads for lists and reports over a period. Of the reader that it comes from, with its transaction and
// thread.
class Counting {
 public:
  virtual ~Counting() = default;
  // With from_position <= position < before_position, in order, at most `limit`.
  virtual std::vector<TallyRow> tallies(std::int64_t from_position, std::int64_t before_position,
                                        int limit) = 0;
  // The dossiers that have more than one row of their end from a position on: which of them holds must be
  // looked at.
  virtual std::vector<std::int64_t> counted_again(std::int64_t from_position) = 0;
  // The dossiers that have a row looked_back from a position on.
  virtual std::vector<std::int64_t> looked_back(std::int64_t from_position) = 0;
  // The rows of late dossiers from a position to another, of events that happened before `end`; without the
  // dossiers of counted_again.
  virtual std::vector<LateEnd> late_ends(std::int64_t from_position, std::int64_t until,
                                         core::Instant end) = 0;
  // The months ("2026-07") of `first` or later whose rows of late dossiers are not those that were written
  // (by their number and the sum of their digests), in order. `from_position`: no event of `first` or later
  // was recorded before it.
  virtual std::vector<std::string> unsound_late_months(std::int64_t from_position,
                                                       const std::string& first) = 0;
  // The dossiers that are not over, by key.
  virtual std::vector<std::int64_t> open_keys() = 0;
  // Of them those that may have been received before an instant: some others are among them.
  virtual std::vector<std::int64_t> open_keys_before(core::Instant received) = 0;
  struct Present {
    std::int64_t last_event = 0;  // its position
    core::Dossier dossier;
    std::int64_t key = 0;
  };
  // In the order asked for; none of those that are not there.
  virtual std::vector<Present> dossiers(std::span<const std::int64_t> keys) = 0;
  // A dossier's events up to a position, each verified against its hash, in order. Throws StoreError where
  // the history is not what was written.
  virtual std::vector<StoredEvent> history(std::int64_t key, std::int64_t until) = 0;
  // Those of `keys` that are there, in the order asked for.
  virtual std::vector<HistoryEnd> history_ends(std::span<const std::int64_t> keys) = 0;
  // A dossier's events with version > after_version up to a position, each verified against its hash.
  virtual std::vector<StoredEvent> rest_of_history(const HistoryEnd& end, std::uint32_t after_version,
                                                   std::int64_t until) = 0;
  // Passes over the journal from a position on, up to another, at most `limit` events: those of dossiers that
  // `wanted` gives an end for are verified against their hashes and given to `take`, in order, with what
  // happened (clocks and body) or without, which costs half. Gives the position after the last that it
  // passed.
  enum class Bodies { left_out, read };
  using Wanted = std::function<const HistoryEnd*(std::int64_t key)>;
  using TakeEvent = std::function<void(std::int64_t key, StoredEvent&& event)>;
  virtual std::int64_t pass_journal(std::int64_t from, std::int64_t until, int limit, Bodies bodies,
                                    const Wanted& wanted, const TakeEvent& take) = 0;
  // The last position recorded at or before an instant; 0: none.
  virtual std::int64_t position_at(core::Instant recorded) = 0;
  // The dossiers of the events with after < position <= until, at most `limit` events looked at; moves
  // `after` on.
  virtual std::vector<std::int64_t> touched(std::int64_t& after, std::int64_t until, int limit) = 0;
};

}  // namespace motcua::store
