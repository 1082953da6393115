#include "api/mail_config.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/run/mail_address.h"

namespace motcua::api {
namespace {

using run::ObjectReader;

constexpr std::string_view kStarttls[] = {"required", "never"};

bool is_loopback(std::string_view host) {
  const bool numbers = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "::1" || (host.starts_with("127.") && numbers);
}

bool is_mail_host(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':';
  });
}

// A text, or null for none.
std::string text_or_null(ObjectReader& in, const char* key) {
  const nlohmann::json* found = in.member(key, run::Presence::required);
  if (found == nullptr || found->is_null()) return "";
  return run::read_text(in, key, run::Presence::required, 500).value_or("");
}

}  // namespace

MailSettings read_mail_settings(ObjectReader& in, run::Source source) {
  MailSettings made;
  const nlohmann::json* found = in.member("mail", run::Presence::required);
  if (found == nullptr) return made;
  ObjectReader of(*found, in.pointer_to("mail"), source.file, source.faults);
  if (!of.is_object()) return made;
  made.enabled = of.boolean("enabled", run::Presence::required).value_or(false);
  made.host = run::read_text(of, "host", run::Presence::required, 253).value_or("");
  if (!is_mail_host(made.host)) of.fault("host", "Expected the name of a host, but it is none");
  made.port = static_cast<std::uint16_t>(
      run::read_integer(of, "port", run::Presence::required, 1, 65'535).value_or(587));
  const auto starttls = of.text("starttls", run::Presence::required);
  if (starttls && *starttls != kStarttls[0] && *starttls != kStarttls[1]) {
    of.fault("starttls", run::not_one_of(kStarttls, *starttls));
  }
  made.starttls = starttls != kStarttls[1];
  if (!made.starttls && !is_loopback(made.host)) {
    of.fault("starttls", "Expected required, as the mail server is another machine, but it is never");
  }
  made.user = text_or_null(of, "user");
  made.password_file = text_or_null(of, "password_file");
  if (made.user.empty() != made.password_file.empty()) {
    of.fault("password_file", "Expected a user and a password_file, or neither, but there is one of them");
  }
  made.ca_file = text_or_null(of, "ca_file");
  made.from = run::read_text(of, "from", run::Presence::required, 254).value_or("");
  if (!made.from.empty() && !run::is_mail_address(made.from)) {
    of.fault("from", "Expected a mail address, but it is none");
  }
  made.from_name = run::read_text(of, "from_name", run::Presence::required, 100).value_or("");
  made.kept_days =
      static_cast<int>(run::read_integer(of, "kept_days", run::Presence::required, 1, 3650).value_or(90));
  of.refuse_unknown();
  return made;
}

std::string read_mail_password(const std::filesystem::path& file) {
  struct stat facts {};
  std::ifstream in(file, std::ios::binary);
  std::string line;
  if (!in || ::stat(file.c_str(), &facts) != 0 || !std::getline(in, line) || line.size() > 1000) {
    throw std::runtime_error("expected a password of the mail server in " + file.string() +
                             ", but there is none");
  }
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw std::runtime_error("expected " + file.string() + " to be readable by its owner alone (mode 0600)");
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

}  // namespace motcua::api
