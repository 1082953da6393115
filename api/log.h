#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/time.h"
#include "engine/core/value.h"

namespace motcua::api {

enum class LogLevel { trace, debug, info, warn, error };

struct LogSettings {
  LogLevel level = LogLevel::info;  // the least grave line that is written
  std::string file;                 // empty: standard error
};

// A word fixed when the program was compiled.
class LogWord {
 public:
  consteval LogWord(const char* word) : word_(word) {}
  const char* text() const { return word_; }

 private:
  const char* word_;
};

// Text that the program or the machine made: a route, the cause of a failure. Never anything a request
// carried.
struct OwnText {
  std::string text;
};

// A named value of a line. There is no way to put arbitrary text in: what a person typed must not reach the
// log.
class LogField {
 public:
  template <std::integral N>
  LogField(LogWord name, N number) : name_(name) {
    if constexpr (std::same_as<N, bool>) {
      json_ = number ? "true" : "false";
    } else {
      json_ = std::to_string(number);
    }
  }
  LogField(LogWord name, LogWord word);
  LogField(LogWord name, const core::Code& code);
  LogField(LogWord name, const core::Uuid& id);
  LogField(LogWord name, core::Instant at);  // UTC
  LogField(LogWord name, const OwnText& text);
  LogField(LogWord name, std::span<const std::uint8_t> bytes);  // hexadecimal, in which no text can be read

  LogWord name() const { return name_; }
  const std::string& json() const { return json_; }

 private:
  LogWord name_;
  std::string json_;
};

// The log: one line of JSON for each event, with `at` (real time, UTC), `level`, `event`, `request_id` where
// there is one, then the fields. Any thread. Lines reach the file within a second, from `warn` on at once. A
// line that cannot be written (full disk) is lost, and never hinders the caller.
class Log {
 public:
  // Throws std::system_error when the file cannot be opened for appending.
  explicit Log(const LogSettings& settings);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool writes(LogLevel level) const;
  void write(LogLevel level, LogWord event, const std::optional<core::Uuid>& request_id,
             std::initializer_list<LogField> fields = {});
  void write(LogLevel level, LogWord event, std::initializer_list<LogField> fields = {}) {
    write(level, event, std::nullopt, fields);
  }

  // Opens the file anew, after a rotation or with other settings (SIGHUP). Throws std::system_error, and goes
  // on as before, when that cannot be done. Not in a signal handler.
  void reopen(const LogSettings& settings);
  void flush();
  // Lines lost since the start.
  std::uint64_t lost() const;

 private:
  class Sink;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace motcua::api

template <>
struct motcua::core::EnumWords<motcua::api::LogLevel> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"trace", "debug", "info", "warn", "error"};
};
