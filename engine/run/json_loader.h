#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/run/load_fault.h"

namespace motcua::run {

// The document in a file of definitions. Nothing, with a fault, when it is not JSON, not UTF-8, nested more
// than 32 deep, or when an object names a member twice (of which a plain parser would silently keep the
// last).
std::optional<nlohmann::json> load_json(std::string_view text, std::string_view file,
                                        std::vector<LoadFault>& faults);

// "/exceptions/3" and "on" make "/exceptions/3/on", escaped.
std::string child_pointer(std::string_view pointer, std::string_view key);

// Reads the members of one object and reports those that nobody asked for. Keeps views of what it is given:
// it must not outlive them. Every read of a member that is absent answers nothing; `required` makes that a
// fault too.
class ObjectReader {
 public:
  enum class Presence { required, optional };

  ObjectReader(const nlohmann::json& value, std::string pointer, std::string_view file,
               std::vector<LoadFault>& faults);

  // False, with a fault, when the value is no object; every read then answers nothing.
  bool is_object() const;
  const nlohmann::json* member(const std::string& key, Presence presence);
  std::optional<std::string> text(const std::string& key, Presence presence);  // not empty
  std::optional<bool> boolean(const std::string& key, Presence presence);
  void fault(const std::string& key, std::string detail);
  std::string pointer_to(const std::string& key) const;
  // Call once, last: a member that was never asked for is a fault.
  void refuse_unknown();

 private:
  const nlohmann::json& value_;
  std::string pointer_;
  std::string_view file_;
  std::vector<LoadFault>& faults_;
  std::set<std::string> asked_;
};

}  // namespace motcua::run
