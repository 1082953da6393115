#include "api/handlers/event_types.h"

#include <variant>

#include "engine/core/event.h"

namespace motcua::api {
namespace {

constexpr std::string_view kOfDossier = "dossier.";

template <class... Body>
std::vector<std::string> names_of(const std::variant<Body...>*) {
  return {event_type_name(Body::kType)...};
}

}  // namespace

const std::vector<std::string>& event_type_names() {
  static const std::vector<std::string> names = names_of(static_cast<const core::EventBody*>(nullptr));
  return names;
}

std::string event_type_name(std::string_view type) {
  return std::string(type.starts_with(kOfDossier) ? type.substr(kOfDossier.size()) : type);
}

std::string event_type_named(std::string_view name) {
  return name.find('.') == std::string_view::npos ? std::string(kOfDossier).append(name) : std::string(name);
}

}  // namespace motcua::api
