#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace motcua::net {

struct SmtpServer {
  std::string host;
  std::uint16_t port = 587;
  bool starttls = true;  // demanded: without it nothing is sent
  std::string user;      // empty: without a login
  std::string password;
  std::string ca_file;     // empty: those of the system
  std::string own_domain;  // by which we greet
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds whole_timeout{60'000};  // of one letter
};

struct SmtpReply {
  enum class Kind { accepted, deferred, refused, unreachable };
  Kind kind = Kind::accepted;
  int code = 0;         // the server's last reply; 0: none
  std::string cause{};  // of an unreachable server; no address is in it
};

// One connection to a mail server, kept between letters. One thread sends; stop() comes from any.
class Smtp {
 public:
  explicit Smtp(SmtpServer server);
  ~Smtp();
  // Addresses without brackets, checked; `message` as mail_message makes it. Blocks within the timeouts.
  SmtpReply send(const std::string& from, const std::string& to, const std::string& message);
  void stop();

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace motcua::net
