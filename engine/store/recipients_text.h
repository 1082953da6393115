#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/recipients.h"

namespace motcua::store {

// Recipients as they are kept, a line each: agency|unit|officer|on behalf of|role. No code holds a bar or
// ends a line.
std::string written_recipients(const std::vector<core::Recipient>& recipients);
std::vector<core::Recipient> read_recipients(std::string_view text);

}  // namespace motcua::store
