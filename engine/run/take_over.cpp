#include "engine/run/take_over.h"

#include <utility>

#include "engine/run/resolve.h"

namespace motcua::run {
namespace {

RowResult refuse(RowResult result, std::string pointer, std::string_view code, std::string detail) {
  result.fate = RowFate::refused;
  result.faults.push_back({std::move(pointer), std::string(code), std::move(detail)});
  return result;
}

// Who has the row's reference or code already.
std::optional<RowResult> found_already(const RowResult& result, const OldRow& row,
                                       const store::Loaded& loaded) {
  const bool same_code = loaded.dossier.has_value();
  const bool own = same_code && (loaded.dossier->dossier.imported_at ||
                                 loaded.dossier->dossier.id == loaded.external_ref_holder);
  if (loaded.external_ref_holder && (!same_code || own)) {
    RowResult known = result;
    known.fate = RowFate::known;
    known.dossier = *loaded.external_ref_holder;
    return known;
  }
  if (own && loaded.dossier->dossier.external_ref == row.old.external_ref &&
      loaded.dossier->dossier.source == row.old.source) {
    RowResult known = result;
    known.fate = RowFate::known;
    known.dossier = loaded.dossier->dossier.id;
    return known;
  }
  if (same_code || loaded.drawn) {
    return refuse(result, "#/code", "code_taken",
                  core::expected("a code of this dossier alone", "another dossier or a block has it"));
  }
  return std::nullopt;
}

}  // namespace

TakeOver::TakeOver(store::Store& store, const Definitions& definitions, Clock& clock, Random& random,
                   const Keyring& keyring)
    : store_(store), definitions_(definitions), clock_(clock), random_(random), keyring_(keyring) {
  run_id_ = random_.uuid_v7(clock_.now());
}

TakeOver::Seen TakeOver::seen_before(const OldRow& row) {
  Seen seen;
  const auto look = [&](std::string key, const char* pointer) {
    const auto [known, first] = seen_.try_emplace(std::move(key), row.line);
    if (!first && seen.line == 0) seen = {known->second, pointer};
  };
  if (!row.old.code.empty()) look(row.old.code.text, "#/code");
  if (!row.old.external_ref.empty()) {
    look(row.old.source.text + ' ' + row.old.external_ref.text, "#/external_ref");
  }
  return seen;
}

TakeOver::Prepared TakeOver::prepare(OldRow& row, const store::Loaded& loaded) {
  Prepared made;
  RowResult& result = made.result;
  result.line = row.line;
  result.code = row.old.code;
  if (!row.faults.empty()) {
    result.faults = std::move(row.faults);
    return made;
  }
  if (const Seen seen = seen_before(row); seen.line > 0) {
    result =
        refuse(result, seen.pointer, "duplicate_item",
               core::expected("each dossier once", "line " + std::to_string(seen.line) + " is the same"));
    return made;
  }
  if (auto already = found_already(result, row, loaded)) {
    result = std::move(*already);
    return made;
  }
  core::SubmitDossier as_filed;
  as_filed.procedure = row.old.procedure;
  as_filed.receiving_agency = row.old.receiving_agency;
  as_filed.competent_agency = row.old.competent_agency;
  Resolved resolved = resolve_submission(definitions_, as_filed, row.old.received_at);
  core::Context& context = resolved.context;
  context.now = clock_.now();
  context.fresh_id = random_.uuid_v7(context.now);
  context.caller = core::Code("import");
  context.request_id = run_id_;
  context.target = definitions_.agency(row.old.holder_agency);
  for (const Fragment& fragment : row.fragments) {
    core::TextRef ref = text_ref(keyring_, context.fresh_id, 1, fragment);
    ref.version = 1;
    row.old.texts.push_back(ref);
  }
  auto judged = core::take_over(row.old, context);
  if (auto* faults = std::get_if<core::Faults>(&judged)) {
    result.faults = std::move(*faults);
    return made;
  }
  auto& taken = std::get<core::TakenOver>(judged);
  taken.event.id = random_.uuid_v7(context.now);
  result.fate = RowFate::imported;
  result.dossier = context.fresh_id;
  result.untimed = taken.untimed;
  result.promised = taken.promised;
  result.recomputed = taken.recomputed;
  result.difference = taken.difference;
  store::Write& write = made.write.emplace();
  write.after = core::evolve(core::Dossier{}, taken.event);
  write.events.push_back(std::move(taken.event));
  for (core::Event& event : taken.after) {
    event.id = random_.uuid_v7(context.now);
    write.after = core::evolve(std::move(write.after), event);
    write.events.push_back(std::move(event));
  }
  const std::optional<core::Instant> runs_out = core::runs_out_at(write.after);
  if (runs_out && *runs_out < context.now) result.wait_over = runs_out;
  if (!row.fragments.empty()) {
    write.sealed = seal(keyring_, context.fresh_id, 1, row.fragments);
    write.sealed_version = 1;
  }
  write.search_tokens = std::move(row.search_tokens);
  return made;
}

std::vector<RowResult> TakeOver::take(std::span<OldRow> rows) {
  std::vector<store::Wanted> wanted(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const core::OldDossier& old = rows[i].old;
    wanted[i].code = old.code;
    if (!old.code.empty()) wanted[i].dossier = old.code;
    if (!old.external_ref.empty()) wanted[i].external_ref = {old.source, old.external_ref};
  }
  const std::vector<store::Loaded> loaded = store_.load(wanted);
  std::vector<RowResult> results;
  std::vector<store::Write> writes;
  std::vector<std::size_t> written;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Prepared made = prepare(rows[i], loaded[i]);
    if (made.write) {
      writes.push_back(std::move(*made.write));
      written.push_back(i);
    }
    results.push_back(std::move(made.result));
  }
  if (writes.empty()) return results;
  const std::vector<store::Committed> committed = store_.commit(writes);
  store_.sync();
  for (std::size_t n = 0; n < committed.size(); ++n) {
    if (committed[n].verdict == store::Verdict::committed) continue;
    RowResult& result = results[written[n]];
    result = refuse(std::move(result), "#/code", "code_taken",
                    core::expected("a code of this dossier alone", "another dossier has it"));
  }
  return results;
}

}  // namespace motcua::run
