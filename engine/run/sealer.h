#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "engine/run/clock.h"
#include "engine/run/keyring.h"
#include "engine/run/seal_log.h"
#include "engine/run/seal_tree.h"

namespace motcua::run {

struct SealerOptions {
  std::filesystem::path folder;
  std::chrono::milliseconds every{60'000};  // at most so long is an event unsealed, in real time
  int events = 10'000;                      // or until so many wait; a head seals no more
};

// Seals the journal of a served database on a thread of its own, and once more when it ends. Each event is
// held against its own hash before it is sealed. The writer knows nothing of it.
class Sealer {
 public:
  // Borrowed. `trouble` is told, on the thread, once for each new cause. Throws SealError when the journal is
  // not what was sealed: it ends before, or its last sealed event is another.
  Sealer(store::Store& store, Clock& clock, const Keyring& keyring, SealerOptions options,
         std::function<void(const std::string& cause)> trouble);
  ~Sealer();

  // Any thread.
  std::optional<SealedHead> last() const;
  // Why what the last head seals begins with its first `from` events. Nothing: that is not known yet, soon
  // after a start. Requires 0 < from <= the size of the head. Any thread. Throws SealError where the entries
  // cannot be read.
  std::optional<std::vector<store::Hash>> consistency(std::uint64_t from, const SealedHead& head) const {
    return tree_.consistency(from, head.size);
  }
  const Ed25519Public& public_key() const { return public_key_; }

 private:
  void work();
  bool wait_for_more();
  bool stopping() const;
  // Seals what there is, at most options.events a head; while it stops, only what one head can seal.
  void seal_all();
  void grow_tree();
  void hold_against_journal();

  store::Store& store_;
  Clock& clock_;
  const Keyring& keyring_;
  const SealerOptions options_;
  const std::function<void(const std::string&)> trouble_;
  const Ed25519Public public_key_;
  SealLog log_;
  SealTree tree_;
  std::string told_;                             // the trouble that was told last
  std::chrono::steady_clock::time_point due_{};  // of the next seal; the first one is due at once
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::optional<SealedHead> last_;
  std::thread thread_;
};

}  // namespace motcua::run
