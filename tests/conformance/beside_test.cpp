#include <stdexcept>

#include "tests/conformance/database.h"
#include "tests/conformance/histories.h"

// What is written beside a group: in its transaction, and whatever becomes of its writes.
namespace motcua::test {
namespace {

using store::Verdict;
using store::WebhookWrite;

constexpr std::int64_t kFirst = 1;  // the key of the first subscription

std::vector<WebhookWrite> subscription() {
  store::Webhook made;
  made.id = uuid_of(8, 1);
  made.url = "https://nhan.example.vn";
  made.secret = "sealed";
  return {store::AddWebhook{made}};
}

// Moves the place of the first subscription on by one event, with its delivery.
std::vector<WebhookWrite> step(std::int64_t to) {
  store::Delivery delivery;
  delivery.event = uuid_of(7, static_cast<std::uint64_t>(to));
  delivery.type = "dossier.submitted";
  delivery.dossier = uuid_of(6, 1);
  return {store::Enqueue{kFirst, to - 1, to, {delivery}}};
}

void expect_place(store::Store& store, std::int64_t place) {
  const auto all = store.webhooks().all();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].position, place);
  EXPECT_EQ(all[0].pending, place);
  store::DeliveryQuery query;
  query.webhook = kFirst;
  EXPECT_EQ(store.webhooks().deliveries(query).size(), static_cast<std::size_t>(place));
}

TEST_P(Conformance, WritesWhatStandsBesideAGroupAlsoWhereEveryWriteIsRefused) {
  const auto store = database_->open();
  Histories histories(81);
  const store::Write born = histories.submit();
  EXPECT_EQ(store->commit(std::span(&born, 1), subscription()).front().verdict, Verdict::committed);
  expect_place(*store, 0);
  const store::Write other = histories.submit();
  EXPECT_EQ(store->commit(std::span(&other, 1), step(1)).front().verdict, Verdict::committed);
  expect_place(*store, 1);
  EXPECT_EQ(store->commit(std::span(&born, 1), step(2)).front().verdict, Verdict::version_conflict);
  expect_place(*store, 2);
  EXPECT_TRUE(store->commit({}, step(3)).empty());
  expect_place(*store, 3);
  EXPECT_EQ(store->reader()->counts().dossiers, 2);
  // From another place than where the subscription stands, nothing happens.
  EXPECT_TRUE(store->commit({}, step(3)).empty());
  expect_place(*store, 3);
}

TEST_P(Conformance, WritesNothingBesideAGroupThatMayNotBeWritten) {
  const auto store = database_->open();
  Histories histories(82);
  EXPECT_TRUE(store->commit({}, subscription()).empty());
  store::Write lost = histories.submit();
  lost.sealed = "what a person typed";
  lost.sealed_version = 9;
  EXPECT_THROW(store->commit(std::span(&lost, 1), step(1)), std::logic_error);
  expect_place(*store, 0);
  lost.sealed_version = 1;
  EXPECT_EQ(store->commit(std::span(&lost, 1), step(1)).front().verdict, Verdict::committed);
  expect_place(*store, 1);
}

TEST_P(Conformance, KeepsWhatStoodBesideAGroupForTheNextProcess) {
  Histories histories(83);
  const store::Write born = histories.submit();
  {
    const auto store = database_->open();
    store->commit({}, subscription());
    store->commit(std::span(&born, 1), step(1));
  }
  const auto store = database_->open();
  expect_place(*store, 1);
  EXPECT_TRUE(store->reader()->find(store::Scope::everything(), born.after.id));
}

}  // namespace
}  // namespace motcua::test
