#include "engine/run/owner_loader.h"

#include <nlohmann/json.hpp>

namespace motcua::run {

OwnerWords owner_words(const Fragment& owner) {
  const auto parsed = nlohmann::json::parse(owner.json, nullptr, false);
  const auto word = [&](const char* key) {
    const auto found = parsed.find(key);
    return found != parsed.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  return {word("name"), word("email"), word("id_number"), word("phone"), word("address")};
}

std::string typed_words(const Fragment& text) {
  const auto parsed = nlohmann::json::parse(text.json, nullptr, false);
  return parsed.is_string() ? parsed.get<std::string>() : std::string();
}

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
