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

// Seals the journal of a served database, and the access log with it, on a thread of its own, and once more
// when it ends. Each event is held against its own hash before it is sealed. The writer knows nothing of it.
class Sealer {
 public:
  // Borrowed. `trouble` is told, on the thread, once for each new cause. Throws SealError when the journal or
  // the access log is not what was sealed: it ends before, or the last sealed entry is another; and when
  // seals of an epoch lie in the folder that the journal does not come from (seal_epochs.h).
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
  // Whether the access log went on since the last head.
  bool access_waits(const store::AccessMark& access) const;
  void seal(const std::vector<store::Hash>& entries, const store::AccessMark& access);
  // Seals what there is, at most options.events a head; while it stops, only what one head can seal.
  void seal_all();
  void grow_tree();
  void hold_against_journal();
  void hold_against_access();

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
