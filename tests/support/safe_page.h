#pragma once

#include <filesystem>

#include "tests/support/service.h"

namespace motcua::testing {

// A page whose policy lets it run and load nothing, and whose own style sheet that policy knows; `folder` is
// for scratch files.
void expect_safe_page(const HttpAnswer& page, const std::filesystem::path& folder);

}  // namespace motcua::testing
