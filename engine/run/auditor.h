#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/store/store.h"

namespace motcua::run {

// What an audit has found so far. Any thread.
struct AuditCounts {
  std::atomic<std::int64_t> looked = 0;   // of this pass
  std::atomic<std::int64_t> unarmed = 0;  // of the last whole pass, and of this one where it found any
  std::atomic<std::int64_t> astray = 0;
  std::atomic<std::int64_t> passes = 0;
};

// One whole audit at full speed, by slices of one read transaction each; for the command line.
struct AuditResult {
  std::int64_t looked = 0;
  std::int64_t unarmed = 0;
  std::int64_t astray = 0;
  std::vector<std::string> first;        // of both, in words; store::kAuditNamedMax at most
  std::vector<std::string> late_months;  // whose rows of late ends are not those that were written
  bool sound() const { return unarmed + astray == 0 && late_months.empty(); }
};
AuditResult audit_whole(store::Store& store);

// Audits a database that is served, slice by slice on a thread of its own, over and over: each slice is one
// short read, and it rests in between, so that it takes a few hundredths of one processor.
class Auditor {
 public:
  // `store` is borrowed and must outlive it.
  explicit Auditor(store::Store& store);
  ~Auditor();
  const AuditCounts& counts() const { return counts_; }

 private:
  void work();
  bool rest();

  store::Store& store_;
  AuditCounts counts_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace motcua::run
