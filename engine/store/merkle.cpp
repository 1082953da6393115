#include "engine/store/merkle.h"

#include <algorithm>
#include <bit>
#include <string>

#include "engine/store/digest.h"

namespace motcua::store {
namespace {

void put(std::string& bytes, const Hash& hash) {
  bytes.append(reinterpret_cast<const char*>(hash.data()), hash.size());
}

// Of any leaves that begin where a subtree does.
Hash root_of(std::uint64_t first, std::uint64_t count, const SubtreeRoot& root) {
  const std::uint64_t left = std::bit_floor(count);
  if (left == count) return root(first, count);
  return merkle_node(root(first, left), root_of(first + left, count - left, root));
}

}  // namespace

Hash merkle_leaf(const Hash& entry) {
  std::string bytes(1, '\x00');
  put(bytes, entry);
  return sha256(bytes);
}

Hash merkle_node(const Hash& left, const Hash& right) {
  std::string bytes(1, '\x01');
  put(bytes, left);
  put(bytes, right);
  return sha256(bytes);
}

std::optional<MerkleEdge> MerkleEdge::of(std::uint64_t size, std::vector<Hash> peaks) {
  if (static_cast<std::size_t>(std::popcount(size)) != peaks.size()) return std::nullopt;
  MerkleEdge edge;
  edge.size_ = size;
  edge.peaks_ = std::move(peaks);
  return edge;
}

void MerkleEdge::add(const Hash& entry) {
  Hash root = merkle_leaf(entry);
  // Each full subtree as large as what has grown beside it joins with it.
  for (std::uint64_t bits = size_; (bits & 1) != 0; bits >>= 1) {
    root = merkle_node(peaks_.back(), root);
    peaks_.pop_back();
  }
  peaks_.push_back(root);
  ++size_;
}

Hash MerkleEdge::root() const {
  if (peaks_.empty()) return sha256("");
  Hash root = peaks_.back();
  for (std::size_t left = peaks_.size() - 1; left > 0; --left) root = merkle_node(peaks_[left - 1], root);
  return root;
}

std::vector<Hash> consistency_path(std::uint64_t from, std::uint64_t to, const SubtreeRoot& root) {
  std::vector<Hash> path;
  std::uint64_t first = 0;
  std::uint64_t count = to;
  std::uint64_t within = from;  // of the leaves from `first` on, so many are of the older tree
  bool is_whole = true;         // the older tree itself: who asks knows its root
  while (within != count) {
    const std::uint64_t left = std::bit_ceil(count) / 2;
    if (within <= left) {
      path.push_back(root_of(first + left, count - left, root));
      count = left;
    } else {
      path.push_back(root(first, left));
      first += left;
      count -= left;
      within -= left;
      is_whole = false;
    }
  }
  if (!is_whole) path.push_back(root_of(first, count, root));
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace motcua::store
