#include "api/event_stream.h"

#include <algorithm>

#include "api/cursor.h"
#include "api/identify.h"

namespace motcua::api {
namespace {

constexpr std::size_t kPartBytes = 48 << 10;
constexpr int kStoredPage = 50;
// What a client waits before it comes back: a restart takes about as long.
constexpr std::string_view kOpening = "retry: 1000\n";

}  // namespace

EventStream::EventStream(const Call& call, EventFilter filter, std::int64_t after)
    : service_(call.service), officer_(call.caller->officer), keys_(call.keys), binding_(filter.binding()) {
  if (officer_.empty()) {
    key_ = static_cast<const ApiKey&>(*call.caller);
  } else {
    token_ = shown_token(call.request);
  }
  follower_.filter = std::move(filter);
  follower_.position = after;
}

EventStream::~EventStream() {
  if (entered_) service_.events.leave(follower_);
  service_.events.give_place_back();
}

void EventStream::begin(std::function<void()> wake) {
  follower_.wake = std::move(wake);
  entered_ = true;
  service_.events.enter(follower_);
}

net::Stream::Part EventStream::next() {
  Part part;
  if (!caller_stands()) {
    part.then = Part::Then::end;
    return part;
  }
  const auto now = Steady::now();
  try {
    // The first part tells the cursor at once: whoever is cut off before the first event comes back with it.
    if (checkpoint_at_ == Steady::time_point()) {
      part.bytes = kOpening;
      add_checkpoint(part.bytes);
      checkpoint_at_ = now + service_.config.stream_checkpoint;
      part.then = Part::Then::more;
      return part;
    }
    if (add_events(part.bytes)) part.then = Part::Then::more;
    if (now >= checkpoint_at_) {
      add_checkpoint(part.bytes);
      checkpoint_at_ = now + service_.config.stream_checkpoint;
    }
  } catch (const std::exception& error) {
    // The client comes back with its cursor.
    service_.log.write(LogLevel::error, "stream_failed", {{"cause", OwnText{error.what()}}});
    part.then = Part::Then::end;
  }
  part.pause = std::chrono::ceil<std::chrono::milliseconds>(checkpoint_at_ - now);
  if (token_left_) part.pause = std::min(part.pause, *token_left_);
  return part;
}

// What the caller was granted may have ended since, or be read anew. What it sees must be what it saw.
bool EventStream::caller_stands() { return key_ ? key_stands() : person_stands(); }

// The token ends, and with the keys of the provider also what they signed.
bool EventStream::person_stands() {
  const Identity::Checked checked = service_.identity->check(token_);
  const auto* person = std::get_if<Person>(&checked);
  if (person == nullptr || person->officer != officer_) return false;
  token_left_ = std::chrono::milliseconds((person->until - service_.identity->now()).ms + 1);
  const KeyBook::Keys keys = service_.keys.now();
  const auto caller = service_.persons.find(officer_, service_.engine, service_.clock, keys);
  return api::reach_of(service_.engine, service_.clock, *caller, *keys, core::Area::dossiers) ==
         follower_.filter.scope;
}

bool EventStream::key_stands() {
  KeyBook::Keys keys = service_.keys.now();
  if (keys != keys_) {
    const auto same = [this](const ApiKey& one) {
      return one.id == key_->id && one.sha256_hex == key_->sha256_hex &&
             one.certificate_sha256_hex == key_->certificate_sha256_hex;
    };
    const auto found = std::find_if(keys->keys.begin(), keys->keys.end(), same);
    if (found == keys->keys.end()) return false;
    key_ = *found;
    keys_ = std::move(keys);
  }
  return api::reach_of(service_.engine, service_.clock, *key_, *keys_, core::Area::dossiers) ==
         follower_.filter.scope;
}

bool EventStream::add_events(std::string& text) {
  const EventHub::Taken taken = service_.events.take(follower_, kPartBytes);
  if (taken.behind) return add_stored(text) || !taken.woken;
  for (const auto& event : taken.events) add(text, event->position, event->text);
  return taken.more;
}

bool EventStream::add_stored(std::string& text) {
  const store::JournalPage page =
      service_.store.reader()->journal(follower_.filter.query(follower_.position, kStoredPage));
  for (const store::StoredEvent& event : page.events) add(text, event.position, event_text(event));
  service_.events.move(follower_, page.last);
  return page.more || !page.events.empty();
}

void EventStream::add(std::string& text, std::int64_t position, std::string_view event) {
  text += "id: " + write_feed_cursor(service_.keyring, binding_, service_.store.epoch(), position) + '\n';
  text += event;
  service_.events.count_sent(1);
}

void EventStream::add_checkpoint(std::string& text) {
  text += "id: " + write_feed_cursor(service_.keyring, binding_, service_.store.epoch(), follower_.position) +
          "\nevent: checkpoint\ndata: {}\n\n";
}

}  // namespace motcua::api
