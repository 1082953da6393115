#pragma once

#include <cstdint>
#include <filesystem>

namespace motcua::api {

// Keeps a copy of the seals of an epoch, which only grow, beside a followed backup. What is copied is whole
// heads and the entries that they vouch for. One thread.
class SealCopy {
 public:
  SealCopy(std::filesystem::path from, std::filesystem::path to, std::int64_t epoch);
  // What came since, to the disk. Throws store::StoreFull, or StoreError.
  void copy();

 private:
  const std::filesystem::path from_, to_;
  const std::int64_t epoch_;
};

}  // namespace motcua::api
