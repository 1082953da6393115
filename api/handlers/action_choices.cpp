#include <algorithm>
#include <cassert>
#include <utility>

#include "api/handlers/command_fields.h"
#include "engine/core/checklist.h"
#include "engine/core/fees.h"
#include "engine/core/standing.h"
#include "engine/core/step_asks.h"

namespace motcua::api {
namespace {

using core::Code;

// What is known when a command is to be drawn.
struct Knowing {
  const core::Dossier& dossier;
  const core::Context& context;
  const run::Definitions& definitions;
  const core::Procedure& procedure() const { return *context.procedure; }
};

template <class Named>
std::string name_in(const std::vector<Named>& all, Code Named::*key, const Code& wanted) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.*key == wanted; });
  return found == all.end() ? std::string() : found->name;
}

// The grounds of a list that were not used as often as they may be, and are not in force.
template <class Uses>
FieldChoices grounds_left(const std::vector<core::GroundDefinition>& grounds, const Uses& uses) {
  FieldChoices choices;
  for (const core::GroundDefinition& ground : grounds) {
    int used = 0;
    bool in_force = false;
    for (const auto& use : uses) {
      if (use.ground != ground.ground) continue;
      ++used;
      if constexpr (requires { use.resumed_at; }) in_force = in_force || !use.resumed_at;
    }
    if (used >= ground.times || in_force) continue;
    FieldChoice choice{ground.ground, ground.name, ground.basis};
    choice.length = ground.length;
    choices.known.push_back(std::move(choice));
  }
  return choices;
}

void suspension_grounds(const Knowing& knowing, Field& field) {
  field.choices = grounds_left(knowing.procedure().suspensions, knowing.dossier.suspensions);
}

void extension_grounds(const Knowing& knowing, Field& field) {
  field.choices = grounds_left(knowing.procedure().extensions, knowing.dossier.extensions);
}

void stop_grounds(const Knowing& knowing, Field& field) {
  field.choices = grounds_left(knowing.procedure().stops, std::vector<core::Suspension>());
}

void waiver_grounds(const Knowing& knowing, Field& field) {
  field.choices.emplace();
  if (!knowing.procedure().payment) return;
  for (const core::LegalGround& ground : knowing.procedure().payment->waivers) {
    field.choices->known.push_back({ground.ground, ground.name, ground.basis});
  }
}

// Must be named where several are in force.
void grounds_in_force(const Knowing& knowing, Field& field) {
  field.choices.emplace();
  for (const core::Suspension& one : knowing.dossier.suspensions) {
    if (one.resumed_at) continue;
    field.choices->known.push_back(
        {one.ground, name_in(knowing.procedure().suspensions, &core::GroundDefinition::ground, one.ground)});
  }
  field.required = field.choices->known.size() > 1;
}

struct OpenStep {
  const core::StepDefinition* step;
  Code agency;
};
// The lead one first.
std::vector<OpenStep> open_steps(const Knowing& knowing) {
  std::vector<OpenStep> open;
  const auto add = [&](const Code& key, const Code& agency) {
    if (const auto* step = knowing.procedure().step(key)) open.push_back({step, agency});
  };
  add(knowing.dossier.step, knowing.dossier.holder_agency);
  for (const core::ParallelStep& branch : knowing.dossier.parallel) add(branch.step, branch.agency);
  return open;
}

// For its papers. Whoever names no step means the lead one.
bool waits(const Knowing& knowing, const Code& step) {
  return core::transit_problem(knowing.dossier, knowing.procedure(), step).has_value();
}

std::vector<OpenStep> steps_to_work_on(const Knowing& knowing) {
  std::vector<OpenStep> open = open_steps(knowing);
  std::erase_if(open, [&](const OpenStep& one) { return waits(knowing, one.step->key); });
  return open;
}

FieldChoice choice_of(const OpenStep& open) {
  FieldChoice choice{open.step->key, open.step->name};
  if (!open.agency.empty()) choice.agencies.push_back(open.agency);
  return choice;
}

void steps_to_assign(const Knowing& knowing, Field& field) {
  field.choices.emplace();
  for (const OpenStep& open : steps_to_work_on(knowing)) field.choices->known.push_back(choice_of(open));
  field.required = waits(knowing, knowing.dossier.step);
}

// Where the open steps are done, or who took that place. An agency below one of these may be named, too.
void agencies_to_assign(const Knowing& knowing, Field& field) {
  std::vector<Code> codes;
  for (const OpenStep& open : steps_to_work_on(knowing)) {
    codes.push_back(core::agency_of_step(*open.step, knowing.dossier, knowing.procedure()));
  }
  const core::Date today = core::local_date(knowing.context.now, core::kVietnamOffsetMinutes);
  FieldChoices choices{{}, false};
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const Code code = codes[i];
    const bool again = std::find(codes.begin(), codes.begin() + static_cast<std::ptrdiff_t>(i), code) !=
                       codes.begin() + static_cast<std::ptrdiff_t>(i);
    const core::Agency* agency = again ? nullptr : knowing.definitions.agency(code);
    if (agency == nullptr) continue;
    if (agency->exists_on(today)) {
      choices.known.push_back({code, agency->name});
    } else {
      codes.insert(codes.end(), agency->successors.begin(), agency->successors.end());
    }
  }
  field.choices = std::move(choices);
}

void steps_to_complete(const Knowing& knowing, Field& field) {
  field.choices.emplace();
  field.required = waits(knowing, knowing.dossier.step);
  for (const OpenStep& open : steps_to_work_on(knowing)) {
    FieldChoice choice = choice_of(open);
    core::StepAsks asks = core::asks_of(knowing.context, knowing.dossier, *open.step);
    choice.asks = std::move(asks.asked);
    choice.needs = std::move(asks.needed);
    choice.needs_with = std::move(asks.needed_with);
    field.choices->known.push_back(std::move(choice));
  }
}

// Demands a field for the steps that need it: always when all open ones do.
void demand_for(const std::vector<std::string>& steps, std::size_t open, Field& field) {
  if (steps.empty()) return;
  field.required = steps.size() == open;
  if (!field.required) field.required_when = FieldCondition{"#/step", steps};
}

void facts_needed(const Knowing& knowing, Field& facts) {
  const std::vector<OpenStep> all = steps_to_work_on(knowing);
  std::vector<std::vector<std::string>> needing(facts.fields.size());
  std::vector<std::string> any;
  for (const OpenStep& open : all) {
    const std::vector<Code> needed = core::asks_of(knowing.context, knowing.dossier, *open.step).needed;
    if (!needed.empty()) any.push_back(open.step->key.text);
    for (std::size_t i = 0; i < facts.fields.size(); ++i) {
      if (std::find(needed.begin(), needed.end(), Code(facts.fields[i].name)) != needed.end())
        needing[i].push_back(open.step->key.text);
    }
  }
  for (std::size_t i = 0; i < needing.size(); ++i) demand_for(needing[i], all.size(), facts.fields[i]);
  demand_for(any, all.size(), facts);
}

std::vector<Code> returned_from(const Knowing& knowing, const Code& to) {
  std::vector<Code> from;
  for (const OpenStep& open : open_steps(knowing)) {
    if (core::may_return(knowing.procedure(), knowing.dossier, open.step->key, to))
      from.push_back(open.step->key);
  }
  return from;
}

void steps_to_return(const Knowing& knowing, Field& field) {
  field.choices.emplace();
  const auto& steps = knowing.procedure().steps;
  for (const OpenStep& open : open_steps(knowing)) {
    const bool may = std::any_of(steps.begin(), steps.end(), [&](const core::StepDefinition& to) {
      return core::may_return(knowing.procedure(), knowing.dossier, open.step->key, to.key);
    });
    if (may) field.choices->known.push_back(choice_of(open));
    if (!may && open.step->key == knowing.dossier.step) field.required = true;
  }
}

void steps_to_return_to(const Knowing& knowing, Field& field) {
  field.choices.emplace();
  for (const core::StepDefinition& step : knowing.procedure().steps) {
    FieldChoice choice{step.key, step.name};
    choice.from = returned_from(knowing, step.key);
    if (!choice.from.empty()) field.choices->known.push_back(std::move(choice));
  }
}

// Whether the agency may be asked for that opinion today, and does not owe it already.
const core::Agency* consultable(const Knowing& knowing, const Code& kind, const Code& code) {
  for (const core::Consultation& asked : knowing.dossier.consultations) {
    if (!asked.answered_at && asked.agency == code && asked.kind == kind) return nullptr;
  }
  const core::Agency* agency = knowing.definitions.agency(code);
  const core::Date today = core::local_date(knowing.context.now, core::kVietnamOffsetMinutes);
  const bool may = agency != nullptr && agency->exists_on(today) && code != knowing.dossier.competent_agency;
  return may ? agency : nullptr;
}

// Where the agencies are named, and none of them can be asked now, the kind is none that may be asked.
void consultation_kinds(const Knowing& knowing, Field& field) {
  field.choices.emplace();
  for (const core::ConsultationDefinition& one : knowing.procedure().consultations) {
    FieldChoice choice{one.key, one.name, one.basis};
    choice.length = one.budget;
    choice.level = one.level;
    for (const Code& agency : one.agencies) {
      if (consultable(knowing, one.key, agency) != nullptr) choice.agencies.push_back(agency);
    }
    if (one.agencies.empty() || !choice.agencies.empty()) field.choices->known.push_back(std::move(choice));
  }
}

// Those that the procedure names; without a consultation of it, or by its level, others may be asked, too.
void agencies_to_consult(const Knowing& knowing, Field& field) {
  FieldChoices choices{{}, false};
  for (const core::ConsultationDefinition& one : knowing.procedure().consultations) {
    for (const Code& code : one.agencies) {
      const core::Agency* agency = consultable(knowing, one.key, code);
      const bool listed = std::any_of(choices.known.begin(), choices.known.end(),
                                      [&](const FieldChoice& c) { return std::get<Code>(c.value) == code; });
      if (agency != nullptr && !listed) choices.known.push_back({code, agency->name});
    }
  }
  field.choices = std::move(choices);
}

void answers_awaited(const Knowing& knowing, Field& field) {
  field.choices.emplace();
  std::int64_t number = 0;
  for (const core::Consultation& asked : knowing.dossier.consultations) {
    ++number;
    if (asked.answered_at || asked.linked) continue;
    FieldChoice choice{
        number, name_in(knowing.procedure().consultations, &core::ConsultationDefinition::key, asked.kind)};
    choice.agencies.push_back(asked.agency);
    field.choices->known.push_back(std::move(choice));
  }
}

// The papers of the variant; without a list in the procedure any key is taken.
std::optional<FieldChoices> papers_of(const Knowing& knowing, bool missing_only) {
  if (knowing.procedure().papers.empty()) return std::nullopt;
  std::vector<Code> asked;
  const auto& rounds = knowing.dossier.rounds;
  if (!rounds.empty() && !rounds.back().supplied_at) asked = rounds.back().missing;
  FieldChoices choices;
  const auto items = core::checklist_of(knowing.dossier, knowing.procedure());
  for (const core::ChecklistItem& item : items) {
    FieldChoice choice{item.paper->key, item.paper->name};
    choice.missing = item.missing() || std::find(asked.begin(), asked.end(), item.paper->key) != asked.end();
    if (choice.missing || !missing_only) choices.known.push_back(std::move(choice));
  }
  choices.only = choices.known.size() == knowing.procedure().papers.size();
  return choices;
}

void paper_keys(const Knowing& knowing, Field& field) { field.choices = papers_of(knowing, false); }

void papers_missing(const Knowing& knowing, Field& field) { field.choices = papers_of(knowing, true); }

void fees_to_ask(const Knowing& knowing, Field& field) {
  field.choices.emplace();
  for (const core::PaymentItem& item : core::fees_left(knowing.procedure(), knowing.dossier)) {
    FieldChoice choice{item.key, name_in(knowing.procedure().fees, &core::FeeDefinition::key, item.key)};
    choice.amount_vnd = item.amount_vnd;
    field.choices->known.push_back(std::move(choice));
  }
}

void amount_to_pay(const Knowing& knowing, Field& field) {
  field.choices.emplace();
  if (const auto* open = knowing.dossier.open_payment()) field.choices->known.push_back({open->amount_vnd()});
}

void amount_to_refund(const Knowing& knowing, Field& field) {
  FieldChoice owed{std::int64_t{0}};
  for (const core::PaymentRecord& record : knowing.dossier.payments) {
    if (!record.owes_refund()) continue;
    std::get<std::int64_t>(owed.value) += record.amount_vnd();
    owed.references.push_back(record.reference);
  }
  field.choices = FieldChoices{{std::move(owed)}};
}

void result_kinds(const Knowing& knowing, Field& field) {
  field.choices.emplace();
  for (const core::ResultDefinition& kind : knowing.procedure().results)
    field.choices->known.push_back({kind.code, kind.name});
}

// Whatever is denied may be denied now.
void outcomes(const Knowing& knowing, Field& field) {
  const auto problem = core::grant_problem(knowing.dossier, knowing.context);
  if (!problem) return;
  const std::string& detail = problem->faults.empty() ? problem->detail : problem->faults.front().detail;
  const std::string granted(core::word_of(core::Outcome::granted));
  std::erase(field.words, granted);
  field.withheld.push_back({granted, problem->code, detail});
}

// Instead of a result one may be granted where that may be given, or where one was granted already.
void outcomes_instead(const Knowing& knowing, Field& field) {
  const auto& results = knowing.dossier.results;
  const bool granted = std::any_of(results.begin(), results.end(), [&](const core::ResultGiven& one) {
    return one.outcome == core::Outcome::granted && knowing.dossier.change_of(one.code) == nullptr;
  });
  if (!granted) outcomes(knowing, field);
}

void results_standing(const Knowing& knowing, Field& field) {
  field.choices.emplace();
  for (const core::ResultGiven& result : knowing.dossier.results) {
    if (knowing.dossier.change_of(result.code) != nullptr) continue;
    field.choices->known.push_back(
        {result.code, name_in(knowing.procedure().results, &core::ResultDefinition::code, result.kind)});
  }
}

void responsible_units(const Knowing& knowing, Field& field) {
  field.choices.emplace();
  if (knowing.context.competent == nullptr) return;
  for (const core::AgencyUnit& unit : knowing.context.competent->units)
    field.choices->known.push_back({unit.key, unit.name});
}

struct ChoiceRow {
  std::string_view command;
  std::string_view field;  // "papers/key": of each item
  void (*tell)(const Knowing& knowing, Field& field);
};
constexpr ChoiceRow kChoiceRows[] = {
    {"request-supplement", "missing/", paper_keys},
    {"supplement", "papers/key", papers_missing},
    {"adjust", "papers/key", paper_keys},
    {"assign", "step", steps_to_assign},
    {"assign", "agency", agencies_to_assign},
    {"complete-step", "step", steps_to_complete},
    {"complete-step", "facts", facts_needed},
    {"return-step", "step", steps_to_return},
    {"return-step", "to", steps_to_return_to},
    {"consult", "consultation", consultation_kinds},
    {"consult", "agency", agencies_to_consult},
    {"answer-consultation", "number", answers_awaited},
    {"suspend", "ground", suspension_grounds},
    {"resume", "ground", grounds_in_force},
    {"extend", "ground", extension_grounds},
    {"stop", "ground", stop_grounds},
    {"reappoint", "unit", responsible_units},
    {"request-payment", "items/", fees_to_ask},
    {"confirm-payment", "amount_vnd", amount_to_pay},
    {"waive-payment", "ground", waiver_grounds},
    {"confirm-refund", "amount_vnd", amount_to_refund},
    {"settle", "outcome", outcomes},
    {"settle", "result_kind", result_kinds},
    {"replace-result", "result", results_standing},
    {"replace-result", "outcome", outcomes_instead},
    {"replace-result", "result_kind", result_kinds},
    {"annul-result", "result", results_standing},
};

}  // namespace

void add_choices(std::string_view word, const core::Dossier& dossier, const core::Context& context,
                 const run::Definitions& definitions, std::vector<Field>& fields) {
  const Knowing knowing{dossier, context, definitions};
  const core::ChannelTerm* term = context.procedure->term(dossier.channel, dossier.variant);
  const bool timed = term != nullptr && term->promised().unit != core::LimitUnit::unspecified;
  // Where the procedure states the limit, the counter promises nothing of its own, with or without a reason.
  if (timed && word == "accept")
    std::erase_if(fields, [](const Field& field) { return field.name != "on_behalf_of"; });
  for (const ChoiceRow& row : kChoiceRows) {
    if (row.command != word) continue;
    Field* field = find_field(fields, row.field);
    assert(field != nullptr);  // a test asks for every command
    row.tell(knowing, *field);
  }
}

}  // namespace motcua::api
