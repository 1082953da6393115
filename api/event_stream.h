#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "api/call.h"
#include "api/event_hub.h"
#include "api/net/http.h"

namespace motcua::api {

// One client that follows the events by server-sent events: what is new from the hub, what is older from the
// store by pages, and a checkpoint every so often, so that the cursor of a filter that finds nothing moves on
// too. Between two parts it is a position in the journal and nothing more.
class EventStream : public net::Stream {
 public:
  // Takes over one place of the hub. `after` is a position. Nothing of the call is needed afterwards.
  EventStream(const Call& call, EventFilter filter, std::int64_t after);
  ~EventStream() override;
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  // Before begin().
  void start_at(std::int64_t position) { follower_.position = position; }
  void begin(std::function<void()> wake) override;
  Part next() override;

 private:
  using Steady = std::chrono::steady_clock;

  bool caller_stands();
  bool key_stands();
  bool person_stands();
  // Whether there may be more at once.
  bool add_events(std::string& text);
  bool add_stored(std::string& text);
  void add(std::string& text, std::int64_t position, std::string_view event);
  void add_checkpoint(std::string& text);

  Service& service_;
  // By whom it was opened: one of the keys, or a person with its token.
  std::optional<ApiKey> key_;
  core::Code officer_;
  std::string token_;
  std::optional<std::chrono::milliseconds> token_left_;
  KeyBook::Keys keys_;  // by which the key was last found in force
  const std::string binding_;
  Follower follower_;
  bool entered_ = false;
  Steady::time_point checkpoint_at_;
};

}  // namespace motcua::api
