#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "engine/core/terms.h"
#include "engine/core/time.h"
#include "engine/core/value.h"

// What can be made of a core struct that describes its members: `T::describe(self, visit)` calls
// `visit(name, member)` for each, in the order of declaration. A codec is a visitor.
namespace motcua::store {

struct VisitNothing {
  template <class T>
  void operator()(std::string_view, T&) const {}
};
template <class T>
concept Described = requires(T& value) {
  T::describe(value, VisitNothing{});
};

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsVariant = false;
template <class... T>
inline constexpr bool kIsVariant<std::variant<T...>> = true;
template <class T>
inline constexpr bool kIsBytes = false;
template <std::size_t N>
inline constexpr bool kIsBytes<std::array<std::uint8_t, N>> = true;

// Times are counts: of milliseconds, or of days.
template <class T>
concept CountOfMs = std::same_as<T, core::Instant> || std::same_as<T, core::WorkingTime>;

// How text formats name the alternative of a variant that holds a T.
template <class T>
inline constexpr std::string_view kAlternativeName;
template <>
inline constexpr std::string_view kAlternativeName<std::int64_t> = "integer";
template <>
inline constexpr std::string_view kAlternativeName<bool> = "boolean";
template <>
inline constexpr std::string_view kAlternativeName<core::Date> = "date";
template <>
inline constexpr std::string_view kAlternativeName<core::Code> = "word";

// True when `number` is a value of the enumeration E.
template <class E>
constexpr bool is_value_of(std::int64_t number) {
  constexpr std::int64_t first = core::EnumWords<E>::first;
  return number >= first && number < first + std::ssize(core::EnumWords<E>::words);
}

// Makes the alternative of that index and hands it to `use`; false when there is none.
template <class Variant, class Use>
bool with_alternative(Variant& out, std::uint64_t index, Use&& use) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    bool used = false;
    ((I == index ? void(used = use(out.template emplace<I>())) : void()), ...);
    return used;
  }
  (std::make_index_sequence<std::variant_size_v<Variant>>{});
}

// Compact bytes, without names: unsigned numbers, sizes and indices as LEB128; signed numbers, enumerations
// and times as the LEB128 of their zigzag; a bool, and whether an optional holds something, as one byte 0 or
// 1; words and vectors as their size and elements; byte arrays as they are; a variant as index and value.
class BinaryWriter {
 public:
  // `out` must outlive the writer; bytes are put at its end.
  explicit BinaryWriter(std::string& out) : out_(out) {}

  template <class T>
  void operator()(std::string_view, const T& value) {
    write(value);
  }

  template <class T>
  void write(const T& value) {
    if constexpr (std::same_as<T, bool>) {
      out_ += static_cast<char>(value);
    } else if constexpr (std::unsigned_integral<T>) {
      number(value);
    } else if constexpr (std::signed_integral<T> || std::is_enum_v<T>) {
      zigzag(static_cast<std::int64_t>(value));
    } else if constexpr (CountOfMs<T>) {
      zigzag(value.ms);
    } else if constexpr (std::same_as<T, core::Date>) {
      zigzag(value.days);
    } else if constexpr (std::same_as<T, core::Code>) {
      number(value.text.size());
      out_ += value.text;
    } else if constexpr (std::same_as<T, core::Uuid>) {
      write(value.bytes);
    } else if constexpr (kIsBytes<T>) {
      out_.append(reinterpret_cast<const char*>(value.data()), value.size());
    } else if constexpr (kIsOptional<T>) {
      out_ += static_cast<char>(value.has_value());
      if (value) write(*value);
    } else if constexpr (kIsVector<T>) {
      number(value.size());
      for (const auto& element : value) write(element);
    } else if constexpr (kIsVariant<T>) {
      number(value.index());
      std::visit([this](const auto& held) { write(held); }, value);
    } else {
      static_assert(Described<T>, "no encoding for this type");
      T::describe(value, *this);
    }
  }

 private:
  void zigzag(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    number((bits << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0));
  }
  void number(std::uint64_t value) {
    if (value < 0x80) {
      out_ += static_cast<char>(value);
      return;
    }
    char bytes[10];
    std::size_t size = 0;
    for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<char>(value | 0x80);
    bytes[size++] = static_cast<char>(value);
    out_.append(bytes, size);
  }

  std::string& out_;
};

// Reads what BinaryWriter wrote, into a value in any state. Takes any bytes: what is not an encoding fails,
// after which the rest reads as nothing. Memory stays in proportion to the bytes, whatever sizes they claim.
class BinaryReader {
 public:
  // The bytes must outlive the reader.
  explicit BinaryReader(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool read_whole() const { return !failed_ && at_ == end_; }

  template <class T>
  void operator()(std::string_view, T& value) {
    read(value);
  }

  template <class T>
  void read(T& value) {
    if constexpr (std::same_as<T, bool>) {
      value = flag();
    } else if constexpr (std::unsigned_integral<T>) {
      value = in_range<T>(number());
    } else if constexpr (std::signed_integral<T>) {
      value = in_range<T>(zigzag());
    } else if constexpr (std::is_enum_v<T>) {
      const std::int64_t found = zigzag();
      if (is_value_of<T>(found))
        value = static_cast<T>(found);
      else
        fail();
    } else if constexpr (CountOfMs<T>) {
      value.ms = zigzag();
    } else if constexpr (std::same_as<T, core::Date>) {
      read(value.days);
    } else if constexpr (std::same_as<T, core::Code>) {
      const std::string_view text = take(number());
      value.text.assign(text.data(), text.size());
    } else if constexpr (std::same_as<T, core::Uuid>) {
      read(value.bytes);
    } else if constexpr (kIsBytes<T>) {
      const std::string_view bytes = take(value.size());
      if (!bytes.empty()) std::memcpy(value.data(), bytes.data(), value.size());
    } else if constexpr (kIsOptional<T>) {
      value.reset();
      if (flag()) read(value.emplace());
    } else if constexpr (kIsVector<T>) {
      read_elements(value);
    } else if constexpr (kIsVariant<T>) {
      const bool known = with_alternative(value, number(), [this](auto& held) { return read(held), true; });
      if (!known) fail();
    } else {
      static_assert(Described<T>, "no encoding for this type");
      T::describe(value, *this);
    }
  }

 private:
  template <class T>
  void read_elements(std::vector<T>& elements) {
    const std::uint64_t size = number();
    elements.clear();
    if (size > remaining()) return fail();  // an element takes at least a byte
    elements.reserve(size < kReservedMax ? size : kReservedMax);
    for (std::uint64_t i = 0; i < size && !failed_; ++i) read(elements.emplace_back());
  }

  bool flag() {
    const std::string_view byte = take(1);
    if (!byte.empty() && static_cast<unsigned char>(byte[0]) > 1) fail();
    return !failed_ && byte[0] != 0;
  }

  std::int64_t zigzag() {
    const std::uint64_t bits = number();
    return static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
  }

  std::uint64_t number() {
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) return static_cast<unsigned char>(*at_++);
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const std::uint64_t byte = static_cast<unsigned char>(*at_++);
      if (shift == 63 && byte > 1) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }

  template <class T, class Number>
  T in_range(Number number) {
    if (std::in_range<T>(number)) return static_cast<T>(number);
    fail();
    return T{};
  }

  // Nothing when there are fewer.
  std::string_view take(std::uint64_t size) {
    if (size > remaining()) return fail(), std::string_view{};
    const std::string_view taken(at_, static_cast<std::size_t>(size));
    at_ += size;
    return taken;
  }

  std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  void fail() {
    failed_ = true;
    at_ = end_;
  }

  static constexpr std::uint64_t kReservedMax = 64;
  const char* at_;
  const char* end_;
  bool failed_ = false;
};

}  // namespace motcua::store
