#include "api/procedure_difference.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace motcua::api {
namespace {

constexpr std::size_t kColumn = 44;  // characters of one value

struct Line {
  std::string place;
  std::string left;
  std::string right;
};

// The name of an entry in a list: "tham_dinh", or "direct default" of a limit; empty where it has none.
std::string name_of(const nlohmann::json& entry) {
  if (!entry.is_object()) return "";
  for (const char* member : {"key", "code"}) {
    if (entry.contains(member) && entry[member].is_string()) return entry[member].get<std::string>();
  }
  if (!entry.contains("channel") || !entry["channel"].is_string()) return "";
  return entry["channel"].get<std::string>() + " " + entry.value("variant", "default");
}

std::vector<std::string> names_of(const nlohmann::json& list) {
  std::vector<std::string> names;
  for (const nlohmann::json& entry : list) names.push_back(name_of(entry));
  return names;
}

// A list whose entries all have a name, each its own: they are compared by it.
bool is_named(const nlohmann::json& list) {
  if (!list.is_array()) return false;
  std::vector<std::string> names = names_of(list);
  std::sort(names.begin(), names.end());
  return std::find(names.begin(), names.end(), "") == names.end() &&
         std::adjacent_find(names.begin(), names.end()) == names.end();
}

const nlohmann::json* find_named(const nlohmann::json& list, const std::string& name) {
  for (const nlohmann::json& entry : list) {
    if (name_of(entry) == name) return &entry;
  }
  return nullptr;
}

std::string shown(const nlohmann::json* value) {
  if (value == nullptr) return "–";
  return value->is_string() ? value->get<std::string>() : value->dump();
}

class Comparison {
 public:
  void compare(const std::string& place, const nlohmann::json* left, const nlohmann::json* right) {
    if (left != nullptr && right != nullptr) {
      if (*left == *right) return;
      if (left->is_object() && right->is_object()) return members(place, *left, *right);
      if (is_named(*left) && is_named(*right)) return entries(place, *left, *right);
    }
    lines_.push_back({place, shown(left), shown(right)});
  }
  const std::vector<Line>& lines() const { return lines_; }

 private:
  void members(const std::string& place, const nlohmann::json& left, const nlohmann::json& right) {
    const std::string before = place.empty() ? "" : place + " / ";
    for (const auto& [key, value] : left.items()) {
      compare(before + key, &value, right.contains(key) ? &right[key] : nullptr);
    }
    for (const auto& [key, value] : right.items()) {
      if (!left.contains(key)) compare(before + key, nullptr, &value);
    }
  }

  void entries(const std::string& place, const nlohmann::json& left, const nlohmann::json& right) {
    for (const nlohmann::json& entry : left) {
      const std::string name = name_of(entry);
      compare(place + " / " + name, &entry, find_named(right, name));
    }
    for (const nlohmann::json& entry : right) {
      const std::string name = name_of(entry);
      if (find_named(left, name) == nullptr) compare(place + " / " + name, nullptr, &entry);
    }
    // The order of steps is the way through them.
    const auto order = [](const nlohmann::json& list, const nlohmann::json& other) {
      std::string names;
      for (const std::string& name : names_of(list)) {
        if (find_named(other, name) != nullptr) names += (names.empty() ? "" : ", ") + name;
      }
      return names;
    };
    const std::string left_order = order(left, right);
    const std::string right_order = order(right, left);
    if (left_order != right_order) lines_.push_back({place + " (order)", left_order, right_order});
  }

  std::vector<Line> lines_;
};

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The text in pieces of one column's width, by characters, and each filled up to it.
std::vector<std::string> in_column(const std::string& text) {
  std::vector<std::string> pieces(1);
  std::size_t characters = 0;
  for (const char c : text) {
    if (!continues(c) && characters++ == kColumn) {
      pieces.emplace_back();
      characters = 1;
    }
    pieces.back() += c;
  }
  pieces.back().append(kColumn - std::min(characters, kColumn), ' ');
  return pieces;
}

std::string side_by_side(const Line& line) {
  const std::vector<std::string> left = in_column(line.left);
  const std::vector<std::string> right = in_column(line.right);
  std::string text = line.place + "\n";
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    std::string row = "    " + (i < left.size() ? left[i] : std::string(kColumn, ' ')) + " | " +
                      (i < right.size() ? right[i] : "");
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  return text;
}

}  // namespace

std::optional<std::string> procedure_difference(std::string_view left, std::string_view right) {
  const nlohmann::json a = nlohmann::json::parse(left, nullptr, false);
  const nlohmann::json b = nlohmann::json::parse(right, nullptr, false);
  if (a.is_discarded() || b.is_discarded()) return std::nullopt;
  Comparison comparison;
  comparison.compare("", &a, &b);
  std::string text;
  for (const Line& line : comparison.lines()) text += side_by_side(line);
  return text;
}

}  // namespace motcua::api
