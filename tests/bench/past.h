#pragma once

#include <queue>

#include "engine/run/resolve.h"
#include "engine/run/words.h"
#include "tests/bench/past_lists.h"
#include "tests/bench/past_pace.h"
#include "tests/bench/past_writer.h"

// Years of a province: every act decided by the core at the instant at which it happened, and committed in
// the order of time, so that the database lies on the disk as years of use would have left it.
namespace motcua::bench {

inline constexpr std::int64_t kRecentDays = 120;  // most dossiers of this age are open, few of the older ones

class Past {
 public:
  Past(const Options& options, const run::Definitions& definitions, const run::Keyring& keyring,
       store::Store& store, Instant now)
      : options_(options),
        definitions_(definitions),
        keyring_(keyring),
        now_(now),
        began_(core::midnight(options.began_on, core::kVietnamOffsetMinutes)),
        filings_(definitions, options.seed, options.imported ? Demand::whole_catalogue : Demand::busy),
        dice_(options.seed + 1),
        random_(options.seed + 2),
        acts_(definitions, dice_),
        pace_(options, now, dice_),
        writer_(store, now, random_) {}

  void live() {
    std::size_t open_left = options_.open;
    const double recent = std::min(
        1.0, static_cast<double>(kRecentDays * core::kDayMs) / static_cast<double>((now_ - began_).ms));
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
        std::cerr << "bench_seed: " << i + 1 << " dossiers, " << writer_.events() << " events\n";
    }
    happen_until(now_);
    writer_.flush();
  }

  // False when the core rejected something: then some lives broke off.
  bool tell() {
    write_lists(options_.out, ids_, open_, filings_, now_, dice_);
    std::cerr << "bench_seed: " << ids_.size() << " dossiers, " << open_.size() << " open, " << late_
              << " of them late, " << untimed_ << " untimed, " << restarts_ << " restarts, "
              << writer_.events() << " events\n";
    if (!options_.turns) return writer_.rejected() == 0;
    for (const auto& [type, count] : writer_.by_type())
      std::cerr << "bench_seed: " << count << ' ' << type << '\n';
    return writer_.rejected() == 0;
  }

 private:
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
    plan_life(life, filing.submit, options_.turns, dice_);
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
    writer_.prepare(resolved.context, at);
    if (writer_.decide(life, command, resolved.context, std::move(write))) go_on(number, std::move(life), at);
  }

  void act(std::size_t number, Instant at) {
    Life life = std::move(lives_.at(number));
    lives_.erase(number);
    const Act next = take_next(life);
    core::Command command;
    command.body = acts_.body_of(next, life, at);
    run::Resolved resolved = run::resolve_dossier(definitions_, life.stored.dossier, command.body);
    if (next == Act::judge && life.stored.dossier.accepted_at) ++restarts_;
    writer_.prepare(resolved.context, at);
    const bool passed = writer_.pass_time(life, resolved.context);
    const core::Dossier& dossier = life.stored.dossier;
    if (passed && !dossier.is_open()) life.acts.clear();  // it was stopped by the system
    const bool resumed = next == Act::resume && !dossier.on_hold();
    if (next == Act::run_out || resumed || (passed && !dossier.is_open()))
      return go_on(number, std::move(life), at);
    if (passed && next == Act::resume) command.body = acts_.body_of(next, life, at);
    // Over holidays an extension may move nothing, and the day drawn for a promise may lie past the calendar:
    // then the dossier goes on without.
    const bool optional = next == Act::extend || next == Act::reappoint;
    const bool done = writer_.decide(life, command, resolved.context, {}, optional);
    if (!done && !optional) return;
    if (done && next == Act::reappoint) pace_.after_reappointment(life, at);
    if (next == Act::settle && options_.turns) answer_for_lateness(life, at);
    go_on(number, std::move(life), at);
  }

  // What has to come before the act that was planned, or that.
  Act take_next(Life& life) {
    while (!life.acts.empty() && !Acts::possible(life.acts.back(), life)) life.acts.pop_back();
    if (life.acts.empty()) return Act::run_out;
    const Act next = life.acts.back();
    const core::Dossier& dossier = life.stored.dossier;
    const bool works = next == Act::assign || next == Act::complete || next == Act::settle;
    if (works && lies_elsewhere(dossier)) return Act::receive;
    if (waits_on_hold(next) && dossier.on_hold()) return Act::resume;
    life.acts.pop_back();
    return next;
  }

  void answer_for_lateness(Life& life, Instant at) {
    const core::Dossier& dossier = life.stored.dossier;
    if (!dossier.late_at(at)) return;
    if (dice_.chance(0.8)) life.acts.push_back(Act::explain);
    if (dossier.apologies.empty() && dice_.chance(0.8)) life.acts.push_back(Act::apologise);
  }

  // Puts the next act on the agenda, or lets the dossier rest.
  void go_on(std::size_t number, Life life, Instant at) {
    const core::Dossier& dossier = life.stored.dossier;
    const std::optional<Instant> over =
        options_.turns && dossier.is_open() ? core::runs_out_at(dossier) : std::nullopt;
    if (life.acts.empty() && over && *over + ClockTime{2} < now_) life.acts.push_back(Act::run_out);
    if (life.acts.empty()) return rest(life);
    Instant next = pace_.next(life, at);
    if (next >= now_) {
      if (life.stays_open || life.acts.back() == Act::run_out) return rest(life);
      next = at + ClockTime{(now_ - at).ms / (static_cast<std::int64_t>(life.acts.size()) + 1)};
    }
    agenda_.emplace(next, number);
    lives_.emplace(number, std::move(life));
  }

  void rest(const Life& life) {
    const core::Dossier& dossier = life.stored.dossier;
    if (dossier.untimed()) ++untimed_;
    if (!dossier.is_open()) return;
    const core::LegalClock* settlement = dossier.clock(core::ClockKind::settlement);
    if (settlement != nullptr && settlement->missed_at(now_)) ++late_;
    open_.push_back(open_line(life, acts_, now_));
  }

  const Options& options_;
  const run::Definitions& definitions_;
  const run::Keyring& keyring_;
  const Instant now_;
  const Instant began_;
  Filings filings_;
  Dice dice_;
  run::SeededRandom random_;
  Acts acts_;
  Pace pace_;
  Writer writer_;

  using Planned = std::pair<Instant, std::size_t>;
  std::priority_queue<Planned, std::vector<Planned>, std::greater<>> agenda_;
  std::unordered_map<std::size_t, Life> lives_;
  std::vector<core::Uuid> ids_;
  std::vector<std::string> open_;
  std::size_t late_ = 0, untimed_ = 0, restarts_ = 0;
};

}  // namespace motcua::bench
