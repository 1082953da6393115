#include "engine/run/releaser.h"

#include <utility>

namespace motcua::run {
namespace {

constexpr std::size_t kWaitingMax = 2;  // groups, beside those that are being synced

}  // namespace

Releaser::Releaser(store::Store& store, EngineMetrics& metrics,
                   std::function<void(const std::string&)> on_failure)
    : store_(store), metrics_(metrics), on_failure_(std::move(on_failure)), thread_([this] { work(); }) {}

void Releaser::add(Release release) {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] { return waiting_.size() < kWaitingMax; });
  waiting_.push_back({std::move(release), std::chrono::steady_clock::now()});
  wake_.notify_one();
}

void Releaser::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void Releaser::work() {
  std::vector<Waiting> taken;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      taken.swap(waiting_);
      room_.notify_one();
    }
    const bool on_disk = sync();
    for (const Waiting& one : taken) {
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - one.since;
      if (on_disk) metrics_.sync_seconds.add(took.count());
      one.release(on_disk);
    }
    taken.clear();
  }
}

bool Releaser::sync() {
  try {
    store_.sync();
    return true;
  } catch (const store::StoreError& error) {
    on_failure_(error.what());
    return false;
  }
}

}  // namespace motcua::run
