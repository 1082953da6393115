#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "engine/core/time.h"
#include "engine/core/value.h"

namespace motcua::core {

// Writes a value as canonical JSON (RFC 8785): one spelling for one content, so that its digest proves it. A
// struct describes its members (`T::describe(self, visit)`) in the order of their names; there are integers,
// texts, true and false, null for what is absent, and lists. No fractions: their spelling is where
// implementations differ.
class CanonicalWriter {
 public:
  // Instants are written with this offset.
  explicit CanonicalWriter(int offset_minutes) : offset_minutes_(offset_minutes) {}
  std::string take() { return std::move(out_); }

  template <class T>
  void value(const T& it) {
    if constexpr (std::same_as<T, bool>) {
      out_ += it ? "true" : "false";
    } else if constexpr (std::integral<T>) {
      integer(static_cast<std::int64_t>(it));
    } else if constexpr (std::same_as<T, std::string>) {
      text(it);
    } else if constexpr (std::same_as<T, Code>) {
      text(it.text);
    } else if constexpr (std::same_as<T, Instant>) {
      text(format_instant(it, offset_minutes_));
    } else if constexpr (std::same_as<T, Date>) {
      text(format_date(it));
    } else if constexpr (std::is_enum_v<T>) {
      text(word_of(it));
    } else {
      compound(it);
    }
  }

 private:
  void integer(std::int64_t number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out_.append(digits, end);
  }
  void text(std::string_view raw);

  template <class T>
  void compound(const std::optional<T>& it) {
    if (it) {
      value(*it);
    } else {
      out_ += "null";
    }
  }
  template <class T>
  void compound(const std::vector<T>& items) {
    out_ += '[';
    bool first = true;
    for (const T& item : items) {
      if (!first) out_ += ',';
      first = false;
      value(item);
    }
    out_ += ']';
  }
  template <class T>
  void compound(const T& it) {
    out_ += '{';
    std::string_view last;
    T::describe(it, [&](std::string_view name, const auto& member) {
      // Names are ASCII, so their bytes are in the order of their UTF-16 units.
      if (!(last < name)) throw std::logic_error("a member is described out of order: " + std::string(name));
      if (!last.empty()) out_ += ',';
      last = name;
      text(name);
      out_ += ':';
      value(member);
    });
    out_ += '}';
  }

  int offset_minutes_;
  std::string out_;
};

template <class T>
std::string canonical_json(const T& it, int offset_minutes) {
  CanonicalWriter writer(offset_minutes);
  writer.value(it);
  return writer.take();
}

}  // namespace motcua::core
