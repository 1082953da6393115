#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/store/alert.h"

namespace motcua::store {

// Recipients as they are kept, a line each: agency|unit|officer|on behalf of|role, and of an alert where it
// is not as with most of them |state|next review in ms. No code holds a bar or ends a line.
std::string written_recipients(const std::vector<core::Recipient>& recipients);
std::vector<core::Recipient> read_recipients(std::string_view text);

// `usual`: the state and the review of the alert.
struct UsualState {
  AlertState state = AlertState::open;
  core::Instant review_at;
};
std::string written_recipients(const std::vector<AlertRecipient>& recipients, const UsualState& usual);
std::vector<AlertRecipient> read_recipients(std::string_view text, const UsualState& usual);

}  // namespace motcua::store
