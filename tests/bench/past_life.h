#pragma once

#include <algorithm>
#include <filesystem>
#include <optional>
#include <vector>

#include "engine/core/decide.h"
#include "engine/store/store.h"
#include "tests/support/filings.h"

// What a bench's past is asked for, and what is to become of one of its dossiers.
namespace motcua::bench {
using core::ClockTime;
using core::Instant;

struct Options {
  std::filesystem::path root, database, master_key, out;
  std::size_t dossiers = 0;
  std::size_t open = 0;
  std::uint64_t seed = 1;
  core::Date began_on = *core::make_date(2024, 1, 1);
  std::optional<core::Date> until;  // its midnight is the present; nothing: now
  bool imported = false;            // the definitions are those that the database holds, a whole catalogue
  bool turns = false;               // lives take suspensions, extensions, re-appointments, apologies
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
  run_out,  // nobody acts: time decides
  receive,
  suspend,
  suspend_late,  // when its term has been missed
  resume,
  extend,
  reappoint,
  apologise,
  explain
};

// A dossier on its way: what it has become, and what is still to happen.
struct Life {
  store::Stored stored;
  const core::Procedure* procedure = nullptr;
  std::vector<Act> acts;  // in reverse
  Instant settle_at;      // planned at each acceptance
  bool stays_open = false;
};

// Puts suspensions, extensions and re-appointments among the acts of a dossier that is accepted on its way.
class Turns {
 public:
  explicit Turns(Dice& dice) : dice_(dice) {}

  // `accepted` of the acts come before the acceptance or are it.
  void add(std::vector<Act>& acts, std::size_t accepted, const core::Procedure& procedure) {
    if (!procedure.extensions.empty() && dice_.chance(0.3)) insert(acts, accepted, {Act::extend});
    if (dice_.chance(0.05)) insert(acts, accepted, {Act::reappoint});
    if (dice_.chance(0.02)) insert(acts, accepted, {Act::apologise});
    if (procedure.suspensions.empty() || !dice_.chance(0.5)) return;
    if (dice_.chance(0.2)) {
      acts.insert(acts.begin() + last_place(acts, accepted), {Act::suspend_late, ending()});
    } else if (procedure.suspensions.size() > 1 && dice_.chance(0.25)) {
      insert(acts, accepted, {Act::suspend, Act::suspend, ending(), ending()});
    } else {
      insert(acts, accepted, {Act::suspend, ending()});
    }
  }

 private:
  Act ending() { return dice_.chance(0.5) ? Act::resume : Act::run_out; }

  // Not while the citizen is waited for, nor while another suspension lasts.
  static bool may_follow(Act act) {
    return act != Act::ask && act != Act::supply && act != Act::suspend && act != Act::suspend_late;
  }

  static bool ends(Act act) { return act == Act::settle || act == Act::withdraw || act == Act::give; }

  // Before whatever ends it.
  static std::ptrdiff_t last_place(const std::vector<Act>& acts, std::size_t accepted) {
    std::size_t place = acts.size();
    while (place > accepted && (ends(acts[place - 1]) || !may_follow(acts[place - 1]))) --place;
    return static_cast<std::ptrdiff_t>(place);
  }

  void insert(std::vector<Act>& acts, std::size_t accepted, std::initializer_list<Act> unit) {
    std::vector<std::ptrdiff_t> places;
    const std::ptrdiff_t last = last_place(acts, accepted);
    for (auto place = static_cast<std::ptrdiff_t>(accepted); place <= last; ++place) {
      const bool first = place == static_cast<std::ptrdiff_t>(accepted);
      if (first || may_follow(acts[static_cast<std::size_t>(place) - 1])) places.push_back(place);
    }
    acts.insert(acts.begin() + dice_.pick(places), unit);
  }

  Dice& dice_;
};

// What is to become of a dossier: the whole way, cut off somewhere before its end when it stays open.
inline void plan_life(Life& life, const core::SubmitDossier& submit, bool turns, Dice& dice) {
  std::vector<Act> acts;
  const auto ask = [&] { acts.insert(acts.end(), {Act::ask, Act::supply, Act::judge}); };
  const double fate = dice.unit();
  if (!submit.accept) {
    if (dice.chance(0.08)) ask();
    acts.push_back(fate < 0.05 ? Act::refuse : Act::accept);
  }
  if (submit.accept || fate >= 0.05) {
    const std::size_t accepted = acts.size();
    // Where edges decide, it stays in its first step: the way is not known beforehand.
    const auto& steps = life.procedure->steps;
    const bool plain =
        std::all_of(steps.begin(), steps.end(), [](const auto& one) { return one.next.empty(); });
    for (std::size_t step = 1; plain && step < steps.size(); ++step) {
      acts.push_back(Act::assign);
      if (step == 1 && dice.chance(0.09)) ask();
      if (step == 1 && fate > 0.985) break;
      acts.push_back(Act::complete);
    }
    if (fate > 0.985) {
      acts.insert(acts.end(), {Act::ask, Act::run_out});
    } else if (fate > 0.965) {
      acts.push_back(Act::withdraw);
    } else {
      acts.push_back(Act::settle);
      if (dice.chance(0.85)) acts.push_back(Act::give);
    }
    if (turns && fate <= 0.985) Turns(dice).add(acts, accepted, *life.procedure);
  }
  if (life.stays_open) {
    while (!acts.empty() && (acts.back() == Act::give || acts.back() == Act::run_out)) acts.pop_back();
    acts.resize(dice.below(acts.size() + (acts.empty() ? 1 : 0)));
  }
  life.acts.assign(acts.rbegin(), acts.rend());
}

}  // namespace motcua::bench
