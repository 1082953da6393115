#include "tests/support/cut_vfs.h"

// Linked into the test-only build of the server: main() never hears of it. Without MOTCUA_CUT_SEED it changes
// nothing.
namespace {

const bool kRegistered = [] {
  motcua::cut::register_cut_vfs_from_environment();
  return true;
}();

}  // namespace
