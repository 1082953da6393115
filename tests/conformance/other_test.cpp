#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

#include "engine/core/decide.h"
#include "tests/conformance/database.h"
#include "tests/conformance/histories.h"

namespace motcua::test {
namespace {

using core::Instant;
using store::DefinitionKind;
using store::DefinitionText;

std::vector<std::string> texts_of(store::Store& store) {
  std::vector<std::string> texts;
  for (const DefinitionText& one : store.reader()->definitions()) texts.push_back(one.key + "=" + one.text);
  return texts;
}

// A sealed record lies beside the event of its version: one that names no event of its write would be lost.
TEST_P(Conformance, RefusesASealedRecordThatNoEventOfItsWriteBrings) {
  const auto store = database_->open();
  Histories histories(34);
  fill(*store, histories, 20);
  const auto dossiers = store->reader()->counts().dossiers;
  store::Write good = histories.submit();
  store::Write lost = histories.submit();
  lost.sealed = "what a person typed";
  for (const std::uint32_t version : {0U, 2U, 9U}) {
    lost.sealed_version = version;
    EXPECT_THROW(store->commit(std::vector{good, lost}), std::logic_error) << version;
  }
  store::Write nothing;
  nothing.sealed = "what a person typed";
  nothing.sealed_version = 1;
  EXPECT_THROW(store->commit(std::span(&nothing, 1)), std::logic_error);
  EXPECT_EQ(store->reader()->counts().dossiers, dossiers);
  // Nothing was written, and the store takes what is right.
  lost.sealed_version = 1;
  for (const store::Committed& result : store->commit(std::vector{good, lost}))
    EXPECT_EQ(result.verdict, store::Verdict::committed);
  EXPECT_EQ(store->reader()->sealed(store::Scope::everything(), lost.after.id, 1), lost.sealed);
}

// Read page by page between writes: all events, once, in the order of their positions, by dossier and type as
// asked.
TEST_P(Conformance, GivesTheJournalWithoutAGapToWhoeverKeepsItsPlace) {
  const auto store = database_->open();
  Histories histories(37);
  struct Follower {
    store::JournalQuery query;
    std::vector<store::StoredEvent> read;
  };
  const auto of = [](store::Scope scope, core::Code agency, std::vector<std::string> types, int limit) {
    store::JournalQuery query;
    query.scope = std::move(scope);
    query.agency = std::move(agency);
    query.types = std::move(types);
    query.limit = limit;
    return Follower{query, {}};
  };
  fill(*store, histories, 5);
  const core::Code agency = histories.stories.front().dossier.competent_agency;
  const auto everything = store::Scope::everything();
  const core::Code procedure = histories.stories.front().dossier.procedure;
  std::vector<Follower> followers{
      of(everything, {}, {}, 7),
      of(everything, {}, {"dossier.submitted", "dossier.settled"}, 3),
      of(store::Scope::of_agency(agency), {}, {}, 50),
      of(everything, agency, {"dossier.accepted"}, 200),
      of(store::Scope::of_agency(core::Code("H99")), {}, {}, 50),
      of({}, {}, {}, 50),
      of({{store::Scope::Part{{agency}, {procedure}}, store::Scope::Part{{histories.agencies[2]}, {}}}}, {},
         {}, 50)};
  for (int n = 0; n < 6; ++n) {
    fill(*store, histories, 60);
    const auto reader = store->reader();
    for (Follower& follower : followers) {
      for (store::JournalPage page; true;) {
        page = reader->journal(follower.query);
        for (store::StoredEvent& event : page.events) follower.read.push_back(std::move(event));
        follower.query.after = page.last;
        if (!page.more) break;
      }
      EXPECT_EQ(follower.query.after, reader->journal_end());
    }
  }
  std::map<std::int64_t, store::StoredEvent> all;
  const auto reader = store->reader();
  for (const Story& story : histories.stories) {
    for (auto& event : reader->history(store::Scope::everything(), story.dossier.id, 0, 1000))
      all.emplace(event.position, event);
  }
  ASSERT_GT(all.size(), 300U);
  // An agency may join a dossier after its first events were read: those it must see are the ones since then,
  // and those it may see all of the dossier.
  std::map<core::Uuid, core::Dossier> so_far;
  std::map<std::int64_t, core::Dossier> then;
  for (const auto& [position, event] : all) {
    core::Dossier& dossier = so_far[event.event.dossier];
    dossier = core::evolve(std::move(dossier), event.event);
    then.emplace(position, dossier);
  }
  for (const Follower& follower : followers) {
    const store::JournalQuery& query = follower.query;
    const auto wanted = [&](const store::StoredEvent& event, const core::Dossier& dossier) {
      const auto& types = query.types;
      return query.scope.shows(dossier) && (query.agency.empty() || dossier.concerns(query.agency)) &&
             (types.empty() ||
              std::find(types.begin(), types.end(), core::type_of(event.event.body)) != types.end());
    };
    std::set<std::int64_t> positions;
    for (const store::StoredEvent& event : follower.read) {
      EXPECT_TRUE(positions.empty() || event.position > *positions.rbegin());
      positions.insert(event.position);
      EXPECT_EQ(event.hash, all.at(event.position).hash);
      EXPECT_TRUE(wanted(event, so_far.at(event.event.dossier)));
    }
    for (const auto& [position, event] : all) {
      EXPECT_TRUE(positions.contains(position) || !wanted(event, then.at(position))) << position;
    }
  }
  for (const std::size_t place : {4, 5}) EXPECT_TRUE(followers[place].read.empty());
  EXPECT_FALSE(followers[6].read.empty());
}

TEST_P(Conformance, MakesTheDefinitionAppliedLastTheNewestOfItsKey) {
  const auto store = database_->open();
  const auto named = [](const char* key, const char* text) {
    return store::name_definition(DefinitionKind::procedure, key, text);
  };
  const std::vector<DefinitionText> first{named("a", "one"), named("b", "one")};
  store->apply(first, Instant{1});
  store->apply(first, Instant{2});
  EXPECT_EQ(texts_of(*store), (std::vector<std::string>{"a=one", "b=one"}));
  store->apply(std::vector{named("a", "two")}, Instant{3});
  EXPECT_EQ(texts_of(*store), (std::vector<std::string>{"a=one", "b=one", "a=two"}));
  store->apply(first, Instant{4});
  EXPECT_EQ(texts_of(*store), (std::vector<std::string>{"b=one", "a=two", "a=one"}));
  const auto definitions = store->reader()->definitions();
  DefinitionText again = first[0];
  again.applied_at = Instant{4};
  EXPECT_EQ(definitions.back(), again);
}

TEST_P(Conformance, NamesDossiersThatRanOutStrictlyBeforeAnInstantOldestFirst) {
  const auto store = database_->open();
  Histories histories(41);
  fill(*store, histories, 1'500);
  std::vector<std::pair<Instant, std::int64_t>> armed;
  std::map<std::int64_t, core::Uuid> ids;
  for (const Story& story : histories.stories) {
    ids[story.key] = story.dossier.id;
    if (const auto at = core::runs_out_at(story.dossier)) armed.emplace_back(*at, story.key);
  }
  std::sort(armed.begin(), armed.end());
  ASSERT_GT(armed.size(), 3U);
  EXPECT_EQ(store->next_run_out(), armed.front().first);
  for (std::size_t count = 0; count < armed.size(); ++count) {
    std::vector<core::Uuid> expected;
    for (const auto& [at, key] : armed) {
      if (at < armed[count].first) expected.push_back(ids[key]);
    }
    EXPECT_EQ(store->run_out_before(armed[count].first, 1'000), expected);
    if (expected.size() > 2) expected.resize(2);
    EXPECT_EQ(store->run_out_before(armed[count].first, 2), expected);
  }
}

TEST_P(Conformance, KeepsTheClockOfASandboxAndGivesNoneToARealDatabase) {
  {
    const auto sandbox = database_->open_sandbox();
    EXPECT_FALSE(sandbox->virtual_now());
    sandbox->keep_virtual_now(Instant{5});
    sandbox->keep_virtual_now(Instant{1'700'000'000'123});
    EXPECT_EQ(sandbox->virtual_now(), Instant{1'700'000'000'123});
  }
  EXPECT_EQ(database_->open_sandbox()->virtual_now(), Instant{1'700'000'000'123});
  const auto real = database_->open();
  EXPECT_FALSE(real->virtual_now());
  EXPECT_THROW(real->keep_virtual_now(Instant{5}), std::logic_error);
}

TEST_P(Conformance, FindsEverythingAgainAfterItWasClosed) {
  Histories histories(42);
  {
    const auto store = database_->open();
    fill(*store, histories, 200);
  }
  const auto store = database_->open();
  const auto reader = store->reader();
  EXPECT_TRUE(reader->alive());
  for (const Story& story : histories.stories) {
    EXPECT_EQ(reader->find(store::Scope::everything(), story.dossier.id)->dossier, story.dossier);
    EXPECT_EQ(reader->history(store::Scope::everything(), story.dossier.id, 0, 100).size(),
              story.events.size());
  }
}

}  // namespace
}  // namespace motcua::test
