#include "engine/run/slip_forms.h"

#include <gtest/gtest.h>

#include <fstream>

#include "engine/run/definitions.h"
#include "engine/run/slip_forms_loader.h"
#include "tests/run/loading.h"
#include "tests/support/paths.h"

namespace motcua::run {
namespace {

std::string shipped_set(const std::string& name) { return test::text_of(in_tree("config/slips/") + name); }
std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}
// The places and details of what is wrong with a text.
std::string faults_in(const std::string& text) {
  std::vector<LoadFault> faults;
  EXPECT_FALSE(load_slip_set(text, "f", faults));
  std::string all;
  for (const LoadFault& fault : faults) all += fault.pointer + ": " + fault.detail + "\n";
  return all;
}

TEST(SlipForms, AreReadAsShipped) {
  std::vector<LoadFault> faults;
  const auto first = load_slip_set(shipped_set("f1.json"), "f1", faults);
  const auto second = load_slip_set(shipped_set("f2.json"), "f2", faults);
  test::expect_none(faults);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->of(core::SlipForm::stop).number, "");
  EXPECT_EQ(second->of(core::SlipForm::stop).number, "05");
  EXPECT_FALSE(second->confirmed);
  EXPECT_EQ(core::format_date(second->in_force_from), "2025-09-15");
  for (const std::string_view word : slip_word_names()) EXPECT_FALSE(second->word(word).empty()) << word;
}

TEST(SlipForms, RefuseWhatTheyDoNotKnow) {
  const std::string text = shipped_set("f2.json");
  EXPECT_NE(faults_in(replaced(text, "{{owner}}", "{{onwer}}")).find("\"onwer\" is none"), std::string::npos);
  EXPECT_NE(faults_in(replaced(text, "{{#content}}", "")).find("/forms/RECEIPT/blocks/"), std::string::npos);
  EXPECT_NE(faults_in(replaced(text, "\"value\": \"original\"", "\"value\": \"colour\""))
                .find("\"colour\" is none"),
            std::string::npos);
  EXPECT_NE(faults_in(replaced(text, "\"list\": \"papers_held\"", "\"list\": \"cars\"")).find("\"cars\""),
            std::string::npos);
  EXPECT_NE(
      faults_in(replaced(text, "\"when\": \"form_number\"", "\"when\": \"rain\"")).find("\"rain\" is none"),
      std::string::npos);
  EXPECT_NE(faults_in(replaced(text, "\"kind\": \"code\"", "\"kind\": \"picture\"")).find("/kind"),
            std::string::npos);
  EXPECT_NE(faults_in(replaced(text, "\"early\": ", "\"earlier\": ")).find("/words/early"),
            std::string::npos);
  EXPECT_NE(faults_in(replaced(text, "\"edition\": 3", "\"edition\": 0")).find("/edition"),
            std::string::npos);
}

SlipSet version(const char* key, int edition, std::int64_t applied, core::Date from) {
  SlipSet made;
  made.key = key;
  made.edition = edition;
  made.applied_at = core::Instant{applied};
  made.in_force_from = from;
  return made;
}

TEST(SlipForms, OfADayAreThoseInForceAsThenApplied) {
  const core::Date old_day = *core::parse_date("2020-01-01");
  const core::Date new_day = *core::parse_date("2025-09-15");
  const std::vector<SlipSet> sets{version("f1", 1, 100, old_day), version("f2", 1, 100, new_day),
                                  version("f2", 2, 200, new_day)};
  const auto edition = [&](core::Date day, std::int64_t recorded) {
    const SlipSet* set = slip_set_at(sets, day, core::Instant{recorded});
    return set->key + '.' + std::to_string(set->edition);
  };
  EXPECT_EQ(edition(new_day - 1, 300), "f1.1");
  EXPECT_EQ(edition(new_day, 199), "f2.1");
  EXPECT_EQ(edition(new_day, 200), "f2.2");
  EXPECT_EQ(edition(new_day, 50), "f2.1") << "what was recorded before any was applied takes the first";
  EXPECT_EQ(edition(old_day - 100, 300), "f1.1") << "before the first set, the first";
  EXPECT_EQ(slip_set_at({}, new_day, core::Instant{}), nullptr);
}

// All shipped definitions, and one more text.
std::vector<LoadFault> faults_with(std::vector<store::DefinitionText> more) {
  std::vector<LoadFault> faults;
  const std::string root = in_tree();
  auto texts = read_definitions({root + "/config/calendars", root + "/config/rulebook.json",
                                 root + "/config/agencies.json", root + "/config/ladders.json",
                                 root + "/workflows", root + "/config/messages.json", root + "/config/slips"},
                                faults);
  for (store::DefinitionText& text : more) texts.push_back(std::move(text));
  Definitions::compile(texts, faults);
  return faults;
}

TEST(SlipForms, ChangeOnlyWithAHigherEdition) {
  const std::string text = shipped_set("f2.json");
  const auto named = [](std::string changed) {
    return store::name_definition(store::DefinitionKind::slips, "f2", std::move(changed));
  };
  const std::string silent = replaced(text, "GIẤY TIẾP NHẬN", "Giấy tiếp nhận");
  const auto refused = faults_with({named(silent)});
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].pointer, "/edition");
  const std::string second = replaced(silent, "\"edition\": 3", "\"edition\": 4");
  test::expect_none(faults_with({named(second)}));
  test::expect_none(faults_with({named(text)}));
  EXPECT_EQ(faults_with({named(second), named(text)}).size(), 1U)
      << "an old text does not come back as it was";
}

}  // namespace
}  // namespace motcua::run
