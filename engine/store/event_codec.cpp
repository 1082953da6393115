#include "engine/store/event_codec.h"

#include <algorithm>
#include <charconv>

#include "engine/store/described.h"
#include "engine/store/digest.h"

namespace motcua::store {
namespace {

// Writes JSON at the end of a text. A comma is due wherever the text does not stand at an opening bracket.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  template <class T>
  void operator()(std::string_view name, const T& value) {
    if constexpr (std::same_as<T, core::Code> || kIsVector<T>) {
      if (empty(value)) return;
    } else if constexpr (kIsOptional<T>) {
      if (!value) return;
    }
    member(name);
    write(value);
  }

  template <class T>
  void write(const T& value) {
    if constexpr (std::same_as<T, bool>) {
      out_ += value ? "true" : "false";
    } else if constexpr (std::integral<T>) {
      number(value);
    } else if constexpr (std::is_enum_v<T>) {
      quoted(core::word_of(value));
    } else if constexpr (CountOfMs<T>) {
      number(value.ms);
    } else if constexpr (std::same_as<T, core::Date>) {
      quoted(core::format_date(value));
    } else if constexpr (std::same_as<T, core::Code>) {
      quoted(value.text);
    } else if constexpr (std::same_as<T, core::Uuid>) {
      quoted(core::to_string(value));
    } else if constexpr (kIsBytes<T>) {
      quoted(hex(value));
    } else if constexpr (kIsOptional<T>) {
      write(*value);
    } else if constexpr (kIsVector<T>) {
      out_ += '[';
      for (const auto& element : value) {
        comma();
        write(element);
      }
      out_ += ']';
    } else if constexpr (kIsVariant<T>) {
      out_ += '{';
      std::visit([this](const auto& held) { alternative(held); }, value);
      out_ += '}';
    } else {
      static_assert(Described<T>, "no JSON for this type");
      out_ += '{';
      T::describe(value, *this);
      out_ += '}';
    }
  }

 private:
  static bool empty(const core::Code& code) { return code.empty(); }
  template <class T>
  static bool empty(const std::vector<T>& elements) {
    return elements.empty();
  }

  // Written even when it is an empty word: which alternative stands is part of the value.
  template <class T>
  void alternative(const T& value) {
    member(kAlternativeName<T>);
    write(value);
  }

  void member(std::string_view name) {
    comma();
    const std::size_t size = out_.size();
    out_.resize(size + name.size() + 3);
    char* const at = out_.data() + size;
    at[0] = '"';
    std::copy(name.begin(), name.end(), at + 1);
    at[name.size() + 1] = '"';
    at[name.size() + 2] = ':';
  }
  void comma() {
    if (out_.back() != '{' && out_.back() != '[') out_ += ',';
  }

  void number(std::integral auto value) {
    char digits[24];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
    out_.append(digits, end);
  }

  // The vocabulary of a word needs no escapes. Should one come that is not of it, the text is still JSON.
  void quoted(std::string_view text) {
    out_ += '"';
    if (std::none_of(text.begin(), text.end(), needs_escape)) {
      out_ += text;
    } else {
      for (const char c : text) escaped(c);
    }
    out_ += '"';
  }
  static bool needs_escape(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }
  void escaped(char c) {
    if (static_cast<unsigned char>(c) < 0x20) {
      out_ += "\\u00";
      out_ += hex(std::array{static_cast<std::uint8_t>(c)});
    } else {
      if (needs_escape(c)) out_ += '\\';
      out_ += c;
    }
  }

  std::string& out_;
};

class HashInput {
 public:
  explicit HashInput(std::size_t size) { bytes_.reserve(size); }

  void number(std::integral auto value) {
    char bytes[sizeof value];
    for (std::size_t i = 0; i < sizeof value; ++i) {
      bytes[i] = static_cast<char>(value >> (8 * (sizeof value - 1 - i)));
    }
    bytes_.append(bytes, sizeof bytes);
  }
  void text(std::string_view text) {
    number(static_cast<std::uint32_t>(text.size()));
    bytes_ += text;
  }
  void text(const core::Code& code) { text(std::string_view(code.text)); }
  template <std::size_t N>
  void fixed(const std::array<std::uint8_t, N>& bytes) {
    bytes_.append(reinterpret_cast<const char*>(bytes.data()), N);
  }

  std::string_view bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

constexpr std::size_t kUsualBodySize = 1024;
constexpr std::size_t kUsualEnvelopeSize = 400;

}  // namespace

std::string encode_body(const core::Event& event) {
  std::string out;
  out.reserve(kUsualBodySize);
  JsonWriter writer(out);
  out += '{';
  writer("clocks", event.clocks);
  std::visit([&](const auto& body) { writer("body", body); }, event.body);
  out += '}';
  return out;
}

Hash hash_event(const Hash& prev, const core::Event& envelope, std::string_view body, int type_version) {
  return hash_event(prev, envelope, core::type_of(envelope.body), body, type_version);
}

Hash hash_event(const Hash& prev, const core::Event& envelope, std::string_view type, std::string_view body,
                int type_version) {
  HashInput input(kUsualEnvelopeSize + body.size());
  input.text("motcua-event-1");
  input.fixed(prev);
  input.fixed(envelope.id.bytes);
  input.fixed(envelope.dossier.bytes);
  input.number(envelope.version);
  input.text(type);
  input.number(static_cast<std::uint32_t>(type_version));
  input.number(envelope.occurred_at.ms);
  input.number(envelope.recorded_at.ms);
  input.text(envelope.caller);
  input.text(envelope.on_behalf_of);
  input.text(core::word_of(envelope.cause));
  input.fixed(envelope.cause_id.bytes);
  input.text(envelope.procedure_version);
  input.text(envelope.rulebook_version);
  input.text(body);
  return sha256(input.bytes());
}

}  // namespace motcua::store
