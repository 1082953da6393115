#pragma once

#include <cstdint>
#include <optional>
#include <string>

// A SQLite VFS, "cut", over the default one: a process that uses it can lose power. Writes, truncations,
// creations and deletions reach the disk only with the sync that covers them; on a cut each pending one is
// kept, lost or torn, and the process is gone. All connections of the process see one state; other processes
// see the durable one only, so a database must not be shared while it is held. Shared memory is passed
// through, and files that SQLite deletes on closing are not held. An ordinary exit() writes everything;
// abort() and kill -9 lose all that is pending.
namespace motcua::cut {

// The exit status of a process that was cut.
inline constexpr int kCutExit = 86;

// Syncs and writes are counted from 1 over all held files of the process; 0 is never.
struct CutPlan {
  std::uint64_t seed = 1;
  std::uint64_t cut_at_sync =
      0;  // before it begins, in the middle of its writes, or before it returns: by the seed
  std::uint64_t fail_sync =
      0;  // SQLITE_IOERR_FSYNC; what was pending meets its fate, and a second sync is no help
  std::uint64_t fail_write = 0;  // SQLITE_IOERR_WRITE; nothing of it is written
  std::optional<std::int64_t>
      full_after_bytes;    // SQLITE_FULL once the files would have grown by more than this
  std::string full_while;  // SQLITE_FULL on every growth while a file of this name exists
  bool sync_off = false;   // a sync answers at once and makes nothing durable, as with synchronous=OFF
  // While a FIFO of this name exists, each sync says so before it begins (one byte into the FIFO), and waits
  // for one byte in the FIFO `gate`.answer: 'g' lets it go on, 'f' fails it, 'c' cuts the power in it.
  std::string gate;
};

// Once per process, before the first connection that is to use it. SQLite is initialised by this, so every
// sqlite3_config must have come before. The default VFS of all later connections when `make_default`.
void register_cut_vfs(const CutPlan& plan, bool make_default);
void register_cut_vfs(std::uint64_t seed, bool make_default);

// Registers it as the default when MOTCUA_CUT_SEED is set, and cuts on SIGUSR1; otherwise does nothing.
// Further: MOTCUA_CUT_AFTER_SYNCS, MOTCUA_CUT_FAIL_SYNC, MOTCUA_CUT_FAIL_WRITE, MOTCUA_CUT_FULL_AFTER_BYTES,
// MOTCUA_CUT_SYNC_OFF (1), of which a value that is no number ends the process with a message, and the names
// MOTCUA_CUT_FULL_WHILE and MOTCUA_CUT_GATE.
void register_cut_vfs_from_environment();

// Ends the process at once, as a power cut. Any thread; requires that the VFS is registered.
[[noreturn]] void cut_power();

}  // namespace motcua::cut
