#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/call.h"
#include "engine/run/engine.h"

namespace motcua::api {

// What became of one item of a batch.
struct ItemResult {
  int status = 0;
  bool replayed = false;
  bool retry = false;  // nothing was decided: the same item, with its key, may be sent again
  core::Uuid id;
  core::Code code;
  std::uint32_t version = 0;
  core::DossierState state = core::DossierState::submitted;
  std::optional<Problem> problem;
  std::optional<store::Outcome> outcome;  // of a replay, rendered from history when the answer is written
};

// One command of a batch, ready to be handed in, or refused by what it says.
struct BatchItem {
  std::string key;
  std::string pointer;  // "#/items/3"
  bool submission = false;
  bool instant_beside = false;  // the instant stands beside the body
  std::size_t chain = 0;        // items of one dossier have one, and go in order
  run::Order order;
  std::optional<ItemResult> result;
};

// Hands the items of a batch in: those of one dossier one after the other, each when the one before was done,
// and no more at a time than leave the queue free for other callers. After a refusal nothing more is tried on
// that dossier. Answers come on the engine's thread.
class BatchRun : public std::enable_shared_from_this<BatchRun> {
 public:
  BatchRun(std::shared_ptr<Call> call, std::vector<BatchItem> items, net::Reply reply);
  // Answers by the reply once every item has its result. Call once.
  void start();

 private:
  static constexpr std::size_t kInFlightMax = 64;

  void pump();
  void took(std::size_t index, run::Answer answer);
  void write_later();
  // Under the lock. What follows on the dossier is let go, or refused with it.
  void settle(std::size_t index, ItemResult result);
  ItemResult result_of(const BatchItem& item, run::Answer answer) const;
  net::Response write() const;

  std::shared_ptr<Call> call_;
  std::vector<BatchItem> items_;
  net::Reply reply_;
  std::mutex mutex_;
  std::deque<std::size_t> ready_;       // heads of their chains
  std::vector<std::size_t> following_;  // the next item of the same chain; items_.size(): none
  std::size_t in_flight_ = 0;
  std::size_t settled_ = 0;
  bool pumping_ = false;
};

}  // namespace motcua::api
