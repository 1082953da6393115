#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "api/base64url.h"
#include "api/config.h"
#include "engine/run/members_loader.h"
#include "engine/run/random_port.h"
#include "engine/run/role_loader.h"
#include "engine/store/digest.h"

namespace motcua::api {
namespace {

using run::ObjectReader;

constexpr std::size_t kSecretBytes = 32;
constexpr std::string_view kPrefix = "mc_";
// Of config/roles.json: all that there is to do.
constexpr const char* kFirstRoles[] = {"integration", "unmasking", "erasing", "auditor", "administrator"};

[[noreturn]] void fail(const std::filesystem::path& file, int code) {
  throw std::system_error(code, std::generic_category(), "Could not make the keys file " + file.string());
}

bool is_digest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string read_digest(ObjectReader& in, const char* name, run::Presence presence) {
  const auto digest = in.text(name, presence);
  if (digest && !is_digest(*digest))
    in.fault(name, "Expected a SHA-256 as 64 lower-case hex digits, but it is none");
  return digest.value_or("");
}

// What no two keys have in common.
struct Once {
  std::set<std::string> ids;
  std::set<core::Code> officers;
  std::set<std::string> certificates;
};

ApiKey read_key(ObjectReader& in, const core::Roles& roles, run::Source source, Once& once) {
  ApiKey key;
  key.id = run::read_code(in, "id", run::Presence::required, run::kNameSpelling).value_or(core::Code()).text;
  key.name = run::read_text(in, "name", run::Presence::required, 200).value_or("");
  key.grants = run::read_grants(in, "grants", roles, source.file, source.faults);
  key.certificate_sha256_hex = read_digest(in, "certificate_sha256", run::Presence::optional);
  if (!key.certificate_sha256_hex.empty() && !once.certificates.insert(key.certificate_sha256_hex).second)
    in.fault("certificate_sha256", "Expected each certificate once, but this one is repeated");
  key.sha256_hex = read_digest(
      in, "sha256", key.certificate_sha256_hex.empty() ? run::Presence::required : run::Presence::optional);
  if (!key.id.empty() && !once.ids.insert(key.id).second) {
    in.fault("id", "Expected each id once, but this one is repeated");
  }
  return key;
}

PersonGrants read_person(ObjectReader& in, const core::Roles& roles, run::Source source, Once& once) {
  PersonGrants person;
  person.officer =
      run::read_code(in, "officer", run::Presence::required, run::kOfficerSpelling).value_or(core::Code());
  person.grants = run::read_grants(in, "grants", roles, source.file, source.faults);
  if (!person.officer.empty() && !once.officers.insert(person.officer).second) {
    in.fault("officer", "Expected each officer once, but this one is repeated");
  }
  return person;
}

std::optional<std::string> text_of(const std::filesystem::path& file, std::vector<run::LoadFault>& faults) {
  std::ifstream in(file, std::ios::binary);
  if (in) return std::string{std::istreambuf_iterator<char>(in), {}};
  faults.push_back({file.string(), "", "Expected a readable file, but it is none"});
  return std::nullopt;
}

// Whole and on the disk, or not there at all: an existing file is never replaced.
void write_new_file(const std::filesystem::path& file, std::string_view text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) fail(file, errno);
  int error = 0;
  while (!text.empty() && error == 0) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count >= 0) text.remove_prefix(static_cast<std::size_t>(count));
    if (count < 0 && errno != EINTR) error = errno;
  }
  if (error == 0 && ::fsync(fd) != 0) error = errno;
  ::close(fd);
  if (error == 0) return;
  ::unlink(file.c_str());
  fail(file, error);
}

}  // namespace

std::optional<Callers> load_callers(const ServerConfig& config, std::vector<run::LoadFault>& faults,
                                    NoKeysYet none) {
  Callers made;
  const auto roles = text_of(config.roles, faults);
  auto loaded = roles ? run::load_roles(*roles, config.roles.string(), faults) : std::nullopt;
  if (!loaded) return std::nullopt;
  made.roles = std::move(*loaded);
  if (none == NoKeysYet::fine && !std::filesystem::exists(config.keys_file)) return made;
  const std::string name = config.keys_file.string();
  const auto text = text_of(config.keys_file, faults);
  if (!text) return std::nullopt;
  const std::size_t before = faults.size();
  const std::optional<nlohmann::json> document = run::load_json(*text, name, faults);
  if (!document) return std::nullopt;
  Once once;
  const run::Source source{name, faults};
  ObjectReader top(*document, "", name, faults);
  run::read_objects(top, "keys", run::Presence::required, 0, source,
                    [&](ObjectReader& one) { made.keys.push_back(read_key(one, made.roles, source, once)); });
  run::read_objects(top, "people", run::Presence::optional, 0, source, [&](ObjectReader& one) {
    made.people.push_back(read_person(one, made.roles, source, once));
  });
  if (top.is_object()) top.refuse_unknown();
  if (faults.size() != before) return std::nullopt;
  return made;
}

std::string make_first_key(const std::filesystem::path& file) {
  std::array<std::uint8_t, kSecretBytes> secret{};
  run::random_bytes(secret);
  std::string token = std::string(kPrefix) + base64url(secret);
  nlohmann::json grants = nlohmann::json::array();
  for (const char* role : kFirstRoles) grants.push_back({{"role", role}});
  const nlohmann::json document{{"keys", nlohmann::json::array({{{"id", "first"},
                                                                 {"name", "First key, made on the first run"},
                                                                 {"grants", grants},
                                                                 {"sha256", store::sha256_hex(token)}}})}};
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
  write_new_file(file, document.dump(2) + "\n");
  return token;
}

const ApiKey* find_key(std::span<const ApiKey> keys, std::string_view token) {
  // Every key is compared, and each in constant time. The digest of a random token tells nothing of another.
  const std::string digest = store::sha256_hex(token);
  const ApiKey* found = nullptr;
  for (const ApiKey& key : keys) {
    if (store::same_bytes(key.sha256_hex, digest)) found = &key;
  }
  return found;
}

const ApiKey* find_key_of_certificate(std::span<const ApiKey> keys, std::string_view sha256_hex) {
  const ApiKey* found = nullptr;
  for (const ApiKey& key : keys) {
    if (store::same_bytes(key.certificate_sha256_hex, sha256_hex)) found = &key;
  }
  return found;
}

}  // namespace motcua::api
