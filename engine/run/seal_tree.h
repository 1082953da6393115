#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <shared_mutex>
#include <vector>

#include "engine/store/merkle.h"

namespace motcua::run {

// The tree over the sealed entries of an epoch, in memory by the roots of every 256 leaves, of every 256 of
// those, and so on: 32 bytes for 256 events. What lies below is read from the file of the entries.
class SealTree {
 public:
  // Throws SealError where the file cannot be opened.
  explicit SealTree(const std::filesystem::path& entries);
  ~SealTree();
  SealTree(const SealTree&) = delete;
  SealTree& operator=(const SealTree&) = delete;

  // Takes in the entries up to `size`, which are in the file; `go_on` is asked now and then. One thread.
  // Throws SealError when they cannot be read.
  void grow(std::uint64_t size, const std::function<bool()>& go_on);

  // Why the tree of `to` entries begins with the one of `from` (RFC 9162, section 2.1.4). Nothing: it has not
  // grown so far yet. Requires 0 < from <= to. Any thread. Throws SealError as grow().
  std::optional<std::vector<store::Hash>> consistency(std::uint64_t from, std::uint64_t to) const;

 private:
  store::Hash root(std::uint64_t first, std::uint64_t count) const;
  std::vector<store::Hash> leaves(std::uint64_t first, std::uint64_t count) const;

  int entries_ = -1;
  mutable std::shared_mutex mutex_;
  std::uint64_t size_ = 0;
  std::vector<std::vector<store::Hash>> levels_;  // [0]: of 256 leaves each
};

}  // namespace motcua::run
