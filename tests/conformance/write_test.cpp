#include <atomic>
#include <thread>

#include "tests/conformance/database.h"
#include "tests/conformance/histories.h"

namespace motcua::test {
namespace {

using core::Code;
using store::Committed;
using store::Verdict;
using store::Write;

const store::Scope kProvince = store::Scope::everything();

Committed commit_one(store::Store& store, const Write& write) {
  auto results = store.commit(std::span(&write, 1));
  EXPECT_EQ(results.size(), 1U);
  return results.at(0);
}

store::Outcome outcome_of(std::uint8_t number, core::Instant at, const core::Uuid& dossier) {
  store::Outcome outcome;
  outcome.key.fill(number);
  outcome.fingerprint.fill(0x5a);
  outcome.answered_at = at;
  outcome.status = 201;
  outcome.dossier = dossier;
  outcome.version = 1;
  return outcome;
}

TEST_P(Conformance, ReadsEveryAcknowledgedDossierAsItWasWritten) {
  const auto store = database_->open();
  Histories histories(1);
  for (int n = 0; n < 300; ++n) {
    const Write write = histories.next();
    const Committed result = commit_one(*store, write);
    ASSERT_EQ(result.verdict, Verdict::committed);
    histories.took(write, result);
    const auto found = store->reader()->find(kProvince, write.after.id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->dossier, write.after);
    EXPECT_EQ(found->key, result.key);
    EXPECT_EQ(found->head, result.head);
  }
  const auto reader = store->reader();
  for (const Story& story : histories.stories) {
    if (story.dossier.code.empty()) continue;
    const auto found = reader->find(kProvince, story.dossier.code);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->dossier.id, story.dossier.id);
  }
  EXPECT_FALSE(reader->find(kProvince, uuid_of(1, 1)));
  EXPECT_FALSE(reader->find(kProvince, Code("H99-260821-0001")));
}

TEST_P(Conformance, KeepsHistoriesInOrderLinkedByTheirHashes) {
  const auto store = database_->open();
  Histories histories(2);
  for (int n = 0; n < 300; ++n) {
    const Write write = histories.next();
    histories.took(write, commit_one(*store, write));
  }
  const auto reader = store->reader();
  for (const Story& story : histories.stories) {
    const auto events = reader->history(kProvince, story.dossier.id, 0, 1'000);
    ASSERT_EQ(events.size(), story.events.size());
    store::Hash link{};
    core::Dossier replayed;
    for (std::size_t i = 0; i < events.size(); ++i) {
      const core::Event& read = events[i].event;
      const core::Event& written = story.events[i];
      EXPECT_EQ(read.id, written.id);
      EXPECT_EQ(read.dossier, story.dossier.id);
      EXPECT_EQ(read.version, i + 1);
      EXPECT_EQ(read.occurred_at, written.occurred_at);
      EXPECT_EQ(read.recorded_at, written.recorded_at);
      EXPECT_EQ(read.caller, written.caller);
      EXPECT_EQ(read.on_behalf_of, written.on_behalf_of);
      EXPECT_EQ(read.cause, written.cause);
      EXPECT_EQ(read.cause_id, written.cause_id);
      EXPECT_EQ(read.procedure_version, written.procedure_version);
      EXPECT_EQ(read.rulebook_version, written.rulebook_version);
      EXPECT_EQ(read.clocks, written.clocks);
      EXPECT_EQ(events[i].prev_hash, link);
      if (i > 0) {
        EXPECT_GT(events[i].position, events[i - 1].position);
      }
      link = events[i].hash;
      replayed = core::evolve(std::move(replayed), read);
    }
    EXPECT_EQ(replayed, story.dossier);
    EXPECT_EQ(reader->find(kProvince, story.dossier.id)->head, link);
  }
}

TEST_P(Conformance, PagesAHistoryFromAnyVersion) {
  const auto store = database_->open();
  Histories histories(3);
  const Write first = histories.submit();
  histories.took(first, commit_one(*store, first));
  for (int n = 0; n < 9; ++n) {
    const Write write = histories.go_on(0);
    histories.took(write, commit_one(*store, write));
  }
  const auto reader = store->reader();
  for (std::uint32_t after = 0; after <= 11; ++after) {
    for (int limit = 1; limit <= 11; ++limit) {
      std::vector<std::uint32_t> versions;
      for (const auto& one : reader->history(kProvince, first.after.id, after, limit)) {
        versions.push_back(one.event.version);
      }
      std::vector<std::uint32_t> expected;
      for (std::uint32_t v = after + 1; v <= 10 && expected.size() < static_cast<std::size_t>(limit); ++v) {
        expected.push_back(v);
      }
      EXPECT_EQ(versions, expected) << after << " " << limit;
    }
  }
}

TEST_P(Conformance, KeepsTheSealedRecordOfTheVersionThatWroteIt) {
  const auto store = database_->open();
  Histories histories(4);
  std::vector<std::string> sealed;
  for (int n = 0; n < 6; ++n) {
    Write write = n == 0 ? histories.submit() : histories.go_on(0);
    write.sealed = n % 2 == 0 ? std::string(1'000, static_cast<char>('a' + n)) + '\0' : "";
    sealed.push_back(write.sealed);
    histories.took(write, commit_one(*store, write));
  }
  const auto reader = store->reader();
  const core::Dossier& dossier = histories.stories[0].dossier;
  for (std::uint32_t version = 1; version <= 6; ++version) {
    EXPECT_EQ(reader->sealed(kProvince, dossier.id, version), sealed[version - 1]);
    EXPECT_EQ(reader->sealed(store::Scope::of_agency(Code("H77")), dossier.id, version), "");
  }
  EXPECT_EQ(reader->sealed(kProvince, dossier.id, 7), "");
  EXPECT_EQ(reader->sealed(kProvince, dossier.id, 0), "");
}

TEST_P(Conformance, LetsLaterWritesOfAGroupBuildOnEarlierOnes) {
  const auto store = database_->open();
  Histories histories(5);
  std::vector<Write> group{histories.submit()};
  core::Dossier dossier = group[0].after;
  for (std::uint32_t version = 2; version <= 4; ++version) {
    core::Event event = group[0].events[0];
    event.id = uuid_of(9, version);
    event.version = version;
    event.clocks.clear();
    event.body = core::StepAssigned{};
    Write write;
    write.before = store::Stored{0, dossier, {}};  // neither key nor head is known yet
    write.after = dossier = core::evolve(dossier, event);
    write.events = {event};
    group.push_back(write);
  }
  const auto results = store->commit(group);
  for (const Committed& result : results) {
    EXPECT_EQ(result.verdict, Verdict::committed);
    EXPECT_EQ(result.key, results[0].key);
  }
  EXPECT_EQ(store->reader()->find(kProvince, dossier.id)->dossier, dossier);
  EXPECT_EQ(store->reader()->history(kProvince, dossier.id, 0, 10).size(), 4U);
}

TEST_P(Conformance, RefusesAWriteDecidedOnAnOlderVersionAndKeepsTheRestOfTheGroup) {
  const auto store = database_->open();
  Histories histories(6);
  const Write first = histories.submit();
  histories.took(first, commit_one(*store, first));
  const Write moved = histories.go_on(0);
  Write stale = histories.go_on(0);
  stale.sealed = "must not be kept";
  stale.search_tokens = {77};
  stale.counter = store::CounterMove{"H32.1-260821", 0, 5};
  stale.outcome = outcome_of(1, histories.now, first.after.id);
  const Write other = histories.submit();
  const auto results = store->commit(std::vector{moved, stale, other});
  EXPECT_EQ(results[0].verdict, Verdict::committed);
  EXPECT_EQ(results[1].verdict, Verdict::version_conflict);
  EXPECT_EQ(results[2].verdict, Verdict::committed);

  const auto reader = store->reader();
  EXPECT_EQ(reader->find(kProvince, first.after.id)->dossier, moved.after);
  EXPECT_EQ(reader->history(kProvince, first.after.id, 0, 10).size(), 2U);
  EXPECT_EQ(reader->sealed(kProvince, first.after.id, 2), moved.sealed);
  store::DossierQuery by_token;
  by_token.scope = kProvince;
  by_token.tokens = {77};
  EXPECT_TRUE(reader->dossiers(by_token).empty());
  store::Wanted wanted;
  wanted.counter = "H32.1-260821";
  wanted.idempotency_key = stale.outcome->key;
  const auto loaded = store->load(std::span(&wanted, 1));
  EXPECT_EQ(loaded[0].counter, 0);
  EXPECT_FALSE(loaded[0].outcome);
}

TEST_P(Conformance, WritesWhatGoesAlongOrNothingOfBoth) {
  const auto store = database_->open();
  Histories histories(36);
  fill(*store, histories, 20);
  const auto dossiers = store->reader()->counts().dossiers;
  store::Write taken = histories.submit();
  ASSERT_EQ(store->commit(std::span(&taken, 1)).front().verdict, store::Verdict::committed);
  store::Write asking = histories.submit();
  asking.counter.reset();
  asking.along.push_back(taken);  // born before
  EXPECT_EQ(store->commit(std::span(&asking, 1)).front().verdict, store::Verdict::version_conflict);
  EXPECT_FALSE(store->reader()->find(store::Scope::everything(), asking.after.id));
  asking.along.front() = histories.submit();
  asking.along.front().counter.reset();
  ASSERT_EQ(store->commit(std::span(&asking, 1)).front().verdict, store::Verdict::committed);
  for (const core::Uuid& id : {asking.after.id, asking.along.front().after.id}) {
    const auto found = store->reader()->find(store::Scope::everything(), id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->dossier.version,
              store->reader()->history(store::Scope::everything(), id, 0, 100).size());
  }
  EXPECT_EQ(store->reader()->counts().dossiers, dossiers + 3);
  EXPECT_EQ(store->rebuild(), 0);
}

TEST_P(Conformance, RefusesASecondBirthOfTheSameDossier) {
  const auto store = database_->open();
  Histories histories(7);
  const Write first = histories.submit();
  EXPECT_EQ(commit_one(*store, first).verdict, Verdict::committed);
  EXPECT_EQ(commit_one(*store, first).verdict, Verdict::version_conflict);
  Write orphan = first;
  orphan.before = store::Stored{0, first.after, {}};
  orphan.after.id = uuid_of(3, 3);
  orphan.after.version = 2;
  orphan.events[0].version = 2;
  EXPECT_EQ(commit_one(*store, orphan).verdict, Verdict::version_conflict);
}

TEST_P(Conformance, GivesAnIdempotencyKeyOnce) {
  const auto store = database_->open();
  Histories histories(8);
  Write first = histories.submit();
  first.outcome = outcome_of(1, histories.now, first.after.id);
  Write second = histories.submit();
  second.outcome = outcome_of(1, histories.now, second.after.id);
  Write third = histories.submit();
  third.outcome = outcome_of(2, histories.now, third.after.id);
  const auto results = store->commit(std::vector{first, second, third});
  EXPECT_EQ(results[0].verdict, Verdict::committed);
  EXPECT_EQ(results[1].verdict, Verdict::key_taken);
  EXPECT_EQ(results[2].verdict, Verdict::committed);
  EXPECT_FALSE(store->reader()->find(kProvince, second.after.id));
  EXPECT_EQ(commit_one(*store, second).verdict, Verdict::key_taken);

  store::Wanted wanted;
  wanted.idempotency_key = first.outcome->key;
  const auto reopened = database_->open();
  for (store::Store* one : {store.get(), reopened.get()}) {
    const auto loaded = one->load(std::span(&wanted, 1));
    ASSERT_TRUE(loaded[0].outcome);
    EXPECT_EQ(loaded[0].outcome->dossier, first.after.id);
    EXPECT_EQ(loaded[0].outcome->fingerprint, first.outcome->fingerprint);
    EXPECT_EQ(loaded[0].outcome->status, 201);
    EXPECT_EQ(loaded[0].outcome->version, 1U);
    EXPECT_EQ(loaded[0].outcome->answered_at, first.outcome->answered_at);
  }
}

TEST_P(Conformance, KeepsOnlyTheOutcomeOfARejection) {
  const auto store = database_->open();
  Histories histories(9);
  const Write first = histories.submit();
  histories.took(first, commit_one(*store, first));
  Write rejected;
  rejected.before = store::Stored{1, first.after, {}};
  rejected.after = first.after;
  rejected.outcome = outcome_of(3, histories.now, core::Uuid{});
  rejected.outcome->status = 409;
  rejected.outcome->rejection = Code("wrong_state");
  EXPECT_EQ(commit_one(*store, rejected).verdict, Verdict::committed);
  EXPECT_EQ(store->reader()->history(kProvince, first.after.id, 0, 10).size(), 1U);
  store::Wanted wanted;
  wanted.idempotency_key = rejected.outcome->key;
  const auto loaded = store->load(std::span(&wanted, 1));
  ASSERT_TRUE(loaded[0].outcome);
  EXPECT_EQ(loaded[0].outcome->rejection, Code("wrong_state"));
  EXPECT_EQ(loaded[0].outcome->dossier, core::Uuid{});
  EXPECT_EQ(commit_one(*store, rejected).verdict, Verdict::key_taken);
}

TEST_P(Conformance, ForgetsAnswersAfterTheirTimeAndKeepsTheOthers) {
  const auto store = database_->open();
  const auto answer = [&](std::uint8_t number, std::int64_t day) {
    Write write;
    write.outcome = outcome_of(number, core::Instant{1'785'000'000'000 + day * core::kDayMs}, {});
    return commit_one(*store, write).verdict;
  };
  for (std::uint8_t n = 1; n <= 20; ++n) EXPECT_EQ(answer(n, n), Verdict::committed);
  EXPECT_EQ(answer(100, 35), Verdict::committed);  // those of days 1 to 4 are older than 30 days
  for (std::uint8_t n = 5; n <= 20; ++n) EXPECT_EQ(answer(n, 35), Verdict::key_taken) << int(n);
  EXPECT_EQ(answer(4, 35), Verdict::committed);
}

TEST_P(Conformance, GivesAnExternalReferenceAndACodeOnce) {
  const auto store = database_->open();
  Histories histories(10);
  const auto with = [&](const char* code, const char* source, const char* reference) {
    Write write = histories.submit();
    write.after.code = Code(code);
    write.after.source = Code(source);
    write.after.external_ref = Code(reference);
    return write;
  };
  const Write first = with("H32.1-260821-0001", "portal", "7");
  EXPECT_EQ(commit_one(*store, first).verdict, Verdict::committed);
  EXPECT_EQ(commit_one(*store, with("H32.1-260821-0002", "portal", "7")).verdict, Verdict::duplicate);
  EXPECT_EQ(commit_one(*store, with("H32.1-260821-0001", "portal", "8")).verdict, Verdict::code_taken);
  EXPECT_EQ(commit_one(*store, with("H32.1-260821-0002", "counter", "7")).verdict, Verdict::committed);
  EXPECT_EQ(commit_one(*store, with("", "portal", "")).verdict, Verdict::committed);
  EXPECT_EQ(commit_one(*store, with("", "portal", "")).verdict, Verdict::committed);
  store::Wanted wanted;
  wanted.external_ref = {Code("portal"), Code("7")};
  EXPECT_EQ(store->load(std::span(&wanted, 1))[0].external_ref_holder, first.after.id);
  wanted.external_ref = {Code("portal"), Code("8")};
  EXPECT_FALSE(store->load(std::span(&wanted, 1))[0].external_ref_holder);
}

TEST_P(Conformance, MovesACounterOnlyFromWhereItStands) {
  const auto store = database_->open();
  Histories histories(11);
  const auto take = [&](std::int64_t from) {
    Write write = histories.submit();
    write.counter = store::CounterMove{"H32.1-260821", from, from + 1};
    return write;
  };
  const auto results = store->commit(std::vector{take(0), take(0), take(1), take(3)});
  EXPECT_EQ(results[0].verdict, Verdict::committed);
  EXPECT_EQ(results[1].verdict, Verdict::version_conflict);
  EXPECT_EQ(results[2].verdict, Verdict::committed);
  EXPECT_EQ(results[3].verdict, Verdict::version_conflict);
  std::vector<store::Wanted> wanted(2);
  wanted[0].counter = "H32.1-260821";
  wanted[1].counter = "H32.1-260822";
  const auto loaded = store->load(wanted);
  EXPECT_EQ(loaded[0].counter, 2);
  EXPECT_EQ(loaded[1].counter, 0);
}

// Both count one dossier up; every commit of either must build on the last, and nothing is lost.
TEST_P(Conformance, LetsTwoWritersOfOneDossierWinInTurnNeverBoth) {
  const auto first_store = database_->open();
  Histories histories(12);
  const Write birth = histories.submit();
  ASSERT_EQ(commit_one(*first_store, birth).verdict, Verdict::committed);
  const int each = short_run() ? 30 : 200;
  std::atomic<int> conflicts = 0;
  const auto work = [&](std::uint64_t number) {
    const auto store = database_->open();
    for (int done = 0; done < each;) {
      store::Wanted wanted;
      wanted.dossier = birth.after.id;
      wanted.counter = "H32.1-260821";
      const store::Loaded loaded = store->load(std::span(&wanted, 1))[0];
      core::Event event = birth.events[0];
      event.id =
          uuid_of(number, static_cast<std::uint64_t>(conflicts) << 32 | static_cast<std::uint64_t>(done));
      event.version = loaded.dossier->dossier.version + 1;
      event.clocks.clear();
      event.body = core::StepAssigned{};
      event.id.bytes[3] = static_cast<std::uint8_t>(event.version);
      event.id.bytes[2] = static_cast<std::uint8_t>(event.version >> 8);
      Write write;
      write.before = loaded.dossier;
      write.after = core::evolve(loaded.dossier->dossier, event);
      write.events = {event};
      write.counter = store::CounterMove{"H32.1-260821", loaded.counter, loaded.counter + 1};
      write.outcome = store::Outcome{};
      write.outcome->key = event.id.bytes;
      write.outcome->answered_at = histories.now;
      const Verdict verdict = commit_one(*store, write).verdict;
      ASSERT_TRUE(verdict == Verdict::committed || verdict == Verdict::version_conflict);
      if (verdict == Verdict::committed) ++done;
      if (verdict == Verdict::version_conflict) ++conflicts;
    }
  };
  std::thread one(work, 1);
  std::thread two(work, 2);
  one.join();
  two.join();
  const auto events = first_store->reader()->history(kProvince, birth.after.id, 0, 10'000);
  ASSERT_EQ(events.size(), static_cast<std::size_t>(2 * each + 1));
  for (std::size_t i = 1; i < events.size(); ++i) EXPECT_EQ(events[i].prev_hash, events[i - 1].hash);
  store::Wanted wanted;
  wanted.counter = "H32.1-260821";
  EXPECT_EQ(first_store->load(std::span(&wanted, 1))[0].counter, 2 * each);
}

TEST_P(Conformance, SeesTheKeysAndDossiersOfAnotherWriter) {
  const auto one = database_->open();
  const auto two = database_->open();
  Histories histories(13);
  Write write = histories.submit();
  write.outcome = outcome_of(9, histories.now, write.after.id);
  ASSERT_EQ(commit_one(*one, write).verdict, Verdict::committed);
  Write again = histories.submit();
  again.outcome = write.outcome;
  EXPECT_EQ(commit_one(*two, again).verdict, Verdict::key_taken);
  EXPECT_TRUE(two->reader()->find(kProvince, write.after.id));
  const Write next = histories.submit();
  EXPECT_EQ(commit_one(*two, next).verdict, Verdict::committed);
  EXPECT_TRUE(one->reader()->find(kProvince, next.after.id));
}

TEST_P(Conformance, ShowsAReaderEveryWriteAcknowledgedBeforeItsFirstCall) {
  const auto store = database_->open();
  Histories histories(14);
  const Write first = histories.submit();
  histories.took(first, commit_one(*store, first));
  std::atomic<std::uint32_t> acknowledged = 1;
  std::atomic<bool> done = false;
  std::thread reading([&] {
    while (!done) {
      const std::uint32_t at_least = acknowledged;
      const auto found = store->reader()->find(kProvince, first.after.id);
      ASSERT_TRUE(found);
      EXPECT_GE(found->dossier.version, at_least);
    }
  });
  for (int n = 0; n < (short_run() ? 50 : 500); ++n) {
    const Write write = histories.go_on(0);
    histories.took(write, commit_one(*store, write));
    acknowledged = write.after.version;
  }
  done = true;
  reading.join();
}

TEST_P(Conformance, ShowsOneReaderOneState) {
  const auto store = database_->open();
  Histories histories(15);
  const Write first = histories.submit();
  histories.took(first, commit_one(*store, first));
  auto reader = store->reader();
  ASSERT_TRUE(reader->find(kProvince, first.after.id));
  const Write second = histories.go_on(0);
  histories.took(second, commit_one(*store, second));
  const Write other = histories.submit();
  histories.took(other, commit_one(*store, other));
  EXPECT_EQ(reader->find(kProvince, first.after.id)->dossier, first.after);
  EXPECT_EQ(reader->history(kProvince, first.after.id, 0, 100).size(), first.events.size());
  EXPECT_FALSE(reader->find(kProvince, other.after.id));
  EXPECT_EQ(store->reader()->find(kProvince, first.after.id)->dossier, second.after);
  reader.reset();
  reader = store->reader();
  EXPECT_EQ(reader->find(kProvince, first.after.id)->dossier, second.after);
}

INSTANTIATE_TEST_SUITE_P(Store, Conformance, testing::ValuesIn(drivers()), driver_name);

}  // namespace
}  // namespace motcua::test
