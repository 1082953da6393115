#include "api/log.h"

#include <fcntl.h>
#include <simdjson.h>
#include <spdlog/common.h>
#include <spdlog/details/periodic_worker.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <system_error>
#include <utility>

#include "api/json/writer.h"
#include "engine/store/digest.h"

namespace motcua::api {
namespace {

constexpr std::size_t kBufferMax = 64 * 1024;
constexpr std::chrono::seconds kFlushEvery{1};

static_assert(static_cast<int>(LogLevel::trace) == SPDLOG_LEVEL_TRACE);
static_assert(static_cast<int>(LogLevel::error) == SPDLOG_LEVEL_ERROR);
spdlog::level::level_enum spdlog_level(LogLevel level) {
  return static_cast<spdlog::level::level_enum>(level);
}

// Bytes that are no UTF-8 come only in names of files; a line stays JSON all the same.
std::string printable(std::string text) {
  if (simdjson::validate_utf8(text)) return text;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return text;
}

template <class T>
std::string json_of(const T& value) {
  std::string out;
  JsonWriter(out).value(value);
  return out;
}

int opened(const std::string& file) {
  const int fd = file.empty()
                     ? ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
                     : ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "Could not open the log " + file);
  return fd;
}

}  // namespace

LogField::LogField(LogWord name, LogWord word) : name_(name), json_(json_of(std::string_view(word.text()))) {}
LogField::LogField(LogWord name, const core::Code& code)
    : name_(name), json_(json_of(printable(code.text))) {}
LogField::LogField(LogWord name, const core::Uuid& id) : name_(name), json_(json_of(id)) {}
LogField::LogField(LogWord name, core::Instant at) : name_(name) { JsonWriter(json_).instant(at, 0); }
LogField::LogField(LogWord name, const OwnText& text) : name_(name), json_(json_of(printable(text.text))) {}
LogField::LogField(LogWord name, std::span<const std::uint8_t> bytes)
    : name_(name), json_(json_of(store::hex(bytes))) {}

// Gathers lines and writes them with one call: a call for each line would cost as much as reading a dossier.
class Log::Sink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit Sink(int fd) : fd_(fd) {}
  ~Sink() override {
    write_out();
    ::close(fd_);
  }
  void replace(int fd) {
    const std::lock_guard lock(mutex_);
    write_out();
    ::close(std::exchange(fd_, fd));
  }
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    formatter_->format(message, buffer_);
    ++lines_;
    if (buffer_.size() >= kBufferMax) write_out();
  }
  void flush_() override { write_out(); }

 private:
  void write_out() {
    for (std::size_t done = 0; done < buffer_.size();) {
      const ssize_t n = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        lost_ += lines_;
        break;
      }
      done += static_cast<std::size_t>(n);
    }
    buffer_.clear();
    lines_ = 0;
  }

  int fd_;
  spdlog::memory_buf_t buffer_;
  std::uint64_t lines_ = 0;
  std::atomic<std::uint64_t> lost_ = 0;
};

struct Log::Parts {
  explicit Parts(const LogSettings& settings)
      : sink(std::make_shared<Sink>(opened(settings.file))), logger("motcua", sink) {
    logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(R"({"at":"%Y-%m-%dT%H:%M:%S.%eZ",%v})",
                                                                     spdlog::pattern_time_type::utc, "\n"));
    logger.set_level(spdlog_level(settings.level));
    logger.flush_on(spdlog::level::warn);
  }

  std::shared_ptr<Sink> sink;
  spdlog::logger logger;
  spdlog::details::periodic_worker flusher{[this] { sink->flush(); }, kFlushEvery};
};

Log::Log(const LogSettings& settings) : parts_(std::make_unique<Parts>(settings)) {}
Log::~Log() = default;

bool Log::writes(LogLevel level) const { return parts_->logger.should_log(spdlog_level(level)); }

void Log::write(LogLevel level, LogWord event, const std::optional<core::Uuid>& request_id,
                std::initializer_list<LogField> fields) {
  if (!writes(level)) return;
  std::string line;
  line.reserve(256);
  JsonWriter json(line);
  json.member("level", level);
  json.member("event", event.text());
  if (request_id) json.member("request_id", *request_id);
  for (const LogField& field : fields) json.member_raw(field.name().text(), field.json());
  parts_->logger.log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
}

void Log::reopen(const LogSettings& settings) {
  parts_->sink->replace(opened(settings.file));
  parts_->logger.set_level(spdlog_level(settings.level));
}

void Log::flush() { parts_->sink->flush(); }

std::uint64_t Log::lost() const { return parts_->sink->lost(); }

}  // namespace motcua::api
