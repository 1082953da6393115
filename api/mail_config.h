#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/run/members_loader.h"

namespace motcua::api {

// How notices are sent by mail: `mail` of config/server.json.
struct MailSettings {
  bool enabled = false;
  std::string host;
  std::uint16_t port = 587;
  bool starttls = true;
  std::string user;                     // empty: no login
  std::filesystem::path password_file;  // its first line
  std::filesystem::path ca_file;        // empty: the system's
  std::string from;
  std::string from_name;
  int kept_days = 90;
};

// Reads the member `mail`; faults go where those of `in` go. Without STARTTLS only a server on this machine
// is taken: a letter names a person.
MailSettings read_mail_settings(run::ObjectReader& in, run::Source source);

// The first line of the password file. Throws std::runtime_error when it cannot be read or others may.
std::string read_mail_password(const std::filesystem::path& file);

}  // namespace motcua::api
