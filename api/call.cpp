#include "api/call.h"

#include <algorithm>
#include <exception>

#include "api/page_policy.h"

namespace motcua::api {

core::Reach Call::reach(core::Right right) const {
  return caller == nullptr ? core::Reach() : reach_of(service.engine, service.clock, *caller, *keys, right);
}

Problem failure_of(const Call& call) {
  try {
    throw;
  } catch (const store::ReadTooLong&) {
    return problem("read_too_long");
  } catch (const store::StoreFailed&) {
    return problem("store_failed");
  } catch (const store::StoreFull&) {
    return problem("store_full");
  } catch (const std::exception& error) {
    call.service.log.write(LogLevel::error, "request_failed", call.request_id,
                           {{"cause", OwnText{error.what()}}, {"trace_id", call.trace.id}});
    return problem("internal_error");
  }
}

net::Response json_response(int status, std::string body) {
  net::Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

net::Response finished(const Call& call, Made made) {
  const std::string id = core::to_string(call.request_id);
  net::Response response;
  if (const Problem* wrong = std::get_if<Problem>(&made)) {
    response = problem_response(*wrong, id, call.vietnamese);
  } else {
    Opened* const opened = std::get_if<Opened>(&made);
    response = opened != nullptr ? std::move(opened->response) : std::move(std::get<net::Response>(made));
    const auto says = [](const auto& header) { return header.first == "Cache-Control"; };
    if (std::none_of(response.headers.begin(), response.headers.end(), says)) {
      response.headers.emplace_back("Cache-Control", "no-store");
    }
  }
  response.headers.emplace_back("X-Request-Id", id);
  add_page_policy(response);
  return response;
}

std::variant<JsonBody, Problem> read_body(const Call& call) {
  std::string_view type = call.request.header("content-type");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  if (!net::is_word(type, "application/json")) return problem("unsupported_media_type");
  Unreadable why;
  auto body = JsonBody::parse(call.request.body, call.service.config.json_depth, why);
  if (!body) return problem_of(why);
  return std::move(*body);
}

}  // namespace motcua::api
