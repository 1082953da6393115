#include "engine/run/courier.h"

#include <algorithm>
#include <future>
#include <utility>

namespace motcua::run {
namespace {

using CourierTime = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kLook{50};  // how often it looks whether there is anything new
constexpr std::chrono::milliseconds kPace{
    50};                                  // between two rounds: what comes meanwhile shares a transaction
constexpr std::chrono::seconds kRest{1};  // after a write that was refused
constexpr std::chrono::seconds kPruneEvery{10};
constexpr int kEventsOfRound = 256;          // deliveries made in one transaction
constexpr std::int64_t kPlacesAhead = 1000;  // events without a delivery that need no write

}  // namespace

Courier::Courier(store::Store& store, Engine& engine, Clock& clock, Clock& wall, const Keyring& keyring,
                 CourierOptions options, Send send, WriteBody write_body, Report report)
    : store_(store),
      engine_(engine),
      clock_(clock),
      wall_(wall),
      keyring_(keyring),
      options_(options),
      send_(std::move(send)),
      write_body_(std::move(write_body)),
      report_(std::move(report)) {
  note_.rules = options_.rules;
  thread_ = std::thread([this] { loop(); });
}

Courier::~Courier() { stop(); }

void Courier::wake() {
  const std::lock_guard lock(inbox_->mutex);
  inbox_->woken = true;
  inbox_->wake.notify_one();
}

void Courier::stop() {
  {
    const std::lock_guard lock(inbox_->mutex);
    inbox_->stopping = true;
    inbox_->wake.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void Courier::loop() {
  while (true) {
    bool failed = false;
    try {
      work();
    } catch (const std::exception& error) {
      report_({}, error.what());
      failed = true;
    }
    std::unique_lock lock(inbox_->mutex);
    const auto stopping = [this] { return inbox_->stopping; };
    if (inbox_->wake.wait_for(lock, failed ? CourierTime::duration(kRest) : kPace, stopping)) return;
    if (again_ || failed) continue;
    lock.unlock();
    wait();
  }
}

// Until there is something to do, or nothing more is to be done.
void Courier::wait() {
  std::unique_lock lock(inbox_->mutex);
  const auto called = [this] { return inbox_->stopping || inbox_->woken || !inbox_->ended.empty(); };
  while (!inbox_->wake.wait_for(lock, kLook, called)) {
    if (idle_) continue;
    if (engine_.metrics().committed.load(std::memory_order_relaxed) != committed_) return;
    if (next_due_ && clock_.now() >= *next_due_) return;
    const auto now = CourierTime::now();
    const auto is_over = [now](const auto& rest) { return rest.second <= now; };
    if (now >= prune_at_ || std::any_of(rests_until_.begin(), rests_until_.end(), is_over)) return;
  }
}

void Courier::work() {
  again_ = false;
  committed_ = engine_.metrics().committed.load(std::memory_order_relaxed);
  {
    const std::lock_guard lock(inbox_->mutex);
    if (std::exchange(inbox_->woken, false)) prune_at_ = {};  // the clock may have moved by days
    for (AttemptEnded& one : inbox_->ended) note_.ended.push_back(std::move(one));
    inbox_->ended.clear();
  }
  Webhooks webhooks = store_.webhooks().all();
  forget_removed(webhooks);
  note_pruning();
  idle_ = webhooks.empty() && !note_.prune_before;
  follow(webhooks);
  if (!note_.enqueued.empty() || !note_.ended.empty() || note_.prune_before) {
    if (!write_note()) throw std::runtime_error("the engine took no note of deliveries");
    webhooks = store_.webhooks().all();
  }
  dispatch(webhooks);
  next_due_ = store_.webhooks().next_due(clock_.now());
}

void Courier::note_pruning() {
  const auto now = CourierTime::now();
  if (now < prune_at_ || note_.prune_before) return;
  const core::Instant before = clock_.now() - options_.ledger_kept;
  if (store_.webhooks().to_prune(before)) {
    note_.prune_before = before;  // a slice; what is left comes with the next round
    again_ = true;
  } else {
    prune_at_ = now + kPruneEvery;
  }
}

void Courier::follow(const Webhooks& webhooks) {
  if (webhooks.empty() || !note_.enqueued.empty()) return;
  const auto reader = store_.reader();
  const std::int64_t end = reader->journal_end();
  for (std::size_t i = 0; i < webhooks.size(); ++i) {
    const store::Webhook& webhook = webhooks[(first_ + i) % webhooks.size()];
    std::int64_t& place = places_[webhook.id];
    place = std::max(place, webhook.position);
    const bool follows = webhook.state == store::WebhookState::active && place < end;
    if (!follows || webhook.pending >= options_.backlog || rests(webhook)) continue;
    try {
      follow(webhook, *reader);
    } catch (const std::exception& error) {
      rest(webhook, error);
    }
  }
}

// One subscription that cannot be served holds no other up, and is tried again after a while.
bool Courier::rests(const store::Webhook& webhook) {
  const auto known = rests_until_.find(webhook.id);
  if (known == rests_until_.end()) return false;
  if (CourierTime::now() < known->second) return true;
  rests_until_.erase(known);
  return false;
}

void Courier::rest(const store::Webhook& webhook, const std::exception& why) {
  report_({}, why.what());
  rests_until_[webhook.id] = CourierTime::now() + kRest;
}

// What a removed one has under way still counts, until it ends.
void Courier::forget_removed(const Webhooks& webhooks) {
  const auto is_kept = [&](const core::Uuid& id) {
    return std::any_of(webhooks.begin(), webhooks.end(),
                       [&](const store::Webhook& one) { return one.id == id; });
  };
  std::erase_if(rests_until_, [&](const auto& one) { return !is_kept(one.first); });
  std::erase_if(places_, [&](const auto& one) { return !is_kept(one.first); });
  std::erase_if(under_way_, [&](const auto& one) { return !is_kept(one.first); });
}

void Courier::follow(const store::Webhook& webhook, store::Reader& reader) {
  int taken = 0;
  for (const store::Enqueue& one : note_.enqueued) taken += static_cast<int>(one.deliveries.size());
  if (taken >= kEventsOfRound) {
    again_ = true;
    return;
  }
  const auto scope = options_.scope_of(webhook);
  if (!scope || scope->is_nothing()) return;
  std::int64_t& place = places_[webhook.id];
  const store::JournalPage page =
      reader.journal({*scope, webhook.agency, webhook.types, place, kEventsOfRound - taken});
  again_ = again_ || page.more;
  store::Enqueue made{webhook.key, webhook.position, page.last, {}};
  for (const store::StoredEvent& stored : page.events) {
    const core::Event& event = stored.event;
    store::Delivery& delivery = made.deliveries.emplace_back();
    delivery.event = event.id;
    delivery.type = core::type_of(event.body);
    delivery.time = event.recorded_at;
    delivery.dossier = event.dossier;
    if (const auto found = reader.find(store::Scope::everything(), event.dossier))
      delivery.code = found->dossier.code;
    delivery.version = event.version;
    delivery.queued_at = clock_.now();
  }
  place = page.last;
  if (!made.deliveries.empty() || place - webhook.position > kPlacesAhead)
    note_.enqueued.push_back(std::move(made));
}

// False when it was not written: it stays noted, and is tried again.
bool Courier::write_note() {
  std::promise<NoteAnswer> told;
  engine_.note_deliveries(note_, [&told](NoteAnswer answer) { told.set_value(std::move(answer)); });
  const NoteAnswer answer = told.get_future().get();
  const auto* off = std::get_if<std::vector<TurnedOff>>(&answer.what);
  if (off == nullptr) return false;
  for (const AttemptEnded& one : note_.ended) {
    const auto of = under_way_.find(one.webhook);
    if (of != under_way_.end()) of->second.erase(one.delivery.key);
    --under_way_count_;
    ++metrics_.attempts[static_cast<std::size_t>(one.receipt.outcome)];
  }
  note_ = {};
  note_.rules = options_.rules;
  for (const TurnedOff& one : *off) {
    ++(one.state == store::WebhookState::disabled ? metrics_.disabled : metrics_.given_up);
    report_(one, {});
  }
  return true;
}

void Courier::dispatch(const Webhooks& webhooks) {
  for (std::size_t i = 0; i < webhooks.size(); ++i) {
    const int room = options_.concurrency - under_way_count_;
    if (room <= 0) break;
    const store::Webhook& webhook = webhooks[(first_ + i) % webhooks.size()];
    if (rests(webhook)) continue;
    try {
      dispatch(webhook, room);
    } catch (const std::exception& error) {
      rest(webhook, error);
    }
  }
  if (!webhooks.empty()) first_ = (first_ + 1) % webhooks.size();
}

void Courier::dispatch(const store::Webhook& webhook, int room) {
  const core::Instant now = clock_.now();
  if (webhook.state != store::WebhookState::active || webhook.not_before > now) return;
  std::set<std::int64_t>& under_way = under_way_[webhook.id];
  const int own = static_cast<int>(under_way.size());
  room = std::min(room, (webhook.failing ? 1 : options_.concurrency_each) - own);
  if (room <= 0) return;
  const std::vector<store::Delivery> due = store_.webhooks().due(webhook.key, now, room + own);
  const auto scope = due.empty() ? std::nullopt : options_.scope_of(webhook);
  if (!scope || scope->is_nothing()) return;
  const auto reader = scope->is_everything() ? nullptr : store_.reader();
  for (const store::Delivery& delivery : due) {
    if (room == 0) return;
    if (under_way.contains(delivery.key)) continue;
    if (reader == nullptr || reader->find(*scope, delivery.dossier)) {
      send(webhook, delivery);
    } else {
      withhold(webhook, delivery);
    }
    under_way.insert(delivery.key);
    ++under_way_count_;
    --room;
  }
}

std::vector<WebhookSecret> Courier::secrets_of(const store::Webhook& webhook) {
  std::vector<WebhookSecret> secrets;
  const auto open = [&](std::uint32_t generation, const std::string& sealed) {
    const auto opened = open_secrets(keyring_, webhook.id, generation, sealed);
    if (opened.empty()) throw std::runtime_error("the secret of a subscription cannot be opened");
    secrets.insert(secrets.end(), opened.begin(), opened.end());
  };
  open(webhook.generation, webhook.secret);
  if (!webhook.earlier_secret.empty() && clock_.now() < webhook.earlier_until)
    open(webhook.generation - 1, webhook.earlier_secret);
  return secrets;
}

void Courier::send(const store::Webhook& webhook, const store::Delivery& delivery) {
  Envelope envelope;
  envelope.url = webhook.url;
  envelope.body = write_body_(delivery);
  const std::string id = core::to_string(delivery.event);
  const std::string timestamp = std::to_string(wall_.now().ms / 1000);
  envelope.headers = {
      {"Content-Type", "application/cloudevents+json; charset=utf-8"},
      {"webhook-id", id},
      {"webhook-timestamp", timestamp},
      {"webhook-signature", signatures(secrets_of(webhook), webhook.ed25519, id, timestamp, envelope.body)},
  };
  send_(std::move(envelope), [inbox = inbox_, id = webhook.id, delivery](Receipt receipt) {
    const std::lock_guard lock(inbox->mutex);
    inbox->ended.push_back({id, delivery, receipt});
    inbox->wake.notify_one();
  });
}

// It ends as an attempt does.
void Courier::withhold(const store::Webhook& webhook, const store::Delivery& delivery) {
  const std::lock_guard lock(inbox_->mutex);
  inbox_->ended.push_back({webhook.id, delivery, {store::AttemptOutcome::withheld, 0, std::nullopt, {}}});
}

}  // namespace motcua::run
