#include "api/identify.h"

#include "api/net/networks.h"

namespace motcua::api {
namespace {

// What is told of a token that was refused, in the words of its fault; nothing of what it says.
std::string_view told_of(TokenFault fault) {
  switch (fault) {
    case TokenFault::too_long:
      return "The access token is too long";
    case TokenFault::malformed:
      return "The access token is malformed";
    case TokenFault::unsupported_algorithm:
      return "The access token is signed by an algorithm that is not taken";
    case TokenFault::unsupported_type:
      return "The token is no access token";
    case TokenFault::critical_extension:
      return "The access token demands an extension that is not known";
    case TokenFault::unknown_key:
      return "The access token is signed by an unknown key";
    case TokenFault::wrong_algorithm:
      return "The access token is signed by another algorithm than its key's";
    case TokenFault::bad_signature:
      return "The signature of the access token is wrong";
    case TokenFault::missing_claim:
      return "The access token lacks a claim";
    case TokenFault::wrong_issuer:
      return "The access token is of another issuer";
    case TokenFault::wrong_audience:
      return "The access token is for another audience";
    case TokenFault::expired:
      return "The access token expired";
    case TokenFault::not_yet_valid:
      return "The access token is not valid yet";
  }
  return "The access token is malformed";
}

Problem refused_token(Call& call, TokenFault fault) {
  auto& counters = call.service.metrics.tokens_refused;
  counters[static_cast<std::size_t>(fault)].fetch_add(1, std::memory_order_relaxed);
  return problem("invalid_token", std::string(told_of(fault)));
}

// Three parts: no key of ours looks like that.
bool may_be_token(std::string_view shown) { return shown.find('.') != std::string_view::npos; }

std::optional<Problem> identify_person(Call& call, std::string_view token) {
  Service& service = call.service;
  const Identity::Checked checked = service.identity->check(token);
  if (std::holds_alternative<Identity::NoKeys>(checked)) return problem("identity_unavailable");
  if (const auto* fault = std::get_if<TokenFault>(&checked)) return refused_token(call, *fault);
  const core::Code& officer = std::get<Person>(checked).officer;
  if (!officer.empty()) {
    call.person = service.persons.find(officer, service.engine, service.clock, call.keys);
    if (!call.person->grants.empty()) {
      call.caller = call.person.get();
      return std::nullopt;
    }
  }
  service.metrics.tokens_of_no_officer.fetch_add(1, std::memory_order_relaxed);
  return problem("no_officer");
}

// Who shows a key, a token or a certificate; or what is answered to who is nobody.
std::optional<Problem> identify(Call& call) {
  const std::string& certificate = call.request.client_certificate;
  call.keys = call.service.keys.now();
  if (call.request.count("authorization") == 0) {
    if (!certificate.empty()) call.caller = find_key_of_certificate(call.keys->keys, certificate);
  } else {
    const std::string_view token = shown_token(call.request);
    if (!token.empty()) call.caller = find_key(call.keys->keys, token);
    const bool person = call.caller == nullptr && call.service.identity != nullptr && may_be_token(token);
    if (person) return identify_person(call, token);
  }
  return call.caller == nullptr ? std::optional(problem("unauthorized")) : std::nullopt;
}

// Whose limit a request takes from.
int wait_of(const Call& call, bool wants_caller, const std::optional<Problem>& nobody) {
  RateLimits& rates = call.service.rates;
  if (call.caller != nullptr) return rates.caller.take(call.caller->id);
  const bool failed = nobody && nobody->status != 503;
  net::RateLimiter& limiter = wants_caller && failed ? rates.failures : rates.address;
  return limiter.take(net::client_network(call.request.peer));
}

}  // namespace

std::string_view shown_token(const net::Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string_view shown = request.header("authorization");
  if (request.count("authorization") != 1 || !net::is_word(shown.substr(0, kScheme.size()), kScheme))
    return {};
  return shown.substr(kScheme.size());
}

std::optional<Problem> refuse_caller(Call& call, bool wants_caller) {
  std::optional<Problem> nobody = wants_caller ? identify(call) : std::nullopt;
  if (nobody && nobody->status == 401) {
    call.service.metrics.unauthorized.fetch_add(1, std::memory_order_relaxed);
  }
  const int wait = wait_of(call, wants_caller, nobody);
  if (wait == 0) return nobody;
  Problem refused = problem("rate_limited");
  refused.retry_after_seconds = wait;
  return refused;
}

}  // namespace motcua::api
