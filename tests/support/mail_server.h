#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace motcua::testing {

// A real SMTP server that demands STARTTLS (tests/support/smtp_server.py), in a directory of its own. Up from
// the constructor on, which throws std::runtime_error when it does not come up.
class MailServer {
 public:
  // False where python3-aiosmtpd is not installed.
  static bool is_installed();

  // A connection that is idle for so long is ended.
  explicit MailServer(int idle_seconds = 300);
  ~MailServer();
  MailServer(const MailServer&) = delete;
  MailServer& operator=(const MailServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::filesystem::path certificate() const { return directory_ / "certificate.pem"; }
  void stop();
  void start();  // again, on the same port
  // What it answers to every recipient, "550 no such user"; empty: it takes all letters.
  void answer(const std::string& reply);
  // The same to every sender.
  void answer_senders(const std::string& reply);
  // Whether it says nothing, for now, of a letter that it took.
  void hold(bool silent);
  // The letters that it took, in order.
  std::vector<nlohmann::json> letters() const;
  // How many recipients it refused.
  std::size_t refusals() const;
  // How many connections it ended because they were idle.
  std::size_t ended() const;

 private:
  void put(const char* file, const std::string& reply);

  const int idle_seconds_;
  std::filesystem::path directory_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
  int input_ = -1;
};

}  // namespace motcua::testing
