#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "engine/run/ed25519.h"
#include "engine/store/merkle.h"
#include "engine/store/personal.h"

namespace motcua::run {

// What was sealed cannot be read, or does not fit what it belongs to.
class SealError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A promise of the service about its journal: these are the first `size` events of the epoch, in this order.
struct SealedHead {
  std::int64_t epoch = 0;  // of the database
  std::uint64_t size = 0;
  store::Hash root{};
  core::Instant at;
  std::string previous;  // SHA-256 of the text of the head before, in hexadecimal; zeros: it is the first
  // How far the access log went, which is promised with it; nothing in heads of before it was.
  std::optional<store::AccessMark> access;
  Ed25519Signature signature{};

  // What is signed.
  std::string text() const;
  bool signed_by(const Ed25519Public& key) const;
};

struct HeadLine;

// The seals of one epoch, outside the database, in two files that only grow:
//   heads    one line a head
//   entries  32 bytes an event: its hash, so that the first one that is not what was sealed can be named
// One thread.
class SealLog {
 public:
  // Opens the folder of an epoch, or makes it, for itself alone. Half a line at the end of the heads, which a
  // power cut left, is taken away. Throws SealError where the files cannot be used, another process has them,
  // or the last head is not signed by `key`.
  SealLog(const std::filesystem::path& folder, std::int64_t epoch, const Ed25519Public& key);
  ~SealLog();
  SealLog(const SealLog&) = delete;
  SealLog& operator=(const SealLog&) = delete;

  const std::optional<SealedHead>& last() const { return last_; }
  std::uint64_t size() const { return edge_.size(); }
  // The hash that was sealed last. Requires a size.
  store::Hash last_entry() const;
  // Entries that no head speaks of: a power cut came before it was written, or somebody took heads away.
  // Whoever knows that it was the former has them forgotten.
  std::vector<store::Hash> surplus() const;
  void forget_surplus();

  // The head that seals `entries` besides what is sealed, and the access log up to a place. Not signed, and
  // nothing is written yet.
  SealedHead next(const std::vector<store::Hash>& entries, const store::AccessMark& access,
                  core::Instant at) const;
  // Both are on the disk before this returns. Throws SealError, and then keeps what it had. Requires that
  // there is no surplus.
  void add(const std::vector<store::Hash>& entries, const SealedHead& head);

  // The last whole head of a file of heads, with its tree; nothing: it has none. Throws SealError where it
  // cannot be read.
  static std::optional<HeadLine> last_head(const std::filesystem::path& heads);

  static std::filesystem::path heads_file(const std::filesystem::path& folder, std::int64_t epoch);
  static std::filesystem::path entries_file(const std::filesystem::path& folder, std::int64_t epoch);

 private:
  void shorten();

  int heads_ = -1;
  int entries_ = -1;
  std::int64_t heads_end_ = 0;  // of what is whole
  std::int64_t epoch_;
  std::optional<SealedHead> last_;
  store::MerkleEdge edge_;
};

// A head as a line of its file, with what the tree needs to grow; and back. Nothing: it is no such line.
std::string head_line(const SealedHead& head, const store::MerkleEdge& edge);
struct HeadLine {
  SealedHead head;
  store::MerkleEdge edge;
};
std::optional<HeadLine> read_head_line(std::string_view line);

}  // namespace motcua::run
