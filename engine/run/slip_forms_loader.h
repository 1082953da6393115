#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/run/load_fault.h"
#include "engine/run/slip_forms.h"

namespace motcua::run {

// A file of config/slips. Nothing, with every fault, when there is any. Version, key and applied_at are the
// caller's.
std::optional<SlipSet> load_slip_set(std::string_view json_text, std::string_view file,
                                     std::vector<LoadFault>& faults);

// The words that each set has.
std::span<const std::string_view> slip_word_names();

}  // namespace motcua::run
