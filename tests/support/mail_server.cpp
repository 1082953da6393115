#include "tests/support/mail_server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/support/paths.h"

namespace motcua::testing {
namespace {

// The one that knows Debian's packages, whatever other stands before it in the path.
constexpr const char* kDebianPython = "/usr/bin/python3";
constexpr int kServerPatienceMs = 30'000;

// The first line that the child says; empty when it ends or takes too long.
std::string first_line(int descriptor) {
  std::string line;
  while (line.find('\n') == std::string::npos) {
    pollfd readable{descriptor, POLLIN, 0};
    char bytes[64];
    if (::poll(&readable, 1, kServerPatienceMs) <= 0) return "";
    const auto count = ::read(descriptor, bytes, sizeof bytes);
    if (count <= 0) return "";
    line.append(bytes, static_cast<std::size_t>(count));
  }
  return line;
}

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

bool MailServer::is_installed() {
  return std::system(
             (std::string(kDebianPython) + " -c 'import aiosmtpd' >/dev/null 2>&1 </dev/null").c_str()) == 0;
}

MailServer::MailServer(int idle_seconds) : idle_seconds_(idle_seconds) {
  std::string name = (std::filesystem::temp_directory_path() / "motcua-mail-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
  directory_ = name;
  const std::string made =
      "cd '" + name +
      "' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
      "-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out "
      "certificate.pem >/dev/null 2>&1 </dev/null";
  if (std::system(made.c_str()) != 0) throw std::runtime_error("cannot make a certificate");
  start();
}

MailServer::~MailServer() {
  stop();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void MailServer::start() {
  int input[2];
  int output[2];
  if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(output, O_CLOEXEC) != 0) {
    throw std::runtime_error("cannot make a pipe");
  }
  const std::string port = std::to_string(port_);
  const std::string certificate_file = certificate();
  const std::string key = directory_ / "key.pem";
  const std::string folder = directory_;
  const std::string idle = std::to_string(idle_seconds_);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(input[0], 0);
    ::dup2(output[1], 1);
    ::execl(kDebianPython, "python3", in_tree("tests/support/smtp_server.py").c_str(), port.c_str(),
            certificate_file.c_str(), key.c_str(), folder.c_str(), idle.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(input[0]);
  ::close(output[1]);
  input_ = input[1];
  const std::string said = first_line(output[0]);
  ::close(output[0]);
  if (said.empty()) throw std::runtime_error("the mail server did not start");
  port_ = static_cast<std::uint16_t>(std::stoi(said));
}

void MailServer::stop() {
  if (pid_ <= 0) return;
  ::close(input_);
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void MailServer::answer(const std::string& reply) { put("reply", reply); }
void MailServer::answer_senders(const std::string& reply) { put("sender_reply", reply); }

void MailServer::hold(bool silent) { put("hold", silent ? "x" : ""); }

void MailServer::put(const char* file, const std::string& reply) {
  if (reply.empty()) {
    std::filesystem::remove(directory_ / file);
    return;
  }
  std::ofstream(directory_ / "new") << reply;
  std::filesystem::rename(directory_ / "new", directory_ / file);
}

std::vector<nlohmann::json> MailServer::letters() const {
  std::vector<nlohmann::json> letters;
  for (const std::string& line : lines_of(directory_ / "letters.jsonl")) {
    nlohmann::json letter = nlohmann::json::parse(line, nullptr, false);
    if (!letter.is_discarded()) letters.push_back(std::move(letter));
  }
  return letters;
}

std::size_t MailServer::refusals() const { return lines_of(directory_ / "refused.txt").size(); }
std::size_t MailServer::ended() const { return lines_of(directory_ / "ended.txt").size(); }

}  // namespace motcua::testing
