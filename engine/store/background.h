#pragma once

namespace motcua::store {

// How far a thread stands behind those that answer requests, when the cores do not suffice for all.
enum class Background : int {
  soon = 5,    // what requests wait for in the end: seals, the log that is copied back
  later = 19,  // lists, reports, audits
};

// Lets the calling thread, and those that it starts from now on, give way. It cannot be undone.
void give_way(Background background);

}  // namespace motcua::store
