#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>

#include "engine/core/time.h"
#include "engine/core/value.h"

namespace motcua::run {

// What the publisher was at when its work on a list failed.
enum class PublisherStage { counting, replay, files, writing };

// A list whose work failed and is tried again.
struct PublisherRest {
  PublisherStage failed = PublisherStage::counting;
  int attempts = 1;       // in a row, of this process
  core::Instant next_at;  // by the real clock, also where the engine's is virtual
};

// After a failure a list rests, twice as long each time: what it lacks (room on the disk, a library's folder)
// does not come back within a second, and each attempt costs much. Any thread.
class PublisherRests {
 public:
  PublisherRests(std::chrono::milliseconds first, std::chrono::milliseconds longest)
      : first_(first), longest_(longest) {}

  PublisherRest failed(const core::Uuid& of, PublisherStage stage);
  bool rests(const core::Uuid& of) const;
  void done(const core::Uuid& of);
  std::optional<PublisherRest> find(const core::Uuid& of) const;

 private:
  struct Known {
    PublisherRest rest;
    std::chrono::milliseconds lasts;
    std::chrono::steady_clock::time_point until;
  };

  const std::chrono::milliseconds first_, longest_;
  mutable std::mutex mutex_;
  std::map<core::Uuid, Known> known_;
};

}  // namespace motcua::run

namespace motcua::core {
template <>
struct EnumWords<run::PublisherStage> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"counting", "replay", "files", "writing"};
};
}  // namespace motcua::core
