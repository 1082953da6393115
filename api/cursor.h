#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/run/keyring.h"
#include "engine/store/store.h"

namespace motcua::api {

// A cursor is a place in a list, bound by a keyed digest to the list, its filters and the caller's scope.
// `binding` is the canonical text of those.
std::string write_cursor(const run::Keyring& keyring, std::string_view binding, const store::Mark& mark);
// Nothing when it was changed or belongs to another list.
std::optional<store::Mark> read_cursor(const run::Keyring& keyring, std::string_view binding,
                                       std::string_view cursor);

// A place in the journal, which carries the epoch of its database beside.
std::string write_feed_cursor(const run::Keyring& keyring, std::string_view binding, std::int64_t epoch,
                              std::int64_t position);
struct FeedPlace {
  std::int64_t position = 0;
  std::string_view fault;  // the code of a problem: bad_cursor, or cursor_gone for one of another epoch
};
FeedPlace read_feed_cursor(const run::Keyring& keyring, std::string_view binding, std::int64_t epoch,
                           std::string_view cursor);

}  // namespace motcua::api
