#include "tests/durability/harness.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "tests/durability/record.h"

namespace motcua::testing {
namespace {

constexpr int kPatienceMs = 60'000;

}  // namespace

bool is_short_run() { return std::getenv("MOTCUA_TEST_SHORT") != nullptr; }

Environment::Environment(const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) {
    const char* const before = std::getenv(name.c_str());
    before_[name] = before == nullptr ? std::nullopt : std::optional<std::string>(before);
    ::setenv(name.c_str(), value.c_str(), 1);
  }
}

Environment::~Environment() {
  for (const auto& [name, value] : before_) {
    value ? ::setenv(name.c_str(), value->c_str(), 1) : ::unsetenv(name.c_str());
  }
}

ServiceOptions small_service(const std::filesystem::path& binary) {
  ServiceOptions options;
  options.binary = binary;
  options.keys = {{"tester", "", true}};
  options.configure = [](nlohmann::json& config) {
    const std::filesystem::path all = config["procedures"].get<std::string>();
    const std::filesystem::path few =
        std::filesystem::path(config["database"].get<std::string>()).parent_path() / "procedures";
    std::filesystem::create_directory(few);
    std::filesystem::copy_file(all / "1.004194.json", few / "1.004194.json");
    config["procedures"] = few;
    config["limits"]["queue_wait_ms"] = 20'000;
  };
  return options;
}

Gate::Gate() {
  directory_ = (std::filesystem::temp_directory_path() / "motcua-gate-XXXXXX").string();
  if (::mkdtemp(directory_.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
  path_ = directory_ + "/gate";
}

Gate::~Gate() {
  remove();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void Gate::close(std::optional<char> answer_laid_down) {
  remove();
  const std::string answers = path_ + ".answer";
  const std::string made = path_ + ".made";
  if (::mkfifo(answers.c_str(), 0600) != 0 || ::mkfifo(made.c_str(), 0600) != 0)
    throw std::runtime_error("cannot make a FIFO");
  // Open for both, so that nobody waits for the other end and a byte stays until it is read.
  answers_ = ::open(answers.c_str(), O_RDWR | O_CLOEXEC);
  arrivals_ = ::open(made.c_str(), O_RDWR | O_CLOEXEC);
  if (answer_laid_down) answer(*answer_laid_down);
  ::rename(made.c_str(), path_.c_str());
}

bool Gate::wait() {
  pollfd arrived{arrivals_, POLLIN, 0};
  return ::poll(&arrived, 1, kPatienceMs) == 1;
}

void Gate::open(char byte) {
  ::unlink(path_.c_str());
  answer(byte);
}

void Gate::answer(char byte) {
  if (::write(answers_, &byte, 1) != 1) throw std::runtime_error("cannot answer at the gate");
}

void Gate::remove() {
  ::unlink(path_.c_str());
  ::unlink((path_ + ".answer").c_str());
  for (int* const fd : {&arrivals_, &answers_}) {
    if (*fd >= 0) ::close(std::exchange(*fd, -1));
  }
}

int rebuild_on_copy(const RunningService& service) {
  const DiskCopy copy(service.database());
  const Ended ended = run_motcua({"rebuild", "--config", service.config_file().string(), "--database",
                                  copy.database().string(), "--sandbox-database"},
                                 service.directory());
  if (ended.status != 0) ADD_FAILURE() << ended.out << ended.error;
  return ended.status;
}

}  // namespace motcua::testing
