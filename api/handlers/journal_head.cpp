#include <limits>

#include "api/handlers/handlers.h"
#include "api/json/writer.h"
#include "api/parameters.h"
#include "engine/run/ed25519.h"
#include "engine/store/digest.h"

namespace motcua::api {

Made get_journal_head(const Call& call) {
  const auto head = call.service.sealer.last();
  const std::int64_t size = head ? static_cast<std::int64_t>(head->size) : 0;
  Parameters parameters(call.request.query);
  const auto since = parameters.integer("since", 1, std::numeric_limits<std::int64_t>::max());
  if (since && *since > size) {
    parameters.fault(
        "since", "bad_parameter",
        "Expected the size of an earlier head, but only " + std::to_string(size) + " events are sealed");
  }
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  std::optional<std::vector<store::Hash>> path;
  if (since) {
    path = call.service.sealer.consistency(static_cast<std::uint64_t>(*since), *head);
    if (!path) return problem("seals_being_read");
  }
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.member("journal_end", call.service.store.reader()->journal_end());
  json.member("epoch", std::to_string(call.service.store.epoch()));
  json.member("key", run::base64(call.service.sealer.public_key()));
  json.key("head");
  if (head) {
    json.begin_object();
    json.member("size", static_cast<std::int64_t>(head->size));
    json.member("root", store::hex(head->root));
    json.member_instant("at", head->at);
    json.member("previous", head->previous);
    json.key("access");
    if (head->access) {
      json.begin_object();
      json.member("position", head->access->position);
      json.member("hash", store::hex(head->access->hash));
      json.end_object();
    } else {
      json.null();
    }
    json.member("text", head->text());
    json.member("signature", run::base64(head->signature));
    json.end_object();
  } else {
    json.null();
  }
  json.key("consistency");
  if (path) {
    json.begin_object();
    json.member("since", *since);
    json.key("path");
    json.begin_array();
    for (const store::Hash& hash : *path) json.value(store::hex(hash));
    json.end_array();
    json.end_object();
  } else {
    json.null();
  }
  json.end_object();
  return json_response(200, std::move(body));
}

}  // namespace motcua::api
