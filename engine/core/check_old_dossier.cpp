#include <algorithm>
#include <set>

#include "engine/core/take_over.h"

namespace motcua::core {
namespace {

using enum DossierState;

bool one_of(DossierState state, std::initializer_list<DossierState> states) {
  return std::find(states.begin(), states.end(), state) != states.end();
}

class OldDossierCheck {
 public:
  OldDossierCheck(const OldDossier& old, const Context& context) : old_(old), context_(context) {}

  Faults run() {
    check_filing();
    check_instants();
    check_order();
    check_rounds();
    if (context_.procedure != nullptr) check_place();
    return std::move(faults_);
  }

 private:
  void fault(std::string pointer, std::string_view code, std::string_view what, std::string_view but) {
    faults_.push_back({std::move(pointer), std::string(code), expected(what, but)});
  }

  // All that a submission of then would have been refused for.
  void check_filing() {
    SubmitDossier submit;
    submit.procedure = old_.procedure;
    submit.variant = old_.variant;
    submit.channel = old_.channel;
    submit.code = old_.code;
    submit.source = old_.source;
    submit.external_ref = old_.external_ref;
    submit.papers = old_.papers;
    submit.facts = old_.facts;
    if (auto rejection = check_submission(submit, old_.received_at, context_)) {
      faults_ = std::move(rejection->faults);
    }
    if (old_.code.empty() && old_.accepted_at) {
      fault("#/code", "missing_field", "the code of a dossier that was accepted", "it is absent");
    } else if (old_.code.empty() && old_.external_ref.empty()) {
      fault("#/code", "missing_field", "a code, or source and external_ref", "both are absent");
    }
  }

  enum class Wanted { required, optional, never };
  void check_member(const char* name, const std::optional<Instant>& at, Wanted wanted) {
    const std::string pointer = std::string("#/") + name;
    if (!at && wanted == Wanted::required) {
      fault(pointer, "missing_field", "the instant that the state demands", "it is absent");
    } else if (at && wanted == Wanted::never) {
      fault(pointer, "unknown_field", "no such instant in this state", "it is given");
    }
  }

  void check_instants() {
    const bool done = one_of(old_.state, {settled, returned});
    const Wanted accepted_wanted = done || one_of(old_.state, {accepted, processing}) ? Wanted::required
                                   : one_of(old_.state, {submitted, refused})         ? Wanted::never
                                                                                      : Wanted::optional;
    check_member("accepted_at", old_.accepted_at, accepted_wanted);
    check_member("settled_at", old_.settled_at, done ? Wanted::required : Wanted::never);
    check_member("returned_at", old_.returned_at, old_.state == returned ? Wanted::required : Wanted::never);
    const bool over = one_of(old_.state, {refused, withdrawn, stopped});
    check_member("ended_at", old_.ended_at, over ? Wanted::required : Wanted::never);
    if (old_.promised_at && !old_.accepted_at) {
      fault("#/promised_at", "unknown_field", "a promise of an accepted dossier", "it was never accepted");
    }
    if (!old_.results.empty() && !done) {
      fault("#/results", "unknown_field", "results of a settled dossier", "it is not settled");
    }
  }

  // Each instant lies at or after the one before it, and none after now.
  void check_order() {
    Instant last = old_.received_at;
    const auto next = [&](const char* name, const std::optional<Instant>& at) {
      if (at) step(std::string("#/") + name, *at, last);
    };
    if (old_.received_at > context_.now) {
      fault("#/received_at", "future_instant", "an instant that has passed", "it lies in the future");
    }
    next("accepted_at", old_.accepted_at);
    next("settled_at", old_.settled_at);
    next("ended_at", old_.ended_at);
    next("returned_at", old_.returned_at);
    if (old_.promised_at && old_.accepted_at && *old_.promised_at < *old_.accepted_at) {
      fault("#/promised_at", "before_last_event", "a promise after acceptance", "it lies before it");
    }
  }

  void step(std::string pointer, Instant at, Instant& last) {
    if (at > context_.now) {
      fault(std::move(pointer), "future_instant", "an instant that has passed", "it lies in the future");
    } else if (at < last) {
      fault(std::move(pointer), "before_last_event", "an instant after the act before", "it lies before it");
    }
    last = std::max(last, at);
  }

  void check_rounds() {
    const bool waits = old_.state == awaiting_supplement;
    const bool may_be_open = waits || one_of(old_.state, {refused, withdrawn, stopped});
    if (waits && (old_.rounds.empty() || old_.rounds.back().accepted_at)) {
      fault("#/rounds", "missing_field", "the round that is awaited", "none is open");
    }
    Instant last = old_.received_at;
    for (std::size_t i = 0; i < old_.rounds.size(); ++i) {
      const SupplementRound& round = old_.rounds[i];
      const std::string pointer = "#/rounds/" + std::to_string(i);
      const bool first_of_acceptance = old_.accepted_at && last < *old_.accepted_at;
      if (first_of_acceptance && round.asked_at >= *old_.accepted_at) last = *old_.accepted_at;
      step(pointer + "/asked_at", round.asked_at, last);
      if (round.supplied_at) step(pointer + "/supplied_at", *round.supplied_at, last);
      if (round.accepted_at) step(pointer + "/accepted_at", *round.accepted_at, last);
      const bool crosses = old_.accepted_at && round.asked_at < *old_.accepted_at &&
                           (!round.supplied_at || *round.supplied_at > *old_.accepted_at);
      const bool last_one = i + 1 == old_.rounds.size();
      if (round.accepted_at && !round.supplied_at) {
        fault(pointer + "/supplied_at", "missing_field", "when it was supplied", "only its end is given");
      } else if (crosses) {
        fault(pointer + "/supplied_at", "before_last_event", "a supplement before acceptance",
              "the dossier was accepted without it");
      } else if (!round.accepted_at && !(last_one && may_be_open)) {
        fault(pointer + "/accepted_at", "missing_field", "the end of a round that is over", "it is absent");
      }
      if (context_.procedure == nullptr) continue;
      for (std::size_t n = 0; n < round.missing.size(); ++n) {
        check_paper(*context_.procedure, round.missing[n], pointer + "/missing/" + std::to_string(n),
                    faults_);
      }
    }
    const auto over = old_.settled_at ? old_.settled_at : old_.ended_at;
    if (over && !old_.rounds.empty() && last > *over) {
      fault(old_.settled_at ? "#/settled_at" : "#/ended_at", "before_last_event",
            "an end after the last round", "it lies before it");
    }
  }

  // Who has it, and where it stands.
  void check_place() {
    const auto& steps = context_.procedure->steps;
    const bool known =
        old_.step.empty() || std::any_of(steps.begin(), steps.end(),
                                         [&](const StepDefinition& one) { return one.key == old_.step; });
    if (!known) fault("#/step", "unknown_step", "a step of the procedure", "it has none of this key");
    const auto& kinds = context_.procedure->results;
    std::set<Code> codes;
    for (std::size_t i = 0; i < old_.results.size(); ++i) {
      if (!codes.insert(old_.results[i].code).second) {
        fault("#/results/" + std::to_string(i) + "/code", "duplicate_item", "each result once",
              "this code is repeated");
      }
      const Code& kind = old_.results[i].kind;
      const bool listed =
          kind.empty() || std::any_of(kinds.begin(), kinds.end(),
                                      [&](const ResultDefinition& one) { return one.code == kind; });
      if (!listed) {
        fault("#/results/" + std::to_string(i) + "/kind", "unknown_result", "a result of the procedure",
              "it lists none of this code");
      }
    }
    if (old_.holder_agency.empty()) return;
    if (context_.target == nullptr) {
      fault("#/holder/agency", "unknown_agency", "the code of an agency", "there is none of this code");
      return;
    }
    const Agency& holder = *context_.target;
    const bool has_unit = old_.holder_unit.empty() ||
                          std::any_of(holder.units.begin(), holder.units.end(),
                                      [&](const auto& unit) { return unit.key == old_.holder_unit; });
    if (!has_unit) fault("#/holder/unit", "unknown_unit", "a unit of the agency", "it has none of this key");
    if (!old_.holder_officer.empty() && holder.officer(old_.holder_officer) == nullptr) {
      fault("#/holder/officer", "unknown_officer", "an officer of the agency", "it has none of this id");
    }
  }

  const OldDossier& old_;
  const Context& context_;
  Faults faults_;
};

}  // namespace

Faults check_old_dossier(const OldDossier& old, const Context& context) {
  return OldDossierCheck(old, context).run();
}

}  // namespace motcua::core
