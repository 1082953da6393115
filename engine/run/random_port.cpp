#include "engine/run/random_port.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <stdexcept>

namespace motcua::run {
namespace {

constexpr std::uint64_t kTimeLimit = std::uint64_t{1} << 48;

// Counts the forks behind this process, so that a child drops what its parent had in the buffer.
std::atomic<std::uint32_t> fork_count{0};
[[maybe_unused]] const int kForkWatched =
    pthread_atfork(nullptr, nullptr, [] { fork_count.fetch_add(1, std::memory_order_relaxed); });

class Buffer {
 public:
  ~Buffer() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  void take(std::span<std::uint8_t> out) {
    if (fork_ != fork_count.load(std::memory_order_relaxed)) used_ = bytes_.size();
    if (out.size() > bytes_.size() - used_) refill();
    std::memcpy(out.data(), bytes_.data() + used_, out.size());
    // A nonce or key that was handed out must not lie about in memory.
    std::memset(bytes_.data() + used_, 0, out.size());
    used_ += out.size();
  }

  static constexpr std::size_t kSize = 4096;

 private:
  void refill() {
    // Read first: a child forked in between refills once more, which does no harm.
    fork_ = fork_count.load(std::memory_order_relaxed);
    if (RAND_bytes(bytes_.data(), static_cast<int>(bytes_.size())) != 1) {
      throw std::runtime_error("OpenSSL has no random bytes");
    }
    used_ = 0;
  }

  std::array<std::uint8_t, kSize> bytes_{};
  std::size_t used_ = kSize;
  std::uint32_t fork_ = 0;
};

thread_local Buffer buffer;

// The count starts in its lower half, so that at least 2,048 ids fit into a millisecond.
std::uint64_t stamp_of(core::Instant now, std::uint64_t chance) {
  const auto ms = std::clamp<std::int64_t>(now.ms, 0, static_cast<std::int64_t>(kTimeLimit) - 1);
  return static_cast<std::uint64_t>(ms) << 12 | (chance & 0x7ff);
}

core::Uuid uuid_of(std::uint64_t stamp, std::uint64_t chance) {
  core::Uuid id;
  for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(stamp >> (52 - 8 * i));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (stamp >> 8 & 0x0f));
  id.bytes[7] = static_cast<std::uint8_t>(stamp);
  for (std::size_t i = 8; i < 16; ++i) id.bytes[i] = static_cast<std::uint8_t>(chance >> (8 * (15 - i)));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
  return id;
}

}  // namespace

void random_bytes(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const std::size_t part = std::min(out.size(), Buffer::kSize);
    buffer.take(out.first(part));
    out = out.subspan(part);
  }
}

core::Uuid SystemRandom::uuid_v7(core::Instant now) {
  std::array<std::uint64_t, 2> chance;
  std::array<std::uint8_t, sizeof chance> raw;
  random_bytes(raw);
  std::memcpy(chance.data(), raw.data(), raw.size());
  const std::uint64_t wanted = stamp_of(now, chance[0]);
  std::uint64_t last = last_.load(std::memory_order_relaxed);
  std::uint64_t stamp = std::max(wanted, last + 1);
  while (!last_.compare_exchange_weak(last, stamp, std::memory_order_relaxed))
    stamp = std::max(wanted, last + 1);
  return uuid_of(stamp, chance[1]);
}

core::Uuid SeededRandom::uuid_v7(core::Instant now) {
  last_ = std::max(stamp_of(now, source_()), last_ + 1);
  return uuid_of(last_, source_());
}

void SeededRandom::bytes(std::span<std::uint8_t> out) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % 8 == 0) word = source_();
    out[i] = static_cast<std::uint8_t>(word >> (8 * (i % 8)));
  }
}

}  // namespace motcua::run
