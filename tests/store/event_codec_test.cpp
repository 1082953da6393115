#include "engine/store/event_codec.h"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/store/described_random.h"
#include "tests/store/event_samples.h"
#include "tests/store/golden.h"

namespace motcua {
namespace {

using nlohmann::json;

core::Event random_event(std::mt19937_64& random, std::size_t type) {
  core::Event event;
  test::RandomFiller filler(random);
  filler.fill(event.clocks);
  store::with_alternative(event.body, type, [&](auto& body) { return filler.fill(body), true; });
  return event;
}
constexpr std::size_t kTypes = std::variant_size_v<core::EventBody>;

bool decodes(const core::Event& like, std::string_view text, core::Event& out) {
  return store::decode_body(core::type_of(like.body), store::kTypeVersion, text, out);
}
bool refused(const core::Event& like, std::string_view text) {
  core::Event out;
  return !decodes(like, text, out);
}

std::string told(const core::Event& event) { return test::told(event.clocks) + test::told(event.body); }

TEST(EventCodec, GivesBackEveryEventOfEveryType) {
  std::mt19937_64 random(1);
  core::Event decoded;
  for (int i = 0; i < test::rounds(4200); ++i) {
    const core::Event event = random_event(random, static_cast<std::size_t>(i) % kTypes);
    const std::string text = store::encode_body(event);
    ASSERT_TRUE(decodes(event, text, decoded)) << text;
    ASSERT_EQ(told(decoded), told(event)) << text;
    ASSERT_EQ(store::encode_body(decoded), text);
  }
}

TEST(EventCodec, KeepsTheBytesAndTheHashOfOneEventOfEachType) {
  const std::vector<core::Event> samples = test::event_samples();
  ASSERT_EQ(samples.size(), kTypes);
  store::Hash prev{};
  for (std::size_t i = 0; i < kTypes; ++i) {
    ASSERT_EQ(samples[i].body.index(), i);
    const std::string type(core::type_of(samples[i].body));
    const std::string body = store::encode_body(samples[i]);
    EXPECT_EQ(body, test::golden(type + ".json"));
    prev = store::hash_event(prev, samples[i], body);
    EXPECT_EQ(test::hex(prev), test::golden(type + ".sha256"));
  }
}

TEST(EventCodec, ReadsMembersInAnyOrderAndWithWhiteSpace) {
  for (const core::Event& sample : test::event_samples()) {
    const json parsed = json::parse(store::encode_body(sample));  // sorts the members
    core::Event decoded;
    ASSERT_TRUE(decodes(sample, parsed.dump(2), decoded)) << parsed.dump(2);
    EXPECT_EQ(told(decoded), told(sample));
  }
}

// The places of all objects in a value, itself among them.
void find_objects(const json& value, const json::json_pointer& place, std::vector<json::json_pointer>& out) {
  if (value.is_object()) out.push_back(place);
  if (value.is_object())
    for (const auto& [name, member] : value.items()) find_objects(member, place / name, out);
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i) find_objects(value[i], place / i, out);
}

TEST(EventCodec, RefusesAnUnknownMemberInAnyObject) {
  for (const core::Event& sample : test::event_samples()) {
    const json whole = json::parse(store::encode_body(sample));
    std::vector<json::json_pointer> objects;
    find_objects(whole, json::json_pointer(), objects);
    ASSERT_GE(objects.size(), 2U);  // the text and its body
    for (const json::json_pointer& place : objects) {
      json copy = whole;
      copy[place]["colour"] = 1;
      EXPECT_TRUE(refused(sample, copy.dump())) << copy;
    }
  }
}

// A null, and a thing of another type, in the place of each value in turn.
TEST(EventCodec, RefusesAnotherTypeInAnyPlace) {
  for (const core::Event& sample : test::event_samples()) {
    const json whole = json::parse(store::encode_body(sample));
    const json flat = whole.flatten();
    for (const auto& leaf : flat.items()) {
      for (const json& wrong : {json(), json(1.5), json::array({json::array()}), json{{"no", "such"}}}) {
        json copy = whole;
        copy[json::json_pointer(leaf.key())] = wrong;
        EXPECT_TRUE(refused(sample, copy.dump())) << leaf.key() << " in " << copy;
      }
    }
  }
}

struct Change {
  std::string from, to;
};
class RefusedChange : public testing::TestWithParam<Change> {};
TEST_P(RefusedChange, IsRefused) {
  for (const core::Event& sample : test::event_samples()) {
    std::string text = store::encode_body(sample);
    const std::size_t place = text.find(GetParam().from);
    if (place == std::string::npos) continue;
    ASSERT_FALSE(refused(sample, text));
    text.replace(place, GetParam().from.size(), GetParam().to);
    EXPECT_TRUE(refused(sample, text)) << text;
    return;
  }
  FAIL() << "no sample holds " << GetParam().from;
}
INSTANTIATE_TEST_SUITE_P(
    EventCodec, RefusedChange,
    testing::Values(Change{R"("term":1,)", ""},                       // a missing member
                    Change{R"("term":1,)", R"("term":-1,)"},          // below its type
                    Change{R"("term":1,)", R"("term":4294967296,)"},  // above it
                    Change{R"({"integer":-3})", R"({"integer":9223372036854775808})"},
                    Change{R"({"integer":-3})", R"({"boolean":-3})"},  // not what it names
                    Change{R"({"integer":-3})", R"({"integer":-3,"boolean":true})"},
                    Change{R"({"integer":-3})", "{}"}, Change{R"({"integer":-3})", "-3"},
                    Change{R"("2026-02-28")", R"("2026-02-29")"},              // no such day
                    Change{R"("channel":"online")", R"("channel":"pigeon")"},  // no such word
                    Change{R"("channel":"online")", R"("channel":1)"}, Change{R"("000102)", R"("0001)"},
                    Change{R"("000102)", R"("00010g)"}, Change{R"("000102)", R"("00010)"},
                    Change{R"("000102)", R"("00010203)"},
                    Change{R"("digitised":true)", R"("digitised":"true")"},
                    Change{R"({"clocks":)", R"({"clock":)"}, Change{R"("body":)", R"("bodies":)"}));

TEST(EventCodec, RefusesAnUnknownTypeAndVersion) {
  const core::Event sample = test::event_samples().front();
  const std::string text = store::encode_body(sample);
  core::Event out;
  EXPECT_TRUE(store::decode_body("dossier.submitted", 1, text, out));
  EXPECT_FALSE(store::decode_body("dossier.submitted", 0, text, out));
  EXPECT_FALSE(store::decode_body("dossier.submitted", 2, text, out));
  EXPECT_FALSE(store::decode_body("dossier.lost", 1, text, out));
  EXPECT_FALSE(store::decode_body("", 1, text, out));
}

TEST(EventCodec, LeavesTheEventAloneWhenItRefusesAndTheEnvelopeAlways) {
  core::Event out = test::event_samples().front();
  const std::string before = told(out);
  EXPECT_FALSE(store::decode_body("dossier.stopped", 1, R"({"clocks":[],"body":{"rule":7}})", out));
  EXPECT_EQ(told(out), before);
  EXPECT_TRUE(store::decode_body("dossier.stopped", 1, R"({"body":{"rule":"D61.7"}})", out));
  EXPECT_TRUE(out.clocks.empty());
  EXPECT_EQ(std::get<core::DossierStopped>(out.body).rule.text, "D61.7");
  EXPECT_EQ(out.caller, test::event_samples().front().caller);
}

// The body never goes astray as text, even where a word is not of its vocabulary.
TEST(EventCodec, EscapesWhatWouldBreakTheText) {
  core::Event event;
  event.body = core::DossierStopped{core::Code("a\"b\\c\n\x01}")};
  const std::string text = store::encode_body(event);
  EXPECT_EQ(text, R"({"body":{"rule":"a\"b\\c\u000a\u0001}"}})");
  core::Event decoded;
  ASSERT_TRUE(decodes(event, text, decoded));
  EXPECT_EQ(told(decoded), told(event));
}

TEST(EventCodec, TakesAnyBytesWithoutHarm) {
  std::mt19937_64 random(3);
  const std::vector<core::Event> samples = test::event_samples();
  core::Event decoded;
  core::Event again;
  int taken = 0;
  for (int i = 0; i < test::rounds(20'000); ++i) {
    const core::Event& sample = samples[static_cast<std::size_t>(i) % samples.size()];
    std::string text = store::encode_body(sample);
    for (std::uint64_t n = 1 + random() % 3; n > 0; --n)
      text[random() % text.size()] =
          random() % 2 == 0 ? text[random() % text.size()] : static_cast<char>(random());
    if (!decodes(sample, text, decoded)) continue;
    ++taken;
    ASSERT_TRUE(decodes(sample, store::encode_body(decoded), again)) << text;
    ASSERT_EQ(told(again), told(decoded));
  }
  EXPECT_GT(taken, 0) << "nothing was taken: the damage is too coarse to try anything";
}

store::Hash hash_of(const core::Event& event, std::string_view body = "{}") {
  return store::hash_event(store::Hash{}, event, body);
}

TEST(EventHash, ChangesWithEveryMemberOfTheEnvelopeThePreviousHashAndTheBody) {
  const core::Event sample = test::event_samples().front();
  const std::vector<std::function<void(core::Event&)>> changes = {
      [](core::Event& e) { e.id.bytes[15] ^= 1; },
      [](core::Event& e) { e.dossier.bytes[0] ^= 1; },
      [](core::Event& e) { e.version ^= 1U << 31; },
      [](core::Event& e) { e.occurred_at.ms ^= 1; },
      [](core::Event& e) { e.recorded_at.ms ^= std::int64_t{1} << 62; },
      [](core::Event& e) { e.caller.text += 'x'; },
      [](core::Event& e) { e.on_behalf_of.text += 'x'; },
      [](core::Event& e) { e.cause = core::CauseKind::calendar; },
      [](core::Event& e) { e.cause_id.bytes[7] ^= 1; },
      [](core::Event& e) { e.procedure_version.text += 'x'; },
      [](core::Event& e) { e.rulebook_version.text += 'x'; },
      [](core::Event& e) { e.body = core::ClocksDerived{}; },
  };
  std::set<store::Hash> hashes{hash_of(sample), hash_of(sample, "{ }")};
  store::Hash prev{};
  prev[31] = 1;
  hashes.insert(store::hash_event(prev, sample, "{}"));
  for (const auto& change : changes) {
    core::Event changed = sample;
    change(changed);
    hashes.insert(hash_of(changed));
  }
  EXPECT_EQ(hashes.size(), changes.size() + 3);
}

TEST(EventHash, TellsNeighbouringTextsApart) {
  core::Event one;
  one.caller = core::Code("ab");
  core::Event other;
  other.caller = core::Code("a");
  other.on_behalf_of = core::Code("b");
  EXPECT_NE(hash_of(one), hash_of(other));
  one = other = {};
  one.rulebook_version = core::Code("v");
  EXPECT_NE(hash_of(one, "1"), hash_of(other, "v1"));
}

}  // namespace
}  // namespace motcua
