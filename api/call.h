#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/parameters.h"
#include "api/problem.h"
#include "api/service.h"
#include "api/trace.h"

namespace motcua::api {

// One request on its way through the API: who asks, for what.
struct Call {
  Service& service;
  net::Request request;
  core::Uuid request_id;
  KeyBook::Keys keys;              // in force when it came
  const ApiKey* key = nullptr;     // null on routes that ask for none
  std::vector<std::string> parts;  // what stood for {id}, {kind} … in the path, decoded
  bool vietnamese = false;
  Trace trace;  // the caller's, or one that begins with this request and has its id

  store::Scope scope() const { return store::Scope{key == nullptr ? core::Code() : key->scope}; }
};

// What a handler that reads or computes answers.
using Made = std::variant<net::Response, Problem>;

// The answer as the client gets it: with the request id, and problems in the client's language.
net::Response finished(const Call& call, Made made);

// What to answer for the exception in flight, which is logged. Call in a catch block.
Problem failure_of(const Call& call);

net::Response json_response(int status, std::string body);

// The body as JSON of our depth, or why not; 415 when it is not declared as JSON.
std::variant<JsonBody, Problem> read_body(const Call& call);

}  // namespace motcua::api
