#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "engine/run/alert_keeper.h"
#include "engine/run/code_blocks.h"
#include "engine/run/group.h"
#include "engine/run/publication_keeper.h"
#include "engine/run/releaser.h"
#include "engine/run/webhook_keeper.h"

namespace motcua::run {

// The writer's thread and its queue (engine.h).
class Engine::Writer {
 public:
  Writer(store::Store& store, Clock& clock, Random& random, const Keyring& keyring, EngineOptions options,
         std::function<void(const std::string&)> on_failure)
      : store_(store),
        clock_(clock),
        random_(random),
        keyring_(keyring),
        options_(options),
        on_failure_(std::move(on_failure)),
        ticker_(store, random, metrics_),
        decider_(store, clock, random, keyring, metrics_, ticker_),
        blocks_(store, clock, random),
        alerts_(store, clock, keyring, ticker_),
        webhooks_(store, clock, random, keyring),
        publications_(store, clock, random),
        releaser_(store, metrics_, [this](const std::string& why) { fail(why); }) {
    std::vector<LoadFault> faults;
    definitions_ = Definitions::compile(store.reader()->definitions(), faults);
    thread_ = std::thread([this] { loop(); });
  }

  ~Writer() { stop(); }

  void submit(Order order, std::function<void(Answer)> answer) {
    Pending pending{std::move(order), std::move(answer), Steady::now(), {}, {}};
    try {
      if (!pending.order.dossier) prepare_submission(pending);
    } catch (const store::StoreFull&) {
      return pending.answer(Refused{Refused::Why::disk_full, 0});
    }
    Refused::Why why = Refused::Why::busy;
    {
      std::lock_guard lock(mutex_);
      if (stopping_ || failed_) {
        why = failed_ ? Refused::Why::failed : Refused::Why::stopping;
      } else if (queue_.size() < options_.queue_length) {
        if (!pending.order.request_key || in_flight_.insert(pending.order.request_key->key).second) {
          queue_.push_back(std::move(pending));
          metrics_.queue_depth.store(static_cast<std::int64_t>(queue_.size()), std::memory_order_relaxed);
          wake_.notify_one();
          return;
        }
        why = Refused::Why::key_in_flight;
      }
    }
    if (why == Refused::Why::busy) ++metrics_.refused_busy;
    pending.answer(Refused{why, 0});
  }

  // A note has no hurry, and orders would wait for a sync of its own: it is parked until a group is written.
  void park(CourierNote note, std::function<void(NoteAnswer)> answer) {
    Refused::Why why = Refused::Why::busy;
    {
      std::lock_guard lock(mutex_);
      if (stopping_ || failed_) {
        why = failed_ ? Refused::Why::failed : Refused::Why::stopping;
      } else if (notes_.size() < kChoresMax) {
        notes_.push_back({std::move(note), std::move(answer), Steady::now()});
        wake_.notify_one();
        return;
      }
    }
    answer(NoteAnswer{Refused{why, 0}});
  }

  // What is no command on a dossier is written between two groups of orders.
  template <class Answered, class Kept>
  void keep(Kept order, std::function<void(Answered)> answer) {
    Refused::Why why = Refused::Why::busy;
    {
      std::lock_guard lock(mutex_);
      if (stopping_ || failed_) {
        why = failed_ ? Refused::Why::failed : Refused::Why::stopping;
      } else if (chores_.size() < kChoresMax) {
        chores_.push_back([this, order = std::move(order), answer] { answer(keep_now<Answered>(order)); });
        wake_.notify_one();
        return;
      }
    }
    answer(Answered{Refused{why, 0}});
  }

  // Notes of who reads what was typed wait for the writer together, and are one transaction.
  void note_access(AccessNote note, std::function<void(BlockAnswer)> answer) {
    Refused::Why why = Refused::Why::busy;
    {
      std::lock_guard lock(mutex_);
      if (stopping_ || failed_) {
        why = failed_ ? Refused::Why::failed : Refused::Why::stopping;
      } else if (accesses_.size() < options_.queue_length) {
        if (accesses_.empty()) chores_.push_back([this] { write_accesses(); });
        accesses_.push_back({std::move(note), std::move(answer), Steady::now()});
        wake_.notify_one();
        return;
      }
    }
    answer(Refused{why, 0});
  }

  bool write_aside(const std::function<void(store::Store&)>& work) {
    try {
      return on_writer<bool>([&] { return work(store_), true; });
    } catch (const store::StoreError&) {
      return false;
    }
  }

  std::shared_ptr<const Definitions> definitions() const { return std::atomic_load(&definitions_); }

  std::vector<LoadFault> apply(const std::vector<store::DefinitionText>& texts);

  core::Instant advance(VirtualClock& clock, core::Instant to) {
    return on_writer<core::Instant>([this, &clock, to] { return advance_now(clock, to); });
  }

  const EngineMetrics& metrics() const { return metrics_; }
  bool started() const { return started_.load(std::memory_order_relaxed); }

  void stop() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
    releaser_.stop();
  }

 private:
  using Steady = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kIdleMax{1};
  static constexpr std::size_t kChoresMax = 256;
  // A parked note goes alone once no order came for so long, or none that had anything to write for longer.
  static constexpr std::chrono::milliseconds kQuiet{100};
  static constexpr std::chrono::milliseconds kParkedMax{500};
  // While orders come, the system's own work rests twice as long as it took: a backlog of 100,000 alerts is
  // cleared in less than ten seconds, and orders keep 0.7 of their rate.
  static constexpr int kOwnRest = 2;

  struct WaitingAccess {
    AccessNote note;
    std::function<void(BlockAnswer)> answer;
    Steady::time_point queued_at;
  };
  struct ParkedNote {
    CourierNote note;
    std::function<void(NoteAnswer)> answer;
    Steady::time_point parked_at;
  };

  void write_accesses();

  // What a submission needs of its own is made by the thread that hands it in: the writer is the bottleneck.
  void prepare_submission(Pending& pending) {
    Order& order = pending.order;
    pending.fresh_id = random_.uuid_v7(clock_.now());
    for (const Fragment& fragment : order.fragments) {
      order.command.texts.push_back(text_ref(keyring_, pending.fresh_id, 1, fragment));
    }
    if (!order.fragments.empty()) pending.sealed = seal(keyring_, pending.fresh_id, 1, order.fragments);
  }

  template <class Result, class Work>
  Result on_writer(Work work) {
    std::packaged_task<Result()> task([this, work = std::move(work)] {
      try {
        return on_disk(work);
      } catch (const store::StoreFull&) {
        throw;
      } catch (const store::StoreError& error) {
        fail(error.what());
        throw;
      }
    });
    std::future<Result> result = task.get_future();
    {
      std::lock_guard lock(mutex_);
      if (stopping_ || failed_) throw store::StoreError("the engine takes nothing more");
      chores_.push_back([&task] { task(); });
      wake_.notify_one();
    }
    return result.get();
  }

  // What `work` answers with, once all that it may have looked at is on the disk.
  template <class Work>
  auto on_disk(const Work& work) {
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      store_.sync();
    } else {
      auto made = work();
      store_.sync();
      return made;
    }
  }

  void loop();

  template <class Answered, class Kept>
  Answered keep_now(const Kept& order) {
    if (failed_) return Answered{Refused{Refused::Why::failed, 0}};
    if (!clock_.sound()) return Answered{Refused{Refused::Why::clock_unsound, 0}};
    try {
      return on_disk([&] { return keep_one(order); });
    } catch (const store::StoreFull&) {
      return Answered{Refused{Refused::Why::disk_full, 0}};
    } catch (const store::StoreError& error) {
      fail(error.what());
      return Answered{Refused{Refused::Why::failed, 0}};
    }
  }
  template <class BlockOrder>
  BlockAnswer keep_one(const BlockOrder& order) {
    BlockAnswer answer = blocks_.keep(*definitions(), order);
    decider_.forget_counters();
    return answer;
  }
  BlockAnswer keep_one(const AlertOrder& order) { return alerts_.keep(*definitions(), order); }
  BlockAnswer keep_one(const std::vector<store::Access>& entries) {
    std::vector<store::Access> dated = entries;
    for (store::Access& entry : dated) entry.at = clock_.now();
    store_.personal().note(dated);
    return BlockDone{};
  }
  BlockAnswer keep_one(const PublicationOrder& order) { return publications_.keep(*definitions(), order); }
  WebhookAnswer keep_one(const WebhookOrder& order) { return webhooks_.keep(order); }
  NoteAnswer keep_one(const CourierNote& note) { return webhooks_.note(note); }

  void arm_ticker() {
    if (const auto current = definitions()) ticker_.arm(current, clock_.now());
  }

  // When the first parked note goes alone. There is one.
  Steady::time_point alone_at() const {
    const Steady::time_point parked_at = parked_.front().parked_at;
    return std::min(parked_at + kParkedMax, std::max(parked_at, orders_at_ + kQuiet));
  }
  ParkedNote take_parked() {
    ParkedNote first = std::move(parked_.front());
    parked_.pop_front();
    return first;
  }
  // Notes that waited long enough; all of them, when no order will come.
  void write_notes_alone(bool stopping);

  // How long the writer may sleep when nobody asks for anything.
  std::chrono::milliseconds patience() {
    const auto own = patience_for_own();
    if (parked_.empty()) return own;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(alone_at() - Steady::now());
    return std::clamp(left, std::chrono::milliseconds(0), own);
  }
  std::chrono::milliseconds patience_for_own() {
    if (failed_ || !clock_.sound()) return kIdleMax;
    if (const auto rest = own_again_at_ - Steady::now(); rest > Steady::duration::zero()) {
      return std::min(std::chrono::ceil<std::chrono::milliseconds>(rest),
                      std::chrono::milliseconds(kIdleMax));
    }
    if (rederive_from_) return std::chrono::milliseconds(0);
    const auto rung = ticker_.next();
    if ((!next_run_out_ && !rung) || failed_) return kIdleMax;
    const core::Instant first = !rung || (next_run_out_ && *next_run_out_ < *rung) ? *next_run_out_ : *rung;
    const std::int64_t left = (first - clock_.now()).ms + 1;
    return std::clamp<std::chrono::milliseconds>(std::chrono::milliseconds(left),
                                                 std::chrono::milliseconds(1), kIdleMax);
  }

  void serve(std::vector<Pending>& orders);

  void finish(Pending& pending, Answer answer) {
    if (pending.order.request_key) {
      std::lock_guard lock(mutex_);
      in_flight_.erase(pending.order.request_key->key);
    }
    if (std::holds_alternative<Done>(answer)) ++metrics_.committed;
    if (std::holds_alternative<Rejected>(answer)) ++metrics_.rejected;
    if (std::holds_alternative<Replayed>(answer)) ++metrics_.replayed;
    if (pending.answer) pending.answer(std::move(answer));
  }

  // Decides and commits; the answers follow when it is on the disk. False when nothing was committed.
  bool decide(std::vector<Pending> orders);
  // What was decided together, until it is answered.
  struct Group;
  void release(Group& group, bool on_disk);

  void fail(const std::string& why) {
    {
      std::lock_guard lock(mutex_);
      if (failed_.exchange(true)) return;
    }
    on_failure_(why);
  }

  // What time alone decides, and dates that wait for a newer calendar: one slice of each. On a full disk
  // again after a while.
  void decide_own();
  void decide_own_slice();

  int run_out(core::Instant now);

  void rederive();

  void apply_now(const std::vector<store::DefinitionText>& texts, core::Instant at,
                 std::shared_ptr<const Definitions> compiled);

  core::Instant advance_now(VirtualClock& clock, core::Instant to);

  // Kept before anybody sees it: after a restart the clock stands behind no answer and no event.
  void move(VirtualClock& clock, core::Instant to) {
    if (to <= clock.now()) return;
    store_.keep_virtual_now(to);
    clock.set(to);
  }

  store::Store& store_;
  Clock& clock_;
  Random& random_;
  const Keyring& keyring_;
  const EngineOptions options_;
  const std::function<void(const std::string&)> on_failure_;
  EngineMetrics metrics_;
  Ticker ticker_;
  GroupDecider decider_;
  CodeBlockKeeper blocks_;
  AlertKeeper alerts_;
  WebhookKeeper webhooks_;
  PublicationKeeper publications_;
  std::shared_ptr<const Definitions> definitions_;
  std::deque<ParkedNote> parked_;  // of the writer's thread alone
  Steady::time_point orders_at_;   // when the last group was answered
  std::optional<core::Instant> next_run_out_;
  Steady::time_point own_rests_until_;             // after the last slice of the system's own, if orders come
  Steady::time_point own_again_at_;                // no sooner: the disk was full, or orders came
  std::optional<std::int64_t> rederive_from_ = 0;  // where the next slice begins; nothing: all are derived

  std::mutex applying_;  // definitions are compiled one set after another
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Pending> queue_;
  std::deque<std::function<void()>> chores_;
  std::vector<WaitingAccess> accesses_;
  std::deque<ParkedNote> notes_;  // until the writer looks
  std::set<std::array<std::uint8_t, 16>> in_flight_;
  bool stopping_ = false;
  std::atomic<bool> failed_ = false;
  std::atomic<bool> started_ = false;
  Releaser releaser_;
  std::thread thread_;
};

}  // namespace motcua::run
