#include "api/event_hub.h"

#include <algorithm>
#include <utility>

#include "api/json/dossier_json.h"

namespace motcua::api {
namespace {

constexpr int kPage = 200;
constexpr std::size_t kKeptBytes = 4 << 20;
constexpr std::chrono::milliseconds kAgainAfterFailure{250};

bool takes_part(const EventText& event, const core::Code& agency) {
  return agency.empty() ||
         std::find(event.agencies.begin(), event.agencies.end(), agency) != event.agencies.end();
}

bool concerns(const EventFilter& filter, const EventText& event) {
  return (filter.types.empty() || std::binary_search(filter.types.begin(), filter.types.end(), event.type)) &&
         filter.scope.shows(event.agencies, event.procedure) && takes_part(event, filter.agency);
}

void remove(std::vector<Follower*>& all, const Follower* one) {
  const auto at = std::find(all.begin(), all.end(), one);
  if (at == all.end()) return;
  *at = all.back();
  all.pop_back();
}

}  // namespace

std::string EventFilter::binding() const {
  std::string text = "events|" + scope.text() + '|' + agency.text + '|';
  for (const std::string& type : types) text += type + ',';
  return text;
}

store::JournalQuery EventFilter::query(std::int64_t after, int limit) const {
  store::JournalQuery query;
  query.scope = scope;
  query.agency = agency;
  query.types = types;
  query.after = after;
  query.limit = limit;
  return query;
}

std::string event_text(const store::StoredEvent& event) {
  std::string text = "event: vn.motcua." + std::string(core::type_of(event.event.body)) + ".v1\ndata: ";
  JsonWriter json(text);
  write_event(json, event, kEventSource);
  text += "\n\n";
  return text;
}

EventHub::EventHub(store::Store& store, Log& log) : store_(store), log_(log) {
  thread_ = std::thread([this] { loop(); });
}

EventHub::~EventHub() {
  {
    const std::lock_guard lock(bell_mutex_);
    stopping_ = true;
    bell_.notify_one();
  }
  thread_.join();
}

void EventHub::wake() {
  if (places_.load(std::memory_order_relaxed) == 0) return;
  std::int64_t nothing = 0;
  unread_since_.compare_exchange_strong(nothing, Steady::now().time_since_epoch().count());
  ring();
}

void EventHub::ring() {
  const std::lock_guard lock(bell_mutex_);
  if (!std::exchange(rung_, true)) bell_.notify_one();
}

void EventHub::wake_all() {
  const std::lock_guard lock(mutex_);
  for (const Follower* follower : followers_) follower->wake();
}

bool EventHub::take_place(int limit) {
  if (places_.fetch_add(1, std::memory_order_seq_cst) < limit) return true;
  give_place_back();
  return false;
}

void EventHub::enter(Follower& follower) {
  const std::lock_guard lock(mutex_);
  followers_.push_back(&follower);
  ring();
}

void EventHub::leave(Follower& follower) {
  const std::lock_guard lock(mutex_);
  if (follower.live) remove(group_of(follower), &follower);
  remove(followers_, &follower);
  if (followers_.empty()) ring();  // it may sleep
}

void EventHub::move(Follower& follower, std::int64_t position) {
  const std::lock_guard lock(mutex_);
  follower.position = position;
}

EventHub::Taken EventHub::take(Follower& follower, std::size_t bytes) {
  Taken taken;
  const std::lock_guard lock(mutex_);
  if (follower.next_match != 0 && follower.next_match <= dropped_) {
    // It was slow: what was kept for it is gone, and stands in the store.
    follower.position = std::max(follower.position, follower.next_match - 1);
    follower.join_at = last_;
    follower.next_match = 0;
  }
  if (!follower.live || follower.position < follower.join_at) {
    taken.behind = true;
    taken.woken = !follower.live;
    return taken;
  }
  if (follower.next_match != 0) {
    const auto after = [](std::int64_t position, const Event& event) { return position < event->position; };
    const std::int64_t seen = std::max(follower.next_match - 1, follower.position);
    auto at = std::upper_bound(kept_.begin(), kept_.end(), seen, after);
    follower.next_match = 0;
    std::size_t size = 0;
    for (; at != kept_.end(); ++at) {
      if (!concerns(follower.filter, **at)) continue;
      if (size >= bytes) {
        follower.next_match = (*at)->position;
        taken.more = true;
        break;
      }
      size += (*at)->text.size();
      taken.events.push_back(*at);
    }
  }
  // What lies before the next one that it gets does not concern it.
  follower.position = std::max(follower.position, taken.more ? follower.next_match - 1 : last_);
  return taken;
}

std::chrono::duration<double> EventHub::lag() const {
  const std::int64_t reading = reading_since_.load();
  const std::int64_t since = reading != 0 ? reading : unread_since_.load();
  if (since == 0) return std::chrono::duration<double>(0);
  return Steady::now().time_since_epoch() - Steady::duration(since);
}

void EventHub::loop() {
  std::unique_lock lock(bell_mutex_);
  while (true) {
    bell_.wait(lock, [this] { return rung_ || stopping_; });
    if (stopping_) return;
    rung_ = false;
    lock.unlock();
    const bool done = round();
    lock.lock();
    if (done) continue;
    rung_ = true;
    bell_.wait_for(lock, kAgainAfterFailure, [this] { return stopping_; });
  }
}

// Everything that is new; false when the store failed.
bool EventHub::round() {
  // Taken before the read: of what is committed from now on, the next round learns.
  const std::int64_t since = unread_since_.exchange(0);
  std::int64_t nothing = 0;
  reading_since_.compare_exchange_strong(nothing, since);
  try {
    store::JournalQuery query;
    for (bool more = true; more && begin_page(query);) {
      const auto reader = store_.reader();
      const store::JournalPage page = reader->journal(query);
      publish(render(read(*reader, page.events), page.events), page.last);
      more = page.more;
    }
  } catch (const std::exception& error) {
    log_.write(LogLevel::error, "event_hub_failed", {{"cause", OwnText{error.what()}}});
    return false;
  }
  reading_since_ = 0;
  return true;
}

// Takes in who has come, and asks for what any of the followers may get; false when there is none.
bool EventHub::begin_page(store::JournalQuery& query) {
  std::unique_lock lock(mutex_);
  if (followers_.empty()) {
    sleep();
    return false;
  }
  if (asleep_) {
    lock.unlock();
    const std::int64_t end = store_.reader()->journal_end();
    lock.lock();
    asleep_ = false;
    last_ = dropped_ = end;
  }
  admit();
  query = {};
  query.scope = store::Scope::everything();
  query.after = last_;
  query.limit = kPage;
  for (const Follower* follower : followers_) {
    const auto& types = follower->filter.types;
    if (types.empty()) {
      query.types.clear();
      return true;
    }
    for (const std::string& type : types) {
      const auto at = std::lower_bound(query.types.begin(), query.types.end(), type);
      if (at == query.types.end() || *at != type) query.types.insert(at, type);
    }
  }
  return true;
}

// What is kept would grow old.
void EventHub::sleep() {
  asleep_ = true;
  kept_.clear();
  kept_bytes_ = 0;
}

// Only between two pages: whoever came while one was read might want what was not asked for.
void EventHub::admit() {
  for (Follower* follower : followers_) {
    if (follower->live) continue;
    follower->live = true;
    follower->join_at = last_;
    follower->next_match = 0;
    group_of(*follower).push_back(follower);
    follower->wake();
  }
}

// The events with whom they concern, but without their text.
std::vector<EventText> EventHub::read(store::Reader& reader, const std::vector<store::StoredEvent>& stored) {
  std::vector<EventText> events;
  struct Concerned {
    std::vector<core::Code> agencies;
    core::Code procedure;
  };
  std::map<std::array<std::uint8_t, 16>, Concerned> known;
  for (const store::StoredEvent& one : stored) {
    auto [at, fresh] = known.try_emplace(one.event.dossier.bytes);
    Concerned& concerned = at->second;
    if (fresh) {
      if (const auto found = reader.find(store::Scope::everything(), one.event.dossier)) {
        concerned.agencies = found->dossier.further_agencies;
        concerned.agencies.push_back(found->dossier.receiving_agency);
        concerned.agencies.push_back(found->dossier.competent_agency);
        concerned.procedure = found->dossier.procedure;
      }
    }
    const std::string type(core::type_of(one.event.body));
    events.push_back({one.position, type, concerned.agencies, concerned.procedure, {}});
  }
  return events;
}

std::vector<EventHub::Event> EventHub::render(std::vector<EventText> read,
                                              const std::vector<store::StoredEvent>& stored) {
  std::vector<bool> wanted(read.size());
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < read.size(); ++i)
      for_concerned(read[i], [&](const Follower&) { wanted[i] = true; });
  }
  std::vector<Event> events;
  for (std::size_t i = 0; i < read.size(); ++i) {
    if (!wanted[i]) continue;
    read[i].text = event_text(stored[i]);
    events.push_back(std::make_shared<const EventText>(std::move(read[i])));
  }
  return events;
}

void EventHub::publish(std::vector<Event> events, std::int64_t last) {
  const std::lock_guard lock(mutex_);
  last_ = last;
  for (Event& event : events) {
    kept_bytes_ += event->text.size();
    for_concerned(*event, [&](Follower& follower) {
      // Whoever knows of one already was woken for it.
      if (follower.next_match != 0 || event->position <= follower.position) return;
      follower.next_match = event->position;
      follower.wake();
    });
    kept_.push_back(std::move(event));
  }
  while (kept_bytes_ > kKeptBytes) {
    kept_bytes_ -= kept_.front()->text.size();
    dropped_ = kept_.front()->position;
    kept_.pop_front();
  }
}

template <class Use>
void EventHub::for_concerned(const EventText& event, Use use) {
  const auto in_group = [&](const core::Code& agency) {
    const auto group = live_.find(agency);
    if (group == live_.end()) return;
    for (Follower* follower : group->second) {
      if (concerns(follower->filter, event)) use(*follower);
    }
  };
  in_group({});
  for (std::size_t i = 0; i < event.agencies.size(); ++i) {
    const core::Code& agency = event.agencies[i];
    // The receiving agency is often the competent one too.
    if (std::find(event.agencies.begin(), event.agencies.begin() + static_cast<std::ptrdiff_t>(i), agency) ==
        event.agencies.begin() + static_cast<std::ptrdiff_t>(i)) {
      in_group(agency);
    }
  }
}

std::vector<Follower*>& EventHub::group_of(const Follower& follower) {
  const EventFilter& filter = follower.filter;
  return live_[filter.scope.only_agency().value_or(filter.agency)];
}

}  // namespace motcua::api
