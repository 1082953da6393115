#include "engine/run/engine_writer.h"

#include <algorithm>

#include <iterator>

#include "engine/run/resolve.h"

namespace motcua::run {
namespace {

constexpr int kSlice = 256;     // dossiers of the system's own that are decided between two groups of orders
constexpr int kLookSlice = 64;  // dossiers looked at for dates that a newer calendar may settle

}  // namespace

void Engine::Writer::serve(std::vector<Pending>& orders) {
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
  if (!timely.empty()) decide(std::move(timely));
}

struct Engine::Writer::Group {
  std::vector<Pending> orders;
  std::vector<Answer> answers;
  std::optional<Refused::Why> failure;  // nothing was committed
  std::optional<ParkedNote> beside;
  NoteAnswer note;
};

bool Engine::Writer::decide(std::vector<Pending> orders) {
  const auto group = std::make_shared<Group>();
  std::optional<Refused::Why>& failure = group->failure;
  WebhookKeeper::Settled note;
  Beside beside;
  if (failed_) {
    failure = Refused::Why::failed;
  } else {
    try {
      if (!parked_.empty()) note = webhooks_.settle(parked_.front().note);
      beside.writes = note.writes;
      group->answers = decider_.decide(*definitions(), orders, beside);
      next_run_out_ = store_.next_run_out();
    } catch (const store::StoreFull&) {
      failure = Refused::Why::disk_full;
      own_again_at_ = Steady::now() + kIdleMax;
    } catch (const store::StoreError& error) {
      fail(error.what());
      failure = Refused::Why::failed;
    }
  }
  group->orders = std::move(orders);
  orders_at_ = Steady::now();
  if (!parked_.empty() && (beside.written || failure)) {
    group->beside = take_parked();
    group->note = beside.written ? NoteAnswer{std::move(note.off)} : NoteAnswer{Refused{*failure, 0}};
  }
  const bool committed = !failure;
  releaser_.add([this, group](bool on_disk) { release(*group, on_disk); });
  return committed;
}

void Engine::Writer::release(Group& group, bool on_disk) {
  if (!on_disk) group.failure = Refused::Why::failed;
  for (std::size_t i = 0; i < group.orders.size(); ++i) {
    finish(group.orders[i], group.failure ? Answer(Refused{*group.failure, 0}) : std::move(group.answers[i]));
  }
  if (!group.failure && options_.after_group) options_.after_group();
  if (group.beside) group.beside->answer(on_disk ? group.note : NoteAnswer{Refused{Refused::Why::failed, 0}});
}

void Engine::Writer::write_notes_alone(bool stopping) {
  while (!parked_.empty() && (stopping || failed_ || Steady::now() >= alone_at())) {
    const ParkedNote one = take_parked();
    one.answer(keep_now<NoteAnswer>(one.note));
  }
}

void Engine::Writer::decide_own() {
  const Steady::time_point began = Steady::now();
  if (!clock_.sound() || began < own_again_at_) return;
  decide_own_slice();
  const Steady::time_point ended = Steady::now();
  const Steady::duration took = ended - began;
  // A slice that came late, as a group was being written, brings the next one forward.
  const auto from = std::max(own_rests_until_, began - took);
  own_rests_until_ = std::min(from + took, ended) + kOwnRest * took;
}

void Engine::Writer::decide_own_slice() {
  try {
    if (next_run_out_ && clock_.now() > *next_run_out_) run_out(clock_.now());
    if (rederive_from_) rederive();
    if (ticker_.next() && *ticker_.next() <= clock_.now()) ticker_.fire(clock_.now());
  } catch (const store::StoreFull&) {
    own_again_at_ = Steady::now() + kIdleMax;
  } catch (const store::StoreError& error) {
    fail(error.what());
  }
}

int Engine::Writer::run_out(core::Instant now) {
  std::vector<Pending> orders;
  for (const core::Uuid& id : store_.run_out_before(now, kSlice)) {
    orders.push_back(system_order(id, random_.uuid_v7(now)));
  }
  if (orders.empty()) {
    next_run_out_ = store_.next_run_out();
    return 0;
  }
  const int count = static_cast<int>(orders.size());
  return decide(std::move(orders)) ? count : 0;
}

void Engine::Writer::rederive() {
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
  const std::size_t count = orders.size();
  if (count > 0 && !decide(std::move(orders))) return;  // the same slice again
  rederive_from_ = last;
  metrics_.derived_again += count;
}

std::vector<LoadFault> Engine::Writer::apply(const std::vector<store::DefinitionText>& texts) {
  std::lock_guard applying(applying_);
  std::vector<LoadFault> faults;
  std::vector<store::DefinitionText> all = store_.reader()->definitions();
  const core::Instant now = clock_.now();
  for (const store::DefinitionText& text : texts) all.emplace_back(text).applied_at = now;
  std::shared_ptr<const Definitions> compiled = Definitions::compile(all, faults);
  const auto known = definitions();  // held, so that the last of it does not end on the writer's thread
  if (known && compiled) find_gone_agencies(*known, *compiled, faults);
  if (!compiled || !faults.empty()) return faults;
  on_writer<void>([&] { apply_now(texts, now, compiled); });
  return {};
}

void Engine::Writer::apply_now(const std::vector<store::DefinitionText>& texts, core::Instant at,
                               std::shared_ptr<const Definitions> compiled) {
  store_.apply(texts, at);
  std::atomic_store(&definitions_, std::move(compiled));
  rederive_from_ = 0;
  arm_ticker();
}

core::Instant Engine::Writer::advance_now(VirtualClock& clock, core::Instant to) {
  int fired = 0;
  while (fired < kFiringsMax) {
    const std::optional<core::Instant> next = store_.next_run_out();
    const std::optional<core::Instant> rung = ticker_.next();
    if (rung && *rung <= to && (!next || *rung <= *next)) {
      move(clock, *rung);
      fired += std::max(1, ticker_.fire(clock.now()));
      continue;
    }
    if (!next || *next + core::ClockTime{1} > to) break;
    move(clock, *next + core::ClockTime{1});
    const int more = run_out(clock.now());
    if (more == 0) break;
    fired += more;
  }
  if (fired < kFiringsMax) move(clock, to);
  return clock.now();
}

void Engine::Writer::write_accesses() {
  std::vector<WaitingAccess> waiting;
  {
    std::lock_guard lock(mutex_);
    waiting.swap(accesses_);
  }
  // Who began to read before an erasure does not end after it.
  const auto is_late = [&](const WaitingAccess& one) {
    return std::any_of(one.note.entries.begin(), one.note.entries.end(), [&](const store::Access& entry) {
      return !failed_ && entry.dossier && store_.personal().is_erased(*entry.dossier);
    });
  };
  const auto now = Steady::now();
  std::vector<store::Access> entries;
  std::vector<WaitingAccess*> in_time;
  std::vector<WaitingAccess*> late;
  for (WaitingAccess& one : waiting) {
    if (now - one.queued_at > options_.queue_wait) {
      ++metrics_.refused_busy;
      one.answer(Refused{Refused::Why::busy, 0});
      continue;
    }
    if (is_late(one)) {
      late.push_back(&one);
      continue;
    }
    entries.insert(entries.end(), one.note.entries.begin(), one.note.entries.end());
    in_time.push_back(&one);
  }
  const BlockAnswer answer = keep_now<BlockAnswer>(entries);
  for (WaitingAccess* one : in_time) one->answer(answer);
  const Rejected erased{
      {core::Rejection::Kind::conflict, "erased", "What was typed of the dossier was erased", {}}};
  const bool on_disk = std::holds_alternative<BlockDone>(answer);
  for (WaitingAccess* one : late) one->answer(on_disk ? BlockAnswer(erased) : answer);
}

void Engine::Writer::loop() {
  // The first load counts what is open and reads the answers of a month: orders wait for it, reads are
  // served.
  store_.load({});
  next_run_out_ = store_.next_run_out();
  arm_ticker();
  {
    std::lock_guard lock(mutex_);
    const auto now = Steady::now();
    for (Pending& pending : queue_) pending.queued_at = now;
    for (WaitingAccess& one : accesses_) one.queued_at = now;
    started_.store(true, std::memory_order_relaxed);
  }
  while (true) {
    std::vector<Pending> orders;
    std::deque<std::function<void()>> chores;
    bool stopping = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, patience(),
                     [this] { return stopping_ || !queue_.empty() || !chores_.empty() || !notes_.empty(); });
      if (stopping_ && queue_.empty() && chores_.empty() && notes_.empty() && parked_.empty()) return;
      stopping = stopping_;
      chores.swap(chores_);
      std::move(notes_.begin(), notes_.end(), std::back_inserter(parked_));
      notes_.clear();
      while (!queue_.empty() && orders.size() < options_.group_size) {
        orders.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
      metrics_.queue_depth.store(static_cast<std::int64_t>(queue_.size()), std::memory_order_relaxed);
    }
    for (const auto& chore : chores) chore();
    if (!orders.empty()) {
      serve(orders);
      own_again_at_ = std::max(own_again_at_, own_rests_until_);
    }
    if (!failed_) decide_own();
    write_notes_alone(stopping);
  }
}

}  // namespace motcua::run
