#include "engine/run/linked.h"

#include <algorithm>

#include "engine/core/checklist.h"
#include "engine/run/group.h"
#include "engine/run/owner_loader.h"
#include "engine/run/resolve.h"
#include "engine/run/words.h"

namespace motcua::run {
namespace {

const core::Procedure* linked_procedure(const core::Dossier& asking, const core::Event& event,
                                        const core::AgencyConsulted& asked, const Definitions& definitions) {
  const core::Procedure* own = definitions.procedure_version(asking.procedure, asking.procedure_version);
  return definitions.procedure(own->consultation(asked.consultation)->procedure,
                               core::local_date(event.occurred_at, core::kVietnamOffsetMinutes));
}

// The owner has handed them in once; of several of a key the last counts. Two procedures may call different
// papers alike: one is carried over only where the procedure takes it as reused, and where it counts for the
// one that asks.
std::vector<core::PaperHanded> papers_for(const core::Dossier& asking, const core::Procedure& own,
                                          const core::Procedure& procedure) {
  const std::vector<core::ChecklistItem> checklist = core::checklist_of(asking, own);
  std::vector<core::PaperHanded> papers;
  for (const core::PaperDefinition& wanted : procedure.papers) {
    const auto& forms = wanted.forms;
    if (std::find(forms.begin(), forms.end(), core::PaperForm::reused) == forms.end()) continue;
    const bool useless = std::any_of(
        checklist.begin(), checklist.end(),
        [&](const core::ChecklistItem& item) { return item.paper->key == wanted.key && item.wrong_form; });
    if (useless) continue;
    const auto found =
        std::find_if(asking.papers.rbegin(), asking.papers.rend(),
                     [&](const core::PaperRecord& record) { return record.paper.key == wanted.key; });
    if (found == asking.papers.rend()) continue;
    papers.push_back({wanted.key, core::PaperForm::reused, 1, found->paper.digitised});
  }
  return papers;
}

// What both procedures ask alike. Personal facts are sealed apart, and go nowhere by themselves.
std::vector<core::Fact> facts_for(const core::Dossier& asking, const core::Procedure& own,
                                  const core::Procedure& procedure) {
  std::vector<core::Fact> facts;
  for (const core::FactDefinition& wanted : procedure.facts) {
    const auto defined = std::find_if(own.facts.begin(), own.facts.end(),
                                      [&](const auto& definition) { return definition.key == wanted.key; });
    const auto known = std::find_if(asking.facts.begin(), asking.facts.end(),
                                    [&](const core::Fact& fact) { return fact.key == wanted.key; });
    if (defined == own.facts.end() || known == asking.facts.end()) continue;
    if (wanted.personal || defined->type != wanted.type) continue;
    const auto* word = std::get_if<core::Code>(&known->value);
    const auto& words = wanted.values;
    const bool foreign = word != nullptr && std::find(words.begin(), words.end(), *word) == words.end();
    if (!foreign) facts.push_back(*known);
  }
  return facts;
}

std::size_t place_of(const store::Write& write, const core::Uuid& dossier) {
  std::size_t place = 0;
  for (const store::Write& other : write.along) {
    ++place;
    if (other.after.id == dossier) return place;
  }
  return 0;
}

// The write itself, or one of those along with it, from 1.
store::Write& at_place(store::Write& write, std::size_t place) {
  return place == 0 ? write : write.along[place - 1];
}

core::Command asking_report(const core::Dossier& asking) {
  core::Command command;
  command.body = core::ReportAsking{asking.is_open(), asking.state};
  command.occurred_at = asking.ended_at;
  return command;
}

core::Command linked_report(const core::Dossier& linked, const LinkedAnswer& answer, core::Instant at) {
  core::Command command;
  command.body = core::ReportLinked{linked.linked_from->consultation, answer.outcome, answer.ended_as};
  command.occurred_at = at;
  return command;
}

}  // namespace

core::Command linked_submission(const core::Dossier& asking, const core::Event& event,
                                const core::AgencyConsulted& asked, const Definitions& definitions) {
  core::SubmitDossier submit;
  submit.receiving_agency = asked.agency;
  submit.competent_agency = asked.agency;
  submit.owner_kind = asking.owner_kind;
  submit.delivery = asking.delivery;
  submit.linked_from = {asking.id, asked.number};
  submit.linked_agencies.push_back(asking.competent_agency);
  if (asking.receiving_agency != asking.competent_agency) {
    submit.linked_agencies.push_back(asking.receiving_agency);
  }
  std::erase(submit.linked_agencies, asked.agency);
  if (const core::Procedure* procedure = linked_procedure(asking, event, asked, definitions)) {
    submit.procedure = procedure->code;
    submit.channel = procedure->offers(core::Channel::online) ? core::Channel::online : core::Channel::direct;
    const core::Procedure* own = definitions.procedure_version(asking.procedure, asking.procedure_version);
    submit.papers = papers_for(asking, *own, *procedure);
    submit.facts = facts_for(asking, *own, *procedure);
  }
  core::Command command;
  command.body = std::move(submit);
  command.occurred_at = event.occurred_at;
  command.on_behalf_of = event.on_behalf_of;
  return command;
}

std::optional<LinkedAnswer> linked_answer(const core::Dossier& linked) {
  if (linked.is_open()) return std::nullopt;
  LinkedAnswer answer;
  const bool returned = linked.state == core::DossierState::returned;
  answer.ended_as = returned ? core::DossierState::settled : linked.state;
  for (const core::ResultGiven& result : linked.results) {
    if (linked.change_of(result.code) != nullptr) continue;
    const bool granted = result.outcome == core::Outcome::granted;
    answer.outcome = granted ? core::Opinion::agreed : core::Opinion::disagreed;
  }
  return answer;
}

core::Rejection as_consultation(core::Rejection rejection) {
  for (core::Rejection::Fault& fault : rejection.faults) {
    fault.pointer = fault.pointer.ends_with("_agency") ? "#/agency" : "#/consultation";
  }
  return rejection;
}

std::optional<Fragment> GroupDecider::owner_of(const core::Dossier& dossier,
                                               std::span<const store::Write> group) {
  const core::TextRef* ref = dossier.text(core::TextRecord::owner);
  if (ref == nullptr) return std::nullopt;
  std::string sealed;
  for (const store::Write& write : group) {
    if (write.after.id == dossier.id && write.sealed_version == ref->version) sealed = write.sealed;
  }
  if (sealed.empty()) sealed = store_.reader()->sealed(store::Scope::everything(), dossier.id, ref->version);
  const auto fragments = unseal(keyring_, dossier.id, ref->version, sealed);
  if (!fragments) return std::nullopt;
  for (const Fragment& fragment : *fragments) {
    if (fragment.record == core::TextRecord::owner) return fragment;
  }
  return std::nullopt;
}

std::optional<core::Rejection> GroupDecider::open_linked(
    const Definitions& definitions, const core::Dossier& asking, const core::Context& asked_in,
    std::span<const core::Event> events, std::span<const store::Write> group, store::Write& write) {
  const auto* asked = events.empty() ? nullptr : std::get_if<core::AgencyConsulted>(&events.back().body);
  if (asked == nullptr || !asked->linked) return std::nullopt;
  core::Command command = linked_submission(asking, events.back(), *asked, definitions);
  const auto owner = owner_of(asking, group);
  if (!owner) {
    return core::Rejection{core::Rejection::Kind::conflict,
                           "owner_unreadable",
                           "Expected an owner for whom a dossier can be opened, but nothing is known of them",
                           {}};
  }
  Resolved resolved =
      resolve_submission(definitions, std::get<core::SubmitDossier>(command.body), events.back().occurred_at);
  core::Context& context = resolved.context;
  context.now = asked_in.now;
  context.fresh_id = *asked->linked;
  context.caller = asked_in.caller;
  context.request_id = asked_in.request_id;
  store::Write opened;
  store::CounterMove number;
  if (context.rules != nullptr && context.competent != nullptr) number = next_number(context, command);
  context.next_number = number.to;
  command.texts.push_back(text_ref(keyring_, context.fresh_id, 1, *owner));
  core::Decision decision = core::decide(core::Dossier{}, command, context);
  if (auto* rejection = std::get_if<core::Rejection>(&decision))
    return as_consultation(std::move(*rejection));
  auto& accepted = std::get<core::Accepted>(decision);
  stamp(accepted.events, context.now);
  for (const core::Event& event : accepted.events) {
    opened.after = core::evolve(std::move(opened.after), event);
  }
  if (accepted.took_number) {
    counters_[number.key] = number.to;
    opened.counter = std::move(number);
  }
  opened.events = std::move(accepted.events);
  opened.sealed = seal(keyring_, context.fresh_id, 1, std::span(&*owner, 1));
  opened.sealed_version = 1;
  opened.search_tokens = owner_tokens(keyring_, searched_texts(*owner));
  write.along.push_back(std::move(opened));
  return std::nullopt;
}

// Each write is looked at once: its own end and answer, and what ran out on a dossier that is told of it.
// What is told changes neither of those of whom it is told to.
void GroupDecider::tell_links(const Definitions& definitions, core::Instant now, store::Write& write) {
  const std::size_t opened = write.along.size();
  tell_asking(definitions, now, write, 0);
  tell_asked(definitions, now, write, 0);
  for (std::size_t place = opened + 1; place <= write.along.size(); ++place) {
    tell_asking(definitions, now, write, place);
    tell_asked(definitions, now, write, place);
  }
  if (write.outcome && write.outcome->dossier == write.after.id) write.outcome->version = write.after.version;
}

void GroupDecider::tell_asking(const Definitions& definitions, core::Instant now, store::Write& write,
                               std::size_t place) {
  const store::Write& one = at_place(write, place);
  if (!one.before || !one.after.linked_from || one.events.empty()) return;
  const core::Dossier& before = one.before->dossier;
  const auto answer = linked_answer(one.after);
  if (!answer || answer == linked_answer(before)) return;
  // An answer that was given before changes when its result does.
  const bool ends = one.after.ended_at != before.ended_at;
  const core::Instant at = ends ? *one.after.ended_at : one.events.back().occurred_at;
  tell(definitions, now, write, one.after.linked_from->dossier, linked_report(one.after, *answer, at),
       one.after.id);
}

void GroupDecider::tell_asked(const Definitions& definitions, core::Instant now, store::Write& write,
                              std::size_t place) {
  const store::Write& one = at_place(write, place);
  if (!one.before || one.after.is_open() == one.before->dossier.is_open()) return;
  const core::Uuid asking = one.after.id;
  const core::Command command = asking_report(one.after);
  std::vector<core::Uuid> asked;
  for (const core::Consultation& consultation : one.after.consultations) {
    if (consultation.linked && !consultation.ended_as) asked.push_back(*consultation.linked);
  }
  for (const core::Uuid& dossier : asked) tell(definitions, now, write, dossier, command, asking);
}

void GroupDecider::tell(const Definitions& definitions, core::Instant now, store::Write& write,
                        core::Uuid dossier, const core::Command& command, core::Uuid cause) {
  std::size_t place = place_of(write, dossier);
  const bool known = place > 0 || write.after.id == dossier;
  if (!known) {
    store::Wanted want;
    want.dossier = dossier;
    auto stored = decided(dossier);
    if (!stored) stored = std::move(store_.load(std::span(&want, 1)).front().dossier);
    if (!stored) return;
    store::Write& told = write.along.emplace_back();
    told.after = stored->dossier;
    told.before = std::move(*stored);
    place = write.along.size();
  }
  store::Write& told = at_place(write, place);
  Resolved resolved = resolve_dossier(definitions, told.after, command.body);
  core::Context& context = resolved.context;
  context.now = now;
  context.caller = core::Code("system");
  context.request_id = cause;
  std::vector<core::Event> events;
  const auto take = [&](std::vector<core::Event> more) {
    for (core::Event& event : more) {
      told.after = core::evolve(std::move(told.after), event);
      events.push_back(std::move(event));
    }
  };
  if (!known) take(core::decide_run_out(told.after, context));
  // Who is over by now is told nothing more.
  core::Decision decision = core::decide(told.after, command, context);
  if (auto* accepted = std::get_if<core::Accepted>(&decision)) take(std::move(accepted->events));
  stamp(events, now);
  for (core::Event& event : events) told.events.push_back(std::move(event));
  if (told.events.empty()) write.along.pop_back();
}

}  // namespace motcua::run
