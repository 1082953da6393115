#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/json/reader.h"
#include "api/json/writer.h"
#include "api/net/http.h"

namespace motcua::api {

// Why a request was not done (RFC 9457).
struct Problem {
  int status = 500;
  std::string code;               // one of problem_texts.cpp
  std::string detail;             // of this occurrence, in English; empty: the code's message
  std::vector<BodyFault> errors;  // each with its place in the request
  int retry_after_seconds = 1;    // of 429 and 503
  bool replayed = false;          // it is the answer of an earlier request with the same key
};

// The problem of a code, with the status of its text.
Problem problem(std::string_view code, std::string detail = {});
// 400, from a body that could not be read.
Problem problem_of(const Unreadable& unreadable);
// 422 with all faults of a body; the code is that of the only fault when that has a status of its own
// (unknown_procedure), else invalid_request. Faults of parameters or headers alone: 400, bad_parameter (or
// unknown_parameter) and bad_header. Requires at least one fault.
Problem problem_of(std::vector<BodyFault> faults);

// The words that a problem of that code says: in English those of the occurrence where there are some.
std::string_view problem_message(std::string_view code, std::string_view detail, bool vietnamese);

// The problem document itself, as one value.
void write_problem(JsonWriter& json, const Problem& problem, std::string_view request_id, bool vietnamese);

// The answer: application/problem+json, never cached, with Retry-After on 429 and 503 and WWW-Authenticate on
// 401. In Vietnamese each message is the code's own, made for clerks; in English the detail of the
// occurrence.
net::Response problem_response(const Problem& problem, std::string_view request_id, bool vietnamese);

// Whether an Accept-Language header prefers Vietnamese to English.
bool prefers_vietnamese(std::string_view accept_language);

}  // namespace motcua::api
