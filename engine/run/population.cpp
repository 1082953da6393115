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

void Population::replayed(std::vector<std::int64_t> keys, const Replay::Take& take) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  Replay(store_, end_, cutoff_.position, breathe_).dossiers(keys, take);
}

void Population::of_rows(const Take& take) {
  const std::int64_t first = first_position(from_);
  std::vector<std::int64_t> open;
  std::vector<std::int64_t> to_open;
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
  for (const auto& [key, row] : fold.later) {
    fold.done.insert(key);
    if (row.tally.received_at >= end_) continue;  // nothing of it had happened
    // The row was made with all that the cut-off knows: without its end it says how the dossier was before.
    const bool enough = row.position <= cutoff_.position && !row.again && row.tally.steady_from < end_;
    if (enough) {
      take(key, before_end(row.tally, end_), nullptr);
    } else {
      to_open.push_back(key);
    }
  }
  for (const std::int64_t key : open) {
    if (!fold.done.contains(key)) to_open.push_back(key);
  }
  std::sort(to_open.begin(), to_open.end());
  take_of_present(to_open, take, fold.slow);
  take_of_events(std::move(fold.slow), take);
}

// As they stand, where that says how they were at the end; `slow` gets the others.
void Population::take_of_present(const std::vector<std::int64_t>& keys, const Take& take,
                                 std::vector<std::int64_t>& slow) {
  each_present(keys, [&](const store::Counting::Present& present) {
    const core::Dossier& dossier = present.dossier;
    if (dossier.received_at >= end_) return;
    const core::Tally tally = core::tally_of(dossier, end_);
    const bool enough = present.last_event <= cutoff_.position && tally.steady_from < end_ && !tally.ended_at;
    if (enough) {
      take(present.key, tally, &dossier);
    } else {
      slow.push_back(present.key);
    }
  });
}

void Population::each_present(const std::vector<std::int64_t>& keys,
                              const std::function<void(const store::Counting::Present&)>& use) {
  for (std::size_t at = 0; at < keys.size(); at += kDossiersAtOnce) {
    const std::span<const std::int64_t> some(keys.data() + at, std::min(kDossiersAtOnce, keys.size() - at));
    breathe_();
    const auto reader = store_.reader();
    for (const store::Counting::Present& present : reader->counting().dossiers(some)) use(present);
  }
}

// Those of the period.
void Population::take_of_events(std::vector<std::int64_t> keys, const Take& take) {
  replayed(std::move(keys), [&](std::int64_t key, const core::Dossier& dossier) {
    const core::Tally tally = core::tally_of(dossier, end_);
    if (!tally.ended_at || *tally.ended_at >= from_) take(key, tally, &dossier);
  });
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
  take_of_events(std::move(keys), take);
}

void Population::dossiers(const std::vector<std::int64_t>& keys,
                          const std::function<void(std::int64_t, const core::Dossier&)>& take) {
  std::vector<std::int64_t> moved;
  each_present(keys, [&](const store::Counting::Present& present) {
    const core::Dossier& dossier = present.dossier;
    const bool over = dossier.ended_at && *dossier.ended_at < end_;
    const bool enough =
        present.last_event <= cutoff_.position && over && core::tally_of(dossier, end_).steady_from < end_;
    if (enough) {
      take(present.key, dossier);
    } else {
      moved.push_back(present.key);
    }
  });
  replayed(std::move(moved), take);
}

void Population::late_ends(core::Instant since, const std::function<void(const store::LateEnd&)>& take) {
  const std::int64_t first = first_position(since);
  const auto again = store_.reader()->counting().counted_again(first);
  for (const auto& end : store_.reader()->counting().late_ends(first, cutoff_.position, end_)) take(end);
  replayed(again, [&](std::int64_t key, const core::Dossier& dossier) {
    const core::Tally tally = core::tally_of(dossier, end_);
    if (tally.ended_at && tally.missed_since) {
      take({key, tally.competent_agency, tally.unit, *tally.missed_since});
    }
  });
}

}  // namespace motcua::run
