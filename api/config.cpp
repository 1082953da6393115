#include "api/config.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "api/net/networks.h"
#include "engine/run/members_loader.h"

namespace motcua::api {
namespace {

using run::ObjectReader;

constexpr std::size_t kConfigBytesMax = 1024 * 1024;

// The whole file; nothing, with a fault, when it cannot be read or is far too large.
std::optional<std::string> read_file(const std::filesystem::path& file, std::vector<run::LoadFault>& faults) {
  std::ifstream in(file, std::ios::binary);
  std::string text(kConfigBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (!in.eof() || in.bad() || !in.is_open()) {
    faults.push_back({file.string(), "", "Expected a readable file of at most 1 MiB, but it is none"});
    return std::nullopt;
  }
  return text;
}

class ConfigReader {
 public:
  explicit ConfigReader(run::Source source) : source_(source) {}

  ServerConfig read(const nlohmann::json& document) {
    ObjectReader in(document, "", source_.file, source_.faults);
    if (!in.is_object()) return {};
    in.member("$schema", run::Presence::optional);
    made_.listen = read_listen_settings(in, source_);
    read_paths(in);
    made_.threads = static_cast<int>(number(in, "threads", 1, 256));
    made_.idempotency_days = static_cast<int>(number(in, "idempotency_days", 1, 3650));
    made_.if_match_required = one_of(in, "if_match", kDemands) == kDemands[1];
    made_.officer_required = one_of(in, "on_behalf_of", kDemands) == kDemands[1];
    made_.default_calendar =
        run::read_code(in, "default_calendar", run::Presence::required, run::kNameSpelling)
            .value_or(core::Code())
            .text;
    read_limits(in);
    read_webhooks(in);
    read_publications(in);
    read_log(in);
    made_.mail = read_mail_settings(in, source_);
    made_.identity = read_identity_settings(in, source_);
    in.refuse_unknown();
    return std::move(made_);
  }

 private:
  std::int64_t number(ObjectReader& in, const char* key, std::int64_t min, std::int64_t max) {
    return run::read_integer(in, key, run::Presence::required, min, max).value_or(min);
  }

  std::chrono::milliseconds time(ObjectReader& in, const char* key, std::int64_t min, std::int64_t max) {
    return std::chrono::milliseconds(number(in, key, min, max));
  }

  std::string one_of(ObjectReader& in, const char* key, std::span<const std::string_view> words) {
    const auto text = in.text(key, run::Presence::required);
    if (!text) return "";
    for (const std::string_view word : words) {
      if (*text == word) return *text;
    }
    in.fault(key, run::not_one_of(words, *text));
    return "";
  }

  void read_paths(ObjectReader& in) {
    const auto path = [&](const char* key) {
      return std::filesystem::path(run::read_text(in, key, run::Presence::required, 500).value_or(""));
    };
    made_.database = path("database");
    made_.master_key_file = path("master_key_file");
    made_.calendars = path("calendars");
    made_.rulebook = path("rulebook");
    made_.agencies = path("agencies");
    made_.ladders = path("ladders");
    made_.procedures = path("procedures");
    made_.messages = path("messages");
    made_.slips = path("slips");
    made_.keys_file = path("keys_file");
    made_.roles = path("roles");
    // Null: beside the database.
    const auto placed = [&](const char* key) {
      const nlohmann::json* given = in.member(key, run::Presence::required);
      return given == nullptr || given->is_null() ? std::filesystem::path() : path(key);
    };
    made_.seals = placed("seals");
    made_.record_keys = placed("record_keys");
    made_.erasures = placed("erasures");
  }

  void read_limits(ObjectReader& in) {
    const nlohmann::json* found = in.member("limits", run::Presence::required);
    if (found == nullptr) return;
    ObjectReader of(*found, in.pointer_to("limits"), source_.file, source_.faults);
    made_.header_bytes = static_cast<std::size_t>(number(of, "header_bytes", 1024, 1024 * 1024));
    made_.body_bytes = static_cast<std::size_t>(number(of, "body_bytes", 1024, 64 * 1024 * 1024));
    made_.json_depth = static_cast<int>(number(of, "json_depth", 4, 256));
    made_.connections = static_cast<int>(number(of, "connections", 1, 1'000'000));
    made_.streams = static_cast<int>(number(of, "streams", 0, 1'000'000));
    made_.stream_checkpoint = time(of, "stream_checkpoint_ms", 100, 600'000);
    made_.connections_per_address = static_cast<int>(number(of, "connections_per_address", 1, 1'000'000));
    made_.handshake_timeout = time(of, "handshake_timeout_ms", 100, 600'000);
    made_.body_grace = time(of, "body_grace_ms", 100, 600'000);
    made_.body_bytes_per_second =
        static_cast<std::size_t>(number(of, "body_bytes_per_second", 0, 64 * 1024 * 1024));
    made_.header_timeout = time(of, "header_timeout_ms", 100, 600'000);
    made_.body_timeout = time(of, "body_timeout_ms", 100, 600'000);
    made_.idle_timeout = time(of, "idle_timeout_ms", 100, 3'600'000);
    made_.write_timeout = time(of, "write_timeout_ms", 100, 600'000);
    made_.queue_wait = time(of, "queue_wait_ms", 1, 60'000);
    made_.queue_length = static_cast<std::size_t>(number(of, "queue_length", 1, 1'000'000));
    made_.group_size = static_cast<std::size_t>(number(of, "group_size", 1, 10'000));
    made_.stop_grace = time(of, "stop_grace_ms", 0, 600'000);
    made_.batch_items = static_cast<std::size_t>(number(of, "batch_items", 1, 10'000));
    made_.reports_waiting = static_cast<std::size_t>(number(of, "reports_waiting", 1, 100));
    made_.code_block_codes = static_cast<int>(number(of, "code_block_codes", 1, 1000));
    made_.code_blocks_open = static_cast<int>(number(of, "code_blocks_open", 1, 1000));
    of.refuse_unknown();
  }

  void read_webhooks(ObjectReader& in) {
    const nlohmann::json* found = in.member("webhooks", run::Presence::required);
    if (found == nullptr) return;
    ObjectReader of(*found, in.pointer_to("webhooks"), source_.file, source_.faults);
    WebhookSettings& to = made_.webhooks;
    to.allow_http = of.boolean("allow_http", run::Presence::required).value_or(false);
    read_networks(of);
    const nlohmann::json* file = of.member("ca_file", run::Presence::required);
    if (file != nullptr && !file->is_null())
      to.ca_file = of.text("ca_file", run::Presence::required).value_or("");
    to.subscriptions = static_cast<int>(number(of, "subscriptions", 1, 10'000));
    to.concurrency = static_cast<int>(number(of, "concurrency", 1, 1000));
    to.concurrency_each = static_cast<int>(number(of, "concurrency_each", 1, 100));
    to.backlog = static_cast<int>(number(of, "backlog", 1, 1'000'000));
    to.connect_timeout = time(of, "connect_timeout_ms", 10, 60'000);
    to.attempt_timeout = time(of, "attempt_timeout_ms", 10, 120'000);
    to.answer_bytes = static_cast<std::size_t>(number(of, "answer_bytes", 1024, 1024 * 1024));
    to.attempts = static_cast<int>(number(of, "attempts", 1, 100));
    to.first_wait = std::chrono::seconds(number(of, "first_wait_seconds", 1, 86'400));
    to.longest_wait = std::chrono::seconds(number(of, "longest_wait_seconds", 1, 604'800));
    to.retry_after = std::chrono::seconds(number(of, "retry_after_seconds", 1, 604'800));
    to.give_up_after = static_cast<int>(number(of, "give_up_after", 1, 10'000));
    to.ledger_days = static_cast<int>(number(of, "ledger_days", 1, 3650));
    of.refuse_unknown();
  }

  void read_publications(ObjectReader& in) {
    const nlohmann::json* found = in.member("publications", run::Presence::required);
    if (found == nullptr) return;
    ObjectReader of(*found, in.pointer_to("publications"), source_.file, source_.faults);
    PublicationSettings& to = made_.publications;
    to.scope = of.text("agency", run::Presence::required).value_or("");
    if (!to.scope.empty() && !core::is_code(to.scope)) of.fault("agency", "Expected the code of an agency");
    to.automatic = of.boolean("automatic", run::Presence::required).value_or(false);
    to.working_day = static_cast<int>(number(of, "working_day", 1, 15));
    to.after_opening = std::chrono::minutes(number(of, "after_opening_minutes", 0, 480));
    to.cutoff_working_days = static_cast<int>(number(of, "cutoff_working_days", 1, 15));
    if (to.cutoff_working_days >= to.working_day && to.automatic) {
      of.fault("working_day", "Expected a day after the cut-off, or facts that count are not recorded yet");
    }
    to.codes_masked = of.boolean("codes_masked", run::Presence::required).value_or(false);
    to.individuals = run::read_word<core::Individuals>(of, "individuals", run::Presence::required)
                         .value_or(core::Individuals::position);
    const nlohmann::json* basis = of.member("individuals_basis", run::Presence::required);
    if (basis != nullptr && !basis->is_null()) {
      to.individuals_basis = of.text("individuals_basis", run::Presence::required).value_or("");
    }
    if (to.individuals == core::Individuals::name && to.individuals_basis.empty()) {
      of.fault("individuals_basis", "Expected the decision by which names are published, but there is none");
    }
    const nlohmann::json* address = of.member("public_address", run::Presence::required);
    if (address != nullptr && !address->is_null()) {
      to.public_address = of.text("public_address", run::Presence::required).value_or("");
    }
    of.refuse_unknown();
  }

  void read_networks(ObjectReader& of) {
    const nlohmann::json* list = of.member("allow_networks", run::Presence::required);
    if (list == nullptr) return;
    const auto is_network = [](const nlohmann::json& one) {
      return one.is_string() && net::parse_network(one.get_ref<const std::string&>());
    };
    if (!list->is_array() || !std::all_of(list->begin(), list->end(), is_network)) {
      return of.fault("allow_networks",
                      "Expected a list of networks such as 10.1.0.0/16, without bits behind the prefix");
    }
    made_.webhooks.allow_networks = list->get<std::vector<std::string>>();
  }

  void read_log(ObjectReader& in) {
    const nlohmann::json* found = in.member("log", run::Presence::required);
    if (found == nullptr) return;
    ObjectReader of(*found, in.pointer_to("log"), source_.file, source_.faults);
    made_.log.level = run::read_word<LogLevel>(of, "level", run::Presence::required).value_or(LogLevel::info);
    const nlohmann::json* file = of.member("file", run::Presence::required);
    if (file != nullptr && !file->is_null())
      made_.log.file = of.text("file", run::Presence::required).value_or("");
    of.refuse_unknown();
  }

  static constexpr std::string_view kDemands[] = {"optional", "required"};

  run::Source source_;
  ServerConfig made_;
};

}  // namespace

std::optional<ServerConfig> load_config(const std::filesystem::path& file,
                                        std::vector<run::LoadFault>& faults) {
  const std::size_t before = faults.size();
  const std::optional<std::string> text = read_file(file, faults);
  if (!text) return std::nullopt;
  const std::string name = file.string();
  const std::optional<nlohmann::json> document = run::load_json(*text, name, faults);
  if (!document) return std::nullopt;
  ServerConfig config = ConfigReader({name, faults}).read(*document);
  if (faults.size() != before) return std::nullopt;
  return config;
}

std::filesystem::path seals_folder(const ServerConfig& config) {
  return config.seals.empty() ? std::filesystem::path(config.database.string() + ".seals") : config.seals;
}

std::filesystem::path erasures_file(const ServerConfig& config) {
  return config.erasures.empty() ? std::filesystem::path(config.database.string() + ".erasures")
                                 : config.erasures;
}

run::KeyFiles key_files(const ServerConfig& config) {
  run::KeyFiles files{config.master_key_file, config.record_keys, {}};
  if (files.records.empty()) files.records = config.database.string() + ".keys";
  const char* const from_environment = std::getenv("MOTCUA_MASTER_KEY");
  if (from_environment != nullptr) files.master_hex = from_environment;
  return files;
}

}  // namespace motcua::api
