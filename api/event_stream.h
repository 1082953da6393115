#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "api/event_hub.h"
#include "api/net/http.h"
#include "api/service.h"

namespace motcua::api {

// One client that follows the events by server-sent events: what is new from the hub, what is older from the
// store by pages, and a checkpoint every so often, so that the cursor of a filter that finds nothing moves on
// too. Between two parts it is a position in the journal and nothing more.
class EventStream : public net::Stream {
 public:
  // Takes over one place of the hub. `after` is a position.
  EventStream(Service& service, const ApiKey& key, KeyBook::Keys keys, EventFilter filter,
              std::int64_t after);
  ~EventStream() override;
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  // Before begin().
  void start_at(std::int64_t position) { follower_.position = position; }
  void begin(std::function<void()> wake) override;
  Part next() override;

 private:
  using Steady = std::chrono::steady_clock;

  bool key_stands();
  // Whether there may be more at once.
  bool add_events(std::string& text);
  bool add_stored(std::string& text);
  void add(std::string& text, std::int64_t position, std::string_view event);
  void add_checkpoint(std::string& text);

  Service& service_;
  ApiKey key_;
  KeyBook::Keys keys_;  // by which the key was last found in force
  const std::string binding_;
  Follower follower_;
  bool entered_ = false;
  Steady::time_point checkpoint_at_;
};

}  // namespace motcua::api
