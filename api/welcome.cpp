#include "api/welcome.h"

#include <cstdio>
#include <vector>

namespace motcua::api {
namespace {

// Where it is served: in the clear first, as that is for who tries it on this machine.
std::vector<std::string> addresses_of(const ListenSettings& listen, const net::Server& server) {
  std::vector<std::string> all;
  if (listen.plain) all.push_back("http://" + to_text(*listen.plain, server.port()));
  if (listen.tls) all.push_back("https://" + to_text(listen.tls->listen, server.secure_port()));
  return all;
}

}  // namespace

void print_first_key(const std::string& token) {
  std::printf("The first API key, shown this once:\n\n  export KEY=%s\n\n", token.c_str());
  std::fflush(stdout);
}

void print_where_keys_are(const std::filesystem::path& keys_file) {
  std::printf("API keys are in %s; remove the file to have a new first key made.\n", keys_file.c_str());
}

void print_welcome(const ServerConfig& config, const net::Server& server) {
  const std::vector<std::string> addresses = addresses_of(config.listen, server);
  const std::string& base = addresses.front();
  std::printf("motcua serves %s on %s\n", config.database.c_str(), base.c_str());
  if (addresses.size() > 1) std::printf("and on %s\n", addresses.back().c_str());
  std::printf(
      "\nTry:\n\n"
      "  curl -s %s/readyz\n\n"
      "  curl -s %s/v1/deadlines -H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/json' \\\n"
      "    -d "
      "'{\"limit\":{\"value\":8,\"unit\":\"working_hour\"},\"start_at\":\"2026-11-23T16:00:00+07:00\"}'\n\n"
      "  curl -s %s/v1/dossiers -H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/json' \\\n"
      "    -H \"Idempotency-Key: $(date +%%s%%N)\" -d '{\"procedure\":\"2.000908\",\"channel\":\"direct\",\n"
      "    \"receiving_agency\":\"H32.1\",\"accept\":true,\"on_behalf_of\":\"H32.1.cb01\",\n"
      "    \"owner\":{\"kind\":\"citizen\",\"name\":\"Nguyễn Văn A\"}}'\n\n",
      base.c_str(), base.c_str(), base.c_str());
  std::fflush(stdout);
}

}  // namespace motcua::api
