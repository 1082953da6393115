#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "engine/run/engine.h"

namespace motcua::run {

// The ledger cannot be used: not readable, not writable, or a line of it is not the one that was written.
class LedgerError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What was erased, in a file outside the database and only ever added to: an older copy of the database that
// takes its place knows nothing of what was erased since. A line is a dossier, when its erasure was
// decided, the ground, and a digest that covers the lines before. One thread.
class ErasureLedger {
 public:
  struct Entry {
    core::Uuid dossier;
    core::Instant decided_at;
    core::ErasureGround ground = core::ErasureGround::retention_over;
  };
  // Reads the file, where there is one. A last line that was cut off while it was written counts as none;
  // what stands in its place and is no beginning of a line is refused, or left out, too. Throws LedgerError.
  enum class StrangeEnd { refused, left_out };
  explicit ErasureLedger(std::filesystem::path file, StrangeEnd strange = StrangeEnd::refused);
  const std::vector<Entry>& entries() const { return entries_; }
  // The bytes behind the last whole line that count as none; the next line is written over them.
  std::size_t left_out() const { return left_out_; }
  // On the disk before it returns; what is there already is not added again. Throws LedgerError.
  void add(std::span<const Entry> entries);

 private:
  std::filesystem::path file_;
  std::vector<Entry> entries_;
  std::string chain_;
  std::size_t size_ = 0;  // of the whole lines
  std::size_t left_out_ = 0;
};

// Erases in the database what the ledger says was erased, and the database does not know. The count of those;
// their keys are destroyed by the Eraser. Waits for each.
std::size_t repeat_erasures(Engine& engine, store::Store& store, const ErasureLedger& ledger);

// The dossiers that were erased though neither the database nor the ledger knows: the keys of their records
// were destroyed. Reads every record.
std::vector<core::Uuid> dossiers_without_keys(store::Store& store, const Keyring& keyring);

// Destroys what is decided and not destroyed yet: enters it in the ledger, destroys the keys of the dossier's
// sealed records, deletes them; each on the disk before the next, and all of it may be done again. The count
// of dossiers. Throws LedgerError, KeyFileError, and std::runtime_error while the database takes nothing.
std::size_t destroy_erased(store::Store& store, Engine& engine, Clock& clock, const Keyring& keyring,
                           ErasureLedger& ledger, const std::function<void(const core::Uuid&)>& erased);

// Destroys what an erasure decided, within a second, on a thread of its own: enters it in the ledger,
// destroys the keys of the dossier's sealed records, deletes them, and empties the database's log. What was
// cut goes on at the next start. Before all, records of before each had a key of its own are sealed again.
class Eraser {
 public:
  // Borrowed, but the ledger. `trouble` is told, on the thread, once for each new cause; `erased` of each
  // dossier when it is done.
  Eraser(store::Store& store, Engine& engine, Clock& clock, const Keyring& keyring, ErasureLedger ledger,
         std::function<void(const std::string& cause)> trouble,
         std::function<void(const core::Uuid& dossier)> erased);
  ~Eraser();

 private:
  void work();
  // False when it stops.
  bool rest();
  void pass();
  void seal_again();

  store::Store& store_;
  Engine& engine_;
  Clock& clock_;
  const Keyring& keyring_;
  ErasureLedger ledger_;
  const std::function<void(const std::string&)> trouble_;
  const std::function<void(const core::Uuid&)> erased_;
  std::string told_;
  bool sealed_again_ = false;
  bool log_holds_erased_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace motcua::run
