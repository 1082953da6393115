#include "tests/conformance/database.h"
#include "tests/conformance/histories.h"

namespace motcua::test {
namespace {

using core::Instant;
using store::Letter;
using store::LetterOutcome;
using store::LetterState;

constexpr Instant kQueued{1'785'000'000'000};

Letter letter_about(const core::Dossier& dossier, std::uint64_t number) {
  Letter letter;
  letter.source = uuid_of(9, number);
  letter.dossier = dossier.id;
  letter.version = static_cast<std::uint32_t>(number);
  letter.queued_at = kQueued;
  letter.next_at = Instant{kQueued.ms + static_cast<std::int64_t>(number)};
  return letter;
}

core::Dossier filed_dossier(store::Store& store) {
  Histories histories(71);
  const store::Write write = histories.submit();
  EXPECT_EQ(store.commit(std::span(&write, 1)).front().verdict, store::Verdict::committed);
  return write.after;
}

std::vector<core::Uuid> due_sources(store::Store& store, std::int64_t after_ms, int limit = 100) {
  std::vector<core::Uuid> sources;
  const auto due = store.reader()->letters_due(Instant{kQueued.ms + after_ms}, limit);
  for (const Letter& letter : due) sources.push_back(letter.source);
  return sources;
}

TEST_P(Conformance, KeepsThePlaceOfTheMailWithItsLetters) {
  {
    const auto store = database_->open();
    EXPECT_FALSE(store->reader()->mail_followed());
    const core::Dossier dossier = filed_dossier(*store);
    const std::vector<Letter> letters{letter_about(dossier, 2), letter_about(dossier, 1)};
    store->queue_letters(letters, 7);
  }
  const auto store = database_->open();
  EXPECT_EQ(store->reader()->mail_followed(), 7);
  EXPECT_TRUE(due_sources(*store, 0).empty());
  EXPECT_EQ(due_sources(*store, 1), std::vector{uuid_of(9, 1)});
  EXPECT_EQ(due_sources(*store, 2), (std::vector{uuid_of(9, 1), uuid_of(9, 2)}));
  EXPECT_EQ(due_sources(*store, 2, 1), std::vector{uuid_of(9, 1)});
  store->queue_letters({}, std::nullopt);
  EXPECT_FALSE(store->reader()->mail_followed());
  EXPECT_EQ(due_sources(*store, 2).size(), 2U);
}

TEST_P(Conformance, KeepsTheLedgerOfALetterAndEndsItOnce) {
  const auto store = database_->open();
  const core::Dossier dossier = filed_dossier(*store);
  const std::vector<Letter> queued{letter_about(dossier, 1)};
  store->queue_letters(queued, 1);
  const std::int64_t key = store->reader()->letters_due(Instant{INT64_MAX}, 1).front().key;
  const auto record = [&](LetterOutcome outcome, int reply, LetterState state, std::int64_t next) {
    const store::LetterTried tried{key, {kQueued, outcome, reply}, state, Instant{next}};
    store->record_letters(std::span(&tried, 1), kQueued);
  };
  record(LetterOutcome::deferred, 451, LetterState::waiting, kQueued.ms + 50);
  EXPECT_TRUE(due_sources(*store, 49).empty());
  EXPECT_EQ(due_sources(*store, 50).size(), 1U);
  record(LetterOutcome::accepted, 250, LetterState::sent, kQueued.ms);
  record(LetterOutcome::refused, 550, LetterState::dead, kQueued.ms);
  EXPECT_TRUE(due_sources(*store, 1'000).empty());
  auto letters = store->reader()->letters_of(store::Scope::everything(), dossier.id, 1, 1);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].letter.state, LetterState::sent);
  EXPECT_EQ(letters[0].letter.attempts, 2);
  ASSERT_EQ(letters[0].attempts.size(), 2U);
  EXPECT_EQ(letters[0].attempts[0].outcome, LetterOutcome::deferred);
  EXPECT_EQ(letters[0].attempts[0].reply, 451);
  EXPECT_EQ(letters[0].attempts[1].outcome, LetterOutcome::accepted);
  // Shown with its dossier only.
  EXPECT_TRUE(store->reader()->letters_of(store::Scope::everything(), dossier.id, 2, 9).empty());
  EXPECT_TRUE(
      store->reader()->letters_of(store::Scope::of_agency(core::Code("H99.9")), dossier.id, 1, 1).empty());
  // Old and over, it goes; one that waits stays.
  const std::vector<Letter> waiting{letter_about(dossier, 3)};
  store->queue_letters(waiting, 2);
  store->record_letters({}, Instant{kQueued.ms + 1});
  EXPECT_TRUE(store->reader()->letters_of(store::Scope::everything(), dossier.id, 1, 1).empty());
  EXPECT_EQ(store->reader()->letters_of(store::Scope::everything(), dossier.id, 3, 3).size(), 1U);
}

}  // namespace
}  // namespace motcua::test
