#include "engine/run/group.h"

#include <algorithm>
#include <utility>

#include "engine/run/code_blocks.h"
#include "engine/run/permitted.h"
#include "engine/run/resolve.h"

namespace motcua::run {
namespace {

constexpr int kAttemptsMax = 4;
constexpr std::size_t kCountersMax = 4096;
constexpr int kSkippedMax = 10'000;
constexpr int kEventsAroundMax = 200;
constexpr std::uint32_t kEventsBefore = 20;

// A correction names an event: it is read with its neighbours, few of them corrections or out of order.
std::vector<core::Event> events_around(store::Store& store, const core::Uuid& dossier,
                                       const core::CommandBody& body) {
  const auto* correct = std::get_if<core::CorrectDossier>(&body);
  if (correct == nullptr) return {};
  std::vector<core::Event> events;
  const std::uint32_t after = correct->version <= kEventsBefore ? 0 : correct->version - kEventsBefore - 1;
  for (auto& stored : store.reader()->history(store::Scope::everything(), dossier, after, kEventsAroundMax)) {
    events.push_back(std::move(stored.event));
  }
  return events;
}

// The code with another number, which always stands last.
core::Code numbered(const core::Code& code, std::int64_t number) {
  const std::size_t from = code.text.rfind('-') + 1;
  const std::string digits = std::to_string(number);
  const std::size_t width = code.text.size() - from;
  const std::size_t zeros = width > digits.size() ? width - digits.size() : 0;
  return core::Code(code.text.substr(0, from) + std::string(zeros, '0') + digits);
}

// The write, or one along with it, that took a number; null when none did.
const store::Write* with_counter(const store::Write& write) {
  if (write.counter) return &write;
  for (const store::Write& other : write.along) {
    if (other.counter) return &other;
  }
  return nullptr;
}

Answer refused(Refused::Why why, std::uint32_t version = 0) { return Refused{why, version}; }

}  // namespace

Pending system_order(const core::Uuid& dossier, const core::Uuid& cause) {
  Pending pending;
  pending.order.dossier = dossier;
  pending.order.command.body = core::DeriveClocks{};
  pending.order.scope = store::Scope::everything();
  pending.order.may = store::Scope::everything();
  pending.order.caller = core::Code("system");
  pending.order.request_id = cause;
  return pending;
}

GroupDecider::GroupDecider(store::Store& store, Clock& clock, Random& random, const Keyring& keyring,
                           EngineMetrics& metrics, Ticker& ticker)
    : store_(store), clock_(clock), random_(random), keyring_(keyring), metrics_(metrics), ticker_(ticker) {}

std::vector<Answer> GroupDecider::decide(const Definitions& definitions, std::span<Pending> orders,
                                         Beside& beside) {
  std::vector<Answer> answers(orders.size());
  std::vector<std::size_t> open(orders.size());
  for (std::size_t i = 0; i < open.size(); ++i) open[i] = i;
  for (int attempts = 0; !open.empty() && attempts < kAttemptsMax; ++attempts) {
    if (attempts > 0) metrics_.conflicts_decided_again += open.size();
    attempt(definitions, orders, open, answers, beside);
  }
  for (const std::size_t i : open) answers[i] = refused(Refused::Why::busy);
  return answers;
}

void GroupDecider::attempt(const Definitions& definitions, std::span<Pending> orders,
                           std::vector<std::size_t>& open, std::vector<Answer>& answers, Beside& beside) {
  std::vector<store::Wanted> wanted;
  wanted.reserve(open.size());
  for (const std::size_t i : open) {
    const Order& order = orders[i].order;
    store::Wanted& want = wanted.emplace_back();
    want.dossier = order.dossier;
    if (order.request_key) want.idempotency_key = order.request_key->key;
    const auto* submit = std::get_if<core::SubmitDossier>(&order.command.body);
    if (submit != nullptr && !submit->external_ref.empty()) {
      want.external_ref = {submit->source, submit->external_ref};
    }
    if (submit != nullptr) want.code = submit->code;
  }
  std::vector<store::Loaded> loaded = store_.load(wanted);
  decided_.clear();
  // No write moves while the group is decided: what comes later looks at it.
  std::vector<store::Write> writes;
  writes.reserve(open.size());
  std::vector<Item> items;
  items.reserve(open.size());
  for (std::size_t n = 0; n < open.size(); ++n) {
    Item item = decide_one(definitions, orders[open[n]], std::move(loaded[n]), writes);
    item.index = open[n];
    items.push_back(std::move(item));
  }
  const auto began = std::chrono::steady_clock::now();
  std::vector<store::Committed> committed;
  if (!writes.empty()) {
    committed =
        store_.commit(writes, beside.written ? std::span<const store::WebhookWrite>() : beside.writes);
    beside.written = true;
    metrics_.commit_seconds.add(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    metrics_.group_size.add(static_cast<double>(writes.size()));
  }
  open.clear();
  for (Item& item : items) {
    const store::Verdict verdict = item.write ? committed[*item.write].verdict : store::Verdict::committed;
    switch (verdict) {
      case store::Verdict::committed:
        if (item.write) ticker_.note(writes[*item.write]);
        if (auto* done = std::get_if<Done>(&item.answer); done != nullptr && item.write)
          done->dossier = std::move(writes[*item.write].after);
        answers[item.index] = std::move(item.answer);
        break;
      case store::Verdict::code_taken:
        if (const store::Write* write = with_counter(writes[*item.write])) {
          skip_taken(*write->counter, write->after.code);
          open.push_back(item.index);
        } else {
          answers[item.index] = refused(Refused::Why::code_taken);
        }
        break;
      case store::Verdict::version_conflict:
      case store::Verdict::key_taken:
      case store::Verdict::duplicate:
        counters_.clear();
        open.push_back(item.index);
        break;
    }
  }
}

GroupDecider::Item GroupDecider::decide_one(const Definitions& definitions, Pending& pending,
                                            store::Loaded loaded, std::vector<store::Write>& writes) {
  Item item;
  const std::size_t before = writes.size();
  const Order& order = pending.order;
  if (loaded.outcome) {
    const bool same = same_mac(loaded.outcome->fingerprint, order.request_key->fingerprint);
    item.answer = same ? Answer(Replayed{*loaded.outcome}) : refused(Refused::Why::key_reused);
  } else if (!order.dossier) {
    item.answer = loaded.external_ref_holder ? repeat(pending, *loaded.external_ref_holder, writes)
                                             : submit(definitions, pending, loaded.drawn, writes);
  } else if (!loaded.dossier) {
    item.answer = refused(Refused::Why::not_found);
  } else {
    auto known = decided(loaded.dossier->dossier.id);
    item.answer = change(definitions, pending, std::move(known ? *known : *loaded.dossier), writes);
  }
  if (writes.size() > before) item.write = before;
  return item;
}

std::optional<store::Stored> GroupDecider::decided(const core::Uuid& dossier) const {
  const auto known = decided_.find(dossier);
  if (known == decided_.end()) return std::nullopt;
  const store::Write& write = *known->second;
  return store::Stored{write.before ? write.before->key : 0, write.after, {}};
}

void GroupDecider::note_decided(const store::Write& write) {
  if (!write.events.empty()) decided_[write.after.id] = &write;
  for (const store::Write& other : write.along) note_decided(other);
}

store::CounterMove GroupDecider::next_number(const core::Context& context, const core::Command& command) {
  const core::Instant at = std::min(command.occurred_at.value_or(context.now), context.now);
  store::CounterMove move;
  move.key = core::numbering_key(context.rules->code_pattern, context.competent->code, at,
                                 context.competent_calendar->offset_minutes());
  if (counters_.size() > kCountersMax) counters_.clear();
  auto known = counters_.find(move.key);
  if (known == counters_.end()) {
    store::Wanted want;
    want.counter = move.key;
    known = counters_.emplace(move.key, store_.load(std::span(&want, 1)).front().counter).first;
  }
  move.from = known->second;
  move.to = move.from + 1;
  if (const auto skipped = skipped_.find(move.key); skipped != skipped_.end()) {
    move.to = std::max(move.to, skipped->second);
  }
  return move;
}

void GroupDecider::skip_taken(const store::CounterMove& move, const core::Code& code) {
  counters_.clear();
  if (skipped_.size() > kCountersMax) skipped_.clear();
  std::int64_t free = move.to + 1;
  for (int looked = 0; looked < kSkippedMax; ++looked, ++free) {
    store::Wanted want;
    want.dossier = numbered(code, free);
    if (!store_.load(std::span(&want, 1)).front().dossier) break;
  }
  skipped_[move.key] = free;
}

void GroupDecider::stamp(std::span<core::Event> events, core::Instant now) {
  for (core::Event& event : events) event.id = random_.uuid_v7(now);
}

void GroupDecider::keep_outcome(const Pending& pending, core::Instant now, const Answer& answer,
                                store::Write& write) const {
  if (!pending.order.request_key) return;
  store::Outcome outcome;
  outcome.key = pending.order.request_key->key;
  outcome.fingerprint = pending.order.request_key->fingerprint;
  outcome.answered_at = now;
  if (std::holds_alternative<Done>(answer)) {
    outcome.status = pending.order.dossier ? 200 : 201;
    outcome.dossier = write.after.id;
    outcome.version = write.after.version;
  } else if (const auto* repeated = std::get_if<Repeated>(&answer)) {
    outcome.status = 200;
    outcome.dossier = repeated->dossier.id;
    outcome.version = repeated->dossier.version;
  } else if (const auto* rejected = std::get_if<Rejected>(&answer)) {
    outcome.status = rejected->rejection.kind == core::Rejection::Kind::invalid ? 422 : 409;
    outcome.rejection = core::Code(rejected->rejection.code);
  } else {
    return;
  }
  write.outcome = outcome;
}

Answer GroupDecider::submit(const Definitions& definitions, Pending& pending,
                            const std::optional<store::DrawnCode>& drawn, std::vector<store::Write>& writes) {
  const Order& order = pending.order;
  const auto& submit = std::get<core::SubmitDossier>(order.command.body);
  const core::Instant now = clock_.now();
  // A source whose clock runs ahead a little filed now, not tomorrow under tomorrow's rules.
  const core::Instant received = std::min(order.command.occurred_at.value_or(now), now);
  Resolved resolved = resolve_submission(definitions, submit, received);
  core::Context& context = resolved.context;
  context.now = now;
  context.fresh_id = pending.fresh_id;
  context.caller = order.caller;
  context.request_id = order.request_id;
  const bool complete = context.rules != nullptr && context.competent != nullptr;
  store::CounterMove number;
  if (complete) number = next_number(context, order.command);
  context.next_number = number.to;
  const auto misused = drawn ? misuse_of(*drawn, order.scope, submit, received) : std::nullopt;
  core::Decision decision =
      misused ? core::Decision(*misused) : core::decide(core::Dossier{}, order.command, context);
  store::Write write;
  Answer answer;
  if (auto* rejection = std::get_if<core::Rejection>(&decision)) {
    answer = Rejected{std::move(*rejection)};
    keep_outcome(pending, now, answer, write);
    if (write.outcome) writes.push_back(std::move(write));
    return answer;
  }
  auto& accepted = std::get<core::Accepted>(decision);
  stamp(accepted.events, now);
  for (const core::Event& event : accepted.events) write.after = core::evolve(std::move(write.after), event);
  if (const auto why = forbidden(order, write.after, definitions, today())) return refused(*why);
  if (accepted.took_number) {
    counters_[number.key] = number.to;
    write.counter = std::move(number);
  }
  write.drawn_code = drawn.has_value();
  write.events = std::move(accepted.events);
  write.sealed = pending.sealed;
  write.sealed_version = 1;
  write.search_tokens = order.search_tokens;
  answer = Done{{}, now};
  keep_outcome(pending, now, answer, write);
  ticker_.add_alerts(now, write);
  writes.push_back(std::move(write));
  note_decided(writes.back());
  return answer;
}

Answer GroupDecider::change(const Definitions& definitions, Pending& pending, store::Stored stored,
                            std::vector<store::Write>& writes) {
  Order& order = pending.order;
  // As the orders before it in the group left the dossier: rights hang on who has it and who handled it.
  if (const auto why = forbidden(order, stored.dossier, definitions, today())) return refused(*why);
  const core::Instant now = clock_.now();
  Resolved resolved = resolve_dossier(definitions, stored.dossier, order.command.body);
  core::Context& context = resolved.context;
  context.now = now;
  context.caller = order.caller;
  context.request_id = order.request_id;
  context.reference_elsewhere = reference_elsewhere(order.command.body, stored.dossier, writes);
  if (std::holds_alternative<core::ConsultAgency>(order.command.body)) {
    context.fresh_id = random_.uuid_v7(now);
  }
  const std::vector<core::Event> around = events_around(store_, stored.dossier.id, order.command.body);
  if (const auto* correct = std::get_if<core::CorrectDossier>(&order.command.body)) {
    context.corrected = core::corrected_event(around, correct->version);
  }
  store::Write write;
  write.before = std::move(stored);
  write.after = write.before->dossier;
  // What ran out is decided first, and stands whatever becomes of the command.
  write.events = core::decide_run_out(write.after, context);
  if (!write.events.empty()) ++metrics_.run_out;
  for (const core::Event& event : write.events) write.after = core::evolve(std::move(write.after), event);

  Answer answer;
  if (order.if_match && *order.if_match != write.after.version) {
    answer = refused(Refused::Why::version_mismatch, write.after.version);
  } else {
    store::CounterMove number;
    if (write.after.code.empty()) number = next_number(context, order.command);
    context.next_number = number.to;
    const std::uint32_t version = core::version_of_texts(write.after, order.command);
    order.command.texts.clear();
    for (const Fragment& fragment : order.fragments) {
      order.command.texts.push_back(text_ref(keyring_, write.after.id, version, fragment));
    }
    core::Decision decision = core::decide(write.after, order.command, context);
    if (auto* decided = std::get_if<core::Accepted>(&decision)) {
      auto unopened = open_linked(definitions, write.after, context, decided->events, writes, write);
      if (unopened) decision = std::move(*unopened);
    }
    if (auto* rejection = std::get_if<core::Rejection>(&decision)) {
      answer = Rejected{std::move(*rejection)};
    } else {
      auto& accepted = std::get<core::Accepted>(decision);
      if (accepted.took_number) {
        counters_[number.key] = number.to;
        write.counter = std::move(number);
      }
      for (core::Event& event : accepted.events) {
        write.after = core::evolve(std::move(write.after), event);
        write.events.push_back(std::move(event));
      }
      if (!order.fragments.empty()) {
        write.sealed = seal(keyring_, write.after.id, version, order.fragments);
        write.sealed_version = version;
      }
      write.search_tokens = tokens_of(order, write.after);
      answer = Done{{}, now};
    }
    keep_outcome(pending, now, answer, write);
  }
  if (write.events.empty() && !write.outcome) {
    if (auto* done = std::get_if<Done>(&answer)) done->dossier = std::move(write.after);
    return answer;
  }
  stamp(write.events, now);
  tell_links(definitions, now, write);
  ticker_.add_alerts(now, write);
  if (write.events.empty()) write.before.reset();  // a rejection: only the outcome is kept
  writes.push_back(std::move(write));
  note_decided(writes.back());
  return answer;
}

}  // namespace motcua::run
