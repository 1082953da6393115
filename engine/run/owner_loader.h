#pragma once

#include <string>
#include <vector>

#include "engine/run/seal.h"

namespace motcua::run {

// What a letter or a slip needs of its owner, or of who filed; empty where it is not known.
struct OwnerWords {
  std::string name;
  std::string email;
  std::string id_number;
  std::string phone;
  std::string address;
};
OwnerWords owner_words(const Fragment& owner);
// A reason or a note, as it was typed.
std::string typed_words(const Fragment& text);

// The names and numbers by which a dossier is found, of what was typed about its owner.
std::vector<std::string> searched_texts(const Fragment& owner);

}  // namespace motcua::run
