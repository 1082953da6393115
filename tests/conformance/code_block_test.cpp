#include <algorithm>

#include "tests/conformance/database.h"
#include "tests/conformance/histories.h"

namespace motcua::test {
namespace {

using core::Code;
using core::Instant;
using store::Verdict;

store::CodeBlockDraw draw_of(std::uint64_t number, std::vector<Code> codes, std::int64_t from,
                             std::int64_t to) {
  store::CodeBlockDraw draw;
  draw.block.id = uuid_of(7, number);
  draw.block.agency = Code("H32.19");
  draw.block.on = core::Date{20'600};
  draw.block.drawn_at = Instant{1'785'000'000'000};
  draw.block.drawn_by = Code("counter");
  draw.codes = std::move(codes);
  draw.counter = {"H32.19-260527", from, to};
  store::Outcome outcome;
  outcome.key.fill(static_cast<std::uint8_t>(number));
  outcome.answered_at = draw.block.drawn_at;
  outcome.status = 201;
  outcome.dossier = draw.block.id;
  draw.outcome = outcome;
  return draw;
}

store::CodeBlockReturn return_of(const store::CodeBlockDraw& draw, std::vector<Code> codes, bool whole) {
  store::CodeBlockReturn back;
  back.block = draw.block.id;
  back.codes = std::move(codes);
  back.whole = whole;
  back.at = Instant{draw.block.drawn_at.ms + 1};
  return back;
}

std::int64_t counter_of(store::Store& store) {
  store::Wanted want;
  want.counter = "H32.19-260527";
  return store.load(std::span(&want, 1)).front().counter;
}

std::optional<store::DrawnCode> drawn(store::Store& store, const Code& code) {
  store::Wanted want;
  want.code = code;
  return store.load(std::span(&want, 1)).front().drawn;
}

const Code kA("H32.19-260527-0001"), kB("H32.19-260527-0002"), kC("H32.19-260527-0003");

// A submission that brings a code and moves no counter.
store::Write with_code(Histories& histories) {
  store::Write write = histories.submit();
  while (write.after.code.empty()) write = histories.submit();
  write.counter.reset();
  return write;
}

TEST_P(Conformance, DrawsABlockWithItsCounterAndItsAnswerOrNotAtAll) {
  const auto store = database_->open();
  const auto other = database_->open();
  const store::CodeBlockDraw first = draw_of(1, {kA, kB}, 0, 2);
  ASSERT_EQ(store->draw(first), Verdict::committed);
  EXPECT_EQ(counter_of(*other), 2);
  EXPECT_EQ(other->draw(first), Verdict::key_taken);
  EXPECT_EQ(other->draw(draw_of(2, {kC}, 0, 3)), Verdict::version_conflict);
  EXPECT_EQ(other->draw(draw_of(2, {kB, kC}, 2, 3)), Verdict::code_taken);
  EXPECT_EQ(counter_of(*store), 2);
  EXPECT_FALSE(store->reader()->code_block(uuid_of(7, 2)));
  ASSERT_EQ(other->draw(draw_of(2, {kC}, 2, 3)), Verdict::committed);
  const auto state = store->reader()->code_block(first.block.id);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->block.agency, first.block.agency);
  EXPECT_EQ(state->block.on, first.block.on);
  EXPECT_EQ(state->block.drawn_by, first.block.drawn_by);
  ASSERT_EQ(state->codes.size(), 2U);
  EXPECT_EQ(state->codes[0].code, kA);
  EXPECT_TRUE(state->codes[0].free());
  ASSERT_TRUE(drawn(*store, kC));
  EXPECT_EQ(drawn(*store, kC)->block, uuid_of(7, 2));
  EXPECT_FALSE(drawn(*store, Code("H32.19-260527-0004")));
}

TEST_P(Conformance, DrawsNoCodeThatADossierHas) {
  const auto store = database_->open();
  Histories histories(51);
  const store::Write filed = with_code(histories);
  ASSERT_EQ(store->commit(std::span(&filed, 1)).front().verdict, Verdict::committed);
  EXPECT_EQ(store->draw(draw_of(1, {kA, filed.after.code}, 0, 2)), Verdict::code_taken);
  EXPECT_EQ(counter_of(*store), 0);
}

TEST_P(Conformance, TakesBackFreeCodesOnlyAndTellsAWriterWhoDecidedBefore) {
  const auto store = database_->open();
  Histories histories(52);
  store::Write used = with_code(histories);
  store::Write late = with_code(histories);
  used.drawn_code = late.drawn_code = true;
  EXPECT_EQ(store->commit(std::span(&used, 1)).front().verdict, Verdict::version_conflict);
  const store::CodeBlockDraw draw = draw_of(1, {used.after.code, late.after.code, kA}, 0, 3);
  ASSERT_EQ(store->draw(draw), Verdict::committed);
  ASSERT_EQ(store->commit(std::span(&used, 1)).front().verdict, Verdict::committed);
  EXPECT_EQ(store->give_back(return_of(draw, {used.after.code}, false)), Verdict::version_conflict);
  EXPECT_EQ(store->give_back(return_of(draw, {kB}, false)), Verdict::version_conflict);
  ASSERT_EQ(store->give_back(return_of(draw, {late.after.code}, false)), Verdict::committed);
  EXPECT_EQ(store->give_back(return_of(draw, {late.after.code}, false)), Verdict::version_conflict);
  EXPECT_EQ(store->commit(std::span(&late, 1)).front().verdict, Verdict::version_conflict);
  ASSERT_EQ(store->give_back(return_of(draw, {kA}, true)), Verdict::committed);
  EXPECT_EQ(store->give_back(return_of(draw, {}, true)), Verdict::version_conflict);
  const auto state = store->reader()->code_block(draw.block.id);
  EXPECT_EQ(state->codes[0].dossier, used.after.id);
  EXPECT_TRUE(state->codes[1].voided);
  EXPECT_TRUE(state->codes[2].voided);
  EXPECT_EQ(state->block.returned_at, Instant{draw.block.drawn_at.ms + 1});
}

TEST_P(Conformance, ListsBlocksNewestFirstAndLeavesThemToRebuild) {
  const auto store = database_->open();
  std::int64_t at = 0;
  for (std::uint64_t n = 1; n <= 5; ++n, ++at) {
    const Code code("H32.19-260527-000" + std::to_string(n));
    ASSERT_EQ(store->draw(draw_of(n, {code}, at, at + 1)), Verdict::committed);
  }
  const auto second = draw_of(2, {}, 0, 0);
  ASSERT_EQ(store->give_back(return_of(second, {kB}, true)), Verdict::committed);
  EXPECT_EQ(store->rebuild(), 0);
  store::CodeBlockQuery query;
  query.limit = 3;
  auto page = store->reader()->code_blocks(query);
  ASSERT_EQ(page.size(), 3U);
  EXPECT_EQ(page[0].id, uuid_of(7, 5));
  query.before_key = page.back().key;
  page = store->reader()->code_blocks(query);
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(page[1].id, uuid_of(7, 1));
  query = {};
  query.open_only = true;
  EXPECT_EQ(store->reader()->code_blocks(query).size(), 4U);
  query.agency = Code("H32.20");
  EXPECT_TRUE(store->reader()->code_blocks(query).empty());
  query.agency = Code("H32.19");
  query.on = core::Date{20'601};
  EXPECT_TRUE(store->reader()->code_blocks(query).empty());
}

}  // namespace
}  // namespace motcua::test
