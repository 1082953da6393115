#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/service.h"

// The list of dossiers by who holds them and how their clocks stand, over HTTP.
namespace motcua::testing {
namespace {

using nlohmann::json;
using Names = std::set<std::string>;

class DossierList : public ::testing::Test {
 protected:
  static ServiceOptions options() {
    ServiceOptions made;
    made.sandbox = "2026-08-03T09:00:00+07:00";  // a Monday
    made.keys = {{"province", "", true}, {"commune", "H32.101", true}};
    return made;
  }

  // Files one at a counter; its name in the test stands for it.
  void file(const std::string& name, const std::string& procedure, const std::string& agency = "H32.101",
            const char* channel = "direct") {
    json body{{"procedure", procedure},
              {"channel", channel},
              {"receiving_agency", agency},
              {"owner", {{"kind", "citizen"}, {"name", "Nguyễn Văn A"}}}};
    if (procedure == "1.004194") {
      for (const char* key : {"to_khai", "cho_o_hop_phap"})
        body["papers"].push_back({{"key", key}, {"form", "original"}});
    }
    if (std::string_view(channel) == "direct") body["accept"] = true;
    const HttpAnswer answer = client_.post("/v1/dossiers", body);
    ASSERT_EQ(answer.status, 201) << answer.body;
    ids_[name] = answer.json()["id"];
  }
  void command(const std::string& name, const std::string& word, const json& body = json::object()) {
    const HttpAnswer answer = client_.post("/v1/dossiers/" + ids_[name] + '/' + word, body);
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  Names names_of(const json& items) const {
    Names names;
    for (const json& item : items) {
      for (const auto& [name, id] : ids_)
        if (item["id"] == id) names.insert(name);
    }
    return names;
  }
  // Of the query, of the search with the same filters, counted, and page by page: all must be the same.
  Names found(const json& filters, HttpClient& client) {
    std::string query;
    for (const auto& [name, value] : filters.items())
      query += '&' + name + '=' + (value.is_string() ? value.get<std::string>() : value.dump());
    const HttpAnswer all = client.get("/v1/dossiers?limit=200&count=true" + query);
    EXPECT_EQ(all.status, 200) << all.body;
    if (all.status != 200) return {"nothing was found: " + all.body};
    const Names names = names_of(all.json()["items"]);
    EXPECT_EQ(all.json()["count"], names.size()) << query;
    json body = filters;
    if (body.contains("state")) body["state"] = json::array({body["state"]});
    EXPECT_EQ(names_of(client.post("/v1/dossiers/search", body).json()["items"]), names) << query;
    Names paged;
    std::string cursor;
    do {
      const json page = client.get("/v1/dossiers?limit=1" + query + cursor).json();
      for (const std::string& name : names_of(page["items"])) paged.insert(name);
      cursor = page["next_cursor"].is_null() ? "" : "&cursor=" + page["next_cursor"].get<std::string>();
    } while (!cursor.empty());
    EXPECT_EQ(paged, names) << query;
    return names;
  }
  Names found(const json& filters) { return found(filters, client_); }

  RunningService service_{options()};
  HttpClient client_ = service_.client("province");
  std::map<std::string, std::string> ids_;
};

// Three working days under 1.004194, accepted on Monday 03/08: due on Thursday 06/08 at 17:00.
TEST_F(DossierList, FindsByClockLatenessPauseAndDue) {
  file("open", "1.004194");
  file("settled_late", "1.004194");
  file("settled", "1.004194");
  file("paused", "1.004194");
  file("late_then_asked", "1.004194");
  file("untimed", "2.001263");
  file("elsewhere", "1.004194", "H32.102");
  command("paused", "request-supplement", {{"reason", "Thiếu giấy tờ"}});
  command("settled", "settle", {{"outcome", "granted"}, {"result_form", "electronic"}});
  EXPECT_EQ(found({{"late", true}}), Names{});
  EXPECT_EQ(found({{"clock", "settlement"}}),
            (Names{"open", "settled_late", "late_then_asked", "untimed", "elsewhere"}));
  // The window takes its first instant, and not its last; what is paused or settled is not due.
  EXPECT_EQ(
      found({{"due_from", "2026-08-06T17:00:00+07:00"}, {"due_before", "2026-08-06T17:00:00.001+07:00"}}),
      (Names{"open", "settled_late", "late_then_asked", "elsewhere"}));
  EXPECT_EQ(found({{"due_before", "2026-08-06T17:00:00+07:00"}}), Names{});
  EXPECT_EQ(found({{"due_from", "2026-08-06T17:00:00.001+07:00"}}), Names{});
  EXPECT_EQ(found({{"clock", "citizen_wait"}, {"due_before", "2027-01-01T00:00:00+07:00"}}), Names{"paused"});
  EXPECT_EQ(found({{"clock", "appraisal"}, {"paused", false}, {"agency", "H32.102"}}), Names{"elsewhere"});

  ASSERT_TRUE(service_.set_clock("2026-08-06T17:00:00+07:00"));
  EXPECT_EQ(found({{"late", true}}), Names{});
  ASSERT_TRUE(service_.set_clock("2026-08-07T09:00:00+07:00"));
  command("settled_late", "settle", {{"outcome", "granted"}, {"result_form", "electronic"}});
  command("late_then_asked", "request-supplement", {{"reason", "Thiếu giấy tờ"}});
  EXPECT_EQ(found({{"late", true}}), (Names{"open", "settled_late", "late_then_asked", "elsewhere"}));
  EXPECT_EQ(found({{"late", true}, {"state", "settled"}}), Names{"settled_late"});
  EXPECT_EQ(found({{"late", true}, {"state", "awaiting_supplement"}}), Names{"late_then_asked"});
  EXPECT_EQ(found({{"late", false}}), (Names{"settled", "paused", "untimed"}));
  EXPECT_EQ(found({{"late", true}, {"clock", "settlement"}}), (Names{"open", "elsewhere"}));
  // A term that was missed ended with the request: nothing of it waits.
  EXPECT_EQ(found({{"paused", true}}), Names{"paused"});
  // Its due has passed, so an appraisal is owed no more.
  EXPECT_EQ(found({{"clock", "appraisal"}}), Names{});
  HttpClient commune = service_.client("commune");
  EXPECT_EQ(found({{"late", true}}, commune), (Names{"open", "settled_late", "late_then_asked"}));
}

TEST_F(DossierList, FindsByHolder) {
  file("unassigned", "1.004194");
  file("assigned", "1.004194");
  file("online", "1.004194", "H32.102", "online");
  command("assigned", "assign", {{"officer", "H32.101.cv01"}});
  EXPECT_EQ(found({{"holder", "H32.101"}}), (Names{"unassigned", "assigned"}));
  EXPECT_EQ(found({{"holder", "H32.102"}}), Names{"online"});
  EXPECT_EQ(found({{"holder_officer", "H32.101.cv01"}}), Names{"assigned"});
  EXPECT_EQ(found({{"holder", "H32.101"}, {"holder_officer", "H32.101.cv02"}}), Names{});
  EXPECT_EQ(found({{"holder", "H32.5"}}), Names{});
}

TEST_F(DossierList, RefusesFiltersThatCanFindNothing) {
  struct Wrong {
    json filters;
    std::string name;
    std::string code;  // in a body
  };
  const std::string at = "2026-08-06T17:00:00+07:00";
  const Wrong wrongs[] = {
      {{{"holder", "H99"}}, "holder", "unknown_agency"},
      {{{"agency", "H99"}}, "agency", "unknown_agency"},
      {{{"procedure", "9.999999"}}, "procedure", "unknown_procedure"},
      {{{"holder_officer", "nobody"}}, "holder_officer", "unknown_officer"},
      {{{"holder", "H32.102"}, {"holder_officer", "H32.101.cv01"}}, "holder_officer", "unknown_officer"},
      {{{"clock", "any"}}, "clock", "unknown_word"},
      {{{"late", "yes"}}, "late", "wrong_type"},
      {{{"paused", 1}}, "paused", "wrong_type"},
      {{{"due_from", "tomorrow"}}, "due_from", "bad_format"},
      {{{"due_from", at}, {"due_before", at}}, "due_before", "out_of_range"},
      {{{"received_from", at}, {"received_before", at}}, "received_before", "out_of_range"}};
  for (const Wrong& wrong : wrongs) {
    std::string query;
    for (const auto& [name, value] : wrong.filters.items())
      query += (query.empty() ? "?" : "&") + name + '=' +
               (value.is_string() ? value.get<std::string>() : value.dump());
    const HttpAnswer listed = client_.get("/v1/dossiers" + query);
    EXPECT_EQ(listed.status, 400) << query << listed.body;
    EXPECT_EQ(listed.json()["code"], "bad_parameter") << query;
    EXPECT_EQ(listed.json()["errors"][0]["parameter"], wrong.name) << query;
    const HttpAnswer searched = client_.post("/v1/dossiers/search", wrong.filters);
    EXPECT_EQ(searched.status, 422) << query << searched.body;
    EXPECT_EQ(searched.json()["errors"][0]["code"], wrong.code) << query;
    EXPECT_EQ(searched.json()["errors"][0]["pointer"], "#/" + wrong.name) << query;
  }
}

TEST_F(DossierList, BindsACursorToEachFilter) {
  file("one", "1.004194");
  file("two", "1.004194");
  const std::string cursor = client_.get("/v1/dossiers?limit=1").json()["next_cursor"];
  for (const char* filter :
       {"holder=H32.101", "holder_officer=H32.101.cv01", "clock=settlement", "late=false", "paused=false",
        "due_from=2026-08-06T17:00:00%2B07:00", "due_before=2026-08-06T17:00:00%2B07:00"})
    EXPECT_EQ(client_.get("/v1/dossiers?cursor=" + cursor + '&' + filter).json()["code"], "bad_cursor")
        << filter;
}

TEST_F(DossierList, RefusesAClockThatIsNotListed) {
  for (const char* target :
       {"/v1/due-soon?clock=apology", "/v1/dossiers?clock=explanation", "/v1/dossiers?clock=apology"}) {
    EXPECT_EQ(client_.get(target).status, 400) << target;
  }
  EXPECT_EQ(client_.post("/v1/dossiers/search", {{"clock", "explanation"}}).status, 422);
}

}  // namespace
}  // namespace motcua::testing
