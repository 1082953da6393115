#pragma once

#include "api/json/writer.h"
#include "engine/store/mail.h"

namespace motcua::api {

// Members of the object that is open: how far a letter is, and the ledger of its attempts.
void write_letter_members(JsonWriter& json, const store::LetterHistory& letter);

}  // namespace motcua::api
