#include "api/problem.h"

#include <algorithm>
#include <cassert>

#include "api/problem_texts.h"

namespace motcua::api {
namespace {

std::string_view place_word(FaultPlace place) {
  switch (place) {
    case FaultPlace::body:
      return "pointer";
    case FaultPlace::parameter:
      return "parameter";
    case FaultPlace::header:
      return "header";
  }
  assert(false);
  return {};
}

// The occurrence's own words, or the code's where there are none or the clerk reads Vietnamese.
std::string_view message(const ProblemText& text, std::string_view detail, bool vietnamese) {
  if (vietnamese) return text.message_vi;
  return detail.empty() ? text.message_en : detail;
}

void write_fault(JsonWriter& json, const BodyFault& fault, bool vietnamese) {
  json.begin_object();
  json.member("detail", message(problem_text(fault.code), fault.detail, vietnamese));
  json.member("code", fault.code);
  json.member(place_word(fault.place), fault.pointer);
  json.end_object();
}

// The code that speaks for all the faults of a body.
std::string_view code_of(const std::vector<BodyFault>& faults) {
  const bool alone = faults.size() == 1 && problem_text(faults[0].code).status != 0;
  return alone ? std::string_view(faults[0].code) : "invalid_request";
}

// The code of faults that lie outside the body, all of one kind.
std::string_view code_outside(const std::vector<BodyFault>& faults) {
  if (faults[0].place == FaultPlace::header) return "bad_header";
  const bool unknown =
      std::ranges::all_of(faults, [](const BodyFault& fault) { return fault.code == "unknown_parameter"; });
  return unknown ? "unknown_parameter" : "bad_parameter";
}

// The weight (q) of one range of an Accept-Language header: 1 where none is given.
double weight_of(std::string_view range) {
  const auto q = range.find("q=");
  if (q == std::string_view::npos) return 1;
  const std::string digits(range.substr(q + 2, 5));
  const bool number = !digits.empty() && (digits[0] == '0' || digits[0] == '1');
  if (!number) return 0;
  double weight = digits[0] - '0';
  double place = 0.1;
  for (std::size_t i = 2; i < digits.size() && digits[i] >= '0' && digits[i] <= '9'; ++i) {
    weight += place * (digits[i] - '0');
    place /= 10;
  }
  return weight;
}

bool is_language(std::string_view range, std::string_view language) {
  if (range.size() < language.size()) return false;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  for (std::size_t i = 0; i < language.size(); ++i) {
    if (lower(range[i]) != language[i]) return false;
  }
  if (range.size() == language.size()) return true;
  const char next = range[language.size()];
  return next == '-' || next == ';' || next == ' ';
}

// RFC 6750 section 3.
std::string challenge_of(const Problem& problem) {
  if (problem.code != "invalid_token") return "Bearer";
  return "Bearer error=\"invalid_token\", error_description=\"" + problem.detail + '"';
}

}  // namespace

std::string_view problem_message(std::string_view code, std::string_view detail, bool vietnamese) {
  return message(problem_text(code), detail, vietnamese);
}

Problem problem(std::string_view code, std::string detail) {
  const ProblemText& text = problem_text(code);
  return {text.status ? text.status : 422, std::string(code), std::move(detail), {}};
}

Problem problem_of(const Unreadable& unreadable) { return problem(unreadable.code, unreadable.detail); }

Problem problem_of(std::vector<BodyFault> faults) {
  assert(!faults.empty());
  const bool in_body =
      std::ranges::any_of(faults, [](const BodyFault& fault) { return fault.place == FaultPlace::body; });
  Problem all = problem(in_body ? code_of(faults) : code_outside(faults));
  if (faults.size() == 1) all.detail = faults[0].detail;
  all.errors = std::move(faults);
  return all;
}

void write_problem(JsonWriter& json, const Problem& problem, std::string_view request_id, bool vietnamese) {
  const ProblemText& text = problem_text(problem.code);
  json.begin_object();
  json.member("type", "urn:motcua:problem:" + problem.code);
  json.member("title", vietnamese ? text.title_vi : text.title_en);
  json.member("status", problem.status);
  json.member("detail", message(text, problem.detail, vietnamese));
  json.member("code", problem.code);
  if (!request_id.empty()) json.member("instance", "urn:uuid:" + std::string(request_id));
  if (!problem.errors.empty()) {
    json.key("errors");
    json.begin_array();
    for (const BodyFault& fault : problem.errors) write_fault(json, fault, vietnamese);
    json.end_array();
  }
  json.end_object();
}

net::Response problem_response(const Problem& problem, std::string_view request_id, bool vietnamese) {
  net::Response response;
  response.status = problem.status;
  response.content_type = "application/problem+json";
  response.headers = {{"Cache-Control", "no-store"}, {"Content-Language", vietnamese ? "vi" : "en"}};
  if (problem.status == 401) response.headers.emplace_back("WWW-Authenticate", challenge_of(problem));
  if (problem.replayed) response.headers.emplace_back("Idempotency-Replayed", "true");
  if (problem.status == 503 || problem.status == 429)
    response.headers.emplace_back("Retry-After", std::to_string(problem.retry_after_seconds));

  JsonWriter json(response.body);
  write_problem(json, problem, request_id, vietnamese);
  return response;
}

bool prefers_vietnamese(std::string_view accept_language) {
  double vietnamese = 0;
  double english = 0;
  while (!accept_language.empty()) {
    const auto comma = std::min(accept_language.find(','), accept_language.size());
    std::string_view range = accept_language.substr(0, comma);
    accept_language.remove_prefix(std::min(comma + 1, accept_language.size()));
    range.remove_prefix(std::min(range.find_first_not_of(' '), range.size()));
    if (is_language(range, "vi")) vietnamese = std::max(vietnamese, weight_of(range));
    if (is_language(range, "en")) english = std::max(english, weight_of(range));
  }
  return vietnamese > english;
}

}  // namespace motcua::api
