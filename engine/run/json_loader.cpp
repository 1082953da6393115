#include "engine/run/json_loader.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace motcua::run {
namespace {

using nlohmann::json;

constexpr std::size_t kDepthMax = 32;

// Walks a document without keeping it, and notes what a plain parser lets pass.
class StrictWalk : public nlohmann::json_sax<json> {
 public:
  StrictWalk(std::string_view file, std::vector<LoadFault>& faults) : file_(file), faults_(faults) {}

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_unsigned(number_unsigned_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool string(string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }

  bool start_object(std::size_t) override { return open(false); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(true); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    Level& level = levels_.back();
    level.key = name;
    if (!level.seen.insert(name).second) report("Expected each member once, but this one is repeated");
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    faults_.push_back({std::string(file_), "",
                       "Expected JSON in UTF-8, but it is unreadable at byte " + std::to_string(position)});
    return false;
  }

 private:
  struct Level {
    bool is_array = false;
    std::size_t count = 0;
    std::string key;
    std::set<std::string> seen;
  };

  bool value() {
    if (!levels_.empty()) ++levels_.back().count;
    return true;
  }
  bool open(bool is_array) {
    value();
    if (levels_.size() == kDepthMax) {
      report("Expected at most " + std::to_string(kDepthMax) + " levels, but it is nested deeper");
      return false;
    }
    levels_.push_back({is_array, 0, {}, {}});
    return true;
  }
  bool close() {
    levels_.pop_back();
    return true;
  }
  void report(std::string detail) {
    std::string pointer;
    for (const Level& level : levels_) {
      pointer = child_pointer(pointer, level.is_array ? std::to_string(level.count - 1) : level.key);
    }
    faults_.push_back({std::string(file_), std::move(pointer), std::move(detail)});
  }

  std::string_view file_;
  std::vector<LoadFault>& faults_;
  std::vector<Level> levels_;
};

}  // namespace

std::optional<json> load_json(std::string_view text, std::string_view file, std::vector<LoadFault>& faults) {
  const std::size_t before = faults.size();
  StrictWalk walk(file, faults);
  json::sax_parse(text, &walk);
  if (faults.size() != before) return std::nullopt;
  json document = json::parse(text, nullptr, false);
  if (document.is_discarded()) return std::nullopt;
  return document;
}

std::string child_pointer(std::string_view pointer, std::string_view key) {
  std::string child(pointer);
  child += '/';
  for (const char c : key) {
    if (c == '~') {
      child += "~0";
    } else if (c == '/') {
      child += "~1";
    } else {
      child += c;
    }
  }
  return child;
}

ObjectReader::ObjectReader(const json& value, std::string pointer, std::string_view file,
                           std::vector<LoadFault>& faults)
    : value_(value), pointer_(std::move(pointer)), file_(file), faults_(faults) {
  if (!is_object()) faults_.push_back({std::string(file_), pointer_, "Expected an object, but it is none"});
}

bool ObjectReader::is_object() const { return value_.is_object(); }

const json* ObjectReader::member(const std::string& key, Presence presence) {
  if (!is_object()) return nullptr;
  asked_.insert(key);
  const auto found = value_.find(key);
  if (found != value_.end()) return &*found;
  if (presence == Presence::required) fault(key, "Expected this member, but it is missing");
  return nullptr;
}

std::optional<std::string> ObjectReader::text(const std::string& key, Presence presence) {
  const json* found = member(key, presence);
  if (found == nullptr) return std::nullopt;
  if (found->is_string() && !found->get_ref<const std::string&>().empty()) return found->get<std::string>();
  fault(key, "Expected a text that is not empty, but it is none");
  return std::nullopt;
}

std::optional<bool> ObjectReader::boolean(const std::string& key, Presence presence) {
  const json* found = member(key, presence);
  if (found == nullptr) return std::nullopt;
  if (found->is_boolean()) return found->get<bool>();
  fault(key, "Expected true or false, but it is neither");
  return std::nullopt;
}

void ObjectReader::fault(const std::string& key, std::string detail) {
  faults_.push_back({std::string(file_), pointer_to(key), std::move(detail)});
}

std::string ObjectReader::pointer_to(const std::string& key) const { return child_pointer(pointer_, key); }

void ObjectReader::refuse_unknown() {
  if (!is_object()) return;
  for (const auto& [key, ignored] : value_.items()) {
    if (!asked_.contains(key)) fault(key, "Expected a known member, but this one has no meaning here");
  }
}

}  // namespace motcua::run
