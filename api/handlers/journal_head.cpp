#include "api/handlers/handlers.h"
#include "api/json/writer.h"
#include "api/parameters.h"
#include "engine/run/ed25519.h"
#include "engine/store/digest.h"

namespace motcua::api {

Made get_journal_head(const Call& call) {
  Parameters parameters(call.request.query);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const auto head = call.service.sealer.last();
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
    json.member("text", head->text());
    json.member("signature", run::base64(head->signature));
    json.end_object();
  } else {
    json.null();
  }
  json.end_object();
  return json_response(200, std::move(body));
}

}  // namespace motcua::api
