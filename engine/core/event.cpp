#include "engine/core/event.h"

namespace motcua::core {
namespace {

struct TypeOf {
  template <class Body>
  std::string_view operator()(const Body&) const {
    return Body::kType;
  }
};

}  // namespace

std::string_view type_of(const EventBody& body) { return std::visit(TypeOf{}, body); }

}  // namespace motcua::core
