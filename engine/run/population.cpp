#include "engine/run/population.h"

#include <algorithm>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "engine/core/tally_before.h"
#include "engine/run/read_ahead.h"

namespace motcua::run {
namespace {

constexpr int kRowsAtOnce = 4'000;
constexpr std::size_t kDossiersAtOnce = 500;
constexpr int kEventsAtOnce = 100'000;
// An event may be recorded a little before the instant at which it is said to happen.
constexpr core::ClockTime kAhead{core::kHourMs};

using Keys = std::unordered_set<std::int64_t>;
using Kind = store::TallyRow::Kind;

bool is_after_end(const store::TallyRow& row) { return row.kind == Kind::end || row.kind == Kind::again; }

// What is made of the rows of a period, which come in the order of the journal. Of a dossier the last row
// that happened before the end says that it was over then; else the first one after that says how it was.
struct RowFold {
  const core::Instant from;
  const core::Instant end;
  const std::int64_t cutoff;
  const Population::Take& take;
  const Keys several;  // whose rows are looked at together
  Keys seen{};         // taken, or not to be
  std::unordered_map<std::int64_t, std::vector<store::TallyRow>> together{};  // of `several`
  std::vector<std::int64_t> to_open{};
  std::vector<std::int64_t> slow{};  // must be replayed

  bool is_later(const store::TallyRow& row) const { return row.position > cutoff || row.occurred_at >= end; }

  void add(const store::TallyRow& row) {
    if (several.contains(row.key)) {
      together[row.key].push_back(row);
    } else if (is_later(row)) {
      if (seen.insert(row.key).second) add_later(row);
    } else if (row.kind == Kind::end && *row.tally.ended_at >= from) {
      take(row.key, row.tally, nullptr);
    }
  }

  // It was open at the end.
  void add_later(const store::TallyRow& row) {
    if (row.tally.received_at >= end) return;  // nothing of it had happened
    // The row was made with all that the cut-off knows, and nothing of it changed between the end and the
    // row.
    const std::int64_t known = row.kind == Kind::before ? row.known : row.position;
    if (known <= cutoff && row.tally.steady_from < end) {
      take(row.key, core::tally_before(row.tally, end), nullptr);
    } else {
      to_open.push_back(row.key);
    }
  }

  // Whether it is told after the end, and known to the cut-off, how its end was: by a correction, which is
  // taken.
  bool is_told_after(const store::TallyRow& row) const {
    return row.kind == Kind::again && row.position <= cutoff && row.occurred_at >= end;
  }

  // Those that were over more than once, or whose past was told anew.
  void finish() {
    for (const auto& [key, rows] : together) {
      seen.insert(key);
      const auto last = std::find_if(rows.rbegin(), rows.rend(), [&](const store::TallyRow& row) {
        return is_after_end(row) && !is_later(row);
      });
      const bool again = std::any_of(rows.begin(), rows.end(),
                                     [](const store::TallyRow& row) { return row.kind == Kind::again; });
      const bool told_after = std::any_of(rows.begin(), rows.end(),
                                          [&](const store::TallyRow& row) { return is_told_after(row); });
      if (last == rows.rend()) {
        (again ? slow : to_open).push_back(key);  // what is told again may be an end before the period
      } else if (!last->tally.ended_at || told_after) {
        slow.push_back(key);  // its end was countered, or corrected
      } else if (*last->tally.ended_at >= from) {
        take(key, last->tally, nullptr);
      }
    }
  }
};

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
  std::int64_t next = first_position(from_);
  std::vector<std::int64_t> open;
  std::int64_t before = 0;
  Keys several;
  {
    const auto reader = store_.reader();  // what is open, and the rows of what is not, in one view
    open = reader->counting().open_keys_before(end_);
    before = reader->journal_end() + 1;
    const auto again = reader->counting().counted_again(next);
    const auto looked_back = reader->counting().looked_back(next);
    again_.insert(again.begin(), again.end());
    several.insert(again.begin(), again.end());
    several.insert(looked_back.begin(), looked_back.end());
  }
  RowFold fold{from_, end_, cutoff_.position, take, std::move(several)};
  using Rows = std::vector<store::TallyRow>;
  ReadAhead<Rows> ahead([&]() -> std::optional<Rows> {
    if (next >= before) return std::nullopt;
    Rows rows = store_.reader()->counting().tallies(next, before, kRowsAtOnce);
    next = static_cast<int>(rows.size()) < kRowsAtOnce ? before : rows.back().position + 1;
    return rows;
  });
  while (const auto rows = ahead.next()) {
    breathe_();
    for (const store::TallyRow& row : *rows) fold.add(row);
  }
  fold.finish();
  for (const std::int64_t key : open) {
    if (!fold.seen.contains(key)) fold.to_open.push_back(key);
  }
  std::sort(fold.to_open.begin(), fold.to_open.end());
  take_of_present(fold.to_open, take, fold.slow);
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
  std::size_t at = 0;
  using Dossiers = std::vector<store::Counting::Present>;
  ReadAhead<Dossiers> ahead([&]() -> std::optional<Dossiers> {
    if (at == keys.size()) return std::nullopt;
    const std::span<const std::int64_t> some(keys.data() + at, std::min(kDossiersAtOnce, keys.size() - at));
    at += some.size();
    return store_.reader()->counting().dossiers(some);
  });
  while (const auto dossiers = ahead.next()) {
    breathe_();
    for (const store::Counting::Present& present : *dossiers) use(present);
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
  std::size_t crowded = 0;  // when keys that came twice are to be thrown out
  for (std::int64_t after = first_position(from_) - 1; after < end;) {
    const auto touched = store_.reader()->counting().touched(after, end, kEventsAtOnce);
    keys.insert(keys.end(), touched.begin(), touched.end());
    if (keys.size() < crowded) continue;
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    crowded = 2 * keys.size() + kEventsAtOnce;
  }
  take_of_events(std::move(keys), take);
}

void Population::dossiers(const std::vector<std::int64_t>& keys,
                          const std::function<void(std::int64_t, const core::Dossier&)>& take) {
  std::vector<std::int64_t> moved;
  each_present(keys, [&](const store::Counting::Present& present) {
    const core::Dossier& dossier = present.dossier;
    const bool enough = present.last_event <= cutoff_.position && !again_.contains(present.key) &&
                        core::tally_of(dossier, end_).steady_from < end_;
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

std::vector<std::string> Population::unsound_late_months(core::Instant since) {
  const core::Date day = core::local_date(since, core::kVietnamOffsetMinutes);
  const std::int64_t first = first_position(since);
  return store_.reader()->counting().unsound_late_months(first, core::format_date(day).substr(0, 7));
}

}  // namespace motcua::run
