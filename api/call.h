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
  KeyBook::Keys keys;              // in force when it came, with the roles
  const Caller* caller = nullptr;  // one of the keys, or `person`; null on routes that ask for nobody
  std::shared_ptr<const Caller> person{};
  std::vector<std::string> parts;  // what stood for {id}, {kind} … in the path, decoded
  bool vietnamese = false;
  Trace trace;  // the caller's, or one that begins with this request and has its id

  // What the caller's grants let it do that right on; nothing on routes that ask for nobody.
  core::Reach reach(core::Right right) const;
  // The dossiers that it sees.
  store::Scope scope() const { return reach(core::Area::dossiers); }
  // Whether it may read unmasked what was typed of this dossier.
  bool unmasks(const core::Dossier& dossier) const { return reach(core::Area::personal).shows(dossier); }
};

// An answer that tells what persons typed: it goes out when the access log has these entries.
struct Opened {
  net::Response response;
  std::vector<store::Access> entries;
};

// What a handler that reads or computes answers.
using Made = std::variant<net::Response, Problem, Opened>;

// The answer as the client gets it: with the request id, and problems in the client's language.
net::Response finished(const Call& call, Made made);

// What to answer for the exception in flight, which is logged. Call in a catch block.
Problem failure_of(const Call& call);

net::Response json_response(int status, std::string body);

// The body as JSON of our depth, or why not; 415 when it is not declared as JSON.
std::variant<JsonBody, Problem> read_body(const Call& call);

}  // namespace motcua::api
