#include "engine/store/background.h"

#include <sys/resource.h>
#include <unistd.h>

namespace motcua::store {

void give_way(Background background) {
  // On Linux the niceness is the thread's, though the call speaks of processes.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), static_cast<int>(background));
}

}  // namespace motcua::store
