#include "engine/run/owner_loader.h"

#include <nlohmann/json.hpp>

namespace motcua::run {

std::vector<std::string> searched_texts(const Fragment& owner) {
  std::vector<std::string> texts;
  const auto parsed = nlohmann::json::parse(owner.json, nullptr, false);
  for (const char* key : {"name", "id_number", "phone"}) {
    const auto found = parsed.find(key);
    if (found != parsed.end() && found->is_string()) texts.push_back(found->get<std::string>());
  }
  return texts;
}

}  // namespace motcua::run
