#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "engine/core/tally.h"
#include "engine/store/history_chain.h"

namespace motcua::run {

// Up to where history is counted: an event counts when it happened before the end of the period and its
// position is not after this one.
struct Cutoff {
  std::int64_t position = 0;
  core::Instant recorded_at;
};

// Makes many dossiers of their events alone, as they were before an instant, each hash verified and each
// event held against the one before it. Dossiers that came one after another have their events near each
// other: the journal is passed over once for a group of them, in its order, as long as much of what is passed
// is theirs; what is left is read along the chain of each. Readers are taken for a piece at a time. One
// thread.
class Replay {
 public:
  // Borrowed: the store, and `breathe`, as of Population.
  Replay(store::Store& store, core::Instant end, std::int64_t until, const std::function<void()>& breathe)
      : store_(store), end_(end), until_(until), breathe_(breathe) {}

  using Take = std::function<void(std::int64_t key, const core::Dossier& dossier)>;
  // Of sorted keys, none twice. Once for each dossier of which an event counts, in no order. Throws
  // StoreError where a history is not what was written.
  void dossiers(std::span<const std::int64_t> keys, const Take& take);

 private:
  // A dossier on its way.
  struct Way {
    explicit Way(core::Instant end) : fold(end) {}
    store::HistoryChain chain;
    core::FoldBefore fold;
  };
  // Dossiers whose keys lie near each other.
  struct Group {
    std::vector<store::HistoryEnd> ends;     // by key
    std::vector<std::uint32_t> places;       // in `ends`, plus one, by key - first key; 0: not of the group
    std::vector<std::unique_ptr<Way>> ways;  // of each of `ends`; nothing: not begun, or done
    std::vector<bool> done;
    std::size_t left = 0;

    std::size_t place(std::int64_t key) const;  // ends.size(): not of the group
  };

  Group grouped(std::span<const std::int64_t> keys);
  void pass(Group& group, const Take& take);
  void follow(Group& group, std::size_t place, const store::StoredEvent& event);
  void finish(Group& group, std::size_t place, const Take& take);

  store::Store& store_;
  core::Instant end_;
  std::int64_t until_;
  const std::function<void()>& breathe_;
};

}  // namespace motcua::run
