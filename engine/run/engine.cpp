#include "engine/run/engine.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "engine/run/code_blocks.h"
#include "engine/run/group.h"
#include "engine/run/resolve.h"
#include "engine/run/webhook_keeper.h"

namespace motcua::run {
namespace {

using Steady = std::chrono::steady_clock;
constexpr int kSlice = 256;     // dossiers of the system's own that are decided between two groups of orders
constexpr int kLookSlice = 64;  // dossiers looked at for dates that a newer calendar may settle
constexpr std::chrono::seconds kIdleMax{1};
constexpr std::size_t kChoresMax = 256;

}  // namespace

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
        decider_(store, clock, random, keyring, metrics_),
        blocks_(store, clock, random),
        webhooks_(store, clock, random, keyring) {
    std::vector<LoadFault> faults;
    definitions_ = Definitions::compile(store.reader()->definitions(), faults);
    thread_ = std::thread([this] { loop(); });
  }

  ~Writer() { stop(); }

  void submit(Order order, std::function<void(Answer)> answer) {
    Pending pending{std::move(order), std::move(answer), Steady::now(), {}, {}};
    if (!pending.order.dossier) prepare_submission(pending);
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

  std::shared_ptr<const Definitions> definitions() const { return std::atomic_load(&definitions_); }

  std::vector<LoadFault> apply(std::vector<store::DefinitionText> texts) {
    return on_writer<std::vector<LoadFault>>([this, texts = std::move(texts)] { return apply_now(texts); });
  }

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
  }

 private:
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
        return work();
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
      chores_.push_back([&task] { task(); });
      wake_.notify_one();
    }
    return result.get();
  }

  void loop() {
    // The first load counts what is open and reads the answers of a month: orders wait for it, reads are
    // served.
    store_.load({});
    next_run_out_ = store_.next_run_out();
    {
      std::lock_guard lock(mutex_);
      const auto now = Steady::now();
      for (Pending& pending : queue_) pending.queued_at = now;
      started_.store(true, std::memory_order_relaxed);
    }
    while (true) {
      std::vector<Pending> orders;
      std::deque<std::function<void()>> chores;
      {
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, patience(), [this] { return stopping_ || !queue_.empty() || !chores_.empty(); });
        if (stopping_ && queue_.empty() && chores_.empty()) return;
        chores.swap(chores_);
        while (!queue_.empty() && orders.size() < options_.group_size) {
          orders.push_back(std::move(queue_.front()));
          queue_.pop_front();
        }
        metrics_.queue_depth.store(static_cast<std::int64_t>(queue_.size()), std::memory_order_relaxed);
      }
      for (const auto& chore : chores) chore();
      if (!orders.empty()) serve(orders);
      if (!failed_) decide_own();
    }
  }

  template <class Answered, class Kept>
  Answered keep_now(const Kept& order) {
    if (failed_) return Answered{Refused{Refused::Why::failed, 0}};
    if (!clock_.sound()) return Answered{Refused{Refused::Why::clock_unsound, 0}};
    try {
      return keep_one(order);
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
  WebhookAnswer keep_one(const WebhookOrder& order) { return webhooks_.keep(order); }
  NoteAnswer keep_one(const CourierNote& note) { return webhooks_.note(note); }

  // How long the writer may sleep when nobody asks for anything.
  std::chrono::milliseconds patience() {
    if (Steady::now() < own_again_at_) return kIdleMax;
    if (rederive_from_) return std::chrono::milliseconds(0);
    if (!next_run_out_ || failed_) return kIdleMax;
    const std::int64_t left = (*next_run_out_ - clock_.now()).ms + 1;
    return std::clamp<std::chrono::milliseconds>(std::chrono::milliseconds(left),
                                                 std::chrono::milliseconds(1), kIdleMax);
  }

  void serve(std::vector<Pending>& orders) {
    const auto now = Steady::now();
    const bool sound = clock_.sound();
    std::vector<Pending> timely;
    timely.reserve(orders.size());
    for (Pending& pending : orders) {
      if (!sound) {
        finish(pending, Refused{Refused::Why::clock_unsound, 0});
      } else if (now - pending.queued_at > options_.queue_wait) {
        ++metrics_.refused_busy;
        finish(pending, Refused{Refused::Why::busy, 0});
      } else {
        timely.push_back(std::move(pending));
      }
    }
    if (!timely.empty()) decide(timely);
  }

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

  // Decides, commits, then answers. False when nothing was committed.
  bool decide(std::vector<Pending>& orders) {
    std::optional<Refused::Why> failure;
    std::vector<Answer> answers;
    if (failed_) {
      failure = Refused::Why::failed;
    } else {
      try {
        answers = decider_.decide(*definitions(), orders);
        next_run_out_ = store_.next_run_out();
      } catch (const store::StoreFull&) {
        failure = Refused::Why::disk_full;
        own_again_at_ = Steady::now() + kIdleMax;
      } catch (const store::StoreError& error) {
        fail(error.what());
        failure = Refused::Why::failed;
      }
    }
    for (std::size_t i = 0; i < orders.size(); ++i) {
      finish(orders[i], failure ? Answer(Refused{*failure, 0}) : std::move(answers[i]));
    }
    return !failure;
  }

  void fail(const std::string& why) {
    {
      std::lock_guard lock(mutex_);
      if (std::exchange(failed_, true)) return;
    }
    on_failure_(why);
  }

  // What time alone decides, and dates that wait for a newer calendar: one slice of each. On a full disk
  // again after a while.
  void decide_own() {
    if (!clock_.sound() || Steady::now() < own_again_at_) return;
    try {
      if (next_run_out_ && clock_.now() > *next_run_out_) run_out(clock_.now());
      if (rederive_from_) rederive();
    } catch (const store::StoreError& error) {
      fail(error.what());
    }
  }

  int run_out(core::Instant now) {
    std::vector<Pending> orders;
    for (const core::Uuid& id : store_.run_out_before(now, kSlice)) {
      orders.push_back(system_order(id, random_.uuid_v7(now)));
    }
    if (orders.empty()) {
      next_run_out_ = store_.next_run_out();
      return 0;
    }
    return decide(orders) ? static_cast<int>(orders.size()) : 0;
  }

  void rederive() {
    const core::Instant now = clock_.now();
    std::vector<Pending> orders;
    std::optional<std::int64_t> last;
    const auto current = definitions();
    for (const store::Stored& stored : store_.to_rederive(*rederive_from_, kLookSlice)) {
      last = stored.key;
      if (outdated(stored.dossier, *current)) {
        orders.push_back(system_order(stored.dossier.id, random_.uuid_v7(now)));
      }
    }
    if (!orders.empty() && !decide(orders)) return;  // the same slice again
    rederive_from_ = last;
    metrics_.derived_again += orders.size();
  }

  std::vector<LoadFault> apply_now(const std::vector<store::DefinitionText>& texts) {
    std::vector<LoadFault> faults;
    std::vector<store::DefinitionText> all = store_.reader()->definitions();
    all.insert(all.end(), texts.begin(), texts.end());
    auto compiled = Definitions::compile(all, faults);
    if (const auto known = definitions(); known && compiled) find_gone_agencies(*known, *compiled, faults);
    if (!compiled || !faults.empty()) return faults;
    store_.apply(texts, clock_.now());
    std::atomic_store(&definitions_, std::shared_ptr<const Definitions>(std::move(compiled)));
    rederive_from_ = 0;
    return {};
  }

  core::Instant advance_now(VirtualClock& clock, core::Instant to) {
    int fired = 0;
    while (fired < kFiringsMax) {
      const std::optional<core::Instant> next = store_.next_run_out();
      if (!next || *next + core::ClockTime{1} > to) break;
      move(clock, *next + core::ClockTime{1});
      const int more = run_out(clock.now());
      if (more == 0) break;
      fired += more;
    }
    if (fired < kFiringsMax) move(clock, to);
    return clock.now();
  }

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
  GroupDecider decider_;
  CodeBlockKeeper blocks_;
  WebhookKeeper webhooks_;
  std::shared_ptr<const Definitions> definitions_;
  std::optional<core::Instant> next_run_out_;
  Steady::time_point own_again_at_;                // no sooner, after the disk was full
  std::optional<std::int64_t> rederive_from_ = 0;  // where the next slice begins; nothing: all are derived

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Pending> queue_;
  std::deque<std::function<void()>> chores_;
  std::set<std::array<std::uint8_t, 16>> in_flight_;
  bool stopping_ = false;
  bool failed_ = false;
  std::atomic<bool> started_ = false;
  std::thread thread_;
};

Engine::Engine(store::Store& store, Clock& clock, Random& random, const Keyring& keyring,
               EngineOptions options, std::function<void(const std::string&)> on_failure)
    : writer_(std::make_unique<Writer>(store, clock, random, keyring, options, std::move(on_failure))) {}
Engine::~Engine() = default;

void Engine::submit(Order order, std::function<void(Answer)> answer) {
  writer_->submit(std::move(order), std::move(answer));
}
void Engine::draw(DrawOrder order, std::function<void(BlockAnswer)> answer) {
  writer_->keep(std::move(order), std::move(answer));
}
void Engine::give_back(ReturnOrder order, std::function<void(BlockAnswer)> answer) {
  writer_->keep(std::move(order), std::move(answer));
}
void Engine::keep_webhook(WebhookOrder order, std::function<void(WebhookAnswer)> answer) {
  writer_->keep(std::move(order), std::move(answer));
}
void Engine::note_deliveries(CourierNote note, std::function<void(NoteAnswer)> answer) {
  writer_->keep(std::move(note), std::move(answer));
}
std::shared_ptr<const Definitions> Engine::definitions() const { return writer_->definitions(); }
std::vector<LoadFault> Engine::apply(std::vector<store::DefinitionText> texts) {
  return writer_->apply(std::move(texts));
}
core::Instant Engine::advance(VirtualClock& clock, core::Instant to) { return writer_->advance(clock, to); }
const EngineMetrics& Engine::metrics() const { return writer_->metrics(); }
bool Engine::started() const { return writer_->started(); }
void Engine::stop() { writer_->stop(); }

}  // namespace motcua::run
