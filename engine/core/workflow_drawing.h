#pragma once

#include <string>

#include "engine/core/procedure.h"

namespace motcua::core {

// The workflow of a procedure as an SVG picture, in Vietnamese: a lane for each agency, steps from top to
// bottom in boxes with who does them and their budget, arrows with their conditions, a bar where a fork
// begins and where branches join. What leads past other steps runs beside the lanes: onward to the right,
// back, dashed, to the left. Expects a procedure that was loaded without a fault.
std::string draw_workflow(const Procedure& procedure);

}  // namespace motcua::core
