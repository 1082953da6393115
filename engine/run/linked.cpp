#include "engine/run/linked.h"

#include <algorithm>

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

// The owner has handed them in once; of several of a key the last counts.
std::vector<core::PaperHanded> papers_for(const core::Dossier& asking, const core::Procedure& procedure) {
  std::vector<core::PaperHanded> papers;
  for (const core::PaperDefinition& wanted : procedure.papers) {
    const auto found =
        std::find_if(asking.papers.rbegin(), asking.papers.rend(),
                     [&](const core::PaperRecord& record) { return record.paper.key == wanted.key; });
    if (found == asking.papers.rend()) continue;
    papers.push_back({wanted.key, core::PaperForm::reused, 1, found->paper.digitised});
  }
  return papers;
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
    submit.papers = papers_for(asking, *procedure);
  }
  core::Command command;
  command.body = std::move(submit);
  command.occurred_at = event.occurred_at;
  command.on_behalf_of = event.on_behalf_of;
  return command;
}

core::Command linked_report(const core::Dossier& ended) {
  core::ReportLinked report;
  report.number = ended.linked_from->consultation;
  report.ended_as = ended.state;
  report.outcome = core::Opinion::no_opinion;
  if (ended.state == core::DossierState::settled) {
    report.outcome = ended.results.back().outcome == core::Outcome::granted ? core::Opinion::agreed
                                                                            : core::Opinion::disagreed;
  }
  core::Command command;
  command.body = report;
  command.occurred_at = ended.ended_at;
  return command;
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

void GroupDecider::report_linked(const Definitions& definitions, core::Instant now, store::Write& write) {
  const core::Dossier& ended = write.after;
  if (!ended.linked_from || !ended.ended_at || ended.ended_at == write.before->dossier.ended_at) return;
  store::Wanted want;
  want.dossier = ended.linked_from->dossier;
  auto asking = decided(ended.linked_from->dossier);
  if (!asking) asking = std::move(store_.load(std::span(&want, 1)).front().dossier);
  if (!asking) return;
  core::Command command = linked_report(ended);
  Resolved resolved = resolve_dossier(definitions, asking->dossier, command.body);
  core::Context& context = resolved.context;
  context.now = now;
  context.caller = core::Code("system");
  context.request_id = ended.id;
  store::Write told;
  told.after = asking->dossier;
  told.before = std::move(*asking);
  told.events = core::decide_run_out(told.after, context);
  for (const core::Event& event : told.events) told.after = core::evolve(std::move(told.after), event);
  core::Decision decision = core::decide(told.after, command, context);
  auto& accepted = std::get<core::Accepted>(decision);
  for (core::Event& event : accepted.events) {
    told.after = core::evolve(std::move(told.after), event);
    told.events.push_back(std::move(event));
  }
  stamp(told.events, now);
  write.along.push_back(std::move(told));
}

}  // namespace motcua::run
