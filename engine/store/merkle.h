#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "engine/store/store.h"

namespace motcua::store {

// The tree of RFC 9162, section 2.1, with SHA-256. An entry is a hash already: that of an event.
Hash merkle_leaf(const Hash& entry);
Hash merkle_node(const Hash& left, const Hash& right);

// A tree that only grows, known by the roots of its full subtrees, largest first: one for each bit that is
// set in its size. Adding costs two hashes on average, whatever the size. Not thread-safe.
class MerkleEdge {
 public:
  MerkleEdge() = default;
  // Nothing unless there are as many peaks as the size has bits.
  static std::optional<MerkleEdge> of(std::uint64_t size, std::vector<Hash> peaks);

  void add(const Hash& entry);
  std::uint64_t size() const { return size_; }
  std::span<const Hash> peaks() const { return peaks_; }
  Hash root() const;  // of no entry: the digest of nothing

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> peaks_;
};

// Gives the root of `count` leaves from `first` on: a power of two, and `first` a multiple of it.
using SubtreeRoot = std::function<Hash(std::uint64_t first, std::uint64_t count)>;

// Why a tree of `to` leaves begins with the tree of `from` leaves (section 2.1.4.1): the roots by which one
// is made of the other. Requires 0 < from <= to.
std::vector<Hash> consistency_path(std::uint64_t from, std::uint64_t to, const SubtreeRoot& root);

}  // namespace motcua::store
