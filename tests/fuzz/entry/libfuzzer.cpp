// The entry of a fuzzer; MOTCUA_FUZZ_TARGET is the function that it tries.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  motcua::fuzz::MOTCUA_FUZZ_TARGET({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
