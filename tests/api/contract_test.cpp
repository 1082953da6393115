#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/core/time.h"
#include "tests/api/contract_recorder.h"
#include "tests/support/eventually.h"
#include "tests/support/identity_provider.h"
#include "tests/support/officer_mail.h"
#include "tests/support/paths.h"
#include "tests/support/publication.h"
#include "tests/support/receiver.h"

namespace motcua::testing {
namespace {

using nlohmann::json;

constexpr const char* kContractStart = "2026-08-10T08:00:00+07:00";  // a Monday

ServiceOptions contract_options() {
  ServiceOptions options;
  options.sandbox = kContractStart;
  options.keys = {{"province", "", true}, {"commune", "H32.101", false}};
  options.configure = [](json& config) {
    const auto folder =
        std::filesystem::path(config["database"].get<std::string>()).parent_path() / "workflows";
    write_procedures(folder);
    config["procedures"] = folder;
    // Nothing listens there: letters wait, with an attempt in their ledger.
    give_mail(config, "H32.101.cb01", "quay01@example.vn");
    config["mail"].update({{"enabled", true}, {"host", "127.0.0.1"}, {"port", 1}, {"starttls", "never"}});
    config["webhooks"]["allow_http"] = true;
    config["webhooks"]["allow_networks"] = {"127.0.0.0/8"};
    config["webhooks"]["attempts"] = 1;
  };
  return options;
}

ServiceOptions with_people(ServiceOptions options, const IdentityProvider& provider) {
  const auto configure = options.configure;
  options.configure = [configure, &provider](json& config) {
    configure(config);
    config["identity"] = provider.settings();
  };
  return options;
}

// Says everything to real services that the document names; contract.mjs then reads what was said.
class Contract : public ::testing::Test {
 protected:
  Contract()
      : service_(with_people(contract_options(), provider_)),
        file_(service_.directory() / "exchanges.jsonl"),
        record_(file_),
        province_(record_, service_, "province"),
        commune_(record_, service_, "commune") {}

  std::string submitted(const json& body) {
    const HttpAnswer answer = province_.post("/v1/dossiers", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.status == 201 ? answer.json()["id"].get<std::string>() : "none";
  }
  json command(const std::string& dossier, const std::string& word, const json& body) {
    const HttpAnswer answer = province_.post("/v1/dossiers/" + dossier + '/' + word, body);
    EXPECT_EQ(answer.status, 200) << word << ' ' << answer.body;
    return answer.json();
  }
  void expect(int status, const HttpAnswer& answer, const std::string& code = {}) {
    EXPECT_EQ(answer.status, status) << answer.body;
    if (code.empty()) return;
    EXPECT_EQ(answer.json().value("code", ""), code) << answer.body;
  }
  json example(const std::string& word) { return example_of(document_, "/v1/dossiers/{dossier}/" + word); }
  json counter(const std::string& procedure) {
    return {{"procedure", procedure},
            {"channel", "direct"},
            {"receiving_agency", "H32.101"},
            {"accept", true},
            {"owner", {{"kind", "citizen"}, {"name", "Lê Văn C"}}}};
  }

  void live_by_the_examples();
  void live_with_every_member();
  void live_through_a_workflow();
  void live_through_a_linked_one();
  void live_through_its_terms();
  void pay_and_correct();
  void hand_over();
  void be_warned();
  void run_late_and_out();
  void read_slips(const std::string& slips);
  void read_lists();
  void read_definitions();
  void compute();
  void go_wrong();
  void change_each_member();
  void meet_the_limits();
  void go_offline();
  void bring_events();
  void take_over();
  void publish_the_month();
  void fail_to_publish();
  void erase_what_was_typed();
  void report_the_month();
  void lose_the_place();

  json document_ = openapi_document();
  IdentityProvider provider_;
  RunningService service_;
  std::filesystem::path file_;
  Record record_;
  Speaker province_;
  Speaker commune_;
  std::string late_;  // accepted on the first day, due on 13/08
  std::string untimed_;
  std::string block_;  // of codes
};

// The examples of the document are commands to try: each must work on the shipped configuration.
void Contract::live_by_the_examples() {
  const json online = example_of(document_, "/v1/dossiers", "online");
  const std::string first = submitted(online);
  expect(200, province_.post("/v1/dossiers", online));
  json other = online;
  other["facts"]["persons"] = 2;
  expect(409, province_.post("/v1/dossiers", other), "external_ref_taken");
  command(first, "adjust", example("adjust"));
  for (const char* word : {"request-payment", "confirm-payment", "accept", "assign", "consult",
                           "answer-consultation", "complete-step", "return-step", "reappoint",
                           "request-supplement", "supplement", "accept-supplement", "settle", "correct",
                           "announce-result", "replace-result", "return-result", "annul-result", "apologise"})
    command(first, word, example(word));
  command(submitted(example_of(document_, "/v1/dossiers", "counter")), "withdraw", example("withdraw"));
  json third = online;
  third["external_ref"] = "G01-2026-000118";
  const std::string waived = submitted(third);
  for (const char* word : {"request-payment", "waive-payment", "refuse"})
    command(waived, word, example(word));
  expect(200, province_.post("/v1/dossiers/search", example_of(document_, "/v1/dossiers/search")));
  for (const char* name : {"limit", "procedure"})
    expect(200, province_.post("/v1/deadlines", example_of(document_, "/v1/deadlines", name)));
  expect(200, province_.post("/v1/working-time", example_of(document_, "/v1/working-time")));
  expect(200, province_.put("/v1/sandbox/clock", example_of(document_, "/v1/sandbox/clock")));
}

json every_person() {
  return {{"name", "Nguyễn Thị Ánh Tuyết"},
          {"id_kind", "cccd"},
          {"id_number", "056190000002"},
          {"phone", "0905000002"},
          {"email", "tuyet@example.vn"},
          {"address", "1 Trần Phú, Nha Trang"},
          {"portal_account", {{"id", "cong-dan-2"}, {"verified", true}}}};
}

json every_paper() {
  return json::array(
      {{{"key", "to_khai"}, {"form", "electronic"}, {"copies", 1}, {"digitised", true}},
       {{"key", "ban_sao"}, {"form", "reused"}, {"source", "Kho dữ liệu"}, {"file_ref", "kho/7.pdf"}}});
}

void Contract::live_with_every_member() {
  const std::string now = province_.get("/v1/sandbox/clock").json()["now"];
  const json acts{{"occurred_at", now}, {"on_behalf_of", "H32.101.cb01"}};
  const auto with = [&](json more) {
    more.update(acts);
    return more;
  };
  const json facts{{"pages", 3},  {"urgent", true},          {"until_on", "2027-01-31"},
                   {"kind", "a"}, {"born_on", "1990-02-28"}, {"purpose", "Bổ sung\nlý lịch"}};
  json body{{"procedure", "9.000001"},
            {"channel", "online"},
            {"variant", "nhanh"},
            {"receiving_agency", "H32.101"},
            {"competent_agency", "H32.101"},
            {"received_at", now},
            {"on_behalf_of", "H32.101.mc01"},
            {"result_delivery", "post"},
            {"code", "H32.101-260810-9001"},
            {"source", "dvc"},
            {"external_ref", "dvc:1"},
            {"accept", false},
            {"filer", every_person()},
            {"content", "Xin cấp"},
            {"papers", every_paper()},
            {"facts", facts}};
  body["owner"] = every_person();
  body["owner"]["kind"] = "business";
  const std::string id = submitted(body);
  command(id, "adjust",
          with({{"result_delivery", "direct"},
                {"papers", every_paper()},
                {"facts", facts},
                {"owner", every_person()},
                {"content", "Xin cấp lại"}}));
  const json ask = with({{"missing", {"ban_sao"}}, {"reason", "Thiếu bản sao"}});
  const json bring = with({{"papers", every_paper()}, {"note", "Đã nộp"}});
  command(id, "request-supplement", ask);
  command(id, "supplement", bring);
  command(id, "accept-supplement", acts);
  command(id, "accept", acts);
  command(id, "assign", with({{"agency", "H32.101"}, {"officer", "H32.101.cb01"}}));
  command(id, "request-supplement", ask);
  command(id, "supplement", bring);
  command(id, "accept-supplement", acts);
  command(id, "complete-step", with({{"step", "handle"}, {"note", "Xong"}}));
  command(id, "settle",
          with({{"outcome", "denied"},
                {"result_form", "paper"},
                {"result_kind", "KQ.G01.000999"},
                {"reason", "Không đủ điều kiện"}}));
  command(id, "return-result", with({{"result_delivery", "post"}}));
  json open = province_.get("/v1/dossiers/" + id + "/owner?" + std::string(kUnmasked)).json();
  EXPECT_EQ(open["papers"][1]["file_ref"], "kho/7.pdf");
  EXPECT_EQ(open["owner"]["portal_account"]["id"], "cong-dan-2");
  const std::string masked = commune_.get("/v1/dossiers/H32.101-260810-9001").body;
  for (const char* typed : {"Tuyết", "056190", "090500", "tuyet@", "Trần Phú", "cong-dan-2", "kho/7.pdf",
                            "Xin cấp", "1990-02-28", "lý lịch", "điều kiện"})
    EXPECT_EQ(masked.find(typed), std::string::npos) << typed;
  const HttpAnswer page = province_.get("/v1/dossiers/" + id + "/events?after_version=2&limit=3");
  expect(200, page);
  EXPECT_EQ(page.json()["next_after_version"], 5);
  expect(200, province_.get("/v1/dossiers/" + id + "/events"));
  expect(200, province_.get("/v1/dossiers/" + id + "/clocks"));
  expect(200, province_.get("/v1/dossiers/" + id + "/actions"));
  const std::string told = "/v1/dossiers/" + id + "/notices";
  HttpClient waiting = service_.client("province");
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  for (bool tried = false; !tried && std::chrono::steady_clock::now() < until;) {
    const json first = waiting.get(told).json()["items"][0]["mail"];
    tried = first.is_object() && !first["attempts"].empty();
  }
  EXPECT_EQ(province_.get(told).json()["items"][0]["mail"]["attempts"][0]["outcome"], "unreachable");
  expect(200, commune_.get(told + "?after_version=1&limit=1"));
  expect(400, commune_.get(told + "?limit=0"), "bad_parameter");
  read_slips("/v1/dossiers/" + id + "/slips");
  json withdrawn = body;
  withdrawn.erase("code");
  withdrawn["external_ref"] = "dvc:2";
  command(submitted(withdrawn), "withdraw", with({{"reason", "Đổi ý"}}));
  withdrawn["external_ref"] = "dvc:3";
  command(submitted(withdrawn), "refuse", with({{"reason", "Sai thẩm quyền"}}));
}

// Forks, joins, goes back, asks others: 9.000002.
void Contract::live_through_a_workflow() {
  const std::string now = province_.get("/v1/sandbox/clock").json()["now"];
  const auto acting = [&](json body) {
    body["occurred_at"] = now;
    body["on_behalf_of"] = "H32.101.tp01";
    return body;
  };
  expect(200, province_.get("/v1/procedures/9.000002"));
  const std::string id = submitted(counter("9.000002"));
  command(id, "consult",
          acting({{"consultation", "thue"}, {"agency", "H32.4"}, {"reason", "Nghĩa vụ tài chính"}}));
  command(id, "consult", {{"agency", "H32.5"}, {"reason", "Xin ý kiến"}});
  command(id, "complete-step", acting({{"step", "handle"}, {"facts", {{"persons", 5}}}}));
  json open = province_.get("/v1/dossiers/" + id).json();
  ASSERT_EQ(open["open_steps"].size(), 2u) << open;
  EXPECT_EQ(open["open_steps"][1]["step"], "notice");
  EXPECT_EQ(open["consultations"][0]["agency"], "H32.4");
  EXPECT_EQ(open["facts"]["persons"], 5);
  command(id, "assign", acting({{"step", "notice"}, {"agency", "H32.101"}, {"officer", "H32.101.cb01"}}));
  command(id, "complete-step", acting({{"step", "visit"}, {"note", "Đã kiểm tra"}}));
  expect(200, province_.get("/v1/dossiers/" + id + "/actions"));
  command(id, "return-step", acting({{"step", "report"}, {"to", "visit"}, {"reason", "Thiếu ảnh"}}));
  command(id, "complete-step", {{"step", "visit"}});
  command(id, "complete-step", {{"step", "report"}});
  command(id, "complete-step", {{"step", "notice"}});
  command(id, "complete-step", json::object());
  open = command(id, "complete-step", {{"outcome", "denied"}});
  EXPECT_EQ(open["step"], "handle");
  command(id, "answer-consultation", acting({{"number", 1}, {"outcome", "agreed"}, {"note", "Đã nộp"}}));
  expect(200, province_.get("/v1/dossiers/" + id + "/clocks/step/explain?term=1"));
  expect(200, province_.get("/v1/dossiers/" + id + "/clocks/consultation/explain?term=1"));
  expect(200, province_.get("/v1/dossiers/" + id + "/clocks"));
  expect(200, province_.get("/v1/dossiers/" + id + "/actions"));
  expect(200, province_.get("/v1/dossiers/" + id + "/events"));
  const auto say = [&](const std::string& word, const json& body) {
    return province_.post("/v1/dossiers/" + id + "/" + word, body);
  };
  expect(422, say("complete-step", {{"facts", {{"born_on", "1990-01-01"}}}}), "invalid_request");
  expect(422, say("complete-step", {{"facts", {{"colour", 1}}}}), "invalid_request");
  expect(422, say("consult", {{"agency", "001.19.H32"}, {"reason", "Hỏi"}}), "agency_ended");
  expect(409, say("return-step", {{"to", "sign"}, {"reason", "Sai"}}), "wrong_state");
  expect(409, say("answer-consultation", {{"number", 1}, {"outcome", "agreed"}}), "already_answered");
}

// Opens a dossier of another procedure, and hears of its end.
void Contract::live_through_a_linked_one() {
  json birth = counter("1.001193");
  birth["papers"] = {{{"key", "to_khai"}, {"form", "original"}}};
  const std::string id = submitted(birth);
  const json asked = command(
      id, "consult", {{"consultation", "thuong_tru"}, {"agency", "H32.102"}, {"reason", "Liên thông"}});
  const std::string linked = asked["consultations"][0]["linked"];
  expect(200, province_.get("/v1/dossiers/" + linked));
  expect(200, province_.get("/v1/dossiers/" + linked + "/events"));
  command(linked, "refuse", {{"reason", "Sai nơi nhận"}});
  EXPECT_EQ(province_.get("/v1/dossiers/" + id).json()["consultations"][0]["ended_as"], "refused");
  // Of another one nobody waits for the end.
  const json left = command(
      id, "consult", {{"consultation", "thuong_tru"}, {"agency", "H32.103"}, {"reason", "Liên thông"}});
  const std::string alone = left["consultations"][1]["linked"];
  command(id, "withdraw", {{"reason", "Đổi ý"}});
  expect(200, province_.get("/v1/dossiers/" + alone));
  expect(200, province_.get("/v1/dossiers/" + alone + "/events"));
  // Its edges need more with some values of a fact.
  expect(200, province_.get("/v1/dossiers/" + submitted(counter("9.000005")) + "/actions"));
  expect(200, province_.get("/v1/events?notice=any&type=submitted,agency_consulted&agency=H32.102&limit=2"));
  expect(200, province_.get("/v1/events?after=end"));
  expect(400, province_.get("/v1/events?notice=any&type=invented"), "bad_parameter");
  expect(400, province_.get("/v1/events?after=0"), "bad_cursor");
  expect(200, province_.get("/v1/dossiers/" + id + "/events"));
}

// Every change of a date inside a term, and what lateness obliges to: 9.000003 allows it all.
void Contract::live_through_its_terms() {
  const std::string now = province_.get("/v1/sandbox/clock").json()["now"];
  const auto acting = [&](json body) {
    body.update({{"occurred_at", now}, {"on_behalf_of", "H32.101.tp01"}});
    return body;
  };
  expect(200, province_.get("/v1/procedures/9.000003"));
  const std::string id = submitted(counter("9.000003"));
  const std::string path = "/v1/dossiers/" + id;
  const std::string until = province_.get(path).json()["due_at"];
  command(id, "suspend", acting({{"ground", "FINANCIAL_DUTY"}, {"until", until}, {"reason", "Nộp thuế"}}));
  expect(409, province_.post(path + "/settle", {{"outcome", "granted"}, {"result_form", "electronic"}}),
         "suspended");
  command(id, "resume", acting({{"ground", "FINANCIAL_DUTY"}, {"note", "Đã nộp"}}));
  const json by{{"value", 3}, {"unit", "working_day"}, {"counting", "by_day"}};
  json extension = acting({{"ground", "MANY_COPIES"}, {"by", by}, {"reason", "Cần xem thêm"}});
  expect(403, province_.post(path + "/extend", extension), "own_dossier");
  extension["on_behalf_of"] = "H32.ct01";
  command(id, "extend", extension);
  command(id, "reappoint",
          acting({{"promised_at", "2026-12-30T10:00:00+07:00"}, {"unit", "mot-cua"}, {"reason", "Chậm"}}));
  command(id, "apologise", acting({{"reason", "Xin lỗi"}}));
  expect(409,
         province_.post(path + "/explain-lateness", {{"reason", "Vì sao"}, {"on_behalf_of", "H32.ct01"}}),
         "not_late");
  expect(200, province_.get(path + "/clocks"));
  expect(200, province_.get(path + "/clocks/settlement/explain"));
  expect(200, province_.get(path + "/events"));
  expect(422, province_.post(path + "/suspend", {{"ground", "HOLIDAY"}, {"reason", "Nghỉ"}}),
         "ground_not_allowed");
  command(id, "suspend", example("suspend"));
  command(id, "resume", example("resume"));
  const std::string other = submitted(counter("9.000003"));
  command(other, "extend", example("extend"));
  command(other, "stop", example("stop"));
  const std::string building = submitted(counter("1.013225"));
  expect(200, province_.get("/v1/dossiers/" + building + "/actions"));
  command(building, "extend",
          {{"ground", "FURTHER_REVIEW"}, {"reason", "Cần xem thêm"}, {"on_behalf_of", "H32.ct01"}});
  expect(200, province_.get("/v1/dossiers/" + building + "/clocks/settlement/explain"));
  command(submitted(counter("9.000003")), "stop", acting({{"ground", "COURT_CASE"}, {"reason", "Số 12"}}));
}

// What is paid, given back, replaced and corrected, with every member.
void Contract::pay_and_correct() {
  const std::string now = province_.get("/v1/sandbox/clock").json()["now"];
  const auto with = [&](json more) {
    more.update({{"occurred_at", now}, {"on_behalf_of", "H32.101.tp01"}});
    return more;
  };
  const json body{{"procedure", "9.000001"},
                  {"channel", "online"},
                  {"variant", "nhanh"},
                  {"receiving_agency", "H32.101"},
                  {"owner", {{"kind", "citizen"}, {"name", "Đỗ Thị D"}}},
                  {"papers", every_paper()}};
  const std::string id = submitted(body);
  command(id, "accept", json::object());  // 2
  expect(200, province_.get("/v1/dossiers/" + id + "/actions"));
  command(id, "request-payment", with({{"items", {"phi"}}, {"note", "Nộp qua ngân hàng"}}));
  expect(422, province_.post("/v1/dossiers/" + id + "/request-payment", {{"items", json::array()}}));
  const json paid = with({{"reference", "NH-1"}, {"amount_vnd", 10'000}});
  command(id, "confirm-payment", paid);  // 4
  EXPECT_EQ(command(id, "confirm-payment", paid)["version"], 4) << "said again, it changes nothing";
  expect(
      409,
      province_.post("/v1/dossiers/" + id + "/confirm-payment", {{"reference", "NH-1"}, {"amount_vnd", 5}}),
      "reference_taken");
  json correction = with({{"version", 4}, {"reason", "Theo sao kê"}});
  correction["on_behalf_of"] = "H32.101.ct01";
  command(id, "correct", correction);
  command(id, "request-payment", json::object());
  command(id, "waive-payment", with({{"ground", "ho_ngheo"}, {"reason", "Hộ nghèo"}}));
  command(id, "settle", {{"outcome", "granted"}, {"result_form", "electronic"}});
  command(id, "announce-result", with(json::object()));
  const json settled = province_.get("/v1/dossiers/" + id).json();
  const std::string result = settled["results"][0]["code"];
  command(id, "replace-result",
          with({{"result", result},
                {"outcome", "denied"},
                {"result_form", "paper"},
                {"result_kind", "KQ.G01.000999"},
                {"reason", "Sai sót"}}));
  const std::string successor = result.substr(0, result.size() - 1) + "2";
  command(id, "annul-result", with({{"result", successor}, {"reason", "Cấp sai"}}));
  expect(200, province_.get("/v1/dossiers/" + id + "/events"));
  EXPECT_EQ(province_.get("/v1/dossiers?limit=1").json()["items"][0]["corrected"], true);
  json bare = counter("1.004194");
  bare.erase("papers");
  expect(200, province_.get("/v1/dossiers/" + submitted(bare) + "/actions"));
  const std::string refunded = submitted(body);
  command(refunded, "accept", json::object());
  command(refunded, "request-payment", json::object());
  const json taken{{"reference", "NH-1"}, {"amount_vnd", 15'000}};
  expect(409, province_.post("/v1/dossiers/" + refunded + "/confirm-payment", taken), "reference_taken");
  command(refunded, "confirm-payment", {{"reference", "NH-2"}, {"amount_vnd", 15'000}});
  command(refunded, "withdraw", json::object());
  expect(200, province_.get("/v1/dossiers/" + refunded + "/actions"));
  command(refunded, "confirm-refund", with({{"reference", "HT-2"}, {"amount_vnd", 15'000}}));
  json example_of_refund = example("confirm-refund");
  expect(409, province_.post("/v1/dossiers/" + refunded + "/confirm-refund", example_of_refund),
         "no_refund_owed");
  expect(200, province_.get("/v1/dossiers/" + refunded + "/events"));
}

// Papers go on their way, are taken back, received, sent back and received again.
void Contract::hand_over() {
  const std::string now = province_.get("/v1/sandbox/clock").json()["now"];
  const json acts{{"occurred_at", now}, {"on_behalf_of", "H32.101.mc01"}};
  const std::string id = submitted(counter("1.001193"));
  expect(409, province_.post("/v1/dossiers/" + id + "/recall-forwarded", json::object()), "not_forwarded");
  for (const char* word :
       {"forward", "recall-forwarded", "forward", "receive-forwarded", "return-forwarded"}) {
    json body = example(word);
    body.update(acts);
    command(id, word, body);
  }
  expect(200, province_.get("/v1/dossiers/" + id + "/clocks/forward/explain"));
  expect(200, province_.get("/v1/dossiers/" + id + "/attribution"));
  command(id, "receive-forwarded", json::object());
  expect(409, province_.post("/v1/dossiers/" + id + "/forward", json::object()), "nothing_to_forward");
  const json history = province_.get("/v1/dossiers/" + id + "/events").json();
  EXPECT_EQ(history["items"].size(), 8u) << history;
  json elsewhere = counter("1.004194");
  elsewhere["competent_agency"] = "H32.102";
  expect(422, province_.post("/v1/dossiers", elsewhere), "not_anywhere");
}

void Contract::run_late_and_out() {
  late_ = submitted(counter("1.004194"));
  const std::string explained = submitted(counter("1.004194"));
  const std::string waits = submitted(counter("1.004194"));
  command(waits, "request-supplement", {{"reason", "Thiếu giấy tờ"}});
  const std::string brought = submitted(counter("1.013949"));
  const std::string held = submitted(counter("9.000003"));
  command(brought, "request-supplement", {{"reason", "Thiếu giấy tờ"}});
  untimed_ = submitted(counter("2.001263"));
  json promised = counter("2.001263");
  promised.erase("accept");
  const std::string appointed = submitted(promised);
  expect(200, province_.get("/v1/dossiers/" + appointed + "/actions"));
  command(appointed, "accept",
          {{"appointment_at", "2026-10-01T17:00:00+07:00"}, {"reason", "Chờ lấy ý kiến"}});
  expect(200, province_.get("/v1/dossiers/" + appointed + "/events"));
  const std::string capped = submitted(counter("1.005458"));
  const std::string immediate = submitted(counter("1.001193"));
  expect(200, province_.get("/v1/dossiers/" + capped + "/clocks/appraisal/explain"));
  expect(200, province_.get("/v1/dossiers/" + immediate + "/clocks/settlement/explain?term=1"));
  expect(200, province_.get("/v1/dossiers/" + untimed_ + "/clocks/settlement/explain"));
  expect(200, province_.get("/v1/dossiers/" + waits + "/clocks/citizen_wait/explain"));
  const std::string soon =
      "/v1/due-soon?agency=H32.101&procedure=1.004194&clock=settlement&within_hours=200&count=true&limit=1";
  json page = province_.get(soon).json();
  ASSERT_TRUE(page["next"].is_string()) << page;
  expect(200, province_.get(page["next"].get<std::string>()));
  expect(200, province_.put("/v1/sandbox/clock", {{"now", "2026-08-27T09:00:00+07:00"}}));
  EXPECT_EQ(province_.get("/v1/dossiers/" + waits).json()["state"], "stopped");
  command(capped, "correct",
          {{"version", 2},
           {"occurred_at", "2026-08-26T09:00:00+07:00"},
           {"reason", "Nhập sai ngày"},
           {"on_behalf_of", "H32.101.ct01"}});
  expect(200, province_.get("/v1/dossiers/" + capped + "/clocks/settlement/explain"));
  command(held, "suspend", {{"ground", "FINANCIAL_DUTY"}, {"reason", "Nộp thuế"}});
  command(held, "resume", json::object());
  command(explained, "explain-lateness",
          {{"occurred_at", "2026-08-27T09:00:00+07:00"}, {"on_behalf_of", "H32.ct01"}, {"reason", "Chậm"}});
  expect(200, province_.get("/v1/dossiers/" + waits + "/events"));
  command(brought, "supplement", {{"occurred_at", "2026-08-25T15:00:00+07:00"}, {"note", "Nằm ở bưu cục"}});
  EXPECT_EQ(province_.get("/v1/dossiers/" + brought + "/owner?" + std::string(kUnmasked)).json()["note"],
            "Nằm ở bưu cục");
  const json countered = province_.get("/v1/dossiers/" + brought + "/events").json()["items"];
  EXPECT_EQ(countered[countered.size() - 2]["type"], "vn.motcua.dossier.stop_countered.v1");
  expect(409,
         province_.post("/v1/dossiers/" + capped + "/settle",
                        {{"outcome", "granted"}, {"result_form", "electronic"}}),
         "paper_missing");
  expect(200, province_.get("/v1/dossiers/" + capped + "/attribution?at=2026-08-20T09:00:00%2B07:00"));
  command(capped, "settle",
          {{"outcome", "not_eligible"}, {"result_form", "electronic"}, {"reason", "Thiếu giấy tờ"}});
  const json whose = province_.get("/v1/dossiers/" + capped + "/attribution").json();
  EXPECT_EQ(whose["delays"].back()["ended"], true) << whose;
  expect(404, province_.get("/v1/dossiers/none/attribution"), "not_found");
  expect(400, province_.get("/v1/dossiers/" + capped + "/attribution?at=then"), "bad_parameter");
  expect(200, province_.get("/v1/dossiers/" + capped + "/events"));
}

void Contract::read_slips(const std::string& slips) {
  const HttpAnswer page = province_.get(slips + "?limit=1");
  expect(200, page);
  ASSERT_FALSE(page.json()["items"].empty()) << page.body;
  const std::string form = page.json()["items"][0]["form"];
  const std::string version = page.json()["items"][0]["version"].dump();
  expect(200, province_.get(slips + "?after_version=" + version));
  expect(200, province_.get(slips + '/' + form + "?format=html"));
  expect(200, commune_.get(slips + '/' + form + "?format=pdf&version=" + version));
  expect(404, province_.get(slips + "/INVOICE"), "unknown_slip_form");
  expect(404, province_.get(slips + '/' + form + "?version=1"), "slip_not_issued");
  expect(400, province_.get(slips + '/' + form + "?format=docx"), "bad_parameter");
  const std::string book = "/v1/slips/BOOK?agency=H32.101&from=2026-08-01&to=2026-08-31";
  expect(200, province_.get(book + "&format=html"));
  expect(400, province_.get(book + "&format=docx"), "bad_parameter");
  expect(404, commune_.get("/v1/slips/BOOK?agency=H32.102&from=2026-08-01&to=2026-08-31"), "not_found");
}

void Contract::read_lists() {
  for (const std::string list : {"/v1/late?clock=any&", "/v1/untimed?"}) {
    const std::string procedure = list.starts_with("/v1/late") ? "1.004194" : "2.001263";
    const json page =
        province_.get(list + "agency=H32.101&procedure=" + procedure + "&count=true&limit=1").json();
    ASSERT_TRUE(page["next"].is_string()) << page;
    json next = province_.get(page["next"].get<std::string>()).json();
    EXPECT_EQ(next["at"], page["at"]);
    EXPECT_NE(next["items"][0]["id"], page["items"][0]["id"]);
  }
  EXPECT_EQ(
      province_.get("/v1/late?procedure=1.004194&at=2026-08-12T09:00:00%2B07:00").json()["items"].size(), 0);
  const std::string filters =
      "agency=H32.101&procedure=1.004194&state=accepted,stopped&channel=direct&limit=1&count=true&q=le%20van%"
      "20c&reason=Tra&on_behalf_of=H32.ct01"
      "&received_from=2026-08-10T00:00:00+07:00&received_before=2026-08-11T00:00:00+07:00";
  json page = province_.get("/v1/dossiers?" + filters).json();
  ASSERT_TRUE(page["next_cursor"].is_string()) << page;
  const std::string cursor = page["next_cursor"];
  expect(200, province_.get("/v1/dossiers?" + filters + "&cursor=" + cursor));
  expect(200, province_.post("/v1/dossiers/search", {{"agency", "H32.101"},
                                                     {"procedure", "1.004194"},
                                                     {"state", {"accepted", "stopped"}},
                                                     {"channel", "direct"},
                                                     {"limit", 1},
                                                     {"count", true},
                                                     {"q", "LÊ VĂN C"},
                                                     {"reason", "Tra cứu"},
                                                     {"on_behalf_of", "H32.ct01"},
                                                     {"received_from", "2026-08-10T00:00:00+07:00"},
                                                     {"received_before", "2026-08-11T00:00:00+07:00"},
                                                     {"cursor", cursor}}));
  expect(400, province_.get("/v1/dossiers?cursor=" + cursor), "bad_cursor");
  const json standing{{"holder", "H32.101"},
                      {"clock", "settlement"},
                      {"late", true},
                      {"paused", false},
                      {"due_from", "2026-08-10T00:00:00+07:00"},
                      {"due_before", "2026-08-20T00:00:00+07:00"}};
  std::string query = "/v1/dossiers?holder_officer=H32.101.cb01";
  expect(200, province_.get(query));
  query = "/v1/dossiers?limit=200";
  for (const auto& [name, value] : standing.items())
    query += '&' + name + '=' + (value.is_string() ? value.get<std::string>() : value.dump());
  page = province_.get(query).json();
  EXPECT_FALSE(page["items"].empty()) << page;
  EXPECT_EQ(province_.post("/v1/dossiers/search", standing).json()["items"], page["items"]);
  expect(200, province_.post("/v1/dossiers/search", {{"holder_officer", "H32.101.cb01"}}));
}

void Contract::read_definitions() {
  for (const std::string list : {"procedures", "agencies", "officers"}) {
    json page = province_.get("/v1/" + list + "?limit=20").json();
    ASSERT_TRUE(page["next_after"].is_string()) << page;
    expect(200, province_.get("/v1/" + list + "?limit=200&after=" + page["next_after"].get<std::string>()));
  }
  expect(200, province_.get("/v1/officers?agency=H32.101"));
  expect(200, province_.get("/v1/procedures/9.000001"));
  expect(200, province_.get("/v1/procedures/1.004194"));
  expect(200, province_.get("/v1/agencies/000.00.19.H32"));
  expect(200, province_.get("/v1/calendars"));
  expect(200, province_.get("/v1/calendars/vn-khanh-hoa?from=2026-11-20&to=2026-11-26"));
  expect(200, province_.get("/v1/rulebook"));
  HttpClient waiting =
      service_.client("province");  // the first head comes within a second of the first event
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (waiting.get("/v1/journal/head").json()["head"].is_null() &&
         std::chrono::steady_clock::now() < until) {
  }
  expect(200, province_.get("/v1/journal/head"));
  expect(200, province_.get("/v1/journal/head?since=1"));
  for (const char* path : {"/healthz", "/readyz", "/metrics", "/openapi.json"}) {
    expect(200, province_.say("GET", path, {}, {{"Authorization", ""}}));
    expect(200, province_.say("HEAD", path));
  }
  EXPECT_TRUE(province_.get("/openapi.json").json() == document_) << "the program serves another document";
}

void Contract::compute() {
  const json question{{"procedure", "9.000001"},
                      {"channel", "direct"},
                      {"variant", "default"},
                      {"accepted_at", "2026-08-21T16:00:00+07:00"},
                      {"calendar", "vn-khanh-hoa"}};
  json promise = province_.post("/v1/deadlines", question).json();
  EXPECT_EQ(promise["due_at"], "2026-08-27T17:00:00+07:00");  // five working days, one of them a Saturday
  const auto limit = [&](json one) {
    return province_.post("/v1/deadlines", {{"limit", one},
                                            {"start_at", "2026-11-20T14:00:00+07:00"},
                                            {"day_end", "midnight"},
                                            {"calendar", "vn"}});
  };
  EXPECT_EQ(limit({{"unit", "calendar_day"}, {"value", 4}}).json()["due_at"], "2026-11-26T00:00:00+07:00");
  expect(200, limit({{"unit", "working_day"}, {"value", 2}, {"counting", "by_hours"}}));
  EXPECT_TRUE(limit({{"unit", "unspecified"}}).json()["untimed"]);
  expect(422, limit({{"unit", "month"}, {"value", 30}}), "calendar_horizon");
  expect(200, province_.post("/v1/working-time", {{"from", "2026-11-23T16:00:00+07:00"},
                                                  {"to", "2026-11-25T16:00:00+07:00"},
                                                  {"calendar", "vn"}}));
}

void Contract::go_wrong() {
  const std::string dossier = "/v1/dossiers/" + late_;
  const json submission = counter("1.004194");
  const HttpHeaders vietnamese{{"Accept-Language", "vi"}};
  expect(401, province_.say("GET", dossier, {}, {{"Authorization", "Bearer mc_unknown"}}), "unauthorized");
  ASSERT_TRUE(knows_people(province_.client()));
  const auto by_person = [&](const std::string& token) {
    return province_.say("GET", dossier, {}, {{"Authorization", "Bearer " + token}});
  };
  expect(200, by_person(provider_.token("H32.101.ct01")));
  expect(401, by_person(provider_.token("H32.101.ct01", {{"aud", "another"}})), "invalid_token");
  expect(403, by_person(provider_.token("H32.101.xx01")), "no_officer");
  json foreign = submission;
  foreign["receiving_agency"] = "H32.102";
  expect(403, commune_.post("/v1/dossiers", foreign), "forbidden_scope");
  const std::string elsewhere = submitted(foreign);
  expect(404, commune_.get("/v1/dossiers/" + elsewhere), "not_found");
  expect(404, commune_.post("/v1/dossiers/" + elsewhere + "/withdraw", json::object()), "not_found");
  expect(409, province_.post(dossier + "/accept", json::object(), vietnamese), "wrong_state");
  expect(412, province_.post(dossier + "/withdraw", json::object(), {{"If-Match", "\"1\""}}),
         "version_conflict");
  expect(400, province_.post(dossier + "/withdraw", json::object(), {{"If-Match", "1"}}),
         "version_malformed");
  expect(400, province_.say("POST", dossier + "/accept", "{}"), "idempotency_key_missing");
  expect(400, province_.get("/v1/late?colour=red"), "unknown_parameter");
  expect(400, province_.get("/v1/late?limit=0"), "bad_parameter");
  expect(400, province_.get("/v1/calendars/vn?to=2026-11-20"), "bad_parameter");
  expect(404, province_.get("/v1/nothing"), "not_found");
  expect(405, province_.say("DELETE", dossier), "method_not_allowed");
  expect(415, province_.say("POST", "/v1/deadlines", "{}", {{"Content-Type", "text/plain"}}),
         "unsupported_media_type");
  expect(422, province_.put("/v1/sandbox/clock", {{"now", kContractStart}}), "clock_backwards");
  json online = submission;
  online["channel"] = "online";
  expect(422, province_.post("/v1/dossiers", online), "accept_online");
  const HttpHeaders key{{"Idempotency-Key", "again"}};
  expect(409, province_.post(dossier + "/accept", json::object(), key), "wrong_state");
  const HttpAnswer replayed = province_.post(dossier + "/accept", json::object(), key);
  expect(409, replayed, "wrong_state");
  EXPECT_EQ(replayed.header("idempotency-replayed"), "true");
  const HttpHeaders other{{"Idempotency-Key", "unknown"}};
  json unknown = submission;
  unknown["procedure"] = "9.999999";
  expect(422, province_.post("/v1/dossiers", unknown, other), "unknown_procedure");
  expect(422, province_.post("/v1/dossiers", unknown, other), "unknown_procedure");
  const HttpHeaders once{{"Idempotency-Key", "once"}};
  expect(201, province_.post("/v1/dossiers", submission, once));
  expect(201, province_.post("/v1/dossiers", submission, once));
  for (const char* path : {"/clocks", "/actions", "/events", "/clocks/settlement/explain"})
    expect(404, province_.get("/v1/dossiers/none" + std::string(path)), "not_found");
  for (const char* path : {"procedures/9.999999", "agencies/none", "calendars/none"})
    expect(404, province_.get("/v1/" + std::string(path)), "not_found");
}

// Every member of every example, in turn absent, of a wrong type, and beside one that nobody knows: what the
// server refuses, the document must refuse too.
void Contract::change_each_member() {
  for (const auto& [path, item] : document_["paths"].items()) {
    const std::string method = item.contains("post") ? "post" : "put";
    if (!item.contains(method) || !item[method].contains("requestBody")) continue;
    const json& content = item[method]["requestBody"]["content"]["application/json"];
    const json example =
        content.contains("example") ? content["example"] : content["examples"].front()["value"];
    std::string target = path;
    if (const auto at = target.find("{dossier}"); at != std::string::npos) target.replace(at, 9, late_);
    // A body is read before what it is said of is looked for.
    for (const std::string_view place : {"{block}", "{webhook}", "{event}", "{publication}"}) {
      if (const auto at = target.find(place); at != std::string::npos)
        target.replace(at, place.size(), block_);
    }
    const auto say = [&](const json& body) {
      return method == "post" ? province_.post(target, body) : province_.put(target, body);
    };
    json more = example;
    more["nobody_knows"] = 1;
    expect(422, say(more), "invalid_request");
    expect(422, say(json::array()), "invalid_request");
    for (const auto& [name, value] : example.items()) {
      json wrong = example;
      wrong[name] = value.is_array() ? json("text") : json::array();
      expect(422, say(wrong), "invalid_request");
    }
    for (const auto& name :
         {"procedure", "owner", "reason", "officer", "outcome", "result_form", "limit", "start_at", "from"}) {
      json less = example;
      if (less.erase(name) > 0) say(less);
    }
  }
}

// What the configuration bounds, on a service with narrow bounds.
void Contract::meet_the_limits() {
  ServiceOptions options;
  options.keys = {{"province", "", true}};
  options.sandbox.reset();
  options.configure = [](json& config) {
    config["if_match"] = "required";
    config["limits"]["body_timeout_ms"] = 200;
    config["limits"]["body_bytes"] = 4096;
    config["limits"]["header_bytes"] = 2048;
    const json one{{"per_second", 1}, {"burst", 1}};
    config["rates"] = {{"caller", nullptr}, {"address", nullptr}, {"failures", one}, {"handshakes", nullptr}};
  };
  const RunningService narrow(options);
  Speaker speaker(record_, narrow, "province");
  const HttpHeaders unknown{{"Authorization", "Bearer mc_unknown"}};
  expect(401, speaker.say("GET", "/v1/late", {}, unknown), "unauthorized");
  // Where more than a second passes between two, the next one is answered again.
  HttpAnswer too_many;
  eventually([&] {
    too_many = speaker.say("GET", "/v1/late", {}, unknown);
    return too_many.status == 429;
  });
  expect(429, too_many, "rate_limited");
  expect(404, speaker.get("/v1/sandbox/clock"), "not_sandbox");
  expect(428, speaker.post("/v1/dossiers/none/accept", json::object()), "precondition_required");
  expect(413, speaker.say("POST", "/v1/deadlines", std::string(5000, ' ')), "body_too_large");
  expect(431, speaker.say("GET", "/v1/late", {}, {{"X-Long", std::string(4000, 'x')}}), "header_too_large");
  HttpClient& client = speaker.client();
  client.disconnect();
  client.send_bytes("POST /v1/deadlines HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n{");
  const HttpAnswer slow = client.receive();
  record_.add("POST", "/v1/deadlines", {}, "{", slow);
  expect(408, slow, "request_timeout");
}

// Batches, and the codes that they bring.
void Contract::go_offline() {
  const json offline = example_of(document_, "/v1/batches", "offline");
  for (int time = 0; time < 2; ++time) expect(200, province_.say("POST", "/v1/batches", offline.dump()));
  const json again{{"key", "offline-1"},
                   {"dossier", offline["items"][1]["dossier"]},
                   {"command", "return-result"},
                   {"if_version", 1},
                   {"body", json::object()}};
  const HttpAnswer refused = province_.say("POST", "/v1/batches", json{{"items", {again}}}.dump());
  expect(200, refused);
  EXPECT_EQ(refused.json()["results"][0]["problem"]["code"], "version_conflict") << refused.body;
  expect(422, province_.say("POST", "/v1/batches", "{}"));

  const json today{{"agency", "H32.101"}};
  const HttpAnswer drawn = province_.post("/v1/code-blocks", today, {{"Idempotency-Key", "offline-2"}});
  expect(201, drawn);
  expect(201, province_.post("/v1/code-blocks", today, {{"Idempotency-Key", "offline-2"}}));
  const json block = drawn.json();
  block_ = block["id"];
  const std::string path = "/v1/code-blocks/" + block_;
  json filing = counter("1.004194");
  filing["code"] = block["codes"][0]["code"];
  submitted(filing);
  const json unused{{"unused", {block["codes"][1]["code"]}}};
  expect(200, province_.post(path + "/return", unused, {{"Idempotency-Key", "offline-3"}}));
  expect(200, province_.post(path + "/return", unused, {{"Idempotency-Key", "offline-3"}}));
  expect(409, province_.post(path + "/return", unused), "code_void");
  expect(409, province_.post("/v1/dossiers", filing), "code_taken");
  filing["code"] = block["codes"][1]["code"];
  expect(409, province_.post("/v1/dossiers", filing), "code_void");
  expect(200, province_.post(path + "/return", json::object()));
  expect(200, province_.get(path));
  expect(404, commune_.get("/v1/code-blocks/none"));
  const std::string tomorrow =
      core::format_date(core::parse_date(block["on"].get<std::string>()).value() + 1);
  expect(201, province_.post("/v1/code-blocks", {{"agency", "H32.101"}, {"on", tomorrow}}));
  expect(422, province_.post("/v1/code-blocks", {{"agency", "H99.1"}}), "unknown_agency");
  expect(403, commune_.post("/v1/code-blocks", {{"agency", "H32.102"}}), "forbidden_scope");
  const HttpAnswer page = commune_.get("/v1/code-blocks?limit=1&agency=H32.101");
  expect(200, page);
  expect(200, commune_.get("/v1/code-blocks?limit=1&agency=H32.101&cursor=" +
                           page.json()["next_cursor"].get<std::string>()));
  expect(200, commune_.get("/v1/code-blocks?open=true&on=" + tomorrow));
}

void Contract::bring_events() {
  Receiver receiver([](const Received&) { return ReceiverSays{500}; });
  json given = example_of(document_, "/v1/webhooks");
  given["url"] = receiver.url();
  given["types"] = {"submitted"};
  given["ed25519"] = true;
  const HttpAnswer made = province_.post("/v1/webhooks", given, {{"Idempotency-Key", "hook-1"}});
  expect(201, made);
  expect(201, province_.post("/v1/webhooks", given, {{"Idempotency-Key", "hook-1"}}));
  expect(422, province_.post("/v1/webhooks", {{"url", "ftp://receiver.example"}}), "webhook_not_https");
  expect(422, province_.post("/v1/webhooks", json::object()));
  const std::string path = "/v1/webhooks/" + made.json()["id"].get<std::string>();
  expect(201, commune_.post("/v1/webhooks", {{"url", receiver.url()}}));
  const HttpAnswer page = province_.get("/v1/webhooks?limit=1");
  expect(200, page);
  expect(200, province_.get("/v1/webhooks?limit=1&cursor=" + page.json()["next_cursor"].get<std::string>()));
  expect(200, province_.get(path));
  expect(404, commune_.get(path));

  for (const char* reference : {"a", "b"}) {
    json filing = counter("1.004194");
    filing["external_ref"] = reference;
    filing["source"] = "hooks";
    submitted(filing);
  }
  json dead;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (dead.size() < 2 && std::chrono::steady_clock::now() < deadline) {
    dead = province_.client().get(path + "/deliveries?state=dead").json()["items"];
  }
  ASSERT_EQ(dead.size(), 2U);
  const HttpAnswer first = province_.get(path + "/deliveries?limit=1&state=dead");
  expect(200, first);
  expect(200, province_.get(path + "/deliveries?limit=1&state=dead&cursor=" +
                            first.json()["next_cursor"].get<std::string>()));
  expect(400, province_.get(path + "/deliveries?state=late"));
  const std::string one = path + "/deliveries/" + dead[0]["event"].get<std::string>();
  expect(200, province_.get(one));

  const auto twice = [&](const std::string& word, const json& body, const std::string& key) {
    for (int i = 0; i < 2; ++i) expect(200, province_.post(path + word, body, {{"Idempotency-Key", key}}));
  };
  twice("/pause", json::object(), "hook-2");
  expect(409, province_.post(path + "/pause", json::object()), "webhook_not_active");
  for (int i = 0; i < 2; ++i)
    expect(200, province_.post(one + "/redeliver", json::object(), {{"Idempotency-Key", "hook-3"}}));
  expect(409, province_.post(one + "/redeliver", json::object()), "delivery_pending");
  twice("/redeliver", {{"since", kContractStart}}, "hook-4");
  twice("/resume", json::object(), "hook-5");
  expect(409, province_.post(path + "/resume", json::object()), "webhook_active");
  twice("/rotate-secret", {{"overlap_seconds", 60}}, "hook-6");
  expect(200, province_.say("DELETE", path));
  expect(404, province_.say("DELETE", path));

  Receiver gone([](const Received&) { return ReceiverSays{410}; });
  expect(201, province_.post("/v1/webhooks", {{"url", gone.url()}}));
  submitted(counter("1.004194"));
  json warned;
  while (warned.empty() && std::chrono::steady_clock::now() < deadline) {
    warned = province_.client().get("/v1/alerts?limit=1").json()["subscriptions"];
  }
  ASSERT_EQ(warned.size(), 1U);
  expect(200, province_.get("/v1/alerts?limit=1"));
  expect(200, province_.say("DELETE", "/v1/webhooks/" + warned[0]["webhook"].get<std::string>()));
}

// A service of its own, as nobody may serve while dossiers are taken over.
void Contract::take_over() {
  RunningService service(contract_options());
  service.stop();
  const json round{{"asked_at", "2026-08-03T09:00:00+07:00"},
                   {"asked_by", "H32.101.cb01"},
                   {"missing", {"to_khai"}},
                   {"supplied_at", "2026-08-04T09:00:00+07:00"},
                   {"accepted_at", "2026-08-04T10:00:00+07:00"},
                   {"promise_before", "2026-08-07T17:00:00+07:00"},
                   {"promise_after", "2026-08-12T17:00:00+07:00"}};
  const json row{
      {"state", "returned"},
      {"code", "H32.101-260801-0001"},
      {"procedure", "9.000001"},
      {"channel", "direct"},
      {"receiving_agency", "H32.101"},
      {"received_at", "2026-08-01T09:00:00+07:00"},
      {"accepted_at", "2026-08-01T10:00:00+07:00"},
      {"promised_at", "2026-08-12T17:00:00+07:00"},
      {"settled_at", "2026-08-06T09:00:00+07:00"},
      {"returned_at", "2026-08-07T09:00:00+07:00"},
      {"holder", {{"agency", "H32.101"}, {"unit", "mot-cua"}, {"officer", "H32.101.cb01"}}},
      {"rounds", json::array({round})},
      {"results", {{{"code", "H32.101-260801-0001-KQ1"}, {"outcome", "granted"}, {"form", "paper"}}}},
      {"owner", {{"kind", "citizen"}, {"name", "Lê Văn C"}}}};
  const auto file = service.directory() / "old.jsonl";
  std::ofstream(file) << row.dump();
  const Ended ended = run_motcua(
      {"import-dossiers", file.string(), "--config", service.config_file().string(), "--sandbox-database"},
      service.directory());
  EXPECT_EQ(ended.status, 0) << ended.out << ended.error;
  service.restart();
  Speaker speaker(record_, service, "province");
  const std::string path = "/v1/dossiers/H32.101-260801-0001";
  for (const char* part : {"", "/events", "/clocks", "/clocks/settlement/explain"})
    expect(200, speaker.get(path + part));
}

void Contract::be_warned() {
  json promised = counter("2.001263");
  promised["appointment_at"] = "2026-12-10T08:00:00+07:00";
  promised["reason"] = "Chờ xác minh ở nhiều nơi";
  submitted(promised);
  json online = counter("1.004194");
  online["channel"] = "online";
  online.erase("accept");
  const std::string dossier = submitted(online);
  const json page = commune_.get("/v1/alerts?limit=1&dossier=" + dossier).json();
  ASSERT_EQ(page["items"].size(), 1u) << page;
  const std::string path = "/v1/alerts/" + page["items"][0]["id"].get<std::string>();
  const std::string now = province_.get("/v1/sandbox/clock").json()["now"];
  const core::Instant until = core::parse_instant(now).value() + core::ClockTime{1'800'000};
  json snooze = example_of(document_, "/v1/alerts/{alert}/snooze");
  snooze["until"] = core::format_instant(until, core::kVietnamOffsetMinutes);
  expect(200, province_.post(path + "/snooze", snooze, {{"Idempotency-Key", "alert-1"}}));
  expect(200, province_.post(path + "/snooze", snooze, {{"Idempotency-Key", "alert-1"}}));
  snooze["until"] = "2036-08-10T08:00:00+07:00";
  expect(422, province_.post(path + "/snooze", snooze), "snooze_out_of_range");
  expect(200, province_.get(path));
  expect(200, province_.get(path + '?' + std::string(kUnmasked)));
  EXPECT_EQ(province_.get(path).json()["letters"][0]["officer"], "H32.101.cb01");
  expect(404, commune_.get("/v1/alerts/none"));
  const json seen = example_of(document_, "/v1/alerts/{alert}/ack");
  expect(404, province_.post("/v1/alerts/none/ack", seen), "not_found");
  expect(409, province_.post(path + "/ack", {{"officer", "H32.102.cb01"}}), "not_recipient");
  expect(200, province_.post(path + "/ack", seen, {{"Idempotency-Key", "alert-2"}}));
  expect(200, province_.post(path + "/ack", seen, {{"Idempotency-Key", "alert-2"}}));
  expect(409, province_.post(path + "/snooze", snooze), "alert_over");
  expect(200, province_.get("/v1/alerts?agency=H32.101&unit=mot-cua&officer=H32.101.cb01&severity=notice&"
                            "clock=intake_alert&state=open,acknowledged,closed"));
  expect(400, province_.get("/v1/alerts?clock=lunch"), "bad_parameter");
  submitted(counter("1.004194"));
  expect(200, province_.put("/v1/sandbox/clock", {{"advance_seconds", 86'400}}));
  const std::string then = province_.get("/v1/sandbox/clock").json()["now"];
  expect(200, province_.get("/v1/digests?agency=H32.101&officer=H32.101.ct01&on=" + then.substr(0, 10)));
  expect(200, province_.get("/v1/digests?on=" + then.substr(0, 10)));
  const json many = province_.get("/v1/alerts?limit=1").json();
  expect(200, province_.get("/v1/alerts?limit=1&cursor=" + many["next_cursor"].get<std::string>()));
}

// A cursor of before a restore. HEAD says all of a stream but what it goes on to say.
// The list of August, from the draft to its correction, and all that everybody may read of it.
void Contract::publish_the_month() {
  const json opening = {{"month", "2026-08"}, {"officer", "H32.ct01"}, {"agency", "H32"}};
  expect(422, province_.post("/v1/publications", opening), "month_not_over");
  expect(200, province_.put("/v1/sandbox/clock", {{"now", "2026-09-08T09:00:00+07:00"}}));
  expect(422, province_.post("/v1/publications", {{"month", "2026-08"}, {"officer", "H32.cv01"}}),
         "not_a_publisher");
  expect(422, province_.post("/v1/publications", {{"month", "1999-01"}, {"officer", "H32.ct01"}}),
         "no_history");
  expect(422, province_.post("/v1/publications", {{"month", "2026-00"}, {"officer", "H32.ct01"}}),
         "invalid_month");
  expect(403, commune_.post("/v1/publications", opening), "forbidden_scope");
  json early = opening;
  early["recorded_until"] = "2026-08-20T00:00:00+07:00";
  expect(422, province_.post("/v1/publications", early), "bad_cutoff");
  early["recorded_until"] = "2026-09-04T17:00:00+07:00";
  const HttpAnswer opened = province_.post("/v1/publications", early);
  expect(202, opened);
  const std::string id = opened.json()["id"];
  const std::string list = "/v1/publications/" + id;
  const auto say = [&](const std::string& word) {
    return province_.post(list + '/' + word, {{"officer", "H32.ct01"}});
  };
  list_in_state(province_.client(), id, "draft");
  expect(409, province_.post("/v1/publications", opening), "list_open");
  expect(200, province_.get(list));
  expect(200, province_.get(list + "/document"));
  expect(200, province_.get("/v1/publications?month=2026-08&agency=H32&state=draft&limit=1"));
  expect(404, commune_.get(list), "not_found");
  expect(409, say("publish"), "wrong_list_state");
  expect(200, say("review"));
  expect(202, say("redraft"));
  list_in_state(province_.client(), id, "draft");
  expect(200, say("discard"));
  expect(409, say("redraft"), "wrong_list_state");
  const std::string second = drafted_list(province_.client(), "2026-08")["id"];
  const std::string published = "/v1/publications/" + second;
  const auto say_again = [&](const std::string& word) {
    return province_.post(published + '/' + word, {{"officer", "H32.ct01"}});
  };
  expect(200, say_again("review"));
  expect(202, say_again("publish"));
  list_in_state(province_.client(), second, "published");
  expect(200, province_.get(published));
  expect(409, say_again("publish"), "already_published");
  expect(409, province_.post("/v1/publications", opening), "already_published");
  const HttpAnswer page = province_.get("/v1/publications?limit=1");
  expect(200, page);
  expect(200,
         province_.get("/v1/publications?limit=1&cursor=" + page.json()["next_cursor"].get<std::string>()));
  const json correction = example_of(document_, "/v1/publications/{publication}/correct");
  expect(422, province_.post(published + "/correct", correction), "row_not_listed");
  std::string code;
  const json document = province_.get(published + "/document").json();
  for (const json& section : document["agencies"]) {
    if (!section["late"].empty()) code = section["late"][0]["code"];
  }
  const json late_entry = {{"officer", "H32.ct01"},
                           {"reason", "late_entry"},
                           {"code", code},
                           {"recorded_until", "2026-09-08T09:00:00+07:00"}};
  const HttpAnswer corrected = province_.post(published + "/correct", late_entry);
  expect(202, corrected);
  const std::string third = corrected.json()["id"];
  list_in_state(province_.client(), third, "draft");
  expect(200, province_.get("/v1/publications/" + third));
  expect(409, province_.post(published + "/correct", late_entry), "list_open");
  expect(200, province_.post("/v1/publications/" + third + "/review", {{"officer", "H32.ct01"}}));
  expect(409, province_.post("/v1/publications/" + third + "/publish", {{"officer", "H32.ct01"}}),
         "corrects_nothing");
  for (const char* path :
       {"/public/late", "/public/late/feed", "/public/late/2026-08.json",
        "/public/late/2026-08.csv?agency=H32", "/public/late/2026-08/H32-2/index.html",
        "/public/late/2026-08/H32-2/list.json", "/public/late/2026-08/H32-2/index-766.json",
        "/public/late/2026-08/H32-2/export?limit=2", "/public/late/2026-08/H32-2/export?after=2&limit=2"}) {
    expect(200, province_.get(path));
  }
  expect(307, province_.get("/public/late/2026-08"));
  expect(404, province_.get("/public/late/2026-07"), "not_found");
}

// A list whose files cannot be made: there is no folder for the workbook.
void Contract::fail_to_publish() {
  ServiceOptions options;
  options.keys = {{"province", "", true}};
  options.environment = {"TMPDIR=/nowhere"};
  RunningService service(options);
  Speaker speaker(record_, service, "province");
  expect(201, speaker.post("/v1/dossiers", counter("1.004194")));
  ASSERT_TRUE(service.set_clock("2026-09-08T09:00:00+07:00"));
  const std::string id = drafted_list(speaker.client(), "2026-08")["id"];
  EXPECT_EQ(say_of_list(speaker.client(), id, "review").status, 200);
  EXPECT_EQ(say_of_list(speaker.client(), id, "publish").status, 202);
  const std::string list = "/v1/publications/" + id;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (speaker.client().get(list).json()["retry"].is_null() &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  expect(200, speaker.get(list));
}

// What persons typed, from its first reader to its end.
void Contract::erase_what_was_typed() {
  ServiceOptions options = contract_options();
  options.sandbox = "2025-08-11T08:00:00+07:00";
  RunningService service(options);
  Speaker speaker(record_, service, "province");
  const std::string unmasked = std::string(kUnmasked);
  json filing = counter("9.000003");
  filing["owner"] = every_person();
  filing["owner"]["kind"] = "citizen";
  const HttpAnswer filed = speaker.post("/v1/dossiers", filing);
  expect(201, filed);
  const std::string id = filed.json()["id"];
  const std::string path = "/v1/dossiers/" + id;
  expect(409, speaker.post(path + "/erase", example_of(document_, "/v1/dossiers/{dossier}/erase")),
         "wrong_state");
  for (const std::string& read : {path + "/owner?unmasked=false", path + "/owner?" + unmasked,
                                  path + "/notices?" + unmasked, path + "/slips/RECEIPT?" + unmasked,
                                  "/v1/slips/BOOK?agency=H32.101&from=2025-08-11&to=2025-08-11&" + unmasked})
    expect(200, speaker.get(read));
  json person = example_of(document_, "/v1/persons/export");
  expect(200, speaker.post("/v1/persons/export", person));  // nobody
  person["id_number"] = filing["owner"]["id_number"];
  expect(200, speaker.post("/v1/persons/export", person));
  expect(422, speaker.post("/v1/persons/export", {{"id_number", "x y"}}));
  expect(422, speaker.post("/v1/dossiers/search", {{"reason", "x"}}));
  expect(200, speaker.get("/v1/dossiers?q=x"));
  expect(200,
         speaker.get(
             "/v1/access-log?limit=1&from=2025-08-11T00:00:00%2B07:00&until=2025-08-12T00:00:00%2B07:00"));
  const HttpAnswer page =
      speaker.get("/v1/access-log?limit=1&caller=province&officer=H32.ct01&dossier=" + id);
  expect(200, page);
  expect(200, speaker.get("/v1/access-log?limit=1&caller=province&officer=H32.ct01&dossier=" + id +
                          "&cursor=" + page.json()["next_cursor"].get<std::string>()));
  expect(403, Speaker(record_, service, "commune").get(path + "/owner?" + unmasked), "forbidden_right");
  expect(200, speaker.post(path + "/withdraw", {{"reason", "Đổi ý"}}));
  json erase = example_of(document_, "/v1/dossiers/{dossier}/erase");
  erase["on_behalf_of"] = "H32.ct01";
  expect(409, speaker.post(path + "/erase", erase), "retained");
  ASSERT_TRUE(service.set_clock("2026-08-11T08:00:00+07:00"));
  erase["occurred_at"] = "2026-08-11T08:00:00+07:00";
  erase["ground"] = "subject_request";
  expect(200, speaker.post(path + "/erase", erase));
  expect(200, speaker.get(path));
  expect(200, speaker.get(path + "/events"));
  for (const char* read : {"/owner?", "/notices?", "/slips/RECEIPT?"})
    expect(410, speaker.get(path + read + unmasked), "erased");
  expect(200, speaker.get("/v1/access-log?dossier=" + id));
}

// What is counted of August, in every way that there is.
void Contract::report_the_month() {
  const std::string all = "&agency=H32&below=true&format=json&recorded_until=2026-09-04T17:00:00%2B07:00";
  const auto get = [&](const std::string& what) { return province_.get("/v1/" + what); };
  for (const char* what :
       {"reports/ii06a?from=2026-08-01&to=2026-08-31", "reports/ii06a?period=month:2026-08",
        "reports/index-766?month=2026-08", "reports/acceptance?month=2026-08",
        "reports/differences?month=2026-08&limit=200", "indicators?from=2026-07&to=2026-08",
        "indicators?from=2026-07&to=2026-08&by_agency=true"}) {
    expect(200, get(what + all));
  }
  const json page = get("reports/differences?month=2026-08&limit=1").json();
  ASSERT_TRUE(page["next_cursor"].is_string()) << page;
  const std::string cursor = page["next_cursor"];
  expect(200, get("reports/differences?month=2026-08&limit=1&cursor=" + cursor));
  expect(400, get("reports/differences?month=2026-07&cursor=" + cursor), "bad_cursor");
  expect(422, get("reports/quarterly?quarter=2026-Q3"), "month_not_over");
  expect(422, get("reports/ii06a?period=year:2026"), "month_not_over");
  expect(422, get("reports/index-766?month=1999-01"), "no_history");
  expect(422, get("reports/acceptance?month=2026-08&recorded_until=2026-08-20T00:00:00%2B07:00"),
         "bad_cutoff");
  expect(400, get("indicators?from=2026-08&to=2026-07"), "bad_parameter");
  expect(403, commune_.get("/v1/indicators?from=2026-08&to=2026-08&agency=H32"), "forbidden_scope");
  expect(200, province_.put("/v1/sandbox/clock", {{"now", "2026-10-08T09:00:00+07:00"}}));
  expect(200, get("reports/quarterly?quarter=2026-Q3&agency=H32&below=true&format=json"
                  "&recorded_until=2026-10-07T17:00:00%2B07:00"));
}

void Contract::lose_the_place() {
  ServiceOptions options;
  options.keys = {{"province", "", true}};
  RunningService service(options);
  const auto motcua = [&](std::vector<std::string> words) {
    for (const std::string& more :
         std::vector<std::string>{"--sandbox-database", "--config", service.config_file()})
      words.push_back(more);
    const Ended ended = run_motcua(words, service.directory());
    EXPECT_EQ(ended.status, 0) << ended.error;
  };
  const std::string filter = "type=accepted&agency=H32.101";
  std::string cursor;
  {
    Speaker speaker(record_, service, "province");
    cursor = speaker.get("/v1/events?" + filter).json().at("next_cursor");
    const std::string target = "/v1/events/stream?" + filter;
    expect(200, speaker.say("HEAD", target + "&after=" + cursor));
    expect(200, speaker.say("HEAD", target, {}, {{"Last-Event-ID", cursor}}));
    expect(400, speaker.get(target + "&after=0"), "bad_cursor");
    expect(201, speaker.post("/v1/dossiers", counter("1.004194")));
  }
  const std::string backup = service.directory() / "backup.db";
  motcua({"backup", backup});
  EXPECT_EQ(service.stop(), 0);
  for (const char* suffix : {"", "-wal", "-shm"})
    std::filesystem::remove(service.database().string() + suffix);
  motcua({"restore", backup});
  service.restart();
  Speaker speaker(record_, service, "province");
  expect(200, speaker.get("/v1/events?type=journal.restored"));
  for (const char* path : {"/v1/events?", "/v1/events/stream?"})
    expect(410, speaker.get(path + filter + "&after=" + cursor), "cursor_gone");
}

int run_checker(const std::filesystem::path& exchanges) {
  const std::string node = in_tree("tests/node/");
  const std::string line = "'" + node + "install.sh' && node '" + node + "contract.mjs' '" +
                           in_tree("api/openapi.json") + "' '" + exchanges.string() + "'";
  return std::system(line.c_str());
}

TEST_F(Contract, IsKeptByEveryAnswerAndEveryMemberMakesARoundTrip) {
  live_by_the_examples();
  go_offline();
  live_with_every_member();
  live_through_a_workflow();
  live_through_a_linked_one();
  live_through_its_terms();
  pay_and_correct();
  hand_over();
  run_late_and_out();
  read_lists();
  read_definitions();
  compute();
  go_wrong();
  change_each_member();
  be_warned();
  meet_the_limits();
  bring_events();
  take_over();
  publish_the_month();
  fail_to_publish();
  erase_what_was_typed();
  report_the_month();
  lose_the_place();
  record_.close();
  EXPECT_EQ(run_checker(file_), 0);
}

}  // namespace
}  // namespace motcua::testing
