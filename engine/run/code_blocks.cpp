#include "engine/run/code_blocks.h"

#include <algorithm>

#include "engine/core/rejecting.h"
#include "engine/core/standing.h"

namespace motcua::run {
namespace {

constexpr int kDrawAttemptsMax = 4;
constexpr int kNumbersTriedMax = 100'000;

store::Outcome outcome_of(const RequestKey& key, core::Instant now, std::uint16_t status,
                          const core::Uuid& block) {
  store::Outcome outcome;
  outcome.key = key.key;
  outcome.fingerprint = key.fingerprint;
  outcome.answered_at = now;
  outcome.status = status;
  outcome.dossier = block;
  return outcome;
}

BlockAnswer reject(core::Rejection rejection) { return Rejected{std::move(rejection)}; }

// What hinders the return of these codes.
std::optional<core::Rejection> hindrance(const store::CodeBlockState& state,
                                         const std::vector<core::Code>& unused) {
  for (std::size_t i = 0; i < unused.size(); ++i) {
    const std::string pointer = "#/unused/" + std::to_string(i);
    const auto known = std::find_if(state.codes.begin(), state.codes.end(),
                                    [&](const store::BlockCode& code) { return code.code == unused[i]; });
    if (known == state.codes.end()) {
      return core::invalid(pointer, "unknown_code",
                           core::expected("a code of the block", "it is none of its codes"));
    }
    if (known->dossier) {
      return core::conflict("code_used", core::expected("unused codes", "a dossier has " + known->code.text));
    }
    if (known->voided) {
      return core::conflict("code_void",
                            core::expected("codes that are free", known->code.text + " is void already"));
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<core::Rejection> misuse_of(const store::DrawnCode& drawn, const store::Scope& scope,
                                         const core::SubmitDossier& submit, core::Instant received_at) {
  const core::Code& competent =
      submit.competent_agency.empty() ? submit.receiving_agency : submit.competent_agency;
  if (competent != drawn.agency || !scope.covers(drawn.agency)) {
    return core::conflict("code_of_other_agency",
                          core::expected("a code of the dossier's competent agency, given by its own key",
                                         "it was drawn for another agency"));
  }
  if (drawn.voided) {
    return core::conflict("code_void", core::expected("a code of an open block", "it was given back"));
  }
  if (core::local_date(received_at, core::kVietnamOffsetMinutes) != drawn.on) {
    return core::invalid(
        "#/code", "code_of_other_day",
        core::expected("a code of the day of receipt", "it was drawn for " + core::format_date(drawn.on)));
  }
  return std::nullopt;
}

std::optional<BlockAnswer> answered_before(store::Store& store, const RequestKey& key) {
  store::Wanted want;
  want.idempotency_key = key.key;
  const auto outcome = store.load(std::span(&want, 1)).front().outcome;
  if (!outcome) return std::nullopt;
  if (outcome->fingerprint != key.fingerprint) return Refused{Refused::Why::key_reused, 0};
  return BlockDone{outcome->dossier, outcome->status, true};
}

std::vector<core::Code> CodeBlockKeeper::free_codes(const DrawOrder& order, const core::Rules& rules,
                                                    core::Instant day, int offset_minutes,
                                                    store::CounterMove& counter) {
  counter.key = core::numbering_key(rules.code_pattern, order.agency, day, offset_minutes);
  store::Wanted want;
  want.counter = counter.key;
  counter.from = store_.load(std::span(&want, 1)).front().counter;
  counter.to = counter.from;
  std::vector<core::Code> codes;
  for (int tried = 0; tried < kNumbersTriedMax && codes.size() < static_cast<std::size_t>(order.codes);) {
    std::vector<store::Wanted> wanted(static_cast<std::size_t>(order.codes) - codes.size());
    for (store::Wanted& one : wanted) {
      ++tried;
      one.code = core::dossier_code(rules.code_pattern, order.agency, day, offset_minutes, ++counter.to);
      one.dossier = one.code;
    }
    // A source may have given some of them to dossiers ahead of the counter.
    const std::vector<store::Loaded> loaded = store_.load(wanted);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (!loaded[i].dossier && !loaded[i].drawn) codes.push_back(std::move(wanted[i].code));
    }
  }
  return codes;
}

BlockAnswer CodeBlockKeeper::keep(const Definitions& definitions, const DrawOrder& order) {
  if (auto before = answered_before(store_, order.key)) return *before;
  const core::Instant now = clock_.now();
  const core::Date today = core::local_date(now, core::kVietnamOffsetMinutes);
  const core::Date on = order.on.value_or(today);
  const core::Agency* agency = definitions.agency(order.agency);
  const core::Rules* rules = definitions.rulebook().at(on);
  core::Faults faults;
  if (agency == nullptr || !agency->exists_on(on)) {
    faults.push_back(
        {"#/agency", "unknown_agency",
         core::expected("an agency that exists on that day",
                        agency == nullptr ? "there is none of this code" : "it " + does_not_exist(*agency))});
  }
  if (on < today || on > today + 1 || rules == nullptr) {
    faults.push_back({"#/on", "out_of_range", core::expected("today or tomorrow", "it is another day")});
  }
  if (!faults.empty()) return reject(core::invalid(std::move(faults)));
  const auto open = store_.reader()->code_blocks({order.agency, on, true, INT64_MAX, order.open_max});
  if (open.size() >= static_cast<std::size_t>(order.open_max)) {
    return reject(core::conflict("too_many_blocks",
                                 core::expected("fewer open blocks of the agency for that day",
                                                "there are " + std::to_string(open.size()) + " already")));
  }
  const int offset = core::kVietnamOffsetMinutes;
  store::CodeBlockDraw draw;
  draw.block.id = random_.uuid_v7(now);
  draw.block.agency = order.agency;
  draw.block.on = on;
  draw.block.drawn_at = now;
  draw.block.drawn_by = order.caller;
  draw.outcome = outcome_of(order.key, now, 201, draw.block.id);
  for (int attempt = 0; attempt < kDrawAttemptsMax; ++attempt) {
    draw.codes = free_codes(order, *rules, core::midnight(on, offset), offset, draw.counter);
    const store::Verdict verdict = store_.draw(draw);
    if (verdict == store::Verdict::committed) return BlockDone{draw.block.id, 201, false};
    if (auto before = answered_before(store_, order.key)) return *before;
  }
  return Refused{Refused::Why::busy, 0};
}

BlockAnswer CodeBlockKeeper::keep(const Definitions&, const ReturnOrder& order) {
  for (int attempt = 0; attempt < kDrawAttemptsMax; ++attempt) {
    if (auto before = answered_before(store_, order.key)) return *before;
    const auto state = store_.reader()->code_block(order.block);
    const bool shown = state && order.scope.covers(state->block.agency);
    if (!shown) return Refused{Refused::Why::not_found, 0};
    if (state->block.returned_at) {
      return reject(core::conflict("code_void", core::expected("an open block", "it was returned before")));
    }
    store::CodeBlockReturn back;
    back.block = order.block;
    if (order.unused) {
      if (auto rejection = hindrance(*state, *order.unused)) return reject(std::move(*rejection));
      back.codes = *order.unused;
    } else {
      for (const store::BlockCode& code : state->codes) {
        if (code.free()) back.codes.push_back(code.code);
      }
    }
    const auto free = std::count_if(state->codes.begin(), state->codes.end(),
                                    [](const store::BlockCode& code) { return code.free(); });
    back.whole = static_cast<std::size_t>(free) == back.codes.size();
    back.at = clock_.now();
    back.outcome = outcome_of(order.key, back.at, 200, order.block);
    if (store_.give_back(back) == store::Verdict::committed) return BlockDone{order.block, 200, false};
  }
  return Refused{Refused::Why::busy, 0};
}

}  // namespace motcua::run
