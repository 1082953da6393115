#include "engine/run/replay.h"

#include <algorithm>
#include <map>

#include "tests/conformance/database.h"
#include "tests/conformance/histories.h"

namespace motcua::test {
namespace {

// All events by dossier, as the journal gives them to whoever follows it.
std::map<core::Uuid, std::vector<store::StoredEvent>> followed(store::Store& store) {
  std::map<core::Uuid, std::vector<store::StoredEvent>> events;
  store::JournalQuery query;
  query.scope = store::Scope::everything();
  for (bool more = true; more;) {
    const store::JournalPage page = store.reader()->journal(query);
    for (const store::StoredEvent& one : page.events) events[one.event.dossier].push_back(one);
    query.after = page.last;
    more = page.more;
  }
  return events;
}

std::map<std::int64_t, core::Dossier> replayed(store::Store& store, const std::vector<std::int64_t>& keys,
                                               core::Instant end, std::int64_t until) {
  std::map<std::int64_t, core::Dossier> made;
  const std::function<void()> breathe = [] {};
  run::Replay(store, end, until, breathe).dossiers(keys, [&](std::int64_t key, const core::Dossier& dossier) {
    EXPECT_TRUE(made.emplace(key, dossier).second) << "given twice: " << key;
  });
  return made;
}

// Many dossiers at once, whether most of what lies between is asked for or little of it, and at any cut-off.
TEST_P(Conformance, ReplaysManyDossiersAsEachAloneWouldBe) {
  const auto store = database_->open();
  Histories histories(71);
  fill(*store, histories, short_run() ? 1'500 : 9'000);
  const auto all = followed(*store);
  const std::int64_t last = store->reader()->journal_end();
  for (const unsigned percent : {100U, 60U, 9U, 1U}) {
    std::map<std::int64_t, core::Uuid> asked;
    for (const Story& story : histories.stories) {
      if (histories.chance(percent)) asked.emplace(story.key, story.dossier.id);
    }
    std::vector<std::int64_t> keys;
    for (const auto& [key, id] : asked) keys.push_back(key);
    keys.push_back(keys.empty() ? 1'000'000 : keys.back() + 1'000'000);  // no dossier has it
    for (const std::int64_t until : {last, last / 2, std::int64_t{0}}) {
      const core::Instant end = histories.now - core::ClockTime{static_cast<std::int64_t>(histories.random(
                                                    static_cast<std::uint64_t>(60 * core::kDayMs)))};
      const auto made = replayed(*store, keys, end, until);
      std::size_t expected = 0;
      for (const auto& [key, id] : asked) {
        std::vector<core::Event> events;
        for (const store::StoredEvent& one : all.at(id)) {
          if (one.position <= until) events.push_back(one.event);
        }
        const core::Dossier alone = core::fold_before(events, end);
        if (alone.version == 0) continue;
        ++expected;
        ASSERT_TRUE(made.contains(key)) << key << ' ' << percent << ' ' << until;
        EXPECT_EQ(made.at(key), alone) << key << ' ' << percent << ' ' << until;
      }
      EXPECT_EQ(made.size(), expected);
    }
  }
}

// Whatever was done to any one event, the replay of all of them says so.
TEST_P(Conformance, ReplaysNothingThatIsNotWhatWasWritten) {
  Histories histories(72);
  {
    const auto store = database_->open();
    fill(*store, histories, 600);
  }
  std::vector<std::int64_t> keys;
  for (const Story& story : histories.stories) keys.push_back(story.key);
  std::sort(keys.begin(), keys.end());
  const std::int64_t last = database_->open()->reader()->journal_end();
  const auto replays = [&] {
    const auto store = database_->open();
    replayed(*store, keys, histories.now, last);
  };
  EXPECT_NO_THROW(replays());
  for (const char* column : {"occurred_at", "recorded_at", "version", "body", "hash", "prev_hash"}) {
    const std::string name = column;
    const std::string position = std::to_string(1 + histories.random(static_cast<std::uint64_t>(last)));
    const std::string change = name.ends_with("hash") ? "zeroblob(32)"
                               : name == "body"       ? "CAST(body || ' ' AS BLOB)"
                                                      : name + " + 1";
    database_->damage("CREATE TABLE kept AS SELECT " + name +
                      " AS it FROM event WHERE position = " + position);
    database_->damage("UPDATE event SET " + name + " = " + change + " WHERE position = " + position);
    EXPECT_THROW(replays(), store::StoreError) << column << " of event " << position;
    database_->damage("UPDATE event SET " + name + " = (SELECT it FROM kept) WHERE position = " + position);
    database_->damage("DROP TABLE kept");
  }
  EXPECT_NO_THROW(replays());
}

}  // namespace
}  // namespace motcua::test
