#pragma once

#include <string>
#include <vector>

#include "engine/run/keyring.h"
#include "engine/store/store.h"

namespace motcua::run {

// What was typed and is not erased must be there, open, and be the text that its event names.
struct TextCheck {
  std::int64_t looked = 0;         // texts that events name
  std::int64_t missing = 0;        // whose record is not there
  std::int64_t damaged = 0;        // whose record does not open, or holds another text
  std::vector<std::string> first;  // of both, in words; twenty at most
};

// All of a store, in slices of one read transaction each, also while it is served; a page and a history for
// each dossier. Without a keyring it is only told whether the records are there.
TextCheck check_texts(store::Store& store, const Keyring* keyring);

}  // namespace motcua::run
