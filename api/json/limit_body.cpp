#include "api/json/limit_body.h"

#include "engine/core/terms.h"

namespace motcua::api {
namespace {

constexpr std::int64_t kLimitMax = 100'000;

}  // namespace

std::optional<core::Limit> read_limit(JsonObject& body, std::string_view name, Presence presence) {
  auto object = body.object(name, presence);
  if (!object) return std::nullopt;
  core::Limit limit;
  const auto unit = object->word<core::LimitUnit>("unit", Presence::required);
  if (!unit) return std::nullopt;
  if (*unit == core::LimitUnit::by_cutoff) {
    object->fault("unit", "unknown_word", "Expected a unit of a limit, but by_cutoff is the shape of a rule");
    return std::nullopt;
  }
  limit.unit = *unit;
  const bool counts = *unit != core::LimitUnit::immediate && *unit != core::LimitUnit::unspecified;
  if (counts) {
    limit.value = object->integer("value", Presence::required, 1, kLimitMax).value_or(1);
  } else {
    object->refuse("value", "unknown_field", "Expected no value with this unit, but there is one");
  }
  if (*unit == core::LimitUnit::working_day) {
    limit.counting =
        object->word<core::DayCounting>("counting", Presence::optional).value_or(core::DayCounting::by_day);
  }
  object->refuse_unknown();
  return limit;
}

}  // namespace motcua::api
