#include "engine/run/seal_tree.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <string>
#include <system_error>

#include "engine/run/seal_log.h"

namespace motcua::run {
namespace {

constexpr int kLevelBits = 8;
constexpr std::uint64_t kFan = 1 << kLevelBits;

// Of a power of two of hashes.
store::Hash root_above(std::vector<store::Hash> hashes) {
  while (hashes.size() > 1) {
    for (std::size_t i = 0; i < hashes.size() / 2; ++i)
      hashes[i] = store::merkle_node(hashes[2 * i], hashes[2 * i + 1]);
    hashes.resize(hashes.size() / 2);
  }
  return hashes.front();
}

}  // namespace

SealTree::SealTree(const std::filesystem::path& entries)
    : entries_(::open(entries.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (entries_ < 0) {
    throw SealError("could not open " + entries.string() + ": " + std::generic_category().message(errno));
  }
}

SealTree::~SealTree() { ::close(entries_); }

std::vector<store::Hash> SealTree::leaves(std::uint64_t first, std::uint64_t count) const {
  std::vector<store::Hash> hashes(count);
  const std::size_t size = count * sizeof(store::Hash);
  auto* const to = reinterpret_cast<char*>(hashes.data());
  for (std::size_t done = 0; done < size;) {
    const auto from = static_cast<off_t>(first * sizeof(store::Hash) + done);
    const ssize_t n = ::pread(entries_, to + done, size - done, from);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw SealError("the entries of the seals cannot be read");
    done += static_cast<std::size_t>(n);
  }
  for (store::Hash& hash : hashes) hash = store::merkle_leaf(hash);
  return hashes;
}

void SealTree::grow(std::uint64_t size, const std::function<bool()>& go_on) {
  while (size_ < size && go_on()) {
    const std::uint64_t first = size_ / kFan * kFan;
    if (size - first < kFan) {
      const std::unique_lock lock(mutex_);
      size_ = size;
      return;
    }
    store::Hash made = root_above(leaves(first, kFan));
    const std::unique_lock lock(mutex_);
    for (std::size_t level = 0;; ++level) {
      if (level == levels_.size()) levels_.emplace_back();
      levels_[level].push_back(made);
      if (levels_[level].size() % kFan != 0) break;
      made = root_above({levels_[level].end() - kFan, levels_[level].end()});
    }
    size_ = first + kFan;
  }
}

store::Hash SealTree::root(std::uint64_t first, std::uint64_t count) const {
  if (count < kFan) return root_above(leaves(first, count));
  std::size_t level = 0;
  std::uint64_t each = kFan;
  while (each * kFan <= count && level + 1 < levels_.size()) {
    each *= kFan;
    ++level;
  }
  const auto begin = levels_[level].begin() + static_cast<std::ptrdiff_t>(first / each);
  return root_above({begin, begin + static_cast<std::ptrdiff_t>(count / each)});
}

std::optional<std::vector<store::Hash>> SealTree::consistency(std::uint64_t from, std::uint64_t to) const {
  const std::shared_lock lock(mutex_);
  if (to > size_) return std::nullopt;
  return store::consistency_path(
      from, to, [this](std::uint64_t first, std::uint64_t count) { return root(first, count); });
}

}  // namespace motcua::run
