#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/service.h"

// What the citizen is told, over HTTP.
namespace motcua::testing {
namespace {

using nlohmann::json;

class Notices : public ::testing::Test {
 protected:
  static ServiceOptions options() {
    ServiceOptions made;
    made.sandbox = "2026-08-10T08:00:00+07:00";
    made.keys = {{"province", "", true}, {"clerk", "", false}, {"commune", "H32.102", true}};
    return made;
  }
  std::string filed(const std::string& channel = "online") {
    const HttpAnswer answer =
        client_.post("/v1/dossiers", {{"procedure", "1.004194"},
                                      {"channel", channel},
                                      {"receiving_agency", "H32.101"},
                                      {"owner", {{"kind", "citizen"}, {"name", "Nguyễn Thị Ánh Tuyết"}}}});
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json().value("id", "none");
  }
  json command(const std::string& id, const std::string& word, const json& body = json::object()) {
    const HttpAnswer answer = client_.post("/v1/dossiers/" + id + '/' + word, body);
    EXPECT_EQ(answer.status, 200) << word << ' ' << answer.body;
    return answer.json();
  }
  json notices(const std::string& id, const std::string& query = "") {
    const HttpAnswer answer = client_.get("/v1/dossiers/" + id + "/notices" + query +
                                          (query.empty() ? '?' : '&') + std::string(kUnmasked));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json();
  }
  // The last notice, which must be of that kind.
  json last(const std::string& id, const std::string& kind) {
    const json page = notices(id);
    const json notice = page["items"].back();
    EXPECT_EQ(notice["kind"], kind);
    return notice;
  }
  static bool says(const json& notice, const std::string& words) {
    return notice["text"].get<std::string>().find(words) != std::string::npos;
  }
  static void expect_said(const json& notice, const std::vector<std::string>& words) {
    for (const std::string& one : words) EXPECT_TRUE(says(notice, one)) << one << '\n' << notice["text"];
    EXPECT_EQ(notice["text"].get<std::string>().find("{{"), std::string::npos);
    EXPECT_EQ(notice["text"].get<std::string>().find("\n\n\n"), std::string::npos) << notice["text"];
  }

  RunningService service_{options()};
  HttpClient client_ = service_.client("province");
};

TEST_F(Notices, TellOfALifeToTheResult) {
  const std::string id = filed();
  const std::string code = client_.get("/v1/dossiers/" + id).json()["code"];
  json notice = last(id, "received");
  expect_said(notice, {"Kính gửi: Nguyễn Thị Ánh Tuyết,", "08:00 10/08/2026", "Đăng ký tạm trú",
                       "Ủy ban nhân dân phường Nha Trang", "Mã hồ sơ: " + code});
  EXPECT_EQ(notice["subject"], "Đã nhận hồ sơ " + code);
  EXPECT_EQ(notice["version"], 1);
  EXPECT_EQ(notice["at"], "2026-08-10T08:00:00+07:00");
  EXPECT_TRUE(notice["mail"].is_null());
  EXPECT_EQ(notice["event"], client_.get("/v1/dossiers/" + id + "/events").json()["items"][0]["id"]);

  command(id, "request-payment", {{"note", "Nộp qua Cổng Dịch vụ công"}});
  notice = last(id, "payment_asked");
  expect_said(notice, {"7.000 đồng", "Hạn nộp: 24:00 25/08/2026", "Ghi chú: Nộp qua Cổng Dịch vụ công"});
  command(id, "confirm-payment", {{"reference", "KB-1"}, {"amount_vnd", 7000}});
  command(id, "request-supplement", {{"missing", {"cho_o_hop_phap"}}, {"reason", "Thiếu chữ ký & dấu"}});
  notice = last(id, "supplement_wanted");
  std::string paper;
  const json procedure = client_.get("/v1/procedures/1.004194").json();
  for (const json& one : procedure["papers"]) {
    if (one["key"] == "cho_o_hop_phap") paper = one["name"];
  }
  ASSERT_FALSE(paper.empty());
  expect_said(notice,
              {"Hạn bổ sung: 24:00 25/08/2026", "Nội dung yêu cầu: Thiếu chữ ký & dấu", "- " + paper});
  command(id, "supplement",
          {{"papers", json::array({{{"key", "cho_o_hop_phap"}, {"form", "copy"}},
                                   {{"key", "to_khai"}, {"form", "electronic"}}})}});
  command(id, "accept-supplement");
  command(id, "accept");
  notice = last(id, "accepted");
  expect_said(notice, {"Thời điểm hẹn trả kết quả: 17:00 13/08/2026."});
  EXPECT_EQ(notice["subject"], "Đã tiếp nhận hồ sơ " + code + ", hẹn trả kết quả 17:00 13/08/2026");
  command(id, "reappoint", {{"promised_at", "2026-08-14T10:00:00+07:00"}, {"reason", "Cần xác minh thêm"}});
  notice = last(id, "reappointed");
  expect_said(notice,
              {"xin lỗi", "17:00 13/08/2026", "hẹn lại: 10:00 14/08/2026", "Lý do: Cần xác minh thêm"});
  const std::string result =
      command(id, "settle", {{"outcome", "granted"}, {"result_form", "electronic"}})["results"][0]["code"];
  notice = last(id, "result_ready");
  expect_said(notice, {"được chấp thuận", result});
  EXPECT_FALSE(says(notice, "không được chấp thuận"));
  command(id, "announce-result");
  expect_said(last(id, "result_early"), {result, "trước thời điểm hẹn 10:00 14/08/2026"});

  // As of its event: what came later changes no earlier notice.
  expect_said(notices(id)["items"][3], {"Thời điểm hẹn trả kết quả: 17:00 13/08/2026."});
  const json page = notices(id, "?after_version=1&limit=2");
  ASSERT_EQ(page["items"].size(), 2U);
  EXPECT_EQ(page["items"][0]["kind"], "payment_asked");
  EXPECT_EQ(page["next_after_version"], page["items"][1]["version"]);
}

TEST_F(Notices, TellOfEveryOtherEnd) {
  const std::string refused = filed();
  command(refused, "refuse", {{"reason", "Sai nơi nhận"}});
  expect_said(last(refused, "refused"), {"không được tiếp nhận", "Lý do: Sai nơi nhận"});
  const std::string withdrawn = filed();
  command(withdrawn, "withdraw");
  EXPECT_FALSE(says(last(withdrawn, "withdrawn"), "Lý do"));
  for (const auto& [outcome, words] : std::map<std::string, std::string>{
           {"denied", "không được chấp thuận"}, {"not_eligible", "không đủ điều kiện giải quyết"}}) {
    const std::string id = filed("direct");
    command(id, "accept");
    command(id, "settle", {{"outcome", outcome}, {"result_form", "electronic"}, {"reason", "Trùng"}});
    expect_said(last(id, "result_ready"), {words, "Nội dung: Trùng"});
  }
  const std::string stopped = filed("direct");
  command(stopped, "accept");
  command(stopped, "request-supplement", {{"missing", {"to_khai"}}, {"reason", "Thiếu"}});
  ASSERT_TRUE(service_.set_clock("2026-08-26T08:00:00+07:00"));
  expect_said(last(stopped, "stopped"), {"đã dừng", "24:00 25/08/2026"});
  command(stopped, "supplement",
          {{"occurred_at", "2026-08-25T15:00:00+07:00"},
           {"papers", json::array({{{"key", "to_khai"}, {"form", "original"}}})}});
  expect_said(last(stopped, "reopened"), {"không còn hiệu lực"});
}

TEST_F(Notices, SayNothingTypedToWhoMayNotReadIt) {
  const std::string id = filed();
  command(id, "refuse", {{"reason", "Sai nơi nhận"}});
  const std::string seen = service_.client("clerk").get("/v1/dossiers/" + id + "/notices").body;
  EXPECT_NE(seen.find("không được tiếp nhận"), std::string::npos);
  EXPECT_NE(seen.find("Quý tổ chức, cá nhân"), std::string::npos);
  for (const char* typed : {"Tuyết", "Sai nơi nhận"}) EXPECT_EQ(seen.find(typed), std::string::npos) << typed;
  EXPECT_EQ(service_.client("commune").get("/v1/dossiers/" + id + "/notices").status, 404);
}

TEST_F(Notices, RefuseWhatHasNoMeaning) {
  const std::string id = filed();
  for (const char* query :
       {"?limit=0", "?limit=201", "?after_version=-1", "?after_version=x", "?kind=received"}) {
    EXPECT_EQ(client_.get("/v1/dossiers/" + id + "/notices" + query).status, 400) << query;
  }
  EXPECT_EQ(client_.get("/v1/dossiers/H32.101-260810-9999/notices").status, 404);
  EXPECT_EQ(client_.request("POST", "/v1/dossiers/" + id + "/notices", "{}").status, 404);
}

}  // namespace
}  // namespace motcua::testing
