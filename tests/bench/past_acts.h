#pragma once

#include "engine/run/definitions.h"
#include "tests/bench/past_life.h"

// The commands that acts are.
namespace motcua::bench {

// Its papers are, or will be on acceptance, owed to another agency.
inline bool lies_elsewhere(const core::Dossier& dossier) {
  if (dossier.channel == core::Channel::online) return false;
  if (dossier.receiving_agency == dossier.competent_agency) return false;
  const auto& handovers = dossier.handovers;
  return handovers.empty() || !handovers.back().received_at;
}

// What cannot be done while a suspension is in force.
inline bool waits_on_hold(Act act) {
  return act == Act::ask || act == Act::settle || act == Act::extend || act == Act::reappoint;
}

class Acts {
 public:
  Acts(const run::Definitions& definitions, Dice& dice) : definitions_(definitions), dice_(dice) {}

  // `life.acts` are those that come after it.
  core::CommandBody body_of(Act act, const Life& life, Instant at) {
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
        return assign(life.stored.dossier, at);
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
      case Act::suspend:
      case Act::suspend_late:
        return suspend(life, at);
      case Act::resume:
        return core::ResumeDossier{last_ground(life.stored.dossier)};
      case Act::extend:
        return core::ExtendTerm{dice_.pick(life.procedure->extensions).ground, {}};
      case Act::reappoint:
        return reappoint(life, at);
      case Act::apologise:
        return core::Apologise{};
      case Act::explain:
        return core::ExplainLateness{};
      case Act::withdraw:
      case Act::run_out:  // time runs out first: the withdrawal is never decided
        return core::WithdrawDossier{};
    }
    return core::WithdrawDossier{};
  }

  // Whether the dossier allows what was planned: grounds run out, and a procedure may state no limit.
  static bool possible(Act act, const Life& life) {
    const core::Dossier& dossier = life.stored.dossier;
    if (act == Act::suspend || act == Act::suspend_late) return !free_grounds(life).empty();
    if (act == Act::resume) return dossier.on_hold();
    if (act == Act::reappoint) return dossier.promised_at().has_value();
    if (act != Act::extend) return true;
    const core::LegalClock* settlement = dossier.clock(core::ClockKind::settlement);
    return settlement != nullptr && settlement->running() && settlement->due.at && !dossier.untimed();
  }

  // To an officer of the agency that has the step on that day, which may be the heir of one that was merged.
  core::AssignStep assign(const core::Dossier& dossier, Instant at) {
    const core::Code& holder = lies_elsewhere(dossier) ? dossier.competent_agency : dossier.holder_agency;
    const core::Date day = core::local_date(at, core::kVietnamOffsetMinutes);
    const core::Agency* agency = definitions_.agency(holder);
    while (!agency->exists_on(day)) agency = definitions_.agency(agency->successors.front());
    return core::AssignStep{agency->code, dice_.pick(agency->officers).id};
  }

 private:
  static std::vector<core::GroundDefinition> free_grounds(const Life& life) {
    std::vector<core::GroundDefinition> free;
    for (const core::GroundDefinition& ground : life.procedure->suspensions) {
      int used = 0;
      bool in_force = false;
      for (const core::Suspension& one : life.stored.dossier.suspensions) {
        if (one.ground != ground.ground) continue;
        ++used;
        in_force = in_force || !one.resumed_at;
      }
      if (used < ground.times && !in_force) free.push_back(ground);
    }
    return free;
  }

  // On a ground that is free (possible); until a day of its own where time is to end it and the ground sets
  // none.
  core::SuspendDossier suspend(const Life& life, Instant at) {
    const std::vector<core::GroundDefinition> grounds = free_grounds(life);
    const core::GroundDefinition& ground = dice_.pick(grounds);
    core::SuspendDossier suspend{ground.ground, {}};
    const bool ends_by_itself = !life.acts.empty() && life.acts.back() == Act::run_out;
    if (ends_by_itself && !ground.length) {
      suspend.until =
          at +
          ClockTime{static_cast<std::int64_t>((1 + 20 * dice_.unit()) * static_cast<double>(core::kDayMs))};
    }
    return suspend;
  }

  static core::Code last_ground(const core::Dossier& dossier) {
    for (auto one = dossier.suspensions.rbegin(); one != dossier.suspensions.rend(); ++one) {
      if (!one->resumed_at) return one->ground;
    }
    return {};
  }

  // To the close of a day some days later than was promised, or than now.
  core::ReappointDossier reappoint(const Life& life, Instant at) {
    constexpr int kOffset = core::kVietnamOffsetMinutes;
    const Instant from = std::max(life.stored.dossier.promised_at().value_or(at), at);
    const core::Date on = core::local_date(from, kOffset) + static_cast<std::int32_t>(1 + dice_.below(12));
    const core::Agency* competent = definitions_.agency(life.stored.dossier.competent_agency);
    const auto calendar = definitions_.calendar(competent->calendar);
    const auto open = calendar->knows(on) ? calendar->working_day_from(on) : std::nullopt;
    if (open) return {calendar->close_of(*open), {}};
    return {core::midnight(on, kOffset) + ClockTime{17 * 3'600'000}, {}};
  }

  const run::Definitions& definitions_;
  Dice& dice_;
};

}  // namespace motcua::bench
