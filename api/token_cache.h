#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <unordered_map>

#include "api/token.h"

namespace motcua::api {

// Tokens that were verified of late, by their digests: a request costs a hash then and no verification. Two
// halves: when the newer one is full, the older one is forgotten. Not for several threads at once.
class TokenCache {
 public:
  using Digest = std::array<std::uint8_t, 32>;
  static constexpr std::size_t kHalf = 4096;

  // Nothing when it is not known, or counts no more.
  std::optional<Person> find(const Digest& digest, core::Instant now) {
    auto at = newer_.find(digest);
    if (at == newer_.end()) {
      const auto old = older_.find(digest);
      if (old == older_.end()) return std::nullopt;
      const Person kept = old->second;
      older_.erase(old);
      at = put(digest, kept);
    }
    if (now < at->second.until) return at->second;
    newer_.erase(at);
    return std::nullopt;
  }
  void add(const Digest& digest, const Person& person) { put(digest, person); }
  void clear() {
    newer_.clear();
    older_.clear();
  }
  std::size_t size() const { return newer_.size() + older_.size(); }

 private:
  struct First {  // of a digest all bytes are alike
    std::size_t operator()(const Digest& digest) const {
      std::size_t hash = 0;
      std::memcpy(&hash, digest.data(), sizeof hash);
      return hash;
    }
  };
  using Half = std::unordered_map<Digest, Person, First>;

  Half::iterator put(const Digest& digest, const Person& person) {
    if (newer_.size() >= kHalf) {
      older_ = std::move(newer_);
      newer_.clear();
    }
    return newer_.insert_or_assign(digest, person).first;
  }

  Half newer_;
  Half older_;
};

}  // namespace motcua::api
