#include "api/handlers/batch_run.h"

#include <map>

#include "api/handlers/ordering.h"

namespace motcua::api {
namespace {

ItemResult refused_item(Problem wrong) {
  ItemResult result;
  result.status = wrong.status;
  result.replayed = wrong.replayed;
  result.retry = wrong.status == 503 || wrong.code == "key_in_flight" || wrong.code == "previous_failed";
  result.problem = std::move(wrong);
  return result;
}

ItemResult done_item(int status, const core::Dossier& dossier) {
  ItemResult result;
  result.status = status;
  result.id = dossier.id;
  result.code = dossier.code;
  result.version = dossier.version;
  result.state = dossier.state;
  return result;
}

// What `decide` found wrong in a command, at its place in the batch.
void place_faults(const BatchItem& item, Problem& wrong) {
  for (BodyFault& fault : wrong.errors) {
    const bool beside =
        item.instant_beside && (fault.pointer == "#/occurred_at" || fault.pointer == "#/received_at");
    fault.pointer = item.pointer + (beside ? std::string("/occurred_at") : "/body" + fault.pointer.substr(1));
  }
}

}  // namespace

BatchRun::BatchRun(std::shared_ptr<Call> call, std::vector<BatchItem> items, net::Reply reply)
    : call_(std::move(call)), items_(std::move(items)), reply_(std::move(reply)) {}

void BatchRun::start() {
  bool finished_now = false;
  {
    const std::lock_guard lock(mutex_);
    following_.assign(items_.size(), items_.size());
    std::map<std::size_t, std::size_t> last;
    std::vector<std::size_t> heads;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const auto [before, first] = last.try_emplace(items_[i].chain, i);
      if (first) {
        heads.push_back(i);
      } else {
        following_[before->second] = i;
        before->second = i;
      }
    }
    for (const std::size_t head : heads) {
      if (items_[head].result) {
        settle(head, std::move(*items_[head].result));
      } else {
        ready_.push_back(head);
      }
    }
    finished_now = settled_ == items_.size();
  }
  if (finished_now) return write_later();
  pump();
}

void BatchRun::pump() {
  while (true) {
    std::size_t index = 0;
    {
      const std::lock_guard lock(mutex_);
      if (ready_.empty() || in_flight_ == kInFlightMax) {
        pumping_ = false;
        return;
      }
      pumping_ = true;
      index = ready_.front();
      ready_.pop_front();
      ++in_flight_;
    }
    call_->service.engine.submit(
        std::move(items_[index].order),
        [self = shared_from_this(), index](run::Answer answer) { self->took(index, std::move(answer)); });
  }
}

void BatchRun::took(std::size_t index, run::Answer answer) {
  bool last = false;
  bool pumps = false;
  {
    const std::lock_guard lock(mutex_);
    --in_flight_;
    settle(index, result_of(items_[index], std::move(answer)));
    last = settled_ == items_.size();
    // An answer that came while its order was handed in, on this thread or another: who hands in goes on.
    pumps = !pumping_;
    pumping_ = true;
  }
  if (last) return write_later();
  if (pumps) pump();
}

void BatchRun::write_later() {
  net::Response later;
  later.made_later = [self = shared_from_this()] {
    try {
      return finished(*self->call_, self->write());
    } catch (...) {
      // The commands took effect; only the answer is missing, and their keys bring it.
      return finished(*self->call_, failure_of(*self->call_));
    }
  };
  reply_(std::move(later));
}

void BatchRun::settle(std::size_t index, ItemResult result) {
  bool refused = result.problem || (result.outcome && !result.outcome->rejection.empty());
  items_[index].result = std::move(result);
  ++settled_;
  // All that follows a refusal is refused with it, and so is what follows an item that was refused unread.
  for (std::size_t next = following_[index]; next < items_.size(); next = following_[next]) {
    if (!refused && !items_[next].result) return ready_.push_back(next);
    if (!items_[next].result) items_[next].result = refused_item(problem("previous_failed"));
    refused = true;
    ++settled_;
  }
}

ItemResult BatchRun::result_of(const BatchItem& item, run::Answer answer) const {
  if (const auto* done = std::get_if<run::Done>(&answer)) {
    return done_item(item.submission ? 201 : 200, done->dossier);
  }
  if (const auto* repeated = std::get_if<run::Repeated>(&answer)) return done_item(200, repeated->dossier);
  if (const auto* again = std::get_if<run::Replayed>(&answer)) {
    ItemResult result;
    result.status = again->outcome.status;
    result.replayed = true;
    result.id = again->outcome.dossier;
    result.version = again->outcome.version;
    result.outcome = again->outcome;
    return result;
  }
  if (const auto* rejected = std::get_if<run::Rejected>(&answer)) {
    Problem wrong = problem_of(rejected->rejection);
    place_faults(item, wrong);
    return refused_item(std::move(wrong));
  }
  return refused_item(problem_of(std::get<run::Refused>(answer)));
}

net::Response BatchRun::write() const {
  const std::string request_id = core::to_string(call_->request_id);
  const auto reader = call_->service.store.reader();
  std::string body;
  body.reserve(256 * items_.size() + 64);
  JsonWriter json(body);
  json.begin_object();
  json.key("results");
  json.begin_array();
  for (const BatchItem& item : items_) {
    ItemResult result = *item.result;
    if (result.outcome) {
      auto before = replayed(*call_, *reader, *result.outcome);
      if (const auto* dossier = std::get_if<core::Dossier>(&before)) {
        result = done_item(result.outcome->status, *dossier);
      } else {
        result = refused_item(std::move(std::get<Problem>(before)));
      }
      result.replayed = true;
    }
    json.begin_object();
    json.member("key", item.key);
    if (result.status == 403) call_->service.metrics.forbidden.fetch_add(1, std::memory_order_relaxed);
    json.member("status", result.status);
    json.member("replayed", result.replayed);
    json.member("retry", result.retry);
    if (result.problem) {
      json.key("problem");
      write_problem(json, *result.problem, request_id, call_->vietnamese);
    } else {
      json.key("dossier");
      json.begin_object();
      json.member("id", result.id);
      if (result.code.empty()) {
        json.member_null("code");
      } else {
        json.member("code", result.code);
      }
      json.member("version", result.version);
      json.member("state", result.state);
      json.end_object();
    }
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json_response(200, std::move(body));
}

}  // namespace motcua::api
