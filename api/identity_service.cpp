#include "api/identity_service.h"

namespace motcua::api {
namespace {

constexpr std::size_t kAnswerBytesMax = 256 * 1024;

// The provider is named by the settings and not by a stranger, so it may stand in any network; an address in
// the clear was refused before, unless it is of this machine.
net::OutgoingOptions fetch_options(const IdentitySettings& settings) {
  net::OutgoingOptions options;
  options.allow_http = true;
  for (const char* any : {"0.0.0.0/0", "::/0"}) options.allow_networks.push_back(*net::parse_network(any));
  options.ca_file = settings.ca_file.string();
  options.timeout = std::chrono::seconds(10);
  options.answer_bytes_max = kAnswerBytesMax;
  return options;
}

std::string failure_of(const net::OutgoingAnswer& answer) {
  using Failure = net::OutgoingAnswer::Failure;
  switch (answer.failure) {
    case Failure::none:
      break;
    case Failure::timed_out:
      return "the provider took too long";
    case Failure::unreachable:
      return "the provider is not reached";
    case Failure::address_refused:
      return "the address of the provider is refused";
    case Failure::not_trusted:
      return "the certificate of the provider is not trusted";
  }
  if (answer.cut) return "the answer is too long";
  return answer.status == 200 ? "" : "the provider answered " + std::to_string(answer.status);
}

}  // namespace

IdentityService::IdentityService(const IdentitySettings& settings, run::Clock& clock, Log& log)
    : identity_(
          settings, clock,
          [this](const std::string& url, std::function<void(Identity::Fetched)> done) {
            net::OutgoingRequest request;
            request.method = net::OutgoingRequest::Method::get;
            request.url = url;
            request.headers = {{"Accept", "application/json"}};
            request.keep_body = true;
            outgoing_.send(std::move(request), [done = std::move(done)](net::OutgoingAnswer answer) {
              std::string failure = failure_of(answer);
              done({std::move(answer.body), std::move(failure)});
            });
          },
          log),
      outgoing_(fetch_options(settings)) {
  identity_.look();
}

}  // namespace motcua::api
