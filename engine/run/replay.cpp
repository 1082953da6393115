#include "engine/run/replay.h"

#include <algorithm>

namespace motcua::run {
namespace {

constexpr std::size_t kGroup = 50'000;
constexpr std::int64_t kNear = 64;    // between one key and the next
constexpr int kEventsAtOnce = 1'000;  // a reader that stays keeps the log from beginning anew
constexpr int kFirstEvents = 1'000;   // when it is not known yet whether it pays
// Passing so many events costs less than finding one along a chain.
constexpr std::int64_t kPassedForOne = 24;

// How many of the keys lie near each other.
std::size_t near(std::span<const std::int64_t> keys) {
  std::size_t count = 1;
  while (count < std::min(keys.size(), kGroup) && keys[count] - keys[count - 1] <= kNear) ++count;
  return count;
}

}  // namespace

std::size_t Replay::Group::place(std::int64_t key) const {
  const std::int64_t at = ends.empty() ? -1 : key - ends.front().key;
  if (at < 0 || at >= static_cast<std::int64_t>(places.size())) return ends.size();
  const std::uint32_t place = places[static_cast<std::size_t>(at)];
  return place == 0 ? ends.size() : place - 1;
}

Replay::Group Replay::grouped(std::span<const std::int64_t> keys) {
  Group group;
  breathe_();
  group.ends = store_.reader()->counting().history_ends(keys);
  group.left = group.ends.size();
  group.ways.resize(group.left);
  group.done.resize(group.left);
  if (group.left == 0) return group;
  group.places.resize(static_cast<std::size_t>(group.ends.back().key - group.ends.front().key) + 1);
  for (std::size_t at = 0; at < group.left; ++at) {
    group.places[static_cast<std::size_t>(group.ends[at].key - group.ends.front().key)] =
        static_cast<std::uint32_t>(at + 1);
  }
  return group;
}

void Replay::follow(Group& group, std::size_t place, const store::StoredEvent& event) {
  std::unique_ptr<Way>& way = group.ways[place];
  if (way == nullptr) way = std::make_unique<Way>(end_);
  way->chain.follow(event);
  way->fold.add(event.event);
}

void Replay::finish(Group& group, std::size_t place, const Take& take) {
  group.done[place] = true;
  --group.left;
  const std::unique_ptr<Way> way = std::move(group.ways[place]);
  if (way == nullptr) return;  // all of it was after the cut-off
  const core::Dossier dossier = way->fold.take();
  if (dossier.version != 0) take(group.ends[place].key, dossier);
}

void Replay::pass(Group& group, const Take& take) {
  std::int64_t last = 0;
  for (const store::HistoryEnd& end : group.ends) last = std::max(last, end.last_event);
  last = std::min(last, until_);
  const std::int64_t first_key = group.ends.front().key;
  breathe_();
  const auto first = store_.reader()->counting().history(first_key, until_);
  if (first.empty()) return;
  std::int64_t next = first.front().position;
  std::int64_t theirs = 0;
  const store::Counting::Wanted wanted = [&](std::int64_t key) -> const store::HistoryEnd* {
    const std::size_t place = group.place(key);
    return place == group.ends.size() || group.done[place] ? nullptr : &group.ends[place];
  };
  const store::Counting::TakeEvent taken = [&](std::int64_t key, store::StoredEvent&& event) {
    const std::size_t place = group.place(key);
    ++theirs;
    follow(group, place, event);
    if (event.position == group.ends[place].last_event) finish(group, place, take);
  };
  for (int limit = kFirstEvents; next <= last && group.left > 0; limit = kEventsAtOnce) {
    breathe_();
    theirs = 0;
    next = store_.reader()->counting().pass_journal(next, last, limit, store::Counting::Bodies::read, wanted,
                                                    taken);
    if (theirs * kPassedForOne < limit) return;
  }
}

void Replay::dossiers(std::span<const std::int64_t> keys, const Take& take) {
  while (!keys.empty()) {
    const std::size_t count = near(keys);
    Group group = grouped(keys.subspan(0, count));
    keys = keys.subspan(count);
    if (group.left > 1) pass(group, take);
    for (std::size_t place = 0; group.left > 0 && place < group.ends.size(); ++place) {
      if (group.done[place]) continue;
      const std::uint32_t known = group.ways[place] == nullptr ? 0 : group.ways[place]->chain.version();
      breathe_();
      const auto rest = store_.reader()->counting().rest_of_history(group.ends[place], known, until_);
      for (const store::StoredEvent& event : rest) follow(group, place, event);
      finish(group, place, take);
    }
  }
}

}  // namespace motcua::run
