#include "api/event_hub.h"

#include <algorithm>

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
         takes_part(event, filter.scope.agency) && takes_part(event, filter.agency);
}

void remove(std::vector<Follower*>& all, const Follower* one) {
  const auto at = std::find(all.begin(), all.end(), one);
  if (at == all.end()) return;
  *at = all.back();
  all.pop_back();
}

}  // namespace

std::string EventFilter::binding() const {
  std::string text = "events|" + scope.agency.text + '|' + agency.text + '|';
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
}

void EventHub::leave(Follower& follower) {
  const std::lock_guard lock(mutex_);
  if (follower.live) fall_behind(follower);
  remove(followers_, &follower);
  if (followers_.empty()) ring();  // it may sleep
}

EventHub::Taken EventHub::take(Follower& follower, std::size_t bytes) {
  Taken taken;
  const std::lock_guard lock(mutex_);
  if (!follower.live && !asleep_ && follower.position >= from_) go_live(follower);
  if (follower.live && follower.next_match != 0 && follower.next_match <= from_) {
    follower.position = follower.next_match - 1;
    fall_behind(follower);
  }
  if (!follower.live) {
    taken.behind = true;
    taken.woken = follower.waits = asleep_;
    if (asleep_) ring();
    return taken;
  }
  if (follower.next_match != 0) {
    const auto after = [](std::int64_t position, const Event& event) { return position < event->position; };
    auto at = std::upper_bound(kept_.begin(), kept_.end(), follower.next_match - 1, after);
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

// Nobody follows: what is kept would grow old.
void EventHub::sleep() {
  asleep_ = true;
  kept_.clear();
  kept_bytes_ = 0;
}

// Everything that is new; false when the store failed.
bool EventHub::round() {
  // Taken before the read: of what is committed from now on, the next round learns.
  const std::int64_t since = unread_since_.exchange(0);
  std::int64_t nothing = 0;
  reading_since_.compare_exchange_strong(nothing, since);
  try {
    for (bool more = true; more;) {
      {
        const std::lock_guard lock(mutex_);
        if (followers_.empty()) sleep();
        if (followers_.empty()) break;
      }
      const auto reader = store_.reader();
      if (asleep_) {  // only this thread changes it
        start_at(reader->journal_end());
        break;
      }
      store::JournalQuery query;
      query.after = last_;
      query.limit = kPage;
      const store::JournalPage page = reader->journal(query);
      publish(render(*reader, page), page.last);
      more = page.more;
    }
  } catch (const std::exception& error) {
    log_.write(LogLevel::error, "event_hub_failed", {{"cause", OwnText{error.what()}}});
    return false;
  }
  reading_since_ = 0;
  return true;
}

std::vector<EventHub::Event> EventHub::render(store::Reader& reader, const store::JournalPage& page) {
  std::vector<Event> events;
  std::map<std::array<std::uint8_t, 16>, std::vector<core::Code>> known;
  for (const store::StoredEvent& stored : page.events) {
    auto [at, fresh] = known.try_emplace(stored.event.dossier.bytes);
    if (fresh) {
      if (const auto found = reader.find({}, stored.event.dossier)) {
        at->second = found->dossier.further_agencies;
        at->second.push_back(found->dossier.receiving_agency);
        at->second.push_back(found->dossier.competent_agency);
      }
    }
    auto event = std::make_shared<EventText>();
    event->position = stored.position;
    event->type = core::type_of(stored.event.body);
    event->agencies = at->second;
    event->text = event_text(stored);
    events.push_back(std::move(event));
  }
  return events;
}

void EventHub::start_at(std::int64_t position) {
  const std::lock_guard lock(mutex_);
  asleep_ = false;
  from_ = last_ = position;
  wake_waiting();
}

void EventHub::publish(std::vector<Event> events, std::int64_t last) {
  const std::lock_guard lock(mutex_);
  last_ = last;
  for (Event& event : events) {
    kept_bytes_ += event->text.size();
    const auto tell_group = [&](const core::Code& agency) {
      const auto group = live_.find(agency);
      if (group != live_.end()) tell(*event, group->second);
    };
    tell_group({});
    for (const core::Code& agency : event->agencies) tell_group(agency);
    kept_.push_back(std::move(event));
  }
  while (kept_bytes_ > kKeptBytes) {
    kept_bytes_ -= kept_.front()->text.size();
    from_ = kept_.front()->position;
    kept_.pop_front();
  }
}

void EventHub::tell(const EventText& event, const std::vector<Follower*>& candidates) {
  for (Follower* follower : candidates) {
    // Whoever knows of one already was woken for it.
    if (follower->next_match != 0 || event.position <= follower->position) continue;
    if (!concerns(follower->filter, event)) continue;
    follower->next_match = event.position;
    follower->wake();
  }
}

void EventHub::wake_waiting() {
  for (Follower* follower : followers_) {
    if (std::exchange(follower->waits, false)) follower->wake();
  }
}

std::vector<Follower*>& EventHub::group_of(const Follower& follower) {
  const EventFilter& filter = follower.filter;
  return live_[filter.scope.agency.empty() ? filter.agency : filter.scope.agency];
}

void EventHub::go_live(Follower& follower) {
  follower.live = true;
  follower.next_match = 0;
  group_of(follower).push_back(&follower);
  for (const Event& event : kept_) {
    if (event->position <= follower.position || !concerns(follower.filter, *event)) continue;
    follower.next_match = event->position;
    return;
  }
}

void EventHub::fall_behind(Follower& follower) {
  follower.live = false;
  remove(group_of(follower), &follower);
}

}  // namespace motcua::api
