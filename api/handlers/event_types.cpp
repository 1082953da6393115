#include "api/handlers/event_types.h"

#include <variant>

#include "engine/core/event.h"

namespace motcua::api {
namespace {

template <class... Body>
std::vector<std::string> names_of(const std::variant<Body...>*) {
  return {std::string(Body::kType.substr(kDossierEvent.size()))...};
}

}  // namespace

const std::vector<std::string>& event_type_names() {
  static const std::vector<std::string> names = names_of(static_cast<const core::EventBody*>(nullptr));
  return names;
}

}  // namespace motcua::api
