#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/run/webhook_keeper.h"
#include "engine/run/webhook_secret.h"

namespace motcua::run {

// One attempt on its way to a receiver.
struct Envelope {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct CourierOptions {
  WebhookRules rules;
  int concurrency = 128;     // attempts under way at once
  int concurrency_each = 8;  // of one subscription; one while its receiver fails
  int backlog =
      10'000;  // deliveries that one subscription has waiting; beyond, its place in the journal waits
  core::ClockTime ledger_kept{30 * core::kDayMs};
  // What the maker of a subscription sees now: what waits and is no longer of it is withheld. Nothing while
  // it may keep none: then nothing is sent, and its place in the journal waits.
  std::function<std::optional<store::Scope>(const store::Webhook&)> scope_of =
      [](const store::Webhook& webhook) { return std::optional(webhook.scope); };
};

// Since the process started.
struct CourierMetrics {
  std::array<std::atomic<std::uint64_t>, store::kAttemptOutcomes> attempts{};
  std::atomic<std::uint64_t> disabled = 0;
  std::atomic<std::uint64_t> given_up = 0;
};

// Brings events to subscriptions: follows the journal for each from the place it was read up to, makes the
// deliveries, and sends those whose turn it is, one at a time per subscription and dossier. What is under way
// is known in memory only, and written when it ended: a process that is killed sends it again, with the same
// id. All writes go through the engine, in few and bounded transactions.
class Courier {
 public:
  // Sends, and calls `done` once, from any thread, unless it is destroyed before.
  using Send = std::function<void(Envelope, std::function<void(Receipt)> done)>;
  // The body of a delivery: the same for each attempt.
  using WriteBody = std::function<std::string(const store::Delivery&)>;
  // A subscription was turned off, or (a nil id) the courier could not work, and why.
  using Report = std::function<void(const TurnedOff&, const std::string& cause)>;

  // All are borrowed and must outlive it. `clock` times the retries, `wall` stamps the attempts.
  Courier(store::Store& store, Engine& engine, Clock& clock, Clock& wall, const Keyring& keyring,
          CourierOptions options, Send send, WriteBody write_body, Report report);
  ~Courier();

  // Subscriptions changed, or the virtual clock moved. Any thread.
  void wake();
  const CourierMetrics& metrics() const { return metrics_; }
  // Starts nothing more and ends the thread; what is under way is forgotten. Before the engine stops.
  void stop();

 private:
  // Where attempts come back to, also when the courier has gone.
  struct Inbox {
    std::mutex mutex;
    std::condition_variable wake;
    std::vector<AttemptEnded> ended;
    bool woken = true;
    bool stopping = false;
  };
  using Webhooks = std::vector<store::Webhook>;

  void loop();
  void work();
  void wait();
  void follow(const Webhooks& webhooks);
  void follow(const store::Webhook& webhook, store::Reader& reader);
  bool rests(const store::Webhook& webhook);
  void rest(const store::Webhook& webhook, const std::exception& why);
  void forget_removed(const Webhooks& webhooks);
  void note_pruning();
  bool write_note();
  void dispatch(const Webhooks& webhooks);
  void dispatch(const store::Webhook& webhook, int room);
  void send(const store::Webhook& webhook, const store::Delivery& delivery);
  void withhold(const store::Webhook& webhook, const store::Delivery& delivery);
  std::vector<WebhookSecret> secrets_of(const store::Webhook& webhook);

  store::Store& store_;
  Engine& engine_;
  Clock& clock_;
  Clock& wall_;
  const Keyring& keyring_;
  const CourierOptions options_;
  const Send send_;
  const WriteBody write_body_;
  const Report report_;
  CourierMetrics metrics_;

  // Of its thread alone.
  CourierNote note_;  // to be written; kept until it is
  // By subscription; by its id, as the keys of one that was removed are given again.
  std::map<core::Uuid, std::int64_t> places_;               // in the journal, ahead of those written
  std::map<core::Uuid, std::set<std::int64_t>> under_way_;  // deliveries
  std::map<core::Uuid, std::chrono::steady_clock::time_point> rests_until_;
  int under_way_count_ = 0;
  std::size_t first_ = 0;  // subscription that is served first
  bool again_ = false;     // there is more to do at once
  bool idle_ = true;       // there are no subscriptions
  std::uint64_t committed_ = 0;
  std::optional<core::Instant> next_due_;
  std::chrono::steady_clock::time_point prune_at_{};

  std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  std::thread thread_;
};

}  // namespace motcua::run
