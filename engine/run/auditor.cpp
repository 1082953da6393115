#include "engine/run/auditor.h"

#include <chrono>

#include "engine/store/background.h"

namespace motcua::run {
namespace {

constexpr int kAuditSlice = 64;
constexpr int kWholeSlice = 1'000;
constexpr std::chrono::milliseconds kAuditRest{100};

}  // namespace

AuditResult audit_whole(store::Store& store) {
  AuditResult result;
  store::AuditPlace place;
  while (place.walk != store::AuditPlace::Walk::done) {
    const store::AuditSlice slice = store.reader()->audit(place, kWholeSlice);
    result.looked += slice.looked;
    result.unarmed += slice.unarmed;
    result.astray += slice.astray;
    for (const std::string& one : slice.first) {
      if (result.first.size() < store::kAuditNamedMax) result.first.push_back(one);
    }
    place = slice.next;
  }
  result.late_months = store.reader()->counting().unsound_late_months(0, "");
  return result;
}

Auditor::Auditor(store::Store& store) : store_(store), thread_([this] { work(); }) {}

Auditor::~Auditor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  thread_.join();
}

// False: it is over.
bool Auditor::rest() {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, kAuditRest, [this] { return stopping_; });
}

void Auditor::work() {
  store::give_way(store::Background::later);
  AuditResult pass;
  store::AuditPlace place;
  while (rest()) {
    try {
      const store::AuditSlice slice = store_.reader()->audit(place, kAuditSlice);
      pass.looked += slice.looked;
      pass.unarmed += slice.unarmed;
      pass.astray += slice.astray;
      place = slice.next;
    } catch (const store::StoreError&) {
      continue;  // who reads is told; this only tries again
    }
    counts_.looked.store(pass.looked, std::memory_order_relaxed);
    const bool whole = place.walk == store::AuditPlace::Walk::done;
    if (whole || pass.unarmed + pass.astray > 0) {
      counts_.unarmed.store(pass.unarmed, std::memory_order_relaxed);
      counts_.astray.store(pass.astray, std::memory_order_relaxed);
    }
    if (!whole) continue;
    ++counts_.passes;
    place = {};
    pass = {};
  }
}

}  // namespace motcua::run
