#include <algorithm>

#include "api/cursor.h"
#include "api/handlers/handlers.h"
#include "api/handlers/ordering.h"

namespace motcua::api {
namespace {

std::string_view state_of(const store::CodeBlock& block) { return block.returned_at ? "returned" : "open"; }
std::string_view state_of(const store::BlockCode& code) {
  return code.dossier ? "used" : code.voided ? "void" : "free";
}

void write_head(JsonWriter& json, const store::CodeBlock& block) {
  json.member("id", block.id);
  json.member("agency", block.agency);
  json.member("on", block.on);
  json.member("state", state_of(block));
  json.member_instant("drawn_at", block.drawn_at);
  json.member("drawn_by", block.drawn_by);
  json.member_instant("returned_at", block.returned_at);
}

net::Response block_response(int status, const store::CodeBlockState& state) {
  const auto count = [&](std::string_view word) {
    return std::count_if(state.codes.begin(), state.codes.end(),
                         [&](const store::BlockCode& code) { return state_of(code) == word; });
  };
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_head(json, state.block);
  for (const std::string_view word : {"free", "used", "void"}) json.member(word, count(word));
  json.key("codes");
  json.begin_array();
  for (const store::BlockCode& code : state.codes) {
    json.begin_object();
    json.member("code", code.code);
    json.member("state", state_of(code));
    json.member("dossier", code.dossier);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json_response(status, std::move(body));
}

std::optional<store::CodeBlockState> find_block(const Call& call, const core::Uuid& id) {
  auto state = call.service.store.reader()->code_block(id);
  if (state && !call.reach(core::Area::code_blocks).covers(state->block.agency)) state.reset();
  return state;
}

Made render_block(const Call& call, const run::BlockAnswer& answer) {
  if (const auto* rejected = std::get_if<run::Rejected>(&answer)) return problem_of(rejected->rejection);
  if (const auto* refused = std::get_if<run::Refused>(&answer)) return problem_of(*refused);
  const auto& done = std::get<run::BlockDone>(answer);
  const auto state = find_block(call, done.block);
  if (!state) return problem("not_found");
  net::Response response = block_response(done.status, *state);
  if (done.status == 201) {
    response.headers.emplace_back("Location", "/v1/code-blocks/" + core::to_string(done.block));
  }
  if (done.replayed) response.headers.emplace_back("Idempotency-Replayed", "true");
  return response;
}

std::function<void(run::BlockAnswer)> answer_later(std::shared_ptr<Call> call, net::Reply reply) {
  return [call = std::move(call), reply = std::move(reply)](run::BlockAnswer answer) {
    net::Response later;
    later.made_later = [call, answer = std::make_shared<run::BlockAnswer>(std::move(answer))] {
      try {
        return finished(*call, render_block(*call, *answer));
      } catch (...) {
        return finished(*call, failure_of(*call));
      }
    };
    reply(std::move(later));
  };
}

}  // namespace

void draw_code_block(std::shared_ptr<Call> call, net::Reply reply) {
  const auto refuse = [&](Problem wrong) { reply(finished(*call, std::move(wrong))); };
  std::optional<JsonObject> root;
  run::DrawOrder order;
  auto read = read_keyed(*call, {"draw-codes", {}}, root, order.key);
  if (auto* wrong = std::get_if<Problem>(&read)) return refuse(std::move(*wrong));
  order.agency = root->code("agency", Presence::required).value_or(core::Code());
  order.on = root->date("on", Presence::optional);
  root->refuse_unknown();
  const auto& faults = std::get<JsonBody>(read).faults();
  if (!faults.empty()) return refuse(problem_of(faults));
  if (!call->reach(core::Area::code_blocks).covers(order.agency)) return refuse(problem("forbidden_scope"));
  order.codes = call->service.config.code_block_codes;
  order.open_max = call->service.config.code_blocks_open;
  order.caller = core::Code(call->caller->id);
  run::Engine& engine = call->service.engine;
  engine.draw(std::move(order), answer_later(std::move(call), std::move(reply)));
}

void return_code_block(std::shared_ptr<Call> call, net::Reply reply) {
  const auto refuse = [&](Problem wrong) { reply(finished(*call, std::move(wrong))); };
  std::optional<JsonObject> root;
  run::ReturnOrder order;
  auto read = read_keyed(*call, {"return-codes", call->parts[0]}, root, order.key);
  if (auto* wrong = std::get_if<Problem>(&read)) return refuse(std::move(*wrong));
  const auto id = core::parse_uuid(call->parts[0]);
  if (!id) return refuse(problem("not_found"));
  order.block = *id;
  order.scope = call->reach(core::Area::code_blocks);
  if (auto list = root->array("unused", Presence::optional, 1000)) {
    order.unused.emplace();
    for (std::size_t i = 0; i < list->size(); ++i) {
      const auto code = list->code(i);
      if (code && std::find(order.unused->begin(), order.unused->end(), *code) != order.unused->end()) {
        root->fault("unused", "duplicate_item", "Expected each code once, but one is repeated");
      }
      if (code) order.unused->push_back(*code);
    }
    if (list->size() == 0) {
      root->fault("unused", "out_of_range", "Expected at least one code, or no list for all that are free");
    }
  }
  root->refuse_unknown();
  const auto& faults = std::get<JsonBody>(read).faults();
  if (!faults.empty()) return refuse(problem_of(faults));
  run::Engine& engine = call->service.engine;
  engine.give_back(std::move(order), answer_later(std::move(call), std::move(reply)));
}

Made get_code_block(const Call& call) {
  Parameters parameters(call.request.query);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const auto id = core::parse_uuid(call.parts[0]);
  const auto state = id ? find_block(call, *id) : std::nullopt;
  if (!state) return problem("not_found");
  return block_response(200, *state);
}

Made list_code_blocks(const Call& call) {
  Parameters parameters(call.request.query);
  store::CodeBlockQuery query;
  query.agency = parameters.code("agency").value_or(core::Code());
  const auto on = parameters.text("on");
  query.on = on ? core::parse_date(*on) : std::nullopt;
  if (on && !query.on) parameters.fault("on", "bad_parameter", "Expected a date, YYYY-MM-DD, but it is none");
  query.open_only = parameters.boolean("open").value_or(false);
  query.limit = static_cast<int>(parameters.integer("limit", 1, 200).value_or(50));
  const auto cursor = parameters.text("cursor");
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const core::Reach reach = call.reach(core::Area::code_blocks);
  if (!query.agency.empty() && !reach.covers(query.agency)) return problem("forbidden_scope");
  const std::string binding = "code-blocks " + reach.text() + ' ' + query.agency.text + ' ' +
                              on.value_or("") + (query.open_only ? " open" : "");
  if (cursor) {
    const auto mark = read_cursor(call.service.keyring, binding, *cursor);
    if (!mark) return problem("bad_cursor");
    query.before_key = mark->key;
  }
  const int wanted = query.limit++;
  std::vector<store::CodeBlock> blocks;
  for (bool more = true; more && static_cast<int>(blocks.size()) < query.limit;) {
    const auto page = call.service.store.reader()->code_blocks(query);
    more = static_cast<int>(page.size()) == query.limit;
    if (more) query.before_key = page.back().key;
    for (const store::CodeBlock& one : page) {
      if (reach.covers(one.agency)) blocks.push_back(one);
    }
  }
  const auto shown = std::min(blocks.size(), static_cast<std::size_t>(wanted));
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("items");
  json.begin_array();
  for (std::size_t i = 0; i < shown; ++i) {
    json.begin_object();
    write_head(json, blocks[i]);
    json.end_object();
  }
  json.end_array();
  if (blocks.size() > shown) {
    json.member("next_cursor",
                write_cursor(call.service.keyring, binding, store::Mark{0, blocks[shown - 1].key, 0}));
  } else {
    json.member_null("next_cursor");
  }
  json.end_object();
  return json_response(200, std::move(body));
}

}  // namespace motcua::api
