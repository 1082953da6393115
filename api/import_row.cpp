#include "api/import_row.h"

#include <algorithm>

#include "api/handlers/command_body.h"
#include "engine/run/words.h"

namespace motcua::api {
namespace {

using enum Presence;
constexpr int kDepthMax = 16;
constexpr std::size_t kRoundsMax = 100;
constexpr std::size_t kResultsMax = 100;
constexpr std::size_t kMissingMax = 200;

core::Code code_or_none(JsonObject& object, std::string_view key, Presence presence = optional) {
  return object.code(key, presence).value_or(core::Code());
}

void read_holder(JsonObject& row, core::OldDossier& old) {
  auto holder = row.object("holder", optional);
  if (!holder) return;
  old.holder_agency = code_or_none(*holder, "agency", required);
  old.holder_unit = code_or_none(*holder, "unit");
  old.holder_officer = code_or_none(*holder, "officer");
  holder->refuse_unknown();
}

void read_rounds(JsonObject& row, core::OldDossier& old) {
  auto rounds = row.array("rounds", optional, kRoundsMax);
  if (!rounds) return;
  for (std::size_t i = 0; i < rounds->size(); ++i) {
    auto given = rounds->object(i);
    if (!given) continue;
    core::SupplementRound round;
    round.asked_at = given->instant("asked_at", required).value_or(core::Instant{});
    round.asked_by = code_or_none(*given, "asked_by");
    if (auto missing = given->array("missing", optional, kMissingMax)) {
      for (std::size_t n = 0; n < missing->size(); ++n) {
        if (const auto key = missing->code(n)) round.missing.push_back(*key);
      }
    }
    round.supplied_at = given->instant("supplied_at", optional);
    round.accepted_at = given->instant("accepted_at", optional);
    round.promise_before = given->instant("promise_before", optional);
    round.promise_after = given->instant("promise_after", optional);
    given->refuse_unknown();
    old.rounds.push_back(std::move(round));
  }
}

void read_results(JsonObject& row, core::OldDossier& old) {
  auto results = row.array("results", optional, kResultsMax);
  if (!results) return;
  for (std::size_t i = 0; i < results->size(); ++i) {
    auto given = results->object(i);
    if (!given) continue;
    core::ResultGiven result;
    result.code = code_or_none(*given, "code", required);
    result.outcome = given->word<core::Outcome>("outcome", required).value_or(core::Outcome::granted);
    result.form = given->word<core::ResultForm>("form", required).value_or(core::ResultForm::paper);
    result.kind = code_or_none(*given, "kind");
    given->refuse_unknown();
    old.results.push_back(std::move(result));
  }
}

void read_instants(JsonObject& row, core::OldDossier& old) {
  old.accepted_at = row.instant("accepted_at", optional);
  old.promised_at = row.instant("promised_at", optional);
  old.settled_at = row.instant("settled_at", optional);
  old.ended_at = row.instant("ended_at", optional);
  old.returned_at = row.instant("returned_at", optional);
}

void read_row(JsonObject& row, const run::Definitions& definitions, core::OldDossier& old,
              CommandInput& typed) {
  old.state = row.word<core::DossierState>("state", required).value_or(core::DossierState::submitted);
  old.code = code_or_none(row, "code");
  old.source = code_or_none(row, "source");
  old.external_ref = code_or_none(row, "external_ref");
  old.procedure = code_or_none(row, "procedure", required);
  old.variant = code_or_none(row, "variant");
  old.channel = row.word<core::Channel>("channel", required).value_or(core::Channel::direct);
  old.receiving_agency = code_or_none(row, "receiving_agency", required);
  old.competent_agency = code_or_none(row, "competent_agency");
  old.delivery = row.word<core::Delivery>("result_delivery", optional).value_or(core::Delivery::direct);
  old.received_at = row.instant("received_at", required).value_or(core::Instant{});
  read_instants(row, old);
  read_holder(row, old);
  old.step = code_or_none(row, "step");
  read_rounds(row, old);
  read_results(row, old);
  const core::Procedure* procedure =
      definitions.procedure(old.procedure, core::local_date(old.received_at, core::kVietnamOffsetMinutes));
  read_old_texts(row, procedure, old, typed);
  row.refuse_unknown();
}

}  // namespace

run::OldRow read_old_row(std::string_view line, std::size_t number, const run::Definitions& definitions,
                         const run::Keyring& keyring) {
  run::OldRow row;
  row.line = number;
  Unreadable why;
  auto body = JsonBody::parse(line, kDepthMax, why);
  if (!body) {
    row.faults.push_back({"#", why.code, why.detail});
    return row;
  }
  auto root = body->root();
  CommandInput typed;
  if (root) read_row(*root, definitions, row.old, typed);
  for (const BodyFault& fault : body->faults())
    row.faults.push_back({fault.pointer, fault.code, fault.detail});
  row.fragments = std::move(typed.fragments);
  row.search_tokens = run::owner_tokens(keyring, typed.searchable);
  return row;
}

}  // namespace motcua::api
