#include "engine/run/group.h"

// A submission under the reference of its source that a dossier already has: the same one again, or another.
namespace motcua::run {
namespace {

// Whether a submission says again what the first event of a dossier said.
bool same_content(const core::SubmitDossier& submit, const std::vector<core::TextRef>& texts,
                  const core::DossierSubmitted& first) {
  const core::Code variant = submit.variant.empty() ? core::Code("default") : submit.variant;
  const core::Code& competent =
      submit.competent_agency.empty() ? submit.receiving_agency : submit.competent_agency;
  return submit.procedure == first.procedure && variant == first.variant && submit.channel == first.channel &&
         submit.receiving_agency == first.receiving_agency && competent == first.competent_agency &&
         submit.owner_kind == first.owner_kind && submit.delivery == first.delivery &&
         submit.papers == first.papers && submit.facts == first.facts && texts == first.texts;
}

}  // namespace

Answer GroupDecider::repeat(Pending& pending, const core::Uuid& holder, std::vector<store::Write>& writes) {
  const Answer taken = Refused{Refused::Why::external_ref_taken, 0};
  const core::Instant now = clock_.now();
  const auto& submit = std::get<core::SubmitDossier>(pending.order.command.body);
  const auto reader = store_.reader();
  const auto stored = reader->find(store::Scope::everything(), holder);
  const auto first = reader->history(store::Scope::everything(), holder, 0, 1);
  if (!stored || first.empty() || !pending.order.scope.shows(stored->dossier)) {
    return taken;
  }
  std::vector<core::TextRef> texts;
  for (const Fragment& one : pending.order.fragments) texts.push_back(text_ref(keyring_, holder, 1, one));
  // What was taken over from an old system was not filed here.
  const auto* filed = std::get_if<core::DossierSubmitted>(&first.front().event.body);
  if (filed == nullptr || !same_content(submit, texts, *filed)) return taken;
  Answer answer = Repeated{stored->dossier, now};
  store::Write write;
  keep_outcome(pending, now, answer, write);
  if (write.outcome) writes.push_back(std::move(write));
  return answer;
}

}  // namespace motcua::run
