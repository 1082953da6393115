#include <simdjson.h>

#include <algorithm>
#include <bit>

#include "api/json/reader.h"

namespace motcua::api {
namespace {

namespace dom = simdjson::dom;

// A parser keeps the buffers of its largest body; beyond this size a body gets a parser of its own, so that
// one large request does not leave every thread with large buffers.
constexpr std::size_t kKeptBodyMax = 64 * 1024;
// Up to this many members an object is searched pair by pair, which needs no memory.
constexpr std::size_t kPairwiseMax = 24;

struct Parsed {
  simdjson::error_code error = simdjson::SUCCESS;
  dom::element root;
};

Parsed parse_with(dom::parser& parser, dom::document& document, std::string_view body,
                  std::size_t depth_max) {
  Parsed parsed;
  // The parser's own count is one more than ours, and leaves out an empty container at the bottom: it only
  // keeps what is far too deep from the inspection.
  if (parser.max_depth() != depth_max + 1 || parser.capacity() < body.size()) {
    parsed.error = parser.allocate(std::max(body.size(), parser.capacity()), depth_max + 1);
    if (parsed.error) return parsed;
  }
  parsed.error = parser.parse_into_document(document, body.data(), body.size(), true).get(parsed.root);
  return parsed;
}

Parsed parse_into(dom::document& document, std::string_view body, std::size_t depth_max) {
  if (body.size() > kKeptBodyMax) {
    dom::parser parser;
    return parse_with(parser, document, body, depth_max);
  }
  static thread_local dom::parser parser;
  return parse_with(parser, document, body, depth_max);
}

Unreadable unreadable(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR:
      return {"invalid_utf8", "the body is not valid UTF-8"};
    case simdjson::DEPTH_ERROR:
      return {"too_deep", "objects and arrays are nested too deeply"};
    case simdjson::NUMBER_ERROR:
      return {"not_json", "a number is malformed or too large"};
    case simdjson::EMPTY:
      return {"not_json", "the body is empty"};
    default:
      return {"not_json", "the body is not JSON"};
  }
}

// Looks for what JSON allows and we refuse. Its depth is bounded by the parser's.
class Inspection {
 public:
  // Escapes are the only way in for U+0000 and for halves of surrogate pairs.
  Inspection(bool has_escapes, int depth_max) : strings_too_(has_escapes), depth_max_(depth_max) {}

  // `depth` is the number of containers around the element.
  std::optional<Unreadable> of(const dom::element& element, int depth) const {
    switch (element.type()) {
      case dom::element_type::ARRAY:
        return of_items(dom::array(element), depth + 1);
      case dom::element_type::OBJECT:
        return of_members(dom::object(element), depth + 1);
      case dom::element_type::STRING:
        return of_text(std::string_view(element));
      default:
        return std::nullopt;
    }
  }

 private:
  std::optional<Unreadable> of_items(const dom::array& array, int depth) const {
    if (depth > depth_max_) return unreadable(simdjson::DEPTH_ERROR);
    for (const dom::element item : array) {
      if (auto found = of(item, depth)) return found;
    }
    return std::nullopt;
  }

  std::optional<Unreadable> of_members(const dom::object& object, int depth) const {
    if (depth > depth_max_) return unreadable(simdjson::DEPTH_ERROR);
    for (const dom::key_value_pair member : object) {
      if (auto found = of_text(member.key)) return found;
      if (auto found = of(member.value, depth)) return found;
    }
    if (object.size() <= kPairwiseMax ? repeats_pairwise(object) : repeats_sorted(object)) {
      return Unreadable{"duplicate_member", "an object names a member twice"};
    }
    return std::nullopt;
  }

  std::optional<Unreadable> of_text(std::string_view text) const {
    if (!strings_too_) return std::nullopt;
    if (text.find('\0') != std::string_view::npos) return Unreadable{"not_json", "a string holds U+0000"};
    if (!simdjson::validate_utf8(text.data(), text.size())) {
      return Unreadable{"not_json", "a string holds half a surrogate pair"};
    }
    return std::nullopt;
  }

  static bool repeats_pairwise(const dom::object& object) {
    std::string_view seen[kPairwiseMax];
    std::size_t count = 0;
    for (const dom::key_value_pair member : object) {
      for (std::size_t i = 0; i < count; ++i) {
        if (seen[i] == member.key) return true;
      }
      seen[count++] = member.key;
    }
    return false;
  }

  static bool repeats_sorted(const dom::object& object) {
    std::vector<std::string_view> keys;
    for (const dom::key_value_pair member : object) keys.push_back(member.key);
    std::sort(keys.begin(), keys.end());
    return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
  }

  bool strings_too_;
  int depth_max_;
};

}  // namespace

struct JsonBody::Held {
  dom::document document;
  dom::element root;
  std::vector<BodyFault> faults;
};

JsonBody::JsonBody(std::unique_ptr<Held> held) : held_(std::move(held)) {}
JsonBody::JsonBody(JsonBody&&) noexcept = default;
JsonBody& JsonBody::operator=(JsonBody&&) noexcept = default;
JsonBody::~JsonBody() = default;

std::optional<JsonBody> JsonBody::parse(std::string_view body, int depth_max, Unreadable& why) {
  if (body.starts_with("\xef\xbb\xbf")) {
    why = {"not_json", "the body begins with a byte order mark"};
    return std::nullopt;
  }
  auto held = std::make_unique<Held>();
  const Parsed parsed = parse_into(held->document, body, static_cast<std::size_t>(depth_max));
  if (parsed.error) {
    why = unreadable(parsed.error);
    return std::nullopt;
  }
  held->root = parsed.root;
  const bool has_escapes = body.find("\\u") != std::string_view::npos;
  if (auto found = Inspection(has_escapes, depth_max).of(held->root, 0)) {
    why = std::move(*found);
    return std::nullopt;
  }
  return JsonBody(std::move(held));
}

std::optional<JsonObject> JsonBody::root() {
  if (!held_->root.is_object()) {
    held_->faults.push_back({"#", "wrong_type", "expected an object", FaultPlace::body});
    return std::nullopt;
  }
  return JsonObject(std::bit_cast<JsonSlot>(held_->root), "#", held_->faults);
}

const std::vector<BodyFault>& JsonBody::faults() const { return held_->faults; }

}  // namespace motcua::api
