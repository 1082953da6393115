#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "api/log.h"
#include "engine/store/store.h"

namespace motcua::api {

// Which events one follower gets.
struct EventFilter {
  store::Scope scope;              // what the follower sees
  core::Code agency;               // takes part in the dossier; empty: any
  std::vector<std::string> types;  // "dossier.accepted", sorted; empty: any

  // The canonical text that a cursor is bound to.
  std::string binding() const;
  store::JournalQuery query(std::int64_t after, int limit) const;
};

// An event as streams send it, but for the id, which is each stream's own.
struct EventText {
  std::int64_t position = 0;
  std::string type;                  // "dossier.accepted"
  std::vector<core::Code> agencies;  // that took part when it was read
  core::Code procedure;              // of its dossier
  std::string text;                  // "event: …\ndata: …\n\n"
};
std::string event_text(const store::StoredEvent& event);

// One stream's place in the journal. Touched by the thread of its connection and, under the hub's lock, by
// the hub.
struct Follower {
  EventFilter filter;
  std::int64_t position = 0;  // everything up to here was handed out
  std::function<void()> wake;

  // The hub's own.
  bool live = false;         // the hub tells it of what concerns it
  std::int64_t join_at = 0;  // when live: it is told of what comes after this, and reads the store up to it
  std::int64_t next_match = 0;  // when live: the first event behind that which it gets; 0: none
};

// Reads the journal's new part once for all streams, on a thread of its own: renders once each event that
// concerns any of them, and wakes only those. It keeps the last few megabytes; who is further behind reads
// the store. With no follower it does nothing.
class EventHub {
 public:
  EventHub(store::Store& store, Log& log);
  ~EventHub();

  // There is something new in the journal. Any thread; costs the writer next to nothing.
  void wake();
  // Has every stream look whether its key is still in force. Any thread.
  void wake_all();

  // One of `limit` places for a stream, or none. Any thread.
  bool take_place(int limit);
  void give_place_back() { places_.fetch_sub(1, std::memory_order_relaxed); }

  // Any thread. `follower` is borrowed until leave(); its `wake` may be called until then, and must not call
  // the hub.
  void enter(Follower& follower);
  void leave(Follower& follower);

  struct Taken {
    std::vector<std::shared_ptr<const EventText>> events;
    bool more = false;    // there are more at once
    bool behind = false;  // nothing was taken: read the store from the follower's position, then come again
    bool woken = false;   // with `behind`: it is woken when it is worth coming again at the store's end
  };
  // What the follower gets next, of about so many bytes; its position moves on.
  Taken take(Follower& follower, std::size_t bytes);
  // The follower has read the store up to there.
  void move(Follower& follower, std::int64_t position);

  // For metrics. Any thread.
  int streams() const { return places_.load(std::memory_order_relaxed); }
  void count_sent(std::uint64_t events) { sent_.fetch_add(events, std::memory_order_relaxed); }
  std::uint64_t sent() const { return sent_.load(std::memory_order_relaxed); }
  // How long the oldest commit that the hub has not read yet has been waiting for it.
  std::chrono::duration<double> lag() const;

 private:
  using Steady = std::chrono::steady_clock;
  using Event = std::shared_ptr<const EventText>;

  void ring();
  void loop();
  bool round();
  bool begin_page(store::JournalQuery& query);
  void sleep();
  void admit();
  std::vector<EventText> read(store::Reader& reader, const std::vector<store::StoredEvent>& stored);
  std::vector<Event> render(std::vector<EventText> read, const std::vector<store::StoredEvent>& stored);
  void publish(std::vector<Event> events, std::int64_t last);
  template <class Use>
  void for_concerned(const EventText& event, Use use);
  std::vector<Follower*>& group_of(const Follower& follower);

  store::Store& store_;
  Log& log_;
  std::atomic<int> places_ = 0;
  std::atomic<std::uint64_t> sent_ = 0;
  // When the oldest commit was told of that is not being read yet, and the oldest that is being read; of the
  // steady clock, 0: none.
  std::atomic<std::int64_t> unread_since_ = 0;
  std::atomic<std::int64_t> reading_since_ = 0;

  // Held for a moment only, as the writer takes it.
  std::mutex bell_mutex_;
  std::condition_variable bell_;
  bool rung_ = false;
  bool stopping_ = false;

  std::mutex mutex_;
  bool asleep_ = true;        // there was no follower: where the journal ends is not known
  std::int64_t last_ = 0;     // the journal is read up to here
  std::int64_t dropped_ = 0;  // no event up to here is kept any more
  std::size_t kept_bytes_ = 0;
  std::deque<Event> kept_;  // those that concerned a follower
  std::vector<Follower*> followers_;
  std::map<core::Code, std::vector<Follower*>> live_;  // by an agency that must take part; empty: none
  std::thread thread_;
};

}  // namespace motcua::api
