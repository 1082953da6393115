// A request as the routes answer it: "GET /v1/dossiers?late=true", lines of headers, an empty line, the body.
// The key of a caller with every right is shown unless the input shows another, and what a client must send
// beside a body is added. The engine takes nothing more: what would be written is read whole, and refused.
#include <algorithm>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>

#include "api/json/webhook_json.h"
#include "api/publishing.h"
#include "api/routes.h"
#include "api/webhooks.h"
#include "engine/run/check.h"
#include "engine/store/digest.h"
#include "engine/store/sqlite_store.h"
#include "tests/fuzz/scratch.h"
#include "tests/support/paths.h"

namespace motcua::fuzz {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::string_view kRouteToken = "mc_fuzz";
constexpr std::int64_t kRouteNowMs = 1'787'281'200'000;  // 2026-08-21T10:00:00+07:00, a Friday
constexpr int kRouteDossiers = 12;
constexpr int kRouteDays = 14;  // after which most of them are late

template <class Made>
Made loaded(std::optional<Made> made, const std::vector<run::LoadFault>& faults) {
  expect(made && faults.empty(), "what the service is made of loads");
  return std::move(*made);
}

void write_text(const fs::path& file, const json& text) { std::ofstream(file) << text.dump(); }

api::ServerConfig route_config(const fs::path& folder) {
  const fs::path source = in_tree();
  std::ifstream in(source / "config/server.json");
  json config = json::parse(in);
  config["database"] = folder / "motcua.db";
  config["master_key_file"] = folder / "master.key";
  config["keys_file"] = folder / "keys.json";
  for (const char* name : {"calendars", "rulebook", "agencies", "ladders", "messages", "slips", "roles"})
    config[name] = source / config[name].get<std::string>();
  config["procedures"] = source / "tests/support/procedures";
  config["log"]["file"] = "/dev/null";
  config["on_behalf_of"] = "optional";
  config["rates"] = nullptr;
  write_text(folder / "server.json", config);
  json grants = json::array();
  for (const char* role : {"integration", "auditor", "administrator", "unmasking", "erasing"})
    grants.push_back({{"role", role}});
  const json key{{"id", "fuzz"},
                 {"name", "Fuzz"},
                 {"grants", grants},
                 {"sha256", store::sha256_hex(std::string(kRouteToken))}};
  write_text(folder / "keys.json", {{"keys", {key}}});
  std::vector<run::LoadFault> faults;
  return loaded(api::load_config(folder / "server.json", faults), faults);
}

store::SqliteOptions database_of(const api::ServerConfig& config) {
  store::SqliteOptions options;
  options.path = config.database;
  options.sandbox = true;
  return options;
}

api::Callers callers_of(const api::ServerConfig& config) {
  std::vector<run::LoadFault> faults;
  return loaded(api::load_callers(config, faults), faults);
}

run::PublisherOptions quiet_publisher(const api::ServerConfig& config) {
  run::PublisherOptions options = api::publisher_options(config.publications);
  options.poll = std::chrono::hours(24);
  return options;
}

// A service without a network, two weeks after some dossiers were filed; its parts in the order of
// api/serve.cpp.
class RouteWorld {
 public:
  RouteWorld() {
    keyring_.bind(*store_);
    run::CheckedDefinitions checked =
        run::check_files({config_.calendars, config_.rulebook, config_.agencies, config_.ladders,
                          config_.procedures, config_.messages, config_.slips});
    expect(checked.faults.empty(), "the definitions of the tree stand");
    expect(engine_.apply(checked.texts).empty(), "the definitions of the tree are applied");
    api::prepare_routes(service_);
    taken("/v1/webhooks", {{"url", "https://receiver.example/motcua"}, {"agency", "H32.101"}});
    for (int i = 0; i < kRouteDossiers; ++i) filed(i);
    const std::string withdrawn = filed(kRouteDossiers).at("id");
    taken("/v1/dossiers/" + withdrawn + "/withdraw", {{"reason", "không cần nữa"}});
    taken("/v1/code-blocks", {{"agency", "H32.101"}});
    const core::Instant later{kRouteNowMs + kRouteDays * core::kDayMs};
    expect(engine_.advance(clock_, later) == later, "what falls due has fallen due");
    courier_.stop();
    engine_.stop();
  }

  net::Response answer(net::Request request) {
    std::promise<net::Response> answered;
    api::serve_request(service_, std::move(request),
                       [&](net::Response response) { answered.set_value(std::move(response)); });
    net::Response response = answered.get_future().get();
    return response.made_later ? response.made_later() : response;
  }

 private:
  // What was made, by an order that must be taken.
  json taken(const std::string& path, const json& body) {
    net::Request request;
    request.method = "POST";
    request.path = path;
    request.headers = {{"authorization", "Bearer " + std::string(kRouteToken)},
                       {"content-type", "application/json"},
                       {"idempotency-key", "made-" + std::to_string(++made_)}};
    request.body = body.dump();
    const net::Response response = answer(std::move(request));
    if (response.status >= 300) throw PropertyBroken("an order is taken, but: " + response.body);
    return json::parse(response.body);
  }
  json filed(int number) {
    const json owner{{"kind", "citizen"},
                     {"name", "Nguyễn Văn A"},
                     {"id_kind", "cccd"},
                     {"id_number", "0010990123" + std::to_string(10 + number)},
                     {"phone", "0905 123 456"}};
    json body{{"procedure", number % 3 == 0 ? "9.000002" : "9.000003"},
              {"channel", number % 2 == 0 ? "direct" : "online"},
              {"receiving_agency", "H32.101"},
              {"owner", owner},
              {"content", "nội dung"}};
    if (number % 2 == 0) body["accept"] = true;
    return taken("/v1/dossiers", body);
  }

  int made_ = 0;
  Scratch folder_;
  api::ServerConfig config_ = route_config(folder_.path());
  api::Log log_{config_.log};
  run::Keyring keyring_ = run::Keyring::open(api::key_files(config_), run::MissingKey::make);
  run::SeededRandom random_{7};
  std::unique_ptr<store::Store> store_ = store::open_sqlite(database_of(config_));
  run::VirtualClock clock_{core::Instant{kRouteNowMs}};
  api::EventHub events_{*store_, log_};
  run::Engine engine_{*store_, clock_, random_, keyring_, {}, [](const std::string&) {}};
  run::AuditCounts audit_;
  api::KeyBook keys_{callers_of(config_)};
  run::Courier courier_{*store_,
                        engine_,
                        clock_,
                        clock_,
                        keyring_,
                        api::courier_options(config_.webhooks, engine_, clock_, keys_),
                        [](run::Envelope, std::function<void(run::Receipt)>) {},
                        api::delivery_body,
                        [](const run::TurnedOff&, const std::string&) {}};
  run::Publisher publisher_{engine_,
                            *store_,
                            clock_,
                            random_,
                            keyring_,
                            quiet_publisher(config_),
                            api::render_published,
                            [](std::string_view, const std::string&) {}};
  api::ReportDesk reports_{config_.reports_waiting};
  run::Sealer sealer_{*store_, clock_, keyring_, run::SealerOptions{api::seals_folder(config_)},
                      [](const std::string&) {}};
  net::OutgoingOptions outgoing_ = api::outgoing_options(config_.webhooks);
  api::RateLimits rates_{config_.listen.rates};
  api::PersonBook persons_;
  api::Service service_{config_,  keys_,     engine_, *store_, clock_,   nullptr,    random_,
                        keyring_, log_,      events_, audit_,  courier_, publisher_, reports_,
                        sealer_,  outgoing_, rates_,  nullptr, persons_, nullptr,    {}};
};

// What a server's parser lets through in a target and in a header's value.
bool is_clean(std::string_view text, bool spaces) {
  return std::none_of(text.begin(), text.end(), [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f || (!spaces && byte == ' ');
  });
}

std::string_view taken_up_to(std::string_view& rest, char end) {
  const std::size_t at = std::min(rest.find(end), rest.size());
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return part;
}

std::optional<net::Request> request_in(std::string_view input) {
  net::Request request;
  std::string_view line = taken_up_to(input, '\n');
  request.method = taken_up_to(line, ' ');
  if (!line.starts_with('/') || !is_clean(line, false)) return std::nullopt;
  request.path = taken_up_to(line, '?');
  request.query = line;
  while (!input.empty()) {
    std::string_view header = taken_up_to(input, '\n');
    if (header.empty()) break;
    if (!is_clean(header, true)) return std::nullopt;
    std::string name(taken_up_to(header, ':'));
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    while (header.starts_with(' ')) header.remove_prefix(1);
    request.headers.emplace_back(std::move(name), header);
  }
  request.body = input;
  request.peer = "127.0.0.1";
  const auto also = [&](const char* name, std::string_view value) {
    if (request.count(name) == 0) request.headers.emplace_back(name, value);
  };
  also("authorization", "Bearer " + std::string(kRouteToken));
  if (request.method == "GET" || request.method == "HEAD") return request;
  also("content-type", "application/json");
  also("idempotency-key", "k");
  return request;
}

void expect_answer(const net::Request& request, const net::Response& response) {
  const auto broken = [&](const char* what) {
    throw PropertyBroken(std::string(what) + ": " + request.method + ' ' + request.path + ' ' +
                         std::to_string(response.status) + ' ' + response.body.substr(0, 500));
  };
  if (response.status < 200 || response.status > 599 || response.status == 500)
    broken("a request is answered");
  if (response.content_type.find("json") == std::string::npos) return;
  const json document = json::parse(response.body, nullptr, false);
  if (document.is_discarded()) broken("an answer is JSON");
  if (response.status < 400) return;
  if (!document.is_object() || !document.contains("code") || document["status"] != response.status)
    broken("a refusal is a problem");
}

}  // namespace

void fuzz_route(std::string_view input) {
  static RouteWorld world;
  const auto request = request_in(input);
  if (!request) return;
  expect_answer(*request, world.answer(*request));
}

}  // namespace motcua::fuzz
