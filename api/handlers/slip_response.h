#pragma once

#include <string>

#include "api/call.h"
#include "api/print/sheet.h"
#include "engine/run/slips.h"

namespace motcua::api {

enum class SlipFormat { html, pdf };

// `format`, or else what the Accept header asks for: PDF where it names that and no HTML.
SlipFormat slip_format(const Call& call, Parameters& parameters);
// Hides what is shown only to who asks for it, as where a dossier is answered.
void mask(run::SlipTyped& typed);
// The page or the PDF; `number` is the name under which it is saved.
net::Response slip_response(const print::Sheet& sheet, SlipFormat format, const std::string& number);

}  // namespace motcua::api
