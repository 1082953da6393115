#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>

// Loaded into the real program before its libraries (LD_PRELOAD): its wall clock is off by as many
// milliseconds as the first eight bytes of the file say that MOTCUA_TEST_WALL_OFFSET names. A test writes
// them while the program runs: that is a jump. No other clock is touched.
namespace {

const std::int64_t* offset_ms = nullptr;

__attribute__((constructor)) void map_offset() {
  const char* path = std::getenv("MOTCUA_TEST_WALL_OFFSET");
  const int file = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  void* mapped = ::mmap(nullptr, sizeof *offset_ms, PROT_READ, MAP_SHARED, file, 0);
  ::close(file);
  if (mapped != MAP_FAILED) offset_ms = static_cast<const std::int64_t*>(mapped);
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* at) noexcept {
  const long status = ::syscall(SYS_clock_gettime, clock, at);
  if (status != 0 || clock != CLOCK_REALTIME || offset_ms == nullptr) return static_cast<int>(status);
  const std::int64_t off = __atomic_load_n(offset_ms, __ATOMIC_RELAXED);
  const std::int64_t ns = at->tv_nsec + off % 1000 * 1'000'000;
  const std::int64_t carry = ns < 0 ? -1 : ns / 1'000'000'000;
  at->tv_sec += off / 1000 + carry;
  at->tv_nsec = ns - carry * 1'000'000'000;
  return 0;
}
