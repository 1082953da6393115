#include "engine/run/definitions.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/run/check.h"
#include "engine/store/digest.h"
#include "tests/run/loading.h"
#include "tests/support/paths.h"

namespace motcua::run {
namespace {

using core::Code;
using nlohmann::json;
using store::DefinitionKind;
using store::DefinitionText;

std::vector<DefinitionText> shipped_texts() {
  std::vector<LoadFault> faults;
  auto texts = read_definitions(test::kShippedPaths, faults);
  test::expect_none(faults);
  return texts;
}

std::shared_ptr<const Definitions> compile(const std::vector<DefinitionText>& texts) {
  std::vector<LoadFault> faults;
  auto made = Definitions::compile(texts, faults);
  test::expect_none(faults);
  return made;
}

// The text of that kind and key with one member changed, as a later version.
DefinitionText changed(const std::vector<DefinitionText>& texts, DefinitionKind kind, const std::string& key,
                       const test::Change& change) {
  for (const DefinitionText& text : texts) {
    if (text.kind == kind && text.key == key) {
      return store::name_definition(kind, key, test::with(text.text, change));
    }
  }
  ADD_FAILURE() << key;
  return {};
}

core::Date on(const char* text) { return *core::parse_date(text); }

TEST(Digest, AnswersThePublishedVectors) {
  EXPECT_EQ(store::sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(store::sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Definitions, NameAVersionByItsContent) {
  const DefinitionText text = store::name_definition(DefinitionKind::rulebook, "rulebook", "abc");
  EXPECT_EQ(text.version, "ba7816bf8f01");
  EXPECT_EQ(text.sha256, store::sha256_hex("abc"));
}

TEST(Definitions, CompileWhatIsShipped) {
  const auto texts = shipped_texts();
  const auto made = compile(texts);
  ASSERT_TRUE(made);
  std::size_t procedures = 0;
  for (const DefinitionText& text : texts) {
    EXPECT_NE(text.key, "schema");
    if (text.kind != DefinitionKind::procedure) continue;
    ++procedures;
    EXPECT_TRUE(made->knows_procedure(Code(text.key)));
    ASSERT_NE(made->procedure(Code(text.key), on("2026-08-21")), nullptr);
    EXPECT_EQ(made->procedure(Code(text.key), on("2026-08-21"))->version.text, text.version);
  }
  EXPECT_EQ(made->procedures().size(), procedures);
  EXPECT_FALSE(made->knows_procedure(Code("9.999999")));
  EXPECT_EQ(made->procedure(Code("9.999999"), on("2026-08-21")), nullptr);
  EXPECT_EQ(made->procedure(Code("1.001193"), on("2019-12-31")), nullptr);
  ASSERT_NE(made->agency(Code("H32.1")), nullptr);
  EXPECT_EQ(made->agency(Code("H32.1"))->parent, Code("H32"));
  EXPECT_EQ(made->agency(Code("H99")), nullptr);
  EXPECT_EQ(made->calendar(Code("vn-mars")), nullptr);
  EXPECT_EQ(made->calendars().size(), 2u);
  EXPECT_EQ(made->rulebook_version(made->rulebook().version), &made->rulebook());
}

TEST(Definitions, KeepTheVersionThatADossierWasReceivedUnder) {
  auto texts = shipped_texts();
  const Code code("1.001193");
  const std::string old = compile(texts)->procedure(code, on("2026-08-21"))->version.text;
  texts.push_back(
      changed(texts, DefinitionKind::procedure, code.text, {"/valid_from", "\"2026-08-01\"", {}}));
  const auto made = compile(texts);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->procedure(code, on("2026-08-01"))->version.text, texts.back().version);
  EXPECT_EQ(made->procedure(code, on("2026-07-31"))->version.text, old);
  EXPECT_NE(made->procedure_version(code, Code(old)), nullptr);
  EXPECT_EQ(made->procedure_version(code, Code("000000000000")), nullptr);
  EXPECT_EQ(made->procedures().size(), compile(shipped_texts())->procedures().size());
}

TEST(Definitions, TakeAnOldTextThatIsAppliedAgainAsTheNewest) {
  auto texts = shipped_texts();
  const Code code("1.001193");
  const DefinitionText first = changed(texts, DefinitionKind::procedure, code.text, {"/name", "\"A\"", {}});
  const DefinitionText second = changed(texts, DefinitionKind::procedure, code.text, {"/name", "\"B\"", {}});
  texts.insert(texts.end(), {first, second, first});
  const auto made = compile(texts);
  EXPECT_EQ(made->procedure(code, on("2026-08-21"))->name, "A");
  EXPECT_EQ(made->procedure_version(code, Code(second.version))->name, "B");
}

TEST(Definitions, GiveACalendarTheVersionOfItsWholeChain) {
  auto texts = shipped_texts();
  const Code child("vn-khanh-hoa");
  const auto before = compile(texts)->calendar(child);
  // A province inherits the nation's holidays: one more moves the version of both.
  json nation;
  for (const DefinitionText& text : texts) {
    if (text.key == "vn") nation = json::parse(text.text);
  }
  nation["exceptions"].push_back({{"on", "2026-12-24"},
                                  {"sessions", json::array()},
                                  {"name", "x"},
                                  {"source", "y"},
                                  {"confirmed", true}});
  texts.push_back(store::name_definition(DefinitionKind::calendar, "vn", nation.dump()));
  const auto made = compile(texts);
  const auto after = made->calendar(child);
  EXPECT_EQ(before->version().size(), 12u);
  EXPECT_NE(after->version(), before->version());
  EXPECT_TRUE(before->is_working_day(on("2026-12-24")));
  EXPECT_FALSE(after->is_working_day(on("2026-12-24")));
  const auto kept = made->calendar_version(child, Code(before->version()));
  ASSERT_TRUE(kept);
  EXPECT_TRUE(kept->is_working_day(on("2026-12-24")));
  EXPECT_EQ(made->calendar_version(child, Code(after->version())), after);
  EXPECT_EQ(made->calendar_version(child, Code("000000000000")), nullptr);
}

TEST(Definitions, CompileAChildThatIsAppliedBeforeItsParent) {
  auto texts = shipped_texts();
  const std::string version = compile(texts)->calendar(Code("vn-khanh-hoa"))->version();
  std::reverse(texts.begin(), texts.end());
  EXPECT_EQ(compile(texts)->calendar(Code("vn-khanh-hoa"))->version(), version);
}

// The shipped merger of 01/07/2025: the district Nha Trang into four wards, its ward Lộc Thọ into one of
// them, which goes on in a later one.
TEST(Definitions, LetAnHeirReachWhatWasMergedIntoItFromTheDayAfter) {
  auto texts = shipped_texts();
  for (DefinitionText& text : texts) {
    if (text.kind != DefinitionKind::agencies) continue;
    json file = json::parse(text.text);
    for (json& agency : file["agencies"]) {
      if (agency["code"] != "H32.101") continue;
      agency["valid_to"] = "2026-12-31";
      agency["successor"] = {"H32.102"};
    }
    text = store::name_definition(text.kind, text.key, file.dump());
  }
  const auto made = compile(texts);
  ASSERT_TRUE(made);
  const auto reached = [&](const char* agency, const char* day) {
    std::string all;
    for (const Code& code : made->reached_from(Code(agency), on(day))) all += code.text + ' ';
    return all;
  };
  EXPECT_EQ(reached("H32.101", "2025-06-30"), "H32.101 ");
  EXPECT_EQ(reached("H32.101", "2025-07-01"), "000.00.19.H32 001.19.H32 H32.101 ");
  EXPECT_EQ(reached("H32.102", "2025-07-01"), "000.00.19.H32 H32.102 ") << "the ward went to another";
  EXPECT_EQ(reached("H32.102", "2026-12-31"), "000.00.19.H32 H32.102 ");
  EXPECT_EQ(reached("H32.102", "2027-01-01"), "000.00.19.H32 001.19.H32 H32.101 H32.102 ");
  EXPECT_EQ(reached("H32.105", "2027-01-01"), "H32.105 ");
  EXPECT_EQ(made->reached_from(Code("H32"), on("2027-01-01")), made->below(Code("H32")));
  EXPECT_EQ(reached("H99", "2027-01-01"), "");
  const auto merged = [&](const char* agency, const char* day) {
    std::string all;
    for (const Code& code : made->merged_into(Code(agency), on(day))) all += code.text + ' ';
    return all;
  };
  EXPECT_EQ(merged("H32.101", "2025-06-30"), "");
  EXPECT_EQ(merged("H32.101", "2025-07-01"), "000.00.19.H32 001.19.H32 ");
  EXPECT_EQ(merged("H32.102", "2026-12-31"), "000.00.19.H32 ");
  EXPECT_EQ(merged("H32.102", "2027-01-01"), "000.00.19.H32 001.19.H32 H32.101 ");
  EXPECT_EQ(merged("H32", "2027-01-01"), "") << "what is below it was merged into others";
}

TEST(Definitions, ReportWhatCannotStand) {
  const auto texts = shipped_texts();
  const auto faults_of = [](std::vector<DefinitionText> some) {
    std::vector<LoadFault> faults;
    EXPECT_EQ(Definitions::compile(some, faults), nullptr);
    return faults;
  };
  ASSERT_EQ(faults_of({}).size(), 1u);
  EXPECT_EQ(faults_of({})[0].file, "rulebook");

  auto orphan = texts;
  std::erase_if(orphan, [](const DefinitionText& text) { return text.key == "vn"; });
  ASSERT_EQ(faults_of(orphan).size(), 1u);
  EXPECT_EQ(faults_of(orphan)[0].file, "calendar/vn-khanh-hoa");
  EXPECT_EQ(faults_of(orphan)[0].pointer, "/parent");

  auto circle = texts;
  circle.push_back(changed(texts, DefinitionKind::calendar, "vn", {"/parent", "\"vn-khanh-hoa\"", {}}));
  EXPECT_EQ(faults_of(circle).size(), 2u);

  auto renamed = texts;
  renamed.push_back(changed(texts, DefinitionKind::procedure, "1.001193", {"/code", "\"1.001194\"", {}}));
  ASSERT_EQ(faults_of(renamed).size(), 1u);
  EXPECT_EQ(faults_of(renamed)[0].file, "procedure/1.001193");
  EXPECT_EQ(faults_of(renamed)[0].pointer, "/code");
}

// A folder of its own that goes with the test.
class CheckFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::temp_directory_path() /
            ("motcua_check_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
    std::filesystem::copy(in_tree("config"), root_ / "config", std::filesystem::copy_options::recursive);
    std::filesystem::copy(in_tree("workflows"), root_ / "workflows");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  DefinitionPaths paths() const {
    return {root_ / "config/calendars",
            root_ / "config/rulebook.json",
            root_ / "config/agencies.json",
            root_ / "config/ladders.json",
            root_ / "workflows",
            root_ / "config/messages.json",
            root_ / "config/slips"};
  }
  void change(const std::string& file, const test::Change& change) {
    const std::string text = test::with(test::text_of((root_ / file).string()), change);
    std::ofstream(root_ / file) << text;
  }
  // "file pointer" of every fault, sorted.
  std::vector<std::string> found() {
    std::vector<std::string> places;
    for (const LoadFault& fault : check_files(paths()).faults) {
      places.push_back(std::filesystem::relative(fault.file, root_).string() + " " + fault.pointer);
    }
    std::sort(places.begin(), places.end());
    return places;
  }

  std::filesystem::path root_;
};

using Places = std::vector<std::string>;

TEST_F(CheckFiles, FindsNothingInWhatIsShipped) {
  EXPECT_EQ(found(), Places{});
  EXPECT_TRUE(check_files(paths()).definitions);
}

TEST_F(CheckFiles, NamesFileAndPointerOfEveryFaultAtOnce) {
  change("workflows/1.001193.json", {"/steps/0/role", "\"king\"", {}});
  change("workflows/1.000894.json", {"/colour", "1", {}});
  change("config/rulebook.json", {"/parameters/backdate_limit", "", {}});
  change("config/agencies.json", {"/agencies/1/parent", "\"H99\"", {}});
  EXPECT_EQ(found(), (Places{"config/agencies.json /agencies/1/parent",
                             "config/rulebook.json /parameters/backdate_limit",
                             "workflows/1.000894.json /colour", "workflows/1.001193.json /steps/0/role"}));
}

TEST_F(CheckFiles, FindsWhatOnlyTheFilesTogetherHaveWrong) {
  change("config/agencies.json", {"/agencies/0/calendar", "\"vn-mars\"", {}});
  change("workflows/1.001193.json", {"/valid_from", "\"2019-12-31\"", {}});
  change("workflows/1.000894.json", {"/level", R"(["commune", "other"])", {}});
  change("workflows/1.000894.json", {"/competent_level", "\"other\"", {}});
  const bool has_other =
      test::text_of((root_ / "config/agencies.json").string()).find("\"other\"") != std::string::npos;
  ASSERT_FALSE(has_other) << "choose a level that no shipped agency has";
  EXPECT_EQ(
      found(),
      (Places{"config/agencies.json /agencies/0/calendar", "workflows/1.000894.json /competent_level",
              "workflows/1.001193.json /consultations/0/procedure", "workflows/1.001193.json /valid_from"}));
}

TEST_F(CheckFiles, FindsItBesideTheFaultsOfOneFileAlone) {
  const std::string merged = R"(["001.19.H32"])";
  change("workflows/1.000656.json", {"/consultations/0/agencies", merged, {}});
  change("workflows/1.001612.json", {"/consultations/0/agencies", merged, {}});
  change("workflows/1.001612.json", {"/steps/0/role", "\"king\"", {}});
  // Nothing is said of the one that opens a dossier of it.
  change("workflows/1.004222.json", {"/colour", "1", {}});
  EXPECT_EQ(found(), (Places{"workflows/1.000656.json /consultations/0/agencies/0",
                             "workflows/1.001612.json /consultations/0/agencies/0",
                             "workflows/1.001612.json /steps/0/role", "workflows/1.004222.json /colour"}));
  EXPECT_FALSE(check_files(paths()).definitions);
}

TEST_F(CheckFiles, WantsAGroundOfItsOwnForThePayment) {
  const auto payment = [](const std::string& ground) {
    return R"({"when": "after_acceptance", "effect": "suspend", "ground": ")" + ground +
           R"(", "basis": "Điều 1", "refundable": false})";
  };
  change("workflows/1.012784.json", {"/payment", payment("PAYMENT"), {}});
  change("workflows/1.012753.json", {"/payment", payment("FINANCIAL_DUTY"), {}});
  EXPECT_EQ(found(), (Places{"workflows/1.012753.json /payment/ground"}));
}

TEST_F(CheckFiles, NamesTheSuccessorsOfAnAgencyThatCannotBeConsulted) {
  // Of procedures that consult nobody as shipped.
  const auto consulting = [](const std::string& whom) {
    return R"([{"key": "y_kien", "name": "Lấy ý kiến", )" + whom +
           R"(, "budget": {"value": 1, "unit": "working_day"}}])";
  };
  change("workflows/1.004884.json",
         {"/consultations", consulting(R"("agencies": ["H32.4", "H99", "001.19.H32"])"), {}});
  change("workflows/1.004873.json", {"/consultations", consulting(R"("level": "other")"), {}});
  EXPECT_EQ(found(), (Places{"workflows/1.004873.json /consultations/0/level",
                             "workflows/1.004884.json /consultations/0/agencies/1",
                             "workflows/1.004884.json /consultations/0/agencies/2"}));
  std::string details;
  for (const LoadFault& fault : check_files(paths()).faults) details += fault.detail;
  EXPECT_NE(details.find("it ended on 2025-06-30 and was merged into H32.101"), std::string::npos) << details;
}

TEST_F(CheckFiles, SaysWhatItCannotRead) {
  std::filesystem::remove_all(root_ / "config/calendars");
  std::filesystem::remove(root_ / "config/rulebook.json");
  const Places places = found();
  EXPECT_NE(std::find(places.begin(), places.end(), "config/calendars "), places.end());
  EXPECT_NE(std::find(places.begin(), places.end(), "config/rulebook.json "), places.end());
}

}  // namespace
}  // namespace motcua::run
