#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <queue>
#include <stdexcept>
#include <unordered_map>

#include "engine/core/decide.h"
#include "engine/run/random_port.h"
#include "engine/run/resolve.h"
#include "engine/run/words.h"
#include "engine/store/store.h"
#include "tests/support/filings.h"

// Three years of a province: every act decided by the core at the instant at which it happened, and committed
// in the order of time, so that the database lies on the disk as years of use would have left it.
namespace motcua::bench {
using core::ClockTime;
using core::Instant;

inline constexpr std::size_t kGroup = 1024;
inline constexpr std::int64_t kMinuteMs = 60'000;
inline constexpr std::size_t kIdsShown = 200'000;
inline constexpr int kBodies = 4'000;
inline constexpr std::int64_t kAnswersKeptDays = 30;
inline constexpr std::int64_t kRecentDays = 120;  // most dossiers of this age are open, few of the older ones

struct Options {
  std::filesystem::path root, database, master_key, out;
  std::size_t dossiers = 0;
  std::size_t open = 0;
  std::uint64_t seed = 1;
  core::Date began_on = *core::make_date(2024, 1, 1);
  std::optional<core::Date> until;  // its midnight is the present; nothing: now
};

enum class Act {
  accept,
  refuse,
  ask,
  supply,
  judge,
  assign,
  complete,
  settle,
  give,
  withdraw,
  run_out,
  receive
};

// A dossier on its way: what it has become, and what is still to happen.
struct Life {
  store::Stored stored;
  const core::Procedure* procedure = nullptr;
  std::vector<Act> acts;  // in reverse
  Instant settle_at;      // planned at each acceptance
  bool stays_open = false;
};

class Past {
 public:
  Past(const Options& options, const run::Definitions& definitions, const run::Keyring& keyring,
       store::Store& store, Instant now)
      : options_(options),
        definitions_(definitions),
        keyring_(keyring),
        store_(store),
        now_(now),
        began_(core::midnight(options.began_on, core::kVietnamOffsetMinutes)),
        filings_(definitions, options.seed),
        dice_(options.seed + 1),
        random_(options.seed + 2) {}

  void live() {
    std::size_t open_left = options_.open;
    const double recent =
        static_cast<double>(kRecentDays * core::kDayMs) / static_cast<double>((now_ - began_).ms);
    const auto recent_count = static_cast<std::size_t>(recent * static_cast<double>(options_.dossiers));
    const std::size_t old_count = options_.dossiers - recent_count;
    const std::size_t open_recent = std::min(recent_count * 85 / 100, open_left * 6 / 10);
    std::size_t open_old = open_left - open_recent;
    open_left = open_recent;
    for (std::size_t i = 0; i < options_.dossiers; ++i) {
      const double place = (static_cast<double>(i) + dice_.unit()) / static_cast<double>(options_.dossiers);
      const Instant at =
          began_ + ClockTime{static_cast<std::int64_t>(place * static_cast<double>((now_ - began_).ms))};
      happen_until(at);
      const bool old = i < old_count;
      std::size_t& left = old ? open_old : open_left;
      const std::size_t of = old ? old_count - i : options_.dossiers - i;
      const bool stays = dice_.below(of) < left;  // selection sampling: exactly as many as asked for
      if (stays) --left;
      file(at, stays);
      if (i % 50'000 == 49'999)
        std::cerr << "bench_seed: " << i + 1 << " dossiers, " << events_ << " events\n";
    }
    happen_until(now_);
    flush();
  }

  void write_lists() {
    shuffle(ids_);
    shuffle(open_);
    std::ofstream ids(options_.out / "ids.txt");
    for (std::size_t i = 0; i < std::min(kIdsShown, ids_.size()); ++i)
      ids << core::to_string(ids_[i]) << '\n';
    std::ofstream open(options_.out / "open.tsv");
    for (const std::string& line : open_) open << line << '\n';
    std::ofstream bodies(options_.out / "submit.jsonl");
    const core::Date today = core::local_date(now_, core::kVietnamOffsetMinutes);
    for (int i = 0; i < kBodies; ++i) bodies << filings_.next(today, true).body << '\n';
    std::cerr << "bench_seed: " << ids_.size() << " dossiers, " << open_.size() << " open, " << late_
              << " of them late, " << untimed_ << " untimed, " << restarts_ << " restarts, " << events_
              << " events\n";
  }

 private:
  template <class List>
  void shuffle(List& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[dice_.below(i)]);
  }

  // What is planned before `until`, in order.
  void happen_until(Instant until) {
    while (!agenda_.empty() && agenda_.top().first < until) {
      const auto [at, number] = agenda_.top();
      agenda_.pop();
      act(number, at);
    }
  }

  void file(Instant at, bool stays_open) {
    Filing filing = filings_.next(core::local_date(at, core::kVietnamOffsetMinutes), false);
    core::Command command;
    run::Resolved resolved = run::resolve_submission(definitions_, filing.submit, at);
    Life life;
    life.procedure = filing.procedure;
    life.stays_open = stays_open;
    plan(life, filing.submit);
    command.body = std::move(filing.submit);
    resolved.context.fresh_id = random_.uuid_v7(at);
    const core::Uuid id = resolved.context.fresh_id;
    for (const auto& fragment : filing.fragments) {
      command.texts.push_back(run::text_ref(keyring_, id, 1, fragment));
    }
    store::Write write;
    write.sealed = run::seal(keyring_, id, 1, filing.fragments);
    write.sealed_version = 1;
    for (const std::string& text : filing.searchable) {
      for (const auto& word : run::search_words(text)) {
        write.search_tokens.push_back(keyring_.search_token("owner", word));
      }
    }
    std::sort(write.search_tokens.begin(), write.search_tokens.end());
    const std::size_t number = ids_.size();
    ids_.push_back(id);
    if (decide(life, command, resolved.context, at, std::move(write))) go_on(number, std::move(life), at);
  }

  // What is to become of a dossier: the whole way, cut off somewhere before its end when it stays open.
  void plan(Life& life, const core::SubmitDossier& submit) {
    std::vector<Act> acts;
    const auto ask = [&] { acts.insert(acts.end(), {Act::ask, Act::supply, Act::judge}); };
    const double fate = dice_.unit();
    if (!submit.accept) {
      if (dice_.chance(0.08)) ask();
      acts.push_back(fate < 0.05 ? Act::refuse : Act::accept);
    }
    if (submit.accept || fate >= 0.05) {
      // Where edges decide, it stays in its first step: the way is not known beforehand.
      const auto& steps = life.procedure->steps;
      const bool plain =
          std::all_of(steps.begin(), steps.end(), [](const auto& one) { return one.next.empty(); });
      for (std::size_t step = 1; plain && step < steps.size(); ++step) {
        acts.push_back(Act::assign);
        if (step == 1 && dice_.chance(0.09)) ask();
        if (step == 1 && fate > 0.985) break;
        acts.push_back(Act::complete);
      }
      if (fate > 0.985) {
        acts.insert(acts.end(), {Act::ask, Act::run_out});
      } else if (fate > 0.965) {
        acts.push_back(Act::withdraw);
      } else {
        acts.push_back(Act::settle);
        if (dice_.chance(0.85)) acts.push_back(Act::give);
      }
    }
    if (life.stays_open) {
      while (!acts.empty() && (acts.back() == Act::give || acts.back() == Act::run_out)) acts.pop_back();
      acts.resize(dice_.below(acts.size() + (acts.empty() ? 1 : 0)));
    }
    life.acts.assign(acts.rbegin(), acts.rend());
  }

  // One event or rejection: into the group. False when the dossier must be given up.
  bool decide(Life& life, const core::Command& command, core::Context& context, Instant at,
              store::Write write) {
    context.now = at;
    context.caller = core::Code("counter");
    context.request_id = random_.uuid_v7(at);
    if (life.stored.dossier.version > 0) write.before = life.stored;
    write.events = core::decide_run_out(life.stored.dossier, context);
    std::string counter;
    if (write.events.empty()) {
      counter = core::numbering_key(context.rules->code_pattern, context.competent->code, at,
                                    context.competent_calendar->offset_minutes());
      context.next_number = counters_[counter] + 1;
      core::Decision decision = core::decide(life.stored.dossier, command, context);
      if (const auto* rejection = std::get_if<core::Rejection>(&decision)) {
        std::cerr << "bench_seed: " << core::word_of(command.body) << " was rejected: " << rejection->detail
                  << '\n';
        return false;
      }
      auto& accepted = std::get<core::Accepted>(decision);
      if (accepted.took_number) {
        write.counter = store::CounterMove{counter, context.next_number - 1, context.next_number};
        counters_[counter] = context.next_number;
      }
      write.events = std::move(accepted.events);
    } else {
      life.acts.clear();  // it was stopped by the system
    }
    for (core::Event& event : write.events) {
      event.id = random_.uuid_v7(at);
      life.stored.dossier = core::evolve(std::move(life.stored.dossier), event);
    }
    events_ += write.events.size();
    write.after = life.stored.dossier;
    if (now_ - at < ClockTime{kAnswersKeptDays * core::kDayMs})
      write.outcome = answer_of(life.stored.dossier, at);
    group_.push_back(std::move(write));
    if (group_.size() == kGroup) flush();
    return true;
  }

  void act(std::size_t number, Instant at) {
    Life life = std::move(lives_.at(number));
    lives_.erase(number);
    Act next = life.acts.back();
    const bool works = next == Act::assign || next == Act::complete || next == Act::settle;
    if (works && lies_elsewhere(life.stored.dossier)) {
      next = Act::receive;  // before any work
    } else {
      life.acts.pop_back();
    }
    core::Command command;
    command.body = body_of(next, life);
    run::Resolved resolved = run::resolve_dossier(definitions_, life.stored.dossier, command.body);
    if (next == Act::judge && life.stored.dossier.accepted_at) ++restarts_;
    if (decide(life, command, resolved.context, at, {})) go_on(number, std::move(life), at);
  }

  core::CommandBody body_of(Act act, const Life& life) {
    switch (act) {
      case Act::accept:
        return core::AcceptDossier{};
      case Act::refuse:
        return core::RefuseDossier{};
      case Act::ask: {
        core::RequestSupplement ask;
        if (!life.procedure->papers.empty()) ask.missing.push_back(dice_.pick(life.procedure->papers).key);
        return ask;
      }
      case Act::supply:
        return core::ReceiveSupplement{};
      case Act::judge:
        return core::AcceptSupplement{};
      case Act::assign:
        return core::AssignStep{{}, officer_of(life.stored.dossier)};
      case Act::receive:
        return core::ReceiveForwarded{};
      case Act::complete:
        return core::CompleteStep{};
      case Act::settle:
        return core::SettleDossier{dice_.chance(0.96) ? core::Outcome::granted : core::Outcome::denied,
                                   dice_.chance(0.7) ? core::ResultForm::electronic : core::ResultForm::paper,
                                   {}};
      case Act::give:
        return core::ReturnResult{};
      case Act::withdraw:
      case Act::run_out:  // time runs out first: the withdrawal is never decided
        return core::WithdrawDossier{};
    }
    return core::WithdrawDossier{};
  }

  // Its papers are, or will be on acceptance, owed to another agency.
  static bool lies_elsewhere(const core::Dossier& dossier) {
    if (dossier.channel == core::Channel::online) return false;
    if (dossier.receiving_agency == dossier.competent_agency) return false;
    const auto& handovers = dossier.handovers;
    return handovers.empty() || !handovers.back().received_at;
  }

  core::Code officer_of(const core::Dossier& dossier) {
    const bool elsewhere = lies_elsewhere(dossier);
    const core::Code& agency = elsewhere ? dossier.competent_agency : dossier.holder_agency;
    return dice_.pick(definitions_.agency(agency)->officers).id;
  }

  // Puts the next act on the agenda, or lets the dossier rest.
  void go_on(std::size_t number, Life life, Instant at) {
    const auto days = [&](double n) {
      return ClockTime{static_cast<std::int64_t>(n * dice_.unit() * static_cast<double>(core::kDayMs))};
    };
    if (life.acts.empty()) return rest(life);
    const core::LegalClock* settlement = life.stored.dossier.clock(core::ClockKind::settlement);
    if (settlement != nullptr && settlement->running() && life.settle_at <= at)
      plan_settlement(life, *settlement, at);
    Instant next = at;
    switch (life.acts.back()) {
      case Act::accept:
      case Act::refuse:
        next = at + days(dice_.chance(0.06) ? 4 : 0.8);
        break;
      case Act::supply:
        next = at + days(9);
        break;
      case Act::judge:
      case Act::give:
        next = at + days(3);
        break;
      case Act::run_out:
        next = *core::runs_out_at(life.stored.dossier) + ClockTime{2};
        break;
      case Act::ask:
      case Act::receive:
      case Act::assign:
      case Act::complete:
      case Act::settle:
      case Act::withdraw: {
        const auto left = static_cast<std::int64_t>(life.acts.size());
        next = life.settle_at > at ? at + ClockTime{(life.settle_at - at).ms / left} : at + days(1);
        // Whoever is asked today has not run out of time yet.
        const bool last = life.stays_open && left == 1 && life.acts.back() == Act::ask;
        if (last && life.stored.dossier.accepted_at) next = std::max(next, now_ - days(8));
        break;
      }
    }
    next = std::max(next, at + ClockTime{kMinuteMs});
    if (next >= now_) {
      if (life.stays_open || life.acts.back() == Act::run_out) return rest(life);
      next = at + ClockTime{(now_ - at).ms / (static_cast<std::int64_t>(life.acts.size()) + 1)};
    }
    agenda_.emplace(next, number);
    lives_.emplace(number, std::move(life));
  }

  // In time as a rule; one in twelve is late, and some very late.
  void plan_settlement(Life& life, const core::LegalClock& clock, Instant at) {
    const std::int64_t untimed = 20 * core::kDayMs;
    const std::int64_t term = clock.due.at ? (*clock.due.at - at).ms : untimed;
    const double share =
        dice_.chance(0.08) ? 1.02 + 2 * dice_.unit() * dice_.unit() : 0.2 + 0.79 * dice_.unit();
    life.settle_at = at + ClockTime{std::max<std::int64_t>(
                              static_cast<std::int64_t>(static_cast<double>(term) * share), kMinuteMs)};
  }

  void rest(const Life& life) {
    const core::Dossier& dossier = life.stored.dossier;
    if (dossier.untimed()) ++untimed_;
    if (!dossier.is_open()) return;
    const core::LegalClock* settlement = dossier.clock(core::ClockKind::settlement);
    if (settlement != nullptr && settlement->missed_at(now_)) ++late_;
    open_.push_back(line_of(life));
  }

  // Id, version, state, and the commands that will be legal one after the other.
  std::string line_of(const Life& life) {
    const core::Dossier& dossier = life.stored.dossier;
    std::string line = core::to_string(dossier.id) + '\t' + std::to_string(dossier.version) + '\t';
    line += core::word_of(dossier.state);
    const auto add = [&](std::string_view word, std::string_view body) {
      line.append("\t").append(word).append("\t").append(body);
    };
    if (dossier.state == core::DossierState::awaiting_supplement) {
      if (!dossier.rounds.back().supplied_at) add("supplement", "{}");
      add("accept-supplement", "{}");
    }
    const bool accepted = dossier.accepted_at.has_value();
    if (!accepted) add("accept", "{}");
    if (lies_elsewhere(dossier)) add("receive-forwarded", "{}");
    const core::StepDefinition* step =
        accepted ? life.procedure->step(dossier.step) : &life.procedure->steps.front();
    if (accepted) add("assign", R"({"officer":")" + officer_of(dossier).text + R"("})");
    // Where edges decide, the way is not known beforehand: such a dossier is settled from the step it is in.
    for (; step != nullptr && step->next.empty() && life.procedure->step_after(step->key) != nullptr;
         step = life.procedure->step_after(step->key)) {
      add("complete-step", R"({"step":")" + step->key.text + R"("})");
    }
    add("settle", R"({"outcome":"granted","result_form":"electronic"})");
    add("return-result", "{}");
    return line;
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

  void flush() {
    for (const store::Committed& one : store_.commit(group_)) {
      if (one.verdict != store::Verdict::committed) throw std::runtime_error("a write was not committed");
    }
    group_.clear();
  }

  const Options& options_;
  const run::Definitions& definitions_;
  const run::Keyring& keyring_;
  store::Store& store_;
  const Instant now_;
  const Instant began_;
  Filings filings_;
  Dice dice_;
  run::SeededRandom random_;

  using Planned = std::pair<Instant, std::size_t>;
  std::priority_queue<Planned, std::vector<Planned>, std::greater<>> agenda_;
  std::unordered_map<std::size_t, Life> lives_;
  std::unordered_map<std::string, std::int64_t> counters_;
  std::vector<store::Write> group_;
  std::vector<core::Uuid> ids_;
  std::vector<std::string> open_;
  std::size_t late_ = 0, untimed_ = 0, restarts_ = 0, events_ = 0;
};

}  // namespace motcua::bench
