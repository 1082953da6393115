#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/identity_config.h"
#include "api/listen_config.h"
#include "api/log.h"
#include "api/mail_config.h"
#include "engine/core/late_list.h"
#include "engine/core/rights.h"
#include "engine/core/value.h"
#include "engine/run/keyring.h"
#include "engine/run/load_fault.h"

namespace motcua::api {

// How events are brought to those who subscribed.
struct WebhookSettings {
  bool allow_http = false;
  std::vector<std::string> allow_networks;  // "10.1.0.0/16": each was read as one
  std::filesystem::path ca_file;            // empty: what the system trusts
  int subscriptions = 200;
  int concurrency = 128;
  int concurrency_each = 8;
  int backlog = 10'000;
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds attempt_timeout{15'000};
  std::size_t answer_bytes = 65'536;
  int attempts = 16;
  std::chrono::seconds first_wait{5};
  std::chrono::seconds longest_wait{21'600};
  std::chrono::seconds retry_after{86'400};
  int give_up_after = 20;
  int ledger_days = 30;
};

// The monthly list of late dossiers.
struct PublicationSettings {
  std::string scope;       // the agency that publishes, with all below it
  bool automatic = false;  // published by itself
  int working_day = 5;     // after the month
  std::chrono::minutes after_opening{60};
  int cutoff_working_days = 3;
  bool codes_masked = false;
  core::Individuals individuals = core::Individuals::position;
  std::string individuals_basis;  // the decision to publish names
  std::string public_address;     // as the public reaches it, in the feed; empty: as it was called
};

// How one process serves: config/server.json, which config/README.md explains. Paths are relative to the
// directory in which the process starts.
struct ServerConfig {
  ListenSettings listen;
  std::filesystem::path database;
  std::filesystem::path master_key_file;
  int threads = 8;
  std::size_t header_bytes = 16'384;
  std::size_t body_bytes = 1'048'576;
  int json_depth = 32;
  int connections = 4096;
  int connections_per_address = 256;
  int streams = 4096;
  std::chrono::milliseconds stream_checkpoint{15'000};
  std::chrono::milliseconds handshake_timeout{5'000};
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds body_grace{5'000};
  std::size_t body_bytes_per_second = 1024;
  std::chrono::milliseconds idle_timeout{60'000};
  std::chrono::milliseconds write_timeout{30'000};
  std::chrono::milliseconds queue_wait{250};
  std::size_t queue_length = 10'000;
  std::size_t group_size = 256;
  std::chrono::milliseconds stop_grace{10'000};
  std::size_t batch_items = 1000;
  std::size_t reports_waiting = 8;
  int code_block_codes = 100;
  int code_blocks_open = 20;
  bool if_match_required = false;
  bool officer_required = true;  // software names whom it acts for
  int idempotency_days = 30;
  std::filesystem::path calendars;
  std::filesystem::path rulebook;
  std::filesystem::path agencies;
  std::filesystem::path ladders;
  std::filesystem::path procedures;
  std::filesystem::path messages;
  std::filesystem::path slips;
  std::string default_calendar;
  std::filesystem::path keys_file;
  std::filesystem::path roles;
  std::optional<IdentitySettings> identity;  // nothing: no person calls
  std::filesystem::path seals;               // folder; empty: beside the database, as the next two
  std::filesystem::path record_keys;         // file
  std::filesystem::path erasures;            // file
  WebhookSettings webhooks;
  PublicationSettings publications;
  LogSettings log;
  MailSettings mail;
};

// The configuration in a file; nothing, with every fault, when there is any.
std::optional<ServerConfig> load_config(const std::filesystem::path& file,
                                        std::vector<run::LoadFault>& faults);
// Where the seals of the journal lie.
std::filesystem::path seals_folder(const ServerConfig& config);
// Where the ledger of erasures lies.
std::filesystem::path erasures_file(const ServerConfig& config);
// Where the secrets lie. The environment may bring the master key (MOTCUA_MASTER_KEY), in place of its file.
run::KeyFiles key_files(const ServerConfig& config);

// Who calls, and what it was granted.
struct Caller {
  std::string id;  // names it in events: the key's, or person_id
  std::vector<core::Grant> grants{};
  core::Code officer{};  // of a person, who acts as that officer alone; empty: software
};
// What no id of a key begins with.
inline constexpr std::string_view kPersonPrefix = "person:";
inline std::string person_id(const core::Code& officer) { return std::string(kPersonPrefix) + officer.text; }

// A key by which counter software is known: by its token, of which only the SHA-256 is kept, or by a
// certificate.
struct ApiKey : Caller {
  std::string name{};                    // for people
  std::string sha256_hex{};              // of the token; empty: it has none
  std::string certificate_sha256_hex{};  // of the client certificate, in DER; empty: it has none
};

// What a person was granted beside what its position gives.
struct PersonGrants {
  core::Code officer;
  std::vector<core::Grant> grants;
};

// Who may call, and what the roles that they are granted let them do.
struct Callers {
  std::vector<ApiKey> keys;
  std::vector<PersonGrants> people;
  core::Roles roles;
};
// From the files of roles and of keys. No file of keys is a fault but before the first run.
enum class NoKeysYet { fault, fine };
std::optional<Callers> load_callers(const ServerConfig& config, std::vector<run::LoadFault>& faults,
                                    NoKeysYet none = NoKeysYet::fault);
// Makes the keys file (mode 0600) with one key that may do everything, and answers its token, which is kept
// nowhere: "mc_" and 256 random bits. Throws std::system_error.
std::string make_first_key(const std::filesystem::path& file);
// The key of a token; null when none has it. Compares in the same time wherever digests differ.
const ApiKey* find_key(std::span<const ApiKey> keys, std::string_view token);
// The key of a certificate, by its SHA-256 in hexadecimal; null when none has it. Requires one that was
// verified.
const ApiKey* find_key_of_certificate(std::span<const ApiKey> keys, std::string_view sha256_hex);

}  // namespace motcua::api
