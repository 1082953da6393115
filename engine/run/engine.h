#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/decide.h"
#include "engine/run/clock.h"
#include "engine/run/definitions.h"
#include "engine/run/keyring.h"
#include "engine/run/metrics.h"
#include "engine/run/random_port.h"
#include "engine/run/seal.h"
#include "engine/store/store.h"

namespace motcua::run {

// How an idempotent request is known again.
struct RequestKey {
  std::array<std::uint8_t, 16> key{};          // caller and Idempotency-Key
  std::array<std::uint8_t, 16> fingerprint{};  // method, target, body
};

// One command as a caller gives it.
struct Order {
  std::optional<store::DossierName> dossier;  // nothing: submit
  core::Command command;
  std::vector<Fragment> fragments;  // what was typed
  std::vector<std::uint64_t> search_tokens;
  store::Scope scope;                      // what the caller sees
  store::Scope may;                        // on what its rights allow the command
  std::optional<store::Scope> person_may;  // the same of the officer whom it names
  core::Code caller;
  core::Uuid request_id;
  std::optional<RequestKey> request_key;
  std::optional<std::uint32_t> if_match;
};

// What became of an order.
struct Done {  // committed
  core::Dossier dossier;
  core::Instant as_of;
};
struct Replayed {  // the key was answered before
  store::Outcome outcome;
};
struct Repeated {  // the external reference was filed before, with the same content
  core::Dossier dossier;
  core::Instant as_of;
};
struct Rejected {
  core::Rejection rejection;
};
struct Refused {  // nothing was decided
  enum class Why {
    not_found,
    forbidden,         // the caller's rights do not reach so far
    forbidden_person,  // those of the officer whom it names do not
    own_dossier,       // the officer handled the dossier, and this is for others to say
    version_mismatch,  // If-Match
    key_reused,        // with another body
    key_in_flight,
    external_ref_taken,
    code_taken,
    busy,  // waited longer than the bound, or the queue is full
    clock_unsound,
    disk_full,
    failed,  // the commit failed: the process ends
    stopping,
  };
  Why why = Why::failed;
  std::uint32_t version = 0;  // of version_mismatch
};
using Answer = std::variant<Done, Replayed, Repeated, Rejected, Refused>;

// Codes of an agency's counter, drawn in advance for one day.
struct DrawOrder {
  core::Code agency;
  std::optional<core::Date> on;  // nothing: today
  int codes = 100;
  int open_max = 20;  // blocks of the agency for that day that may be open at once
  core::Code caller;
  RequestKey key;
};
// Codes of a block go back unused.
struct ReturnOrder {
  core::Uuid block;
  std::optional<std::vector<core::Code>> unused;  // nothing: all that no dossier has, and the block is over
  store::Scope scope;
  RequestKey key;
};
// A person acknowledges an alert, or puts it off.
struct AlertOrder {
  core::Uuid alert;
  core::Code officer;
  std::optional<core::Instant> until;  // nothing: acknowledge
  std::optional<Fragment> reason;      // of a snooze
  store::Scope scope;
  core::Code caller;
  RequestKey key;
};
// A monthly list is opened, reviewed, published (publication_keeper.h).
struct PublicationOrder;
// Who reads unmasked what was typed (store/personal.h); the instants are the engine's to give.
struct AccessNote {
  std::vector<store::Access> entries;
};
// What was made or changed: a block of codes, an alert, a list.
struct BlockDone {
  core::Uuid block;
  std::uint16_t status = 201;
  bool replayed = false;
};
using BlockAnswer = std::variant<BlockDone, Rejected, Refused>;

// Of webhooks (webhook_keeper.h).
struct WebhookOrder;
struct WebhookAnswer;
struct CourierNote;
struct NoteAnswer;

struct EngineOptions {
  std::chrono::milliseconds queue_wait{250};
  std::size_t queue_length = 10'000;
  std::size_t group_size = 256;
  // Called when a group is on the disk and answered: there may be new events. Must be cheap, and must not
  // throw.
  std::function<void()> after_group = {};
};

// The only writer of a database: takes orders from any thread, decides and commits them in groups on its own
// thread, and decides by itself what runs out. An answer comes after the sync of its commit, on the writer's
// thread.
class Engine {
 public:
  // All are borrowed and must outlive it. `on_failure` is called once when a commit failed: the process must
  // end.
  Engine(store::Store& store, Clock& clock, Random& random, const Keyring& keyring, EngineOptions options,
         std::function<void(const std::string&)> on_failure);
  ~Engine();

  // Any thread. `answer` is called exactly once.
  void submit(Order order, std::function<void(Answer)> answer);

  // Blocks of codes. Any thread; `answer` is called exactly once. Rejections are not kept under the key.
  void draw(DrawOrder order, std::function<void(BlockAnswer)> answer);
  void give_back(ReturnOrder order, std::function<void(BlockAnswer)> answer);

  // Alerts. Any thread; `answer` is called exactly once. Rejections are not kept under the key.
  void answer_alert(AlertOrder order, std::function<void(BlockAnswer)> answer);
  // Monthly lists. Any thread; `answer` is called exactly once. Rejections are not kept under the key.
  void keep_publication(PublicationOrder order, std::function<void(BlockAnswer)> answer);
  // The access log. Any thread; `answer` is called exactly once, when the entries are on the disk.
  void note_access(AccessNote note, std::function<void(BlockAnswer)> answer);
  // What a follower of the journal (mail) writes of its own: `work` runs on the writer's thread, between two
  // groups of orders, so it is one bounded batch. False when it was not done: the disk is full, or the engine
  // stops or has failed. Any thread but the writer's; waits.
  bool write_aside(const std::function<void(store::Store&)>& work);
  // Subscriptions. Any thread; `answer` is called exactly once. Rejections are not kept under the key.
  void keep_webhook(WebhookOrder order, std::function<void(WebhookAnswer)> answer);
  // What the courier did: written with the next group of orders, or alone when none comes for a while. Any
  // thread; `answer` is called exactly once.
  void note_deliveries(CourierNote note, std::function<void(NoteAnswer)> answer);

  // The definitions in force. Any thread.
  std::shared_ptr<const Definitions> definitions() const;
  // Adds definitions, makes them those in force and derives again the dates that rested on less. Faults:
  // nothing is changed. They are compiled on the calling thread: orders go on meanwhile. Any thread; waits.
  std::vector<LoadFault> apply(const std::vector<store::DefinitionText>& texts);

  // Sandbox: moves the virtual clock to `to`, and lets what falls due on the way happen in order; answers the
  // instant reached, which is earlier when more than kFiringsMax happened. Any thread; waits.
  static constexpr int kFiringsMax = 10'000;
  core::Instant advance(VirtualClock& clock, core::Instant to);

  const EngineMetrics& metrics() const;
  // False while the writer reads in what it needs: orders wait until it has. Any thread.
  bool started() const;
  // Takes no more orders, finishes those in the queue, ends the thread.
  void stop();

 private:
  class Writer;
  std::unique_ptr<Writer> writer_;
};

}  // namespace motcua::run
