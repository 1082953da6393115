#include "engine/run/population.h"

#include <algorithm>
#include <span>
#include <unordered_map>
#include <unordered_set>

namespace motcua::run {
namespace {

constexpr int kRowsAtOnce = 10'000;
constexpr std::size_t kDossiersAtOnce = 500;
constexpr int kEventsAtOnce = 100'000;
// An event may be recorded a little before the instant at which it is said to happen.
constexpr core::ClockTime kAhead{core::kHourMs};

using Keys = std::unordered_set<std::int64_t>;

// What is made of the rows of one period, newest first.
struct RowFold {
  const core::Instant end;
  const std::int64_t cutoff;
  Keys several;                                               // dossiers with more than one row
  Keys done;                                                  // of those, and of `later`: taken
  std::unordered_map<std::int64_t, store::TallyRow> later{};  // over by now, and not yet at the end
  std::vector<std::int64_t> slow{};                           // must be replayed

  // Whether the row says how the dossier was.
  bool holds(const store::TallyRow& row) {
    if (row.position > cutoff || row.occurred_at >= end) {
      later.insert_or_assign(row.key, row);
      return false;
    }
    const bool was_later = later.erase(row.key) > 0;
    if ((was_later || several.contains(row.key)) && !done.insert(row.key).second) return false;
    if (row.tally.ended_at) return true;
    slow.push_back(row.key);  // its end was countered
    return false;
  }
};

// As it was before its end.
core::Tally before_end(core::Tally tally, core::Instant end) {
  tally.ended_at.reset();
  tally.state = core::DossierState::processing;
  tally.electronic_result = false;
  if (!tally.accepted_at || *tally.accepted_at >= end) tally.state = core::DossierState::submitted;
  if (tally.missed_since && *tally.missed_since >= end) tally.missed_since.reset();
  if (tally.acceptance_missed_since && *tally.acceptance_missed_since >= end) {
    tally.acceptance_missed_since.reset();
  }
  return tally;
}

}  // namespace

std::int64_t Population::first_position(core::Instant since) {
  return store_.reader()->counting().position_at(since - kAhead) + 1;
}

std::vector<store::StoredEvent> Population::events(std::int64_t key) {
  breathe_();
  return store_.reader()->counting().history(key, cutoff_.position);
}

core::Dossier Population::replayed(std::int64_t key) {
  std::vector<core::Event> events;
  for (store::StoredEvent& one : this->events(key)) events.push_back(std::move(one.event));
  return core::fold_before(events, end_);
}

void Population::of_rows(const Take& take) {
  const std::int64_t first = first_position(from_);
  std::vector<std::int64_t> open;
  std::int64_t before = 0;
  RowFold fold{end_, cutoff_.position, {}, {}};
  {
    const auto reader = store_.reader();  // what is open, and the rows of what is not, in one view
    open = reader->counting().open_keys();
    before = reader->journal_end() + 1;
    const std::vector<std::int64_t> again = reader->counting().counted_again(first);
    fold.several.insert(again.begin(), again.end());
  }
  while (before > first) {
    breathe_();
    const auto rows = store_.reader()->counting().tallies(first, before, kRowsAtOnce);
    for (const store::TallyRow& row : rows) {
      if (fold.holds(row) && *row.tally.ended_at >= from_) take(row.key, row.tally, nullptr);
    }
    if (static_cast<int>(rows.size()) < kRowsAtOnce) break;
    before = rows.back().position;
  }
  const auto slow = [&](std::int64_t key) {
    const core::Dossier dossier = replayed(key);
    if (dossier.version == 0) return;
    const core::Tally tally = core::tally_of(dossier, end_);
    if (!tally.ended_at || *tally.ended_at >= from_) take(key, tally, &dossier);
  };
  for (const std::int64_t key : fold.slow) slow(key);
  for (const auto& [key, row] : fold.later) {
    fold.done.insert(key);
    if (row.tally.received_at >= end_) continue;  // nothing of it had happened
    // The row was made with all that the cut-off knows: without its end it says how the dossier was before.
    const bool enough = row.position <= cutoff_.position && !row.again && row.tally.steady_from < end_;
    if (enough) {
      take(key, before_end(row.tally, end_), nullptr);
    } else {
      slow(key);
    }
  }
  for (std::size_t at = 0; at < open.size(); at += kDossiersAtOnce) {
    const std::span<const std::int64_t> keys(open.data() + at, std::min(kDossiersAtOnce, open.size() - at));
    std::vector<std::int64_t> moved;
    breathe_();
    {
      const auto reader = store_.reader();
      for (const auto& present : reader->counting().dossiers(keys)) {
        if (fold.done.contains(present.key) || present.dossier.received_at >= end_) continue;
        const core::Tally tally = core::tally_of(present.dossier, end_);
        const bool enough = present.last_event <= cutoff_.position && tally.steady_from < end_;
        if (!enough || !present.dossier.is_open()) {
          moved.push_back(present.key);
        } else {
          take(present.key, tally, &present.dossier);
        }
      }
    }
    for (const std::int64_t key : moved) slow(key);
  }
}

void Population::of_events(const Take& take) {
  std::vector<std::int64_t> keys = store_.reader()->counting().open_keys();
  const std::int64_t end = store_.reader()->journal_end();
  for (std::int64_t after = first_position(from_) - 1; after < end;) {
    const auto touched = store_.reader()->counting().touched(after, end, kEventsAtOnce);
    keys.insert(keys.end(), touched.begin(), touched.end());
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  }
  for (const std::int64_t key : keys) {
    const core::Dossier dossier = replayed(key);
    if (dossier.version == 0) continue;
    const core::Tally tally = core::tally_of(dossier, end_);
    if (!tally.ended_at || *tally.ended_at >= from_) take(key, tally, &dossier);
  }
}

void Population::dossiers(const std::vector<std::int64_t>& keys,
                          const std::function<void(std::int64_t, const core::Dossier&)>& take) {
  for (std::size_t at = 0; at < keys.size(); at += kDossiersAtOnce) {
    const std::span<const std::int64_t> some(keys.data() + at, std::min(kDossiersAtOnce, keys.size() - at));
    std::vector<std::int64_t> moved;
    breathe_();
    {
      const auto reader = store_.reader();
      for (const auto& present : reader->counting().dossiers(some)) {
        const core::Dossier& dossier = present.dossier;
        const bool over = dossier.ended_at && *dossier.ended_at < end_;
        const bool enough = present.last_event <= cutoff_.position && over &&
                            core::tally_of(dossier, end_).steady_from < end_;
        if (enough) {
          take(present.key, dossier);
        } else {
          moved.push_back(present.key);
        }
      }
    }
    for (const std::int64_t key : moved) take(key, replayed(key));
  }
}

void Population::late_ends(core::Instant since, const std::function<void(const store::LateEnd&)>& take) {
  const std::int64_t first = first_position(since);
  const auto again = store_.reader()->counting().counted_again(first);
  for (const auto& end : store_.reader()->counting().late_ends(first, cutoff_.position, end_)) take(end);
  for (const std::int64_t key : again) {
    const core::Tally tally = core::tally_of(replayed(key), end_);
    if (tally.ended_at && tally.missed_since) {
      take({key, tally.competent_agency, tally.unit, *tally.missed_since});
    }
  }
}

}  // namespace motcua::run
