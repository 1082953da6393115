#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/run/engine.h"
#include "engine/run/ticker.h"

namespace motcua::run {

// An order in the queue.
struct Pending {
  Order order;
  std::function<void(Answer)> answer;
  std::chrono::steady_clock::time_point queued_at;
  core::Uuid fresh_id;  // of a submission, with its texts sealed by the thread that handed it in
  std::string sealed;
};

// What is written together with a group, when there is one to be written.
struct Beside {
  std::span<const store::WebhookWrite> writes;
  bool written = false;
};

// An order of the engine's own: lets what ran out on a dossier, or waits for a newer calendar, be decided.
Pending system_order(const core::Uuid& dossier, const core::Uuid& cause);

// Decides orders in groups and commits each group in one transaction. One thread.
class GroupDecider {
 public:
  GroupDecider(store::Store& store, Clock& clock, Random& random, const Keyring& keyring,
               EngineMetrics& metrics, Ticker& ticker);

  // Decides every order and commits; afterwards answers hold one answer each, in order, to be given only now.
  // What another writer changed meanwhile is decided again, at most three times. Throws store::StoreError.
  // `beside` goes with the first transaction; where no order has anything to write, there is none.
  std::vector<Answer> decide(const Definitions& definitions, std::span<Pending> orders, Beside& beside);
  // Somebody else moved a counter.
  void forget_counters() { counters_.clear(); }

 private:
  struct Item {
    std::size_t index = 0;
    Answer answer;
    std::optional<std::size_t> write;  // its place among the writes
  };

  void attempt(const Definitions& definitions, std::span<Pending> orders, std::vector<std::size_t>& open,
               std::vector<Answer>& answers, Beside& beside);
  Item decide_one(const Definitions& definitions, Pending& pending, store::Loaded loaded,
                  std::vector<store::Write>& writes);
  Answer submit(const Definitions& definitions, Pending& pending,
                const std::optional<store::DrawnCode>& drawn, std::vector<store::Write>& writes);
  Answer change(const Definitions& definitions, Pending& pending, store::Stored stored,
                std::vector<store::Write>& writes);
  // A linked dossier is opened: written along with what caused it (linked.cpp).
  std::optional<core::Rejection> open_linked(const Definitions& definitions, const core::Dossier& asking,
                                             const core::Context& asked_in,
                                             std::span<const core::Event> events,
                                             std::span<const store::Write> group, store::Write& write);
  // What a write means for the dossiers at the other ends of its links goes along with it: the one that asked
  // gets its answer, those that were opened learn that nobody waits for them any more.
  void tell_links(const Definitions& definitions, core::Instant now, store::Write& write);
  void tell_asking(const Definitions& definitions, core::Instant now, store::Write& write, std::size_t place);
  void tell_asked(const Definitions& definitions, core::Instant now, store::Write& write, std::size_t place);
  // The ids are copies: what they are of moves when more is written along.
  void tell(const Definitions& definitions, core::Instant now, store::Write& write, core::Uuid dossier,
            const core::Command& command, core::Uuid cause);
  // Whether another dossier of the receiving agency has the reference of a payment (payment_references.cpp).
  bool reference_elsewhere(const core::CommandBody& body, const core::Dossier& dossier,
                           std::span<const store::Write> group);
  // Under which what an order says is found.
  std::vector<std::uint64_t> tokens_of(const Order& order, const core::Dossier& dossier) const;
  // What the owner of a dossier typed about themself; also where only this group knows it.
  std::optional<Fragment> owner_of(const core::Dossier& dossier, std::span<const store::Write> group);
  Answer repeat(Pending& pending, const core::Uuid& holder, std::vector<store::Write>& writes);
  // As this group has left it; nothing when it has not touched it.
  std::optional<store::Stored> decided(const core::Uuid& dossier) const;
  void note_decided(const store::Write& write);
  store::CounterMove next_number(const core::Context& context, const core::Command& command);
  // A source gave the number away before its counter came to it: the counter goes on behind what is taken.
  void skip_taken(const store::CounterMove& move, const core::Code& code);
  core::Date today() const { return core::local_date(clock_.now(), core::kVietnamOffsetMinutes); }
  void keep_outcome(const Pending& pending, core::Instant now, const Answer& answer,
                    store::Write& write) const;
  void stamp(std::span<core::Event> events, core::Instant now);

  store::Store& store_;
  Clock& clock_;
  Random& random_;
  const Keyring& keyring_;
  EngineMetrics& metrics_;
  Ticker& ticker_;
  std::map<std::string, std::int64_t> counters_;       // the last numbers given, of recent keys
  std::map<std::string, std::int64_t> skipped_;        // the first that is free behind taken ones
  std::map<core::Uuid, const store::Write*> decided_;  // by this group so far: the last write on a dossier
};

}  // namespace motcua::run
