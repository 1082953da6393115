#pragma once

#include "engine/run/notices.h"
#include "engine/store/alert.h"

namespace motcua::run {

// The letter of an alert, to this officer.
NoticeText write_alert(const Messages& messages, const Definitions& definitions, const store::Alert& alert,
                       const core::Dossier& dossier, const core::Officer& to);

}  // namespace motcua::run
