#pragma once

#include <iostream>
#include <map>
#include <stdexcept>
#include <unordered_map>

#include "engine/run/random_port.h"
#include "tests/bench/past_life.h"

// Lets the core decide, and commits in groups in the order of time.
namespace motcua::bench {

inline constexpr std::size_t kGroup = 1024;
inline constexpr std::int64_t kAnswersKeptDays = 30;

class Writer {
 public:
  Writer(store::Store& store, Instant now, run::SeededRandom& random)
      : store_(store), now_(now), random_(random) {}

  void prepare(core::Context& context, Instant at) {
    context.now = at;
    context.caller = core::Code("counter");
    context.request_id = random_.uuid_v7(at);
  }

  // What ran out by now, if anything did. The context is prepared, here and below.
  bool pass_time(Life& life, const core::Context& context) {
    if (life.stored.dossier.version == 0) return false;
    std::vector<core::Event> events = core::decide_run_out(life.stored.dossier, context);
    if (events.empty()) return false;
    store::Write write;
    write.events = std::move(events);
    put(life, std::move(write), context.now);
    return true;
  }

  // False when it was rejected: the dossier must be given up, unless `optional`.
  bool decide(Life& life, const core::Command& command, core::Context& context, store::Write write,
              bool optional = false) {
    const Instant at = context.now;
    const std::string counter = core::numbering_key(context.rules->code_pattern, context.competent->code, at,
                                                    context.competent_calendar->offset_minutes());
    context.next_number = counters_[counter] + 1;
    core::Decision decision = core::decide(life.stored.dossier, command, context);
    if (const auto* rejection = std::get_if<core::Rejection>(&decision)) {
      if (optional) return false;
      std::cerr << "bench_seed: " << core::word_of(command.body) << " was rejected: " << rejection->detail
                << '\n';
      ++rejected_;
      return false;
    }
    auto& accepted = std::get<core::Accepted>(decision);
    if (accepted.took_number) {
      write.counter = store::CounterMove{counter, context.next_number - 1, context.next_number};
      counters_[counter] = context.next_number;
    }
    write.events = std::move(accepted.events);
    put(life, std::move(write), at);
    return true;
  }

  void flush() {
    for (const store::Committed& one : store_.commit(group_)) {
      if (one.verdict != store::Verdict::committed) throw std::runtime_error("a write was not committed");
    }
    group_.clear();
  }

  std::size_t events() const { return events_; }
  std::size_t rejected() const { return rejected_; }
  const std::map<std::string_view, std::size_t>& by_type() const { return by_type_; }

 private:
  void put(Life& life, store::Write write, Instant at) {
    if (life.stored.dossier.version > 0) write.before = life.stored;
    for (core::Event& event : write.events) {
      event.id = random_.uuid_v7(at);
      ++by_type_[core::type_of(event.body)];
      life.stored.dossier = core::evolve(std::move(life.stored.dossier), event);
    }
    events_ += write.events.size();
    write.after = life.stored.dossier;
    if (now_ - at < ClockTime{kAnswersKeptDays * core::kDayMs})
      write.outcome = answer_of(life.stored.dossier, at);
    group_.push_back(std::move(write));
    if (group_.size() == kGroup) flush();
  }

  store::Outcome answer_of(const core::Dossier& dossier, Instant at) {
    store::Outcome outcome;
    random_.bytes(outcome.key);
    random_.bytes(outcome.fingerprint);
    outcome.answered_at = at;
    outcome.status = 200;
    outcome.dossier = dossier.id;
    outcome.version = dossier.version;
    return outcome;
  }

  store::Store& store_;
  const Instant now_;
  run::SeededRandom& random_;
  std::unordered_map<std::string, std::int64_t> counters_;
  std::vector<store::Write> group_;
  std::map<std::string_view, std::size_t> by_type_;
  std::size_t events_ = 0, rejected_ = 0;
};

}  // namespace motcua::bench
