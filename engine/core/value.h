#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace motcua::core {

// A 128-bit identifier, UUIDv7 where the engine makes it.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Uuid&) const = default;
};
std::string to_string(const Uuid& id);
// Takes the 36-character form in either case; nothing for anything else.
std::optional<Uuid> parse_uuid(std::string_view text);

// A word of a closed vocabulary: agency, procedure, step, officer, rule, dossier code. Never typed prose: the
// letters, digits and . _ : / + - of ASCII, 1 to 64 of them; empty means absent.
struct Code {
  std::string text;
  Code() = default;
  explicit Code(std::string_view word) : text(word) {}
  bool empty() const { return text.empty(); }
  auto operator<=>(const Code&) const = default;
};
bool is_code(std::string_view text);

// The part of a personal record that a text stands in. What a person typed never enters an event.
enum class TextRecord { owner, filer, content, papers, facts, reason, note, contact };

// Names a typed text that lies sealed beside the history: its part, the version of the dossier that wrote it,
// and a keyed digest that binds the text to the event without revealing it.
struct TextRef {
  TextRecord record = TextRecord::owner;
  std::uint32_t version = 0;
  std::array<std::uint8_t, 16> mac{};
  bool operator==(const TextRef&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("record", self.record);
    visit("version", self.version);
    visit("mac", self.mac);
  }
};

// The spelling of an enumeration in JSON, SQL and documents, in the order of its values.
template <class E>
struct EnumWords;

template <class E>
constexpr std::string_view word_of(E value) {
  const auto index = static_cast<int>(value) - EnumWords<E>::first;
  return EnumWords<E>::words[static_cast<std::size_t>(index)];
}

template <class E>
constexpr std::optional<E> enum_of(std::string_view word) {
  int index = EnumWords<E>::first;
  for (const auto candidate : EnumWords<E>::words) {
    if (candidate == word) return static_cast<E>(index);
    ++index;
  }
  return std::nullopt;
}

template <>
struct EnumWords<TextRecord> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"owner", "filer",  "content", "papers",
                                               "facts", "reason", "note",    "contact"};
};

}  // namespace motcua::core
