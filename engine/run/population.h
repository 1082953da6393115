#pragma once

#include <cstdint>
#include <functional>
#include <unordered_set>
#include <vector>

#include "engine/core/late_list_builder.h"
#include "engine/run/replay.h"
#include "engine/store/store.h"

namespace motcua::run {

// The dossiers of a period as of its end, with all that was known at the cut-off: those that were open at
// some instant since `from`, accepted or not. Two ways to the same answer:
//   - of rows: what the store keeps for counting, opening only the dossiers that must be; for drafts and
//   reports;
//   - of events: every history replayed and held against its hashes; the proof before a publication.
// Any thread; readers are taken for a chunk at a time, so that a long count holds nothing up.
class Population {
 public:
  // Once for each dossier, in no order. `dossier` is null where the tally was enough; `key` names it for
  // dossiers().
  using Take = std::function<void(std::int64_t key, const core::Tally& tally, const core::Dossier* dossier)>;

  // `breathe` is called between one piece of work and the next, and may throw to end it.
  Population(
      store::Store& store, core::Instant from, core::Instant end, Cutoff cutoff,
      std::function<void()> breathe = [] {})
      : store_(store), from_(from), end_(end), cutoff_(cutoff), breathe_(std::move(breathe)) {}

  void of_rows(const Take& take);
  void of_events(const Take& take);

  // A dossier of of_rows without one, as the events before the end made it; no more is opened than must be.
  void dossiers(const std::vector<std::int64_t>& keys,
                const std::function<void(std::int64_t key, const core::Dossier& dossier)>& take);
  // The same by their events alone, those that had any, in no order.
  void replayed(std::vector<std::int64_t> keys, const Replay::Take& take);
  // Its events that count.
  std::vector<store::StoredEvent> events(std::int64_t key);

  // Dossiers that ended late, from the rows since an instant on: the first due that each missed, as of the
  // end.
  void late_ends(core::Instant since, const std::function<void(const store::LateEnd&)>& take);
  // The months since an instant, "2026-07", of which such rows are lost, doubled or others than were written.
  std::vector<std::string> unsound_late_months(core::Instant since);

 private:
  void take_of_present(const std::vector<std::int64_t>& keys, const Take& take,
                       std::vector<std::int64_t>& slow);
  void each_present(const std::vector<std::int64_t>& keys,
                    const std::function<void(const store::Counting::Present&)>& use);
  void take_of_events(std::vector<std::int64_t> keys, const Take& take);
  std::int64_t first_position(core::Instant since);

  store::Store& store_;
  core::Instant from_;
  core::Instant end_;
  Cutoff cutoff_;
  std::function<void()> breathe_;
  std::unordered_set<std::int64_t> again_;  // dossiers whose end was told again, once of_rows has found them
};

}  // namespace motcua::run
