#include "tests/support/service.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/store/digest.h"
#include "tests/support/paths.h"

extern char** environ;

namespace motcua::testing {
namespace {

using nlohmann::json;

// A program that takes longer to start or to end hangs; it is killed, and the test fails.
constexpr int kPatienceMs = 60'000;

std::string contents_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::filesystem::path fresh_directory() {
  std::string name = (std::filesystem::temp_directory_path() / "motcua-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
  return name;
}

// Starts a program in a directory: standard output goes to the descriptor, standard error to the file's end.
pid_t spawn(const std::filesystem::path& binary, const std::vector<std::string>& arguments,
            const std::vector<std::string>& environment, const std::filesystem::path& directory, int output,
            const std::filesystem::path& errors) {
  std::vector<std::string> words{binary.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<std::string> more = environment;
  std::vector<char*> envp;
  for (std::string& word : more) envp.push_back(word.data());
  for (char** own = environ; *own != nullptr; ++own) envp.push_back(*own);
  envp.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, binary.c_str(), &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("cannot start " + binary.string());
  return pid;
}

// The exit status of a child, or 128 + the signal that ended it.
int end_of(pid_t pid) {
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  pollfd ended{handle, POLLIN, 0};
  if (handle >= 0 && ::poll(&ended, 1, kPatienceMs) == 0) {
    ADD_FAILURE() << "the program did not end, and was killed";
    ::kill(pid, SIGKILL);
  }
  if (handle >= 0) ::close(handle);
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Reads on until the text holds `mark`, the writer has gone, or too long a time has passed.
bool read_until(int descriptor, std::string_view mark, std::string& text) {
  while (mark.empty() || text.find(mark) == std::string::npos) {
    pollfd readable{descriptor, POLLIN, 0};
    if (::poll(&readable, 1, kPatienceMs) <= 0) return false;
    char bytes[4096];
    const auto count = ::read(descriptor, bytes, sizeof bytes);
    if (count <= 0) return false;
    text.append(bytes, static_cast<std::size_t>(count));
  }
  return true;
}

// Reads what lies there already.
void read_waiting(int descriptor, std::string& text) {
  pollfd readable{descriptor, POLLIN, 0};
  char bytes[4096];
  while (::poll(&readable, 1, 0) > 0 && (readable.revents & POLLIN) != 0) {
    const auto count = ::read(descriptor, bytes, sizeof bytes);
    if (count <= 0) return;
    text.append(bytes, static_cast<std::size_t>(count));
  }
}

// The word after a mark, up to the end of its line.
std::string word_after(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return {};
  const std::size_t from = at + mark.size();
  return std::string(text.substr(from, text.find_first_of(" \r\n", from) - from));
}

struct Pipe {
  int read = -1;
  int write = -1;
};
Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  return {ends[0], ends[1]};
}

}  // namespace

std::string token_of(std::string_view key_id) { return "mc_test_" + std::string(key_id); }

RunningService::RunningService(ServiceOptions options)
    : options_(std::move(options)), directory_(fresh_directory()) {
  if (options_.binary.empty()) options_.binary = motcua_binary();
  prepare();
  try {
    start();
  } catch (...) {
    std::filesystem::remove_all(directory_);
    throw;
  }
}

RunningService::~RunningService() {
  if (pid_ > 0) kill9();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

json typed_of(HttpClient& client, const std::string& dossier) {
  const HttpAnswer answer = client.get(dossier + "/owner?" + std::string(kUnmasked));
  if (answer.status != 200) throw std::runtime_error("what was typed is not told: " + answer.body);
  return answer.json();
}

json key_json(const ServiceKey& key) {
  json grants = json::array();
  std::vector<std::string> roles = key.roles;
  if (roles.empty()) roles = {"integration", "auditor", "administrator"};
  if (key.roles.empty() && key.personal) roles.insert(roles.end(), {"unmasking", "erasing"});
  for (const std::string& role : roles) {
    grants.push_back({{"role", role}});
    if (!key.scope.empty()) grants.back()["agency"] = key.scope;
    if (!key.to.empty()) grants.back()["to"] = key.to;
    if (!key.procedures.empty()) grants.back()["procedures"] = key.procedures;
  }
  return {{"id", key.id},
          {"name", "Key " + key.id},
          {"grants", grants},
          {"sha256", store::sha256_hex(token_of(key.id))}};
}

void RunningService::prepare() {
  const std::filesystem::path source = in_tree();
  json config = json::parse(contents_of(source / "config/server.json"));
  config["listen"] = "127.0.0.1:0";
  config["database"] = database();
  config["master_key_file"] = directory_ / "master.key";
  config["keys_file"] = directory_ / "keys.json";
  for (const char* definitions :
       {"calendars", "rulebook", "agencies", "ladders", "procedures", "messages", "slips", "roles"})
    config[definitions] = source / config[definitions].get<std::string>();
  config["log"]["file"] = directory_ / "motcua.log";
  config["on_behalf_of"] = "optional";
  config["limits"]["queue_wait_ms"] = 20'000;  // a disk may be busy with somebody else's work
  config["rates"] = nullptr;  // tests ask as fast as they can, and again until what they wait for is there
  if (options_.configure) options_.configure(config);
  std::ofstream(config_file()) << config.dump(2);
  if (options_.keys.empty()) return;
  json keys = json::array();
  for (const ServiceKey& key : options_.keys) {
    keys.push_back(key_json(key));
  }
  json file{{"keys", keys}};
  if (options_.grant) options_.grant(file);
  std::ofstream(directory_ / "keys.json") << file.dump(2);
  token_ = token_of(options_.keys.front().id);
}

void RunningService::start() {
  std::vector<std::string> arguments{"serve", "--config", config_file().string()};
  if (options_.sandbox) arguments.push_back("--sandbox=" + *options_.sandbox);
  const Pipe output = make_pipe();
  pid_ = spawn(options_.binary, arguments, options_.environment, directory_, output.write,
               directory_ / "stderr.txt");
  ::close(output.write);
  output_ = output.read;
  welcome_.clear();
  const bool started = read_until(output_, "\nTry:\n", welcome_);
  read_waiting(output_, welcome_);
  const std::string port = word_after(welcome_, " on http://127.0.0.1:");
  const std::string secure_port = word_after(welcome_, "on https://127.0.0.1:");
  if (!started || (port.empty() && secure_port.empty())) {
    kill9();
    throw std::runtime_error("the service did not start: " + welcome_ + log());
  }
  port_ = static_cast<std::uint16_t>(port.empty() ? 0 : std::stoi(port));
  secure_port_ = static_cast<std::uint16_t>(secure_port.empty() ? 0 : std::stoi(secure_port));
  const std::string first = word_after(welcome_, "export KEY=");
  if (!first.empty()) token_ = first;
}

std::string RunningService::log() const {
  return contents_of(directory_ / "stderr.txt") + contents_of(directory_ / "motcua.log");
}

int RunningService::stop() {
  if (pid_ > 0) ::kill(pid_, SIGTERM);
  return wait();
}

void RunningService::kill9() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
  wait();
}

int RunningService::wait() {
  if (pid_ <= 0) return -1;
  const int status = end_of(std::exchange(pid_, -1));
  ::close(std::exchange(output_, -1));
  return status;
}

void RunningService::restart() { start(); }

bool RunningService::set_clock(std::string_view instant) {
  return client().put("/v1/sandbox/clock", json{{"now", instant}}).status == 200;
}

bool RunningService::advance(std::int64_t seconds) {
  return client().put("/v1/sandbox/clock", json{{"advance_seconds", seconds}}).status == 200;
}

void copy_procedures(const std::filesystem::path& folder) {
  const std::filesystem::path source(in_tree());
  std::filesystem::copy(source / "workflows", folder);
  std::filesystem::copy(source / "tests/support/procedures", folder);
}

void use_copied_procedures(json& config) {
  const auto folder =
      std::filesystem::path(config["database"].get<std::string>()).parent_path() / "workflows";
  copy_procedures(folder);
  config["procedures"] = folder;
}

RunningProgram::RunningProgram(const std::vector<std::string>& arguments, std::filesystem::path directory,
                               const std::string& name)
    : errors_(directory / (name + ".stderr")) {
  const Pipe output = make_pipe();
  pid_ = spawn(motcua_binary(), arguments, {}, directory, output.write, errors_);
  ::close(output.write);
  output_ = output.read;
}

RunningProgram::~RunningProgram() {
  if (pid_ > 0) end(SIGKILL);
}

bool RunningProgram::says(std::string_view mark) { return read_until(output_, mark, said_); }

std::string RunningProgram::complained() const { return contents_of(errors_); }

int RunningProgram::end(int signal) {
  ::kill(pid_, signal);
  const int status = end_of(std::exchange(pid_, -1));
  read_waiting(output_, said_);
  ::close(std::exchange(output_, -1));
  return status;
}

Ended run_motcua(const std::vector<std::string>& arguments, const std::filesystem::path& directory) {
  const std::filesystem::path scratch = fresh_directory();
  const std::filesystem::path errors = scratch / "stderr.txt";
  const Pipe output = make_pipe();
  const pid_t pid = spawn(motcua_binary(), arguments, {}, directory, output.write, errors);
  ::close(output.write);
  Ended ended;
  read_until(output.read, {}, ended.out);
  ::close(output.read);
  ended.status = end_of(pid);
  ended.error = contents_of(errors);
  std::filesystem::remove_all(scratch);
  return ended;
}

}  // namespace motcua::testing
