#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/store/described.h"
#include "engine/store/event_codec.h"

namespace motcua::store {
namespace {

using nlohmann::json;

template <class T>
bool read(const json& text, T& out);

// Takes members out of one object by name, and knows whether all were taken.
class MemberReader {
 public:
  // The object must outlive the reader.
  explicit MemberReader(const json& object) : object_(object), good_(object.is_object()) {}

  template <class T>
  void operator()(std::string_view name, T& out) {
    if (!good_) return;
    const auto found = object_.find(name);
    if (found == object_.end()) {
      good_ = std::same_as<T, core::Code> || kIsVector<T> || kIsOptional<T>;
      out = T{};
    } else {
      ++taken_;
      good_ = read(*found, out);
    }
  }

  bool all_taken() const { return good_ && taken_ == object_.size(); }

 private:
  const json& object_;
  std::size_t taken_ = 0;
  bool good_;
};

template <class T>
bool read_number(const json& text, T& out) {
  if (!text.is_number_integer()) return false;
  if (text.is_number_unsigned()) {
    const auto number = text.get<std::uint64_t>();
    out = static_cast<T>(number);
    return std::in_range<T>(number);
  }
  const auto number = text.get<std::int64_t>();
  out = static_cast<T>(number);
  return std::in_range<T>(number);
}

// Keeps what was found in a text, where something was.
template <class T>
bool keep(const std::optional<T>& found, T& out) {
  if (found) out = *found;
  return found.has_value();
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

template <std::size_t N>
bool read_hex(std::string_view text, std::array<std::uint8_t, N>& out) {
  if (text.size() != 2 * N) return false;
  for (std::size_t i = 0; i < N; ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

template <class T>
bool read_word(const std::string& text, T& out) {
  if constexpr (std::is_enum_v<T>) {
    return keep(core::enum_of<T>(text), out);
  } else if constexpr (std::same_as<T, core::Date>) {
    return keep(core::parse_date(text), out);
  } else if constexpr (std::same_as<T, core::Uuid>) {
    return keep(core::parse_uuid(text), out);
  } else if constexpr (std::same_as<T, core::Code>) {
    out = core::Code(text);
    return true;
  } else {
    static_assert(kIsBytes<T>, "no reading for this type");
    return read_hex(text, out);
  }
}

template <class T>
bool read_elements(const json& text, std::vector<T>& out) {
  if (!text.is_array()) return false;
  out.clear();
  return std::all_of(text.begin(), text.end(),
                     [&](const json& element) { return read(element, out.emplace_back()); });
}

// {"<name of the alternative>": value}.
template <class Variant>
bool read_alternative(const json& text, Variant& out) {
  if (!text.is_object() || text.size() != 1) return false;
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto is = [&](std::string_view name) { return text.begin().key() == name; };
    return ((is(kAlternativeName<std::variant_alternative_t<I, Variant>>) &&
             read(*text.begin(), out.template emplace<I>())) ||
            ...);
  }
  (std::make_index_sequence<std::variant_size_v<Variant>>{});
}

template <class T>
bool read(const json& text, T& out) {
  if constexpr (std::same_as<T, bool>) {
    out = text.is_boolean() && text.get<bool>();
    return text.is_boolean();
  } else if constexpr (std::integral<T>) {
    return read_number(text, out);
  } else if constexpr (CountOfMs<T>) {
    return read_number(text, out.ms);
  } else if constexpr (kIsOptional<T>) {
    return read(text, out.emplace());
  } else if constexpr (kIsVector<T>) {
    return read_elements(text, out);
  } else if constexpr (kIsVariant<T>) {
    return read_alternative(text, out);
  } else if constexpr (Described<T>) {
    MemberReader members(text);
    T::describe(out, members);
    return members.all_taken();
  } else {
    return text.is_string() && read_word(text.get_ref<const std::string&>(), out);
  }
}

template <class Body>
bool read_current(const json& text, core::Event& out) {
  MemberReader members(text);
  members("clocks", out.clocks);
  members("body", out.body.emplace<Body>());
  return members.all_taken();
}

// Who reads the bodies of a type in a version. Once a type has a second version, its first stays here as a
// row of its own, whose reader turns the old text into the new one before it reads it.
struct Reading {
  std::string_view type;
  int type_version;
  bool (*read)(const json& text, core::Event& out);
};

template <class... Body>
constexpr std::array<Reading, sizeof...(Body)> current_readings(const std::variant<Body...>*) {
  return {Reading{Body::kType, kTypeVersion, read_current<Body>}...};
}
constexpr auto kReadings = current_readings(static_cast<const core::EventBody*>(nullptr));

}  // namespace

bool decode_body(std::string_view type, int type_version, std::string_view text, core::Event& out) {
  const auto reading = std::find_if(kReadings.begin(), kReadings.end(), [&](const Reading& row) {
    return row.type == type && row.type_version == type_version;
  });
  if (reading == kReadings.end()) return false;
  const json parsed = json::parse(text, nullptr, false);
  core::Event event;
  if (parsed.is_discarded() || !reading->read(parsed, event)) return false;
  out.clocks = std::move(event.clocks);
  out.body = std::move(event.body);
  return true;
}

}  // namespace motcua::store
