#pragma once

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <string_view>

#include "engine/store/described.h"

// Random values of whatever describes itself, and their text for comparing and for reading a failure.
namespace motcua::test {

// How many rounds of a random test: a tenth under the sanitizers.
inline int rounds(int usual) { return std::getenv("MOTCUA_TEST_SHORT") != nullptr ? usual / 10 : usual; }

class RandomFiller {
 public:
  explicit RandomFiller(std::mt19937_64& random) : random_(random) {}

  template <class T>
  void operator()(std::string_view, T& value) {
    fill(value);
  }

  template <class T>
  void fill(T& value) {
    if constexpr (std::same_as<T, bool>) {
      value = below(2) == 1;
    } else if constexpr (std::integral<T>) {
      value = number<T>();
    } else if constexpr (std::is_enum_v<T>) {
      using Words = core::EnumWords<T>;
      value = static_cast<T>(Words::first + static_cast<int>(below(std::size(Words::words))));
    } else if constexpr (store::CountOfMs<T>) {
      value.ms = number<std::int64_t>();
    } else if constexpr (std::same_as<T, core::Date>) {
      value = *core::make_date(1970 + static_cast<int>(below(8029)), 1 + static_cast<int>(below(12)),
                               1 + static_cast<int>(below(28)));
    } else if constexpr (std::same_as<T, core::Code>) {
      value = word();
    } else if constexpr (std::same_as<T, core::Uuid>) {
      fill(value.bytes);
    } else if constexpr (store::kIsBytes<T>) {
      for (auto& byte : value) byte = static_cast<std::uint8_t>(below(256));
    } else if constexpr (store::kIsOptional<T>) {
      value.reset();
      if (below(2) == 1) fill(value.emplace());
    } else if constexpr (store::kIsVector<T>) {
      value.clear();
      value.resize(below(4));
      for (auto& element : value) fill(element);
    } else if constexpr (store::kIsVariant<T>) {
      store::with_alternative(value, below(std::variant_size_v<T>), [&](auto& held) {
        fill(held);
        return true;
      });
    } else {
      value = T{};
      T::describe(value, *this);
    }
  }

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

 private:
  template <class T>
  T number() {
    switch (below(4)) {
      case 0:
        return static_cast<T>(below(100));
      case 1:
        return below(2) == 1 ? std::numeric_limits<T>::max() : std::numeric_limits<T>::min();
      default:
        return static_cast<T>(random_() >> below(64));
    }
  }

  core::Code word() {
    static constexpr std::string_view kAlphabet = "abcXYZ0189._:/+-";
    std::string text(below(5) == 0 ? below(65) : below(12), 'a');
    for (char& c : text) c = kAlphabet[below(kAlphabet.size())];
    return core::Code(text);
  }

  std::mt19937_64& random_;
};

// One line per member. Two values of which every described member is equal have the same text.
class Teller {
 public:
  template <class T>
  void operator()(std::string_view name, const T& value) {
    out_ << name << '=';
    tell(value);
    out_ << '\n';
  }

  template <class T>
  void tell(const T& value) {
    if constexpr (std::integral<T> || std::is_enum_v<T>) {
      out_ << +static_cast<std::conditional_t<std::unsigned_integral<T>, std::uint64_t, std::int64_t>>(value);
    } else if constexpr (store::CountOfMs<T>) {
      out_ << value.ms << "ms";
    } else if constexpr (std::same_as<T, core::Date>) {
      out_ << "day " << value.days;
    } else if constexpr (std::same_as<T, core::Code>) {
      out_ << '\'' << value.text << '\'';
    } else if constexpr (std::same_as<T, core::Uuid>) {
      tell(value.bytes);
    } else if constexpr (store::kIsBytes<T>) {
      for (const int byte : value) out_ << byte << ' ';
    } else if constexpr (store::kIsOptional<T>) {
      out_ << (value ? "some " : "none");
      if (value) tell(*value);
    } else if constexpr (store::kIsVector<T>) {
      out_ << '[';
      for (const auto& element : value) tell(element), out_ << ',';
      out_ << ']';
    } else if constexpr (store::kIsVariant<T>) {
      out_ << "alternative " << value.index() << ' ';
      std::visit([this](const auto& held) { tell(held); }, value);
    } else {
      out_ << "{\n";
      T::describe(value, *this);
      out_ << '}';
    }
  }

  std::string text() const { return out_.str(); }

 private:
  std::ostringstream out_;
};

template <class T>
std::string told(const T& value) {
  Teller teller;
  teller.tell(value);
  return teller.text();
}

}  // namespace motcua::test
