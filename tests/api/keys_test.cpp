#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "api/config.h"
#include "tests/api/config_files.h"
#include "tests/support/paths.h"

// The file of keys, of roles, and of what people are granted.
namespace motcua::api {
namespace {

class Keys : public ConfigFiles {
 protected:
  static std::optional<Callers> callers_of(const std::filesystem::path& file,
                                           std::vector<run::LoadFault>& faults) {
    ServerConfig config;
    config.keys_file = file;
    config.roles = in_tree("config/roles.json");
    return load_callers(config, faults);
  }
};

TEST_F(Keys, AreTokensOrCertificatesOrBoth) {
  const std::string a(64, 'a');
  const std::string b(64, 'b');
  const auto key = [](const char* id, const std::string& rest) {
    return R"({"id": ")" + std::string(id) + R"(", "name": "N", "grants": [{"role": "auditor"}])" + rest +
           "}";
  };
  const std::string token = R"(, "sha256": ")" + a + '"';
  const std::string certificate = R"(, "certificate_sha256": ")" + b + '"';
  const auto pointers = [&](const std::string& keys) {
    std::vector<run::LoadFault> faults;
    callers_of(write("keys.json", R"({"keys": [)" + keys + "]}"), faults);
    Pointers all;
    for (const run::LoadFault& fault : faults) all.push_back(fault.pointer);
    return all;
  };
  EXPECT_EQ(pointers(key("one", token)), Pointers{});
  EXPECT_EQ(pointers(key("one", certificate)), Pointers{});
  EXPECT_EQ(pointers(key("one", token + certificate)), Pointers{});
  EXPECT_EQ(pointers(key("one", "")), Pointers{"/keys/0/sha256"});
  EXPECT_EQ(pointers(key("one", R"(, "certificate_sha256": "x")")), Pointers{"/keys/0/certificate_sha256"});
  EXPECT_EQ(pointers(key("one", certificate) + "," + key("two", certificate)),
            Pointers{"/keys/1/certificate_sha256"});
  std::vector<run::LoadFault> faults;
  const auto callers =
      callers_of(write("keys.json", R"({"keys": [)" + key("one", certificate) + "]}"), faults);
  ASSERT_TRUE(callers);
  const std::vector<ApiKey>& keys = callers->keys;
  EXPECT_EQ(find_key_of_certificate(keys, b), &keys.front());
  EXPECT_EQ(find_key_of_certificate(keys, a), nullptr);
  EXPECT_EQ(find_key(keys, ""), nullptr) << "no token is not everybody's";
}

TEST_F(Keys, FirstOneOpensTheProvinceAndIsKeptOnlyAsItsDigest) {
  const std::filesystem::path file = root_ / "var" / "keys.json";
  const std::string token = make_first_key(file);
  struct stat about {};
  ASSERT_EQ(::stat(file.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  EXPECT_EQ(text_of(file).find(token.substr(3)), std::string::npos);
  ASSERT_EQ(token.size(), 3u + 43u);
  EXPECT_TRUE(token.starts_with("mc_"));
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);

  std::vector<run::LoadFault> faults;
  const auto callers = callers_of(file, faults);
  ASSERT_TRUE(callers) << faults.front().detail;
  const std::vector<ApiKey>& keys = callers->keys;
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(find_key(keys, token), &keys[0]);
  EXPECT_EQ(find_key(keys, token + "x"), nullptr);
  EXPECT_EQ(find_key(keys, ""), nullptr);
  EXPECT_EQ(find_key(keys, keys[0].sha256_hex), nullptr) << "the digest is no key";
  for (const std::string_view word : core::Right::all_words()) {
    const core::Reach reach = core::reach_of(
        keys[0].grants, *core::Right::of_word(word), core::Date{20'000}, callers->roles,
        [](const core::Code&) -> const std::vector<core::Code>& { throw std::logic_error(""); });
    EXPECT_TRUE(reach.is_everything()) << word;
  }
}

TEST_F(Keys, AreNeverReplacedAndNeverTheSame) {
  const std::filesystem::path file = root_ / "keys.json";
  make_first_key(file);
  const std::string kept = text_of(file);
  EXPECT_THROW(make_first_key(file), std::system_error);
  EXPECT_EQ(text_of(file), kept);
  std::set<std::string> tokens;
  for (int i = 0; i < 20; ++i) tokens.insert(make_first_key(root_ / std::to_string(i)));
  EXPECT_EQ(tokens.size(), 20u);
}

TEST_F(Keys, OfTwoAreToldApart) {
  // printf a | sha256sum, printf b | sha256sum
  const std::string a = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
  const std::string b = "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d";
  const auto file = write("keys.json", R"({"keys": [
    {"id": "province", "name": "A", "grants": [{"role": "auditor"}], "sha256": ")" +
                                           a + R"("},
    {"id": "commune", "name": "B", "grants": [{"role": "integration", "agency": "H32.19", "procedures":
     ["1.004194"], "from": "2026-01-01", "to": "2026-12-31"}, {"role": "unmasking"}], "sha256": ")" +
                                           b + R"("}]})");
  std::vector<run::LoadFault> faults;
  const auto callers = callers_of(file, faults);
  ASSERT_TRUE(callers) << faults.front().detail;
  EXPECT_EQ(find_key(callers->keys, "a")->id, "province");
  ASSERT_EQ(find_key(callers->keys, "a")->grants.size(), 1u);
  const ApiKey& commune = *find_key(callers->keys, "b");
  ASSERT_EQ(commune.grants.size(), 2u);
  EXPECT_EQ(commune.grants[0].role, core::Code("integration"));
  EXPECT_EQ(commune.grants[0].agency, core::Code("H32.19"));
  EXPECT_EQ(commune.grants[0].procedures, std::vector{core::Code("1.004194")});
  EXPECT_EQ(core::format_date(*commune.grants[0].from), "2026-01-01");
  EXPECT_EQ(core::format_date(*commune.grants[0].to), "2026-12-31");
  EXPECT_TRUE(commune.grants[1].agency.empty());
  EXPECT_EQ(find_key(callers->keys, "c"), nullptr);
}

TEST_F(Keys, StandBesideWhatPeopleAreGranted) {
  const auto callers_with = [&](const std::string& people, Pointers& pointers) {
    std::vector<run::LoadFault> faults;
    auto callers = callers_of(write("keys.json", R"({"keys": [], "people": )" + people + "}"), faults);
    pointers.clear();
    for (const run::LoadFault& fault : faults) pointers.push_back(fault.pointer);
    return callers;
  };
  Pointers pointers;
  const std::string one = R"({"officer": "H32.cv77", "grants": [{"role": "auditor", "agency": "H32.5"}]})";
  const auto callers = callers_with('[' + one + ']', pointers);
  ASSERT_TRUE(callers);
  ASSERT_EQ(callers->people.size(), 1u);
  EXPECT_EQ(callers->people[0].officer, core::Code("H32.cv77"));
  ASSERT_EQ(callers->people[0].grants.size(), 1u);
  EXPECT_EQ(callers->people[0].grants[0].agency, core::Code("H32.5"));
  callers_with('[' + one + ',' + one + ']', pointers);
  EXPECT_EQ(pointers, Pointers{"/people/1/officer"});
  callers_with(R"([{"officer": "person:x", "grants": [{"role": "king"}], "sha256": "x"}])", pointers);
  std::sort(pointers.begin(), pointers.end());
  EXPECT_EQ(pointers, (Pointers{"/people/0/grants/0/role", "/people/0/officer", "/people/0/sha256"}));
  // No key can have a person's name.
  const auto file = write("keys.json", R"({"keys": [{"id": "person:H32.cv77", "name": "A",
    "grants": [{"role": "auditor"}], "sha256": ")" +
                                           std::string(64, 'a') + R"("}]})");
  std::vector<run::LoadFault> faults;
  EXPECT_FALSE(callers_of(file, faults));
  EXPECT_EQ(faults[0].pointer, "/keys/0/id");
}

TEST_F(Keys, ReportEveryFaultAtOnce) {
  const auto file = write("keys.json", R"({"keys": [
    {"id": "one", "name": "A", "grants": [], "sha256": "CA97"},
    {"id": "one", "name": "", "grants": [{"role": "king", "agency": "h32", "procedures": ["1"],
     "from": "2026-02-30", "more": 1}], "sha256": "x", "token": "mc_"}], "more": 1})");
  std::vector<run::LoadFault> faults;
  EXPECT_FALSE(callers_of(file, faults));
  std::vector<std::string> pointers;
  for (const run::LoadFault& fault : faults) pointers.push_back(fault.pointer);
  std::sort(pointers.begin(), pointers.end());
  EXPECT_EQ(pointers,
            (Pointers{"/keys/0/grants", "/keys/0/sha256", "/keys/1/grants/0/agency", "/keys/1/grants/0/from",
                      "/keys/1/grants/0/more", "/keys/1/grants/0/procedures/0", "/keys/1/grants/0/role",
                      "/keys/1/id", "/keys/1/name", "/keys/1/sha256", "/keys/1/token", "/more"}));
}

TEST_F(Keys, MayBeAbsentBeforeTheFirstRunOnly) {
  ServerConfig config;
  config.keys_file = root_ / "none.json";
  config.roles = in_tree("config/roles.json");
  std::vector<run::LoadFault> faults;
  EXPECT_TRUE(load_callers(config, faults, NoKeysYet::fine));
  EXPECT_TRUE(faults.empty());
  EXPECT_FALSE(load_callers(config, faults)) << "a file that is gone shuts nobody out";
  EXPECT_EQ(faults.size(), 1u);
}

TEST_F(Keys, NameRolesOfAFileOfWhichEveryFaultIsReported) {
  ServerConfig config;
  config.keys_file = root_ / "none.json";
  config.roles = write("roles.json", R"({"format": 1, "roles": [
    {"role": "one", "name": "A", "rights": ["dossiers.read", "fly", "derive", "dossiers.read"]},
    {"role": "one", "name": "B", "rights": [], "more": 1}]})");
  std::vector<run::LoadFault> faults;
  EXPECT_FALSE(load_callers(config, faults));
  std::vector<std::string> pointers;
  for (const run::LoadFault& fault : faults) pointers.push_back(fault.pointer);
  std::sort(pointers.begin(), pointers.end());
  EXPECT_EQ(pointers, (Pointers{"/roles/0/rights/1", "/roles/0/rights/2", "/roles/0/rights/3",
                                "/roles/1/more", "/roles/1/rights", "/roles/1/role"}));
}

}  // namespace
}  // namespace motcua::api
