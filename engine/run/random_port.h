#pragma once

#include <atomic>
#include <cstdint>
#include <random>
#include <span>

#include "engine/core/time.h"
#include "engine/core/value.h"

namespace motcua::run {

// Where chance enters the engine: ids, jitter, keys. A port, so that a seed reproduces a run.
class Random {
 public:
  virtual ~Random() = default;

  // A UUIDv7 of the instant. Ids of one Random increase strictly, whatever `now` does: within one millisecond
  // they count up from a random start (RFC 9562, 6.2, method 1), and where the count is full, or `now` goes
  // back, the time in the id runs ahead of `now`.
  virtual core::Uuid uuid_v7(core::Instant now) = 0;
  virtual void bytes(std::span<std::uint8_t> out) = 0;
};

// Random bytes fit for keys and nonces, from a buffer per thread, refilled by OpenSSL: a call to it costs 2
// µs for any size. A forked child never sees its parent's bytes again. Throws when the source fails.
void random_bytes(std::span<std::uint8_t> out);

// The real one. Any thread.
class SystemRandom : public Random {
 public:
  core::Uuid uuid_v7(core::Instant now) override;
  void bytes(std::span<std::uint8_t> out) override { random_bytes(out); }

 private:
  std::atomic<std::uint64_t> last_ = 0;  // milliseconds << 12 | count
};

// The same seed gives the same ids and bytes on every machine. Never for keys or nonces. One thread.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : source_(seed) {}
  core::Uuid uuid_v7(core::Instant now) override;
  void bytes(std::span<std::uint8_t> out) override;

 private:
  std::mt19937_64 source_;
  std::uint64_t last_ = 0;
};

}  // namespace motcua::run
