#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/time.h"
#include "engine/core/value.h"

// Reads request bodies: strict and closed. What cannot be read at all (400) ends the reading; what can be
// read but is wrong (422) is gathered, so that a caller learns all of it at once.
namespace motcua::api {

enum class FaultPlace { body, parameter, header };

// One wrong thing in a request.
struct BodyFault {
  std::string pointer;  // "#/owner/name"; the name of the parameter or header where it is none of the body
  std::string code;     // one of the codes in problem_texts.cpp
  std::string detail;   // in English, for the log and the integrator
  FaultPlace place = FaultPlace::body;
};

// Why a body is no readable JSON: code not_json, invalid_utf8, duplicate_member or too_deep.
struct Unreadable {
  std::string code;
  std::string detail;
};

enum class Presence { required, optional };
// Whether a text may hold line breaks and tabs.
enum class Lines { one, many };

// More faults than this in one body are not reported.
inline constexpr std::size_t kFaultsMax = 100;

// A value of the body as the parser holds it; opaque, so that the parser's header stays in one source file.
struct JsonSlot {
  std::array<std::uint64_t, 2> bits{};
};

class FieldProbe;
class JsonArray;

// An object of the body. Each reading function names a member; it answers nothing when the member is absent
// or wrong, and then a fault was noted (unless it is absent and optional). A member that is null is of the
// wrong type. Without a body the same functions are asked what they read (field_probe.h); raw, exact,
// content and keys then say nothing. Must not outlive the JsonBody. In all of them, out_of_range is noted for
// what is too long or too many.
class JsonObject {
 public:
  bool has(std::string_view key) const;

  // A text that a person typed, in NFC, of at most `max_length` characters (code points); not blank.
  std::optional<std::string> text(std::string_view key, Presence presence, std::size_t max_length,
                                  Lines lines = Lines::one);
  // A text that is compared byte for byte: not composed anew, and also blank; of at most so many bytes.
  std::optional<std::string> exact(std::string_view key, Presence presence, std::size_t max_bytes);
  std::optional<core::Code> code(std::string_view key, Presence presence);
  // A code that is one of these.
  std::optional<core::Code> one_of(std::string_view key, Presence presence,
                                   const std::vector<core::Code>& known);
  std::optional<core::Instant> instant(std::string_view key, Presence presence);
  std::optional<core::Date> date(std::string_view key, Presence presence);
  std::optional<core::Uuid> uuid(std::string_view key, Presence presence);
  // A whole number within [min, max]; written without fraction and exponent.
  std::optional<std::int64_t> integer(std::string_view key, Presence presence, std::int64_t min,
                                      std::int64_t max);
  std::optional<bool> boolean(std::string_view key, Presence presence);
  // A word of the vocabulary of E.
  template <class E>
  std::optional<E> word(std::string_view key, Presence presence) {
    if (probe_) return core::enum_of<E>(probed_word(key, presence, core::EnumWords<E>::words));
    const auto text = token(key, presence);
    if (!text) return std::nullopt;
    const auto value = core::enum_of<E>(*text);
    if (!value) fault(key, "unknown_word", expected_words(core::EnumWords<E>::words));
    return value;
  }
  std::optional<JsonObject> object(std::string_view key, Presence presence);
  std::optional<JsonArray> array(std::string_view key, Presence presence, std::size_t max_items);
  // The value as compact JSON, whatever it is.
  std::optional<std::string> raw(std::string_view key, Presence presence);
  // The members in the order of their names, as compact JSON, without the one named: the same text
  // however a client laid them out. Asks for nothing.
  std::string content(std::string_view without) const;
  // The names of all members, in order; for objects whose members a procedure defines.
  std::vector<std::string_view> keys() const;

  // Notes a fault of a member that must not be there now, when it is; the reading is as if it were unknown.
  void refuse(std::string_view key, std::string_view code, std::string_view detail);
  // Notes a fault of a member, for rules that the functions above do not know.
  void fault(std::string_view key, std::string_view code, std::string detail);
  // Notes unknown_field for every member that no function above (has and keys aside) was asked for. Objects
  // and arrays of objects inside must be told apart.
  void refuse_unknown();
  // "#/owner"; "#" for the root.
  const std::string& pointer() const { return pointer_; }

 private:
  friend class FieldProbe;
  friend class JsonBody;
  friend class JsonArray;
  struct Member {
    std::string_view key;
    JsonSlot slot;
    bool asked = false;
  };
  JsonObject(JsonSlot slot, std::string pointer, std::vector<BodyFault>& faults);
  // Not of a body: who asks for a member tells the probe.
  JsonObject(std::string pointer, std::vector<BodyFault>& faults, FieldProbe& probe)
      : pointer_(std::move(pointer)), faults_(&faults), probe_(&probe) {}
  const Member* find(std::string_view key) const;
  const Member* ask(std::string_view key, Presence presence);
  std::optional<std::string_view> token(std::string_view key, Presence presence);
  // Empty: absent.
  std::string_view probed_word(std::string_view key, Presence presence,
                               std::span<const std::string_view> words);
  static std::string expected_words(std::span<const std::string_view> words);
  static std::string pointer_of(const std::string& owner, std::string_view key);

  std::string pointer_;
  std::vector<BodyFault>* faults_;
  FieldProbe* probe_ = nullptr;
  std::vector<Member> members_;
  mutable std::size_t next_ = 0;  // where the search begins: members mostly come in the order of asking
};

// An array of the body; items are read like members. Requires index < size().
class JsonArray {
 public:
  std::size_t size() const { return items_.size(); }
  std::optional<JsonObject> object(std::size_t index);
  // The same, with a list of its own for what is wrong in it, which must outlive it.
  std::optional<JsonObject> object(std::size_t index, std::vector<BodyFault>& faults);
  std::optional<core::Code> code(std::size_t index);
  std::optional<std::string> exact(std::size_t index, std::size_t max_bytes);
  std::optional<std::string> text(std::size_t index, std::size_t max_length, Lines lines = Lines::one);
  std::string pointer(std::size_t index) const;

 private:
  friend class FieldProbe;
  friend class JsonObject;
  JsonArray(std::size_t size, std::string pointer, std::vector<BodyFault>& faults, FieldProbe& probe)
      : items_(size), pointer_(std::move(pointer)), faults_(&faults), probe_(&probe) {}
  JsonArray(std::vector<JsonSlot> items, std::string pointer, std::vector<BodyFault>& faults)
      : items_(std::move(items)), pointer_(std::move(pointer)), faults_(&faults) {}

  std::vector<JsonSlot> items_;
  std::string pointer_;
  std::vector<BodyFault>* faults_;
  FieldProbe* probe_ = nullptr;
};

// A body that was read. Keeps its own buffers: the text it was read from may go.
class JsonBody {
 public:
  // Refuses, beside what is no JSON: a byte order mark, text after the value, invalid UTF-8 and halves of
  // surrogate pairs, U+0000, a member named twice in any object, nesting deeper than `depth_max`, and numbers
  // too large for 64 bits.
  static std::optional<JsonBody> parse(std::string_view body, int depth_max, Unreadable& why);
  JsonBody(JsonBody&&) noexcept;
  JsonBody& operator=(JsonBody&&) noexcept;
  ~JsonBody();

  // The body as an object; notes wrong_type at "#" when it is something else.
  std::optional<JsonObject> root();
  // All that was noted so far; each answer of 422 is made from them.
  const std::vector<BodyFault>& faults() const;

 private:
  struct Held;
  explicit JsonBody(std::unique_ptr<Held> held);
  std::unique_ptr<Held> held_;
};

}  // namespace motcua::api
