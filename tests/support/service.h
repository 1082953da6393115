#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace motcua::testing {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpAnswer {
  int status = 0;       // 0: the connection ended before a whole answer
  HttpHeaders headers;  // names in lower case
  std::string body;

  // The first header of that name (lower case); empty when absent.
  std::string header(std::string_view name) const;
  // The body as JSON; a discarded value when it is none.
  nlohmann::json json() const;
};

// A blocking HTTP/1.1 client on one connection, which is kept alive and made anew when the server closed it.
// Every wait ends after twenty seconds, as a status of 0. One thread.
class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port, std::string token = {});
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  // Sends the token, unless `headers` has an Authorization (an empty one: none is sent). A body is declared
  // as JSON unless `headers` says otherwise.
  HttpAnswer request(std::string_view method, std::string_view target, std::string_view body = {},
                     const HttpHeaders& headers = {});
  HttpAnswer get(std::string_view target);
  HttpAnswer put(std::string_view target, const nlohmann::json& body);
  // With a fresh Idempotency-Key, which requests that only compute ignore.
  HttpAnswer post(std::string_view target, const nlohmann::json& body);
  // With this Idempotency-Key, and If-Match where a version is given.
  HttpAnswer post(std::string_view target, const nlohmann::json& body, std::string_view key,
                  std::optional<int> if_match = std::nullopt);

  // For what is no proper request: the bytes as they are (false when the server no longer takes them), and
  // the next answer; to a HEAD request no body follows.
  bool send_bytes(std::string_view bytes);
  HttpAnswer receive(bool head_only = false);
  // True when the server has closed its side and nothing was left to read.
  bool at_end();
  void disconnect();

 private:
  void connect();
  bool fill();

  std::uint16_t port_;
  std::string token_;
  int socket_ = -1;
  std::string buffer_;
};

// The query of who reads unmasked what persons typed, for an officer who may do so for every dossier.
inline constexpr std::string_view kUnmasked = "unmasked=true&reason=Ki%E1%BB%83m%20tra&on_behalf_of=H32.ct01";
// What persons typed of the dossier at that path, unmasked.
nlohmann::json typed_of(HttpClient& client, const std::string& dossier);

// A key of the keys file that a test writes; its token is token_of(id).
struct ServiceKey {
  std::string id;
  std::string scope;  // an agency, with all below it; empty: every one
  bool personal = true;
  std::vector<std::string> roles{};       // empty: whatever software needs, and unmasked where `personal`
  std::vector<std::string> procedures{};  // empty: every one
  std::string to{};                       // the last day; empty: for ever
};
// As the keys file holds it.
nlohmann::json key_json(const ServiceKey& key);
std::string token_of(std::string_view key_id);

struct ServiceOptions {
  // Where the virtual clock starts; nothing: a real database, by the wall clock.
  std::optional<std::string> sandbox = "2026-08-21T08:00:00+07:00";
  // Empty: the program makes its first key, as for anybody who runs it the first time.
  std::vector<ServiceKey> keys;
  // Called with the shipped configuration, its paths already inside the directory of the service.
  std::function<void(nlohmann::json&)> configure;
  // Called with the file of keys that is made of `keys`.
  std::function<void(nlohmann::json&)> grant;
  std::filesystem::path binary;          // empty: the program of this build
  std::vector<std::string> environment;  // "NAME=value", beside the test's own
};

// The real program on a free port, in a directory of its own that is removed with it. Its definitions are
// those of the source tree. The constructor returns when it takes requests; throws std::runtime_error, with
// what the program said, when it does not come that far.
class RunningService {
 public:
  explicit RunningService(ServiceOptions options = {});
  RunningService(const RunningService&) = delete;
  RunningService& operator=(const RunningService&) = delete;
  ~RunningService();

  std::uint16_t port() const { return port_; }                // 0 where nothing is served in the clear
  std::uint16_t secure_port() const { return secure_port_; }  // 0 without TLS
  pid_t pid() const { return pid_; }
  const std::filesystem::path& directory() const { return directory_; }
  std::filesystem::path database() const { return directory_ / "motcua.db"; }
  std::filesystem::path config_file() const { return directory_ / "server.json"; }
  // Of the first key.
  const std::string& token() const { return token_; }
  // All that it printed before it took requests.
  const std::string& welcome() const { return welcome_; }
  // What it wrote on standard error and to its log so far.
  std::string log() const;

  HttpClient client() const { return HttpClient(port_, token_); }
  HttpClient client(std::string_view key_id) const { return HttpClient(port_, token_of(key_id)); }

  // SIGTERM; its exit status.
  int stop();
  void kill9();
  // Waits for its end without a signal; its exit status.
  int wait();
  // Starts it again on the same database, on another port. Requires that it was stopped or killed.
  void restart();

  // Sandbox: moves the virtual clock, "2026-08-21T16:00:00+07:00". False when it was refused.
  bool set_clock(std::string_view instant);
  bool advance(std::int64_t seconds);

 private:
  void prepare();
  void start();

  ServiceOptions options_;
  std::filesystem::path directory_;
  std::string token_;
  std::string welcome_;
  pid_t pid_ = -1;
  int output_ = -1;
  std::uint16_t port_ = 0;
  std::uint16_t secure_port_ = 0;
};

// A folder of procedures: those of the source tree and of tests/support/procedures: 9.000002, whose workflow
// has edges, and those that pay in every way that there is.
void copy_procedures(const std::filesystem::path& folder);
// Has the service read them instead of the source tree's; for ServiceOptions::configure.
void use_copied_procedures(nlohmann::json& config);

// A program that ends by itself, run to its end.
struct Ended {
  int status = -1;  // exit status, or 128 + the signal
  std::string out;
  std::string error;
};
// Runs the program of this build with these arguments in `directory`.
Ended run_motcua(const std::vector<std::string>& arguments, const std::filesystem::path& directory);

// The program of this build with these arguments in `directory`, until it ends or is ended; killed with this.
class RunningProgram {
 public:
  RunningProgram(const std::vector<std::string>& arguments, std::filesystem::path directory,
                 const std::string& name);
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;
  ~RunningProgram();

  pid_t pid() const { return pid_; }
  // Waits until this stands in what it said on standard output, or its end.
  bool says(std::string_view mark);
  const std::string& said() const { return said_; }
  std::string complained() const;  // on standard error so far
  // The signal, and its exit status, or 128 + what ended it.
  int end(int signal);

 private:
  const std::filesystem::path errors_;
  pid_t pid_ = -1;
  int output_ = -1;
  std::string said_;
};

}  // namespace motcua::testing
