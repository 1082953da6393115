#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/service.h"

namespace motcua::testing {

// A server-sent event as it came.
struct SentEvent {
  std::string id;
  std::string type;
  std::string data;
};

// Follows one stream of events, on a connection of its own. Reads nothing unless asked. One thread.
class EventClient {
 public:
  struct Options {
    std::string last_event_id;  // empty: the header is not sent
    int receive_buffer = 0;     // of the system, in bytes; 0: as it likes
  };
  EventClient(std::uint16_t port, const std::string& token, const std::string& target,
              const Options& options);
  EventClient(std::uint16_t port, const std::string& token, const std::string& target);
  EventClient(const EventClient&) = delete;
  EventClient& operator=(const EventClient&) = delete;
  ~EventClient();

  // Status and header of the answer; waits for them.
  int status();
  const std::string& head() const { return head_; }
  // The next event, checkpoints among them; nothing when the stream ended, or after twenty seconds.
  std::optional<SentEvent> next();
  // The next event that is no checkpoint.
  std::optional<SentEvent> next_real();
  // Whether nothing but checkpoints is left, and then the end: the last chunk when `whole`.
  bool ends();
  bool ended_whole() const { return last_chunk_; }
  // The id of the last event of any kind.
  const std::string& last_id() const { return last_id_; }

 private:
  bool fill();
  bool read_head();
  void take_chunks();

  int socket_ = -1;
  std::string raw_;   // as it came
  std::string text_;  // without the coding
  std::string head_;
  std::string last_id_;
  bool last_chunk_ = false;
};

}  // namespace motcua::testing
