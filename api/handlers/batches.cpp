#include <map>
#include <set>

#include "api/handlers/batch_run.h"
#include "api/handlers/dossier_reading.h"
#include "api/handlers/handlers.h"
#include "api/handlers/ordering.h"

namespace motcua::api {
namespace {

// More faults than this of one item are not reported: a thousand items have room for theirs.
constexpr std::size_t kItemFaultsMax = 20;

// What an item says beside the body of its command.
struct ItemHead {
  std::string key;
  std::string word;
  std::string dossier;  // empty: submit
  std::optional<core::Instant> occurred_at;
  std::optional<std::int64_t> if_version;
};

ItemHead read_head(JsonObject& item, std::set<std::string>& keys) {
  ItemHead head;
  head.key = item.text("key", Presence::required, 255).value_or("");
  if (!head.key.empty() && !is_request_key(head.key)) {
    item.fault("key", "idempotency_key_malformed",
               "Expected 1 to 255 visible characters of ASCII, but there are others");
  } else if (!head.key.empty() && !keys.insert(head.key).second) {
    item.fault("key", "duplicate_item", "Expected each key once in a batch, but this one is repeated");
  }
  head.word = item.text("command", Presence::required, 64).value_or("");
  const bool submits = head.word == kSubmit;
  if (!head.word.empty() && !submits && !knows_command(head.word)) {
    item.fault("command", "unknown_word", "Expected submit or a command on a dossier, but it is none");
  }
  if (submits && item.has("dossier")) {
    item.fault("dossier", "unknown_field", "Expected no dossier beside submit, but one is named");
  }
  if (submits && item.has("if_version")) {
    item.fault("if_version", "unknown_field", "Expected no version beside submit, but one is named");
  }
  const Presence presence = submits || head.word.empty() ? Presence::optional : Presence::required;
  head.dossier = item.text("dossier", presence, 64).value_or("");
  if (!head.dossier.empty() && !dossier_name(head.dossier)) {
    item.fault("dossier", "bad_format", "Expected an id or a code, but it is neither");
  }
  head.occurred_at = item.instant("occurred_at", Presence::optional);
  head.if_version = item.integer("if_version", Presence::optional, 1, UINT32_MAX);
  return head;
}

// Which items belong to one dossier, however each names it; and by which procedure its facts are read.
class Chains {
 public:
  Chains(const Call& call, const run::Definitions& definitions) : call_(call), definitions_(definitions) {}

  struct Chain {
    bool submitted_here = false;
    bool seen = true;  // or to be made here
    const core::Procedure* procedure = nullptr;
  };

  // Of a submission: by its code where it brings one, else nothing later can name it.
  std::size_t of_submission(const core::SubmitDossier& submit, const core::Procedure* procedure) {
    const std::size_t own = add({true, true, procedure});
    if (submit.code.empty()) return own;
    const auto [known, first] = names_.try_emplace(submit.code.text, own);
    return known->second;
  }
  std::size_t of(const std::string& name) {
    const auto known = names_.find(name);
    if (known != names_.end()) return known->second;
    // Two names of one dossier give one chain.
    const auto stored = reader().find(call_.scope(), *dossier_name(name));
    if (!stored) return names_[name] = add({false, false, nullptr});
    const core::Dossier& dossier = stored->dossier;
    for (const std::string& other : {core::to_string(dossier.id), dossier.code.text}) {
      const auto found = names_.find(other);
      if (!other.empty() && found != names_.end()) return names_[name] = found->second;
    }
    const std::size_t own =
        add({false, true, definitions_.procedure_version(dossier.procedure, dossier.procedure_version)});
    names_[core::to_string(dossier.id)] = own;
    if (!dossier.code.empty()) names_[dossier.code.text] = own;
    return names_[name] = own;
  }
  const Chain& operator[](std::size_t chain) const { return chains_[chain]; }
  std::size_t alone() { return add({}); }

 private:
  std::size_t add(Chain chain) {
    chains_.push_back(chain);
    return chains_.size() - 1;
  }
  store::Reader& reader() {
    if (!reader_) reader_ = call_.service.store.reader();
    return *reader_;
  }

  const Call& call_;
  const run::Definitions& definitions_;
  std::unique_ptr<store::Reader> reader_;
  std::map<std::string, std::size_t> names_;
  std::vector<Chain> chains_;
};

ItemResult refused_unread(std::vector<BodyFault> faults, std::optional<Problem> wrong) {
  if (!faults.empty()) {
    if (faults.size() > kItemFaultsMax) faults.resize(kItemFaultsMax);
    wrong = problem_of(std::move(faults));
  }
  ItemResult result;
  result.status = wrong->status;
  result.problem = std::move(wrong);
  return result;
}

class BatchReader {
 public:
  explicit BatchReader(const Call& call)
      : call_(call), definitions_(call.service.engine.definitions()), chains_(call, *definitions_) {}

  BatchItem read(JsonArray& items, std::size_t index) {
    BatchItem made;
    made.pointer = items.pointer(index);
    std::vector<BodyFault> faults;
    std::optional<Problem> wrong;
    auto item = items.object(index, faults);
    if (item) {
      const ItemHead head = read_head(*item, keys_);
      made.key = head.key;
      auto body = item->object("body", Presence::required);
      item->refuse_unknown();
      const bool placed = head.word == kSubmit ||
                          (knows_command(head.word) && !head.dossier.empty() && dossier_name(head.dossier));
      made.chain = placed && head.word != kSubmit ? chains_.of(head.dossier) : kNone;
      if (body && placed) wrong = read_body_of(head, *body, made);
    }
    if (made.chain == kNone) made.chain = chains_.alone();
    if (!faults.empty() || wrong) made.result = refused_unread(std::move(faults), std::move(wrong));
    return made;
  }

 private:
  static constexpr std::size_t kNone = SIZE_MAX;

  std::optional<Problem> read_body_of(const ItemHead& head, JsonObject& body, BatchItem& made) {
    const CommandPlace place{head.word, head.dossier};
    run::Order& order = made.order;
    order.request_key = request_key(call_, head.key, place, body);
    order.caller = core::Code(call_.caller->id);
    order.request_id = call_.request_id;
    made.submission = head.word == kSubmit;
    made.instant_beside = head.occurred_at.has_value();
    if (made.submission) {
      const auto wrong = read_order(call_, place, body, head.occurred_at, nullptr, order);
      // Also of one that is refused: what names its code later in the batch fails with it.
      const auto* submit = std::get_if<core::SubmitDossier>(&order.command.body);
      if (submit != nullptr) {
        const SubmissionTarget target{submit->procedure, order.command.occurred_at};
        made.chain = chains_.of_submission(*submit, procedure_of(call_, *definitions_, target));
      }
      return wrong;
    }
    const Chains::Chain& chain = chains_[made.chain];
    order.dossier = dossier_name(head.dossier);
    if (head.if_version) order.if_match = static_cast<std::uint32_t>(*head.if_version);
    const auto wrong = read_order(call_, place, body, head.occurred_at, chain.procedure, order);
    if (wrong) return wrong;
    // The facts of a change cannot be read without its procedure; all else the engine finds out.
    if (!chain.seen && body.has("facts")) return problem("not_found");
    // What is made in the batch has no version yet that the counter could know.
    const bool must_name = call_.service.config.if_match_required && !chain.submitted_here;
    if (must_name && !head.if_version) return problem("precondition_required");
    return std::nullopt;
  }

  const Call& call_;
  std::shared_ptr<const run::Definitions> definitions_;
  Chains chains_;
  std::set<std::string> keys_;
};

}  // namespace

void submit_batch(std::shared_ptr<Call> call, net::Reply reply) {
  const auto refuse = [&](Problem wrong) { reply(finished(*call, std::move(wrong))); };
  auto read = read_body(*call);
  if (auto* wrong = std::get_if<Problem>(&read)) return refuse(std::move(*wrong));
  JsonBody& body = std::get<JsonBody>(read);
  auto root = body.root();
  if (!root) return refuse(problem_of(body.faults()));
  auto list = root->array("items", Presence::required, call->service.config.batch_items);
  root->refuse_unknown();
  if (list && list->size() == 0) root->fault("items", "out_of_range", "Expected at least one item");
  if (!body.faults().empty()) return refuse(problem_of(body.faults()));
  std::vector<BatchItem> items;
  items.reserve(list->size());
  {
    BatchReader reader(*call);
    for (std::size_t i = 0; i < list->size(); ++i) items.push_back(reader.read(*list, i));
  }
  call->request.body = std::string();  // the orders hold all of it that is needed
  std::make_shared<BatchRun>(std::move(call), std::move(items), std::move(reply))->start();
}

}  // namespace motcua::api
