#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/time.h"
#include "engine/core/value.h"

namespace motcua::api {

template <class E>
concept WordEnum = requires {
  core::EnumWords<E>::first;
};

// Writes JSON at the end of a string; commas come by themselves. It checks nothing: begin and end must pair,
// and inside an object every value must follow its key. Texts must be valid UTF-8 (what the reader let in
// is). Where a member may be absent, an empty optional is written as null. One writer, one thread.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  // `name` is one of ours: it must need no escaping.
  void key(std::string_view name) {
    separate();
    out_ += '"';
    out_ += name;
    out_ += "\":";
    separated_ = true;
  }

  void null() { raw("null"); }
  void value(bool yes) { raw(yes ? "true" : "false"); }
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(const core::Code& code) { value(std::string_view(code.text)); }
  void value(const core::Uuid& id);
  void value(core::Date date);
  template <std::integral N>
  requires(!std::same_as<N, bool>) void value(N number) {
    char digits[24];
    raw({digits, std::to_chars(digits, digits + sizeof digits, number).ptr});
  }
  template <WordEnum E>
  void value(E word) {
    separate();
    out_ += '"';
    out_ += core::word_of(word);
    out_ += '"';
  }
  template <class T>
  void value(const std::optional<T>& perhaps) {
    perhaps ? value(*perhaps) : null();
  }
  // RFC 3339 at this offset, milliseconds only when they are not zero.
  void instant(core::Instant at, int offset_minutes = core::kVietnamOffsetMinutes);
  void instant(const std::optional<core::Instant>& at, int offset_minutes = core::kVietnamOffsetMinutes) {
    at ? instant(*at, offset_minutes) : null();
  }
  // A value that is JSON already.
  void raw(std::string_view json) {
    separate();
    out_ += json;
  }

  template <class T>
  void member(std::string_view name, const T& content) {
    key(name);
    value(content);
  }
  void member_instant(std::string_view name, const std::optional<core::Instant>& at,
                      int offset_minutes = core::kVietnamOffsetMinutes) {
    key(name);
    instant(at, offset_minutes);
  }
  // No code is written as null.
  void member_code(std::string_view name, const core::Code& code) {
    code.empty() ? member_null(name) : member(name, code);
  }
  void member_raw(std::string_view name, std::string_view json) {
    key(name);
    raw(json);
  }
  void member_null(std::string_view name) {
    key(name);
    null();
  }
  // A duration, shown in whole seconds, rounded up.
  void member_seconds(std::string_view name, std::int64_t ms) {
    member(name, (ms + (ms > 0 ? 999 : 0)) / 1000);
  }

 private:
  void separate() {
    if (!separated_) out_ += ',';
    separated_ = false;
  }
  void open(char bracket) {
    separate();
    out_ += bracket;
    separated_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    separated_ = false;
  }

  std::string& out_;
  bool separated_ = true;  // no comma is due before what comes next
};

}  // namespace motcua::api
