#include "engine/store/sqlite_rebuild.h"

namespace motcua::store::sqlite {
std::int64_t rebuild_derived(Connection&, Words&, DossierWriter&) { return 0; }
}  // namespace motcua::store::sqlite
