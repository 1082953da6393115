#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/service.h"

// Every sentence of "Bad input": what is wrong gets a clear problem document, and nothing is half done.
namespace motcua::testing {
namespace {

using nlohmann::json;

constexpr std::string_view kDossiers = "/v1/dossiers";

// One service for all: each test proves that it left nothing behind.
class BadInput : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ServiceOptions options;
    options.sandbox = "2026-08-21T08:00:00+07:00";
    options.keys = {{"province", "", true}, {"commune", "H32.101", true}, {"neighbour", "H32.102", true}};
    options.configure = [](json& config) { config["limits"]["body_timeout_ms"] = 300; };
    service_ = new RunningService(options);
  }
  static void TearDownTestSuite() { delete std::exchange(service_, nullptr); }

  static json submission(std::string_view name = "Nguyễn Văn A") {
    return {{"procedure", "1.004194"},
            {"channel", "direct"},
            {"receiving_agency", "H32.101"},
            {"owner", {{"kind", "citizen"}, {"name", name}}}};
  }
  // How much there is: dossiers, events, clocks. A command that was refused adds to none of them.
  std::string counts() {
    HttpClient client = service_->client();
    std::string all;
    const std::string metrics = client.get("/metrics").body;
    for (const std::string_view name :
         {"\nmotcua_dossiers ", "\nmotcua_commands_committed_total ",
          "\nmotcua_open_clocks{clock=\"acceptance\"} ", "\nmotcua_open_clocks{clock=\"settlement\"} "}) {
      const std::size_t at = metrics.find(name);
      EXPECT_NE(at, std::string::npos) << name;
      if (at != std::string::npos) all += metrics.substr(at, metrics.find('\n', at + 1) - at);
    }
    return all;
  }
  void SetUp() override { before_ = counts(); }
  // What is refused leaves everything as it was; a test that did something on purpose says so.
  void TearDown() override {
    if (did_something_) return;
    EXPECT_EQ(counts(), before_);
  }
  json filed(const json& body) {
    did_something_ = true;
    const HttpAnswer answer = client_.post(kDossiers, body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json();
  }
  // From here on nothing may change.
  void mark() {
    before_ = counts();
    did_something_ = false;
  }
  static std::string path_of(const json& dossier) {
    return "/v1/dossiers/" + dossier["id"].get<std::string>();
  }
  static HttpHeaders key(std::string_view name) { return {{"Idempotency-Key", std::string(name)}}; }

  static void expect_problem(const HttpAnswer& answer, int status, const std::string& code) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    const json problem = answer.json();
    ASSERT_TRUE(problem.is_object()) << answer.body;
    EXPECT_EQ(problem.value("code", ""), code) << answer.body;
    EXPECT_EQ(problem.value("status", 0), status);
    EXPECT_FALSE(problem.value("detail", "").empty());
    EXPECT_EQ(problem.value("instance", ""), "urn:uuid:" + answer.header("x-request-id"));
  }
  // One fault of a body, with its place.
  static void expect_fault(const HttpAnswer& answer, const std::string& code, const std::string& pointer) {
    EXPECT_EQ(answer.status, 422) << answer.body;
    const json problem = answer.json();
    ASSERT_EQ(problem["errors"].size(), 1) << answer.body;
    EXPECT_EQ(problem["errors"][0]["code"], code);
    EXPECT_EQ(problem["errors"][0]["pointer"], pointer);
  }

  static RunningService* service_;
  HttpClient client_{service_->port(), token_of("province")};

 private:
  std::string before_;
  bool did_something_ = false;
};
RunningService* BadInput::service_ = nullptr;

TEST_F(BadInput, MalformedBodiesAreUnreadable) {
  for (const std::string_view body :
       {"{", "{\"procedure\": }", "nothing", "{} {}", "[1,]", "{\"a\":01}", "'a'"})
    expect_problem(client_.request("POST", kDossiers, body, key("m")), 400, "not_json");
  expect_problem(client_.request("POST", kDossiers, {},
                                 {{"Idempotency-Key", "m"}, {"Content-Type", "application/json"}}),
                 400, "not_json");
}

TEST_F(BadInput, AMemberNamedTwiceIsRefusedAtAnyDepth) {
  for (const std::string_view body : {R"({"procedure":"1.004194","procedure":"1.004194"})",
                                      R"({"owner":{"name":"A","name":"B"}})", R"({"a":1,"\u0061":2})"})
    expect_problem(client_.request("POST", kDossiers, body, key("d")), 400, "duplicate_member");
}

TEST_F(BadInput, UnknownMembersAreNamedWithTheirPlace) {
  json body = submission();
  body["colour"] = "red";
  expect_fault(client_.post(kDossiers, body), "unknown_field", "#/colour");
  body = submission();
  body["owner"]["nick/name"] = "A";
  expect_fault(client_.post(kDossiers, body), "unknown_field", "#/owner/nick~1name");
}

TEST_F(BadInput, WrongTypesAndMissingMembersAreReportedAllAtOnce) {
  const HttpAnswer answer =
      client_.post(kDossiers, {{"procedure", 1}, {"channel", "pigeon"}, {"owner", {{"kind", "citizen"}}}});
  expect_problem(answer, 422, "invalid_request");
  std::set<std::pair<std::string, std::string>> faults;
  const json problem = answer.json();
  for (const json& fault : problem["errors"])
    faults.emplace(fault["code"].get<std::string>(), fault["pointer"].get<std::string>());
  EXPECT_EQ(faults, (std::set<std::pair<std::string, std::string>>{{"wrong_type", "#/procedure"},
                                                                   {"unknown_word", "#/channel"},
                                                                   {"missing_field", "#/receiving_agency"},
                                                                   {"missing_field", "#/owner/name"}}));
  expect_fault(client_.post(kDossiers, json::array()), "wrong_type", "#");
}

TEST_F(BadInput, UnknownProcedureAgencyAndVariantAreSaid) {
  json body = submission();
  body["procedure"] = "9.999999";
  expect_problem(client_.post(kDossiers, body), 422, "unknown_procedure");
  body = submission();
  body["receiving_agency"] = "H32.999";
  const HttpAnswer nowhere = client_.post(kDossiers, body);
  EXPECT_EQ(nowhere.status, 422);
  EXPECT_EQ(nowhere.json()["errors"][0]["code"], "unknown_agency") << nowhere.body;
  body = submission();
  body["variant"] = "other";
  expect_problem(client_.post(kDossiers, body), 422, "unknown_variant");
}

TEST_F(BadInput, TheFutureIsRefusedBeyondFiveSeconds) {
  json body = submission();
  body["received_at"] = "2026-08-21T08:00:05.001+07:00";
  expect_problem(client_.post(kDossiers, body), 422, "future_instant");
  body["received_at"] = "2026-08-21T08:00:05+07:00";
  const json dossier = filed(body);
  EXPECT_EQ(dossier["received_at"], "2026-08-21T08:00:00+07:00");  // never later than the engine's own now
}

TEST_F(BadInput, BrokenInstantsAreRefused) {
  for (const char* at : {"2026-08-21", "2026-08-21T08:00:00", "2026-02-30T08:00:00+07:00", "yesterday",
                         "2026-08-21T08:00:60+07:00", "2026-08-21T08:00:00.0001+07:00"}) {
    json body = submission();
    body["received_at"] = at;
    expect_fault(client_.post(kDossiers, body), "bad_format", "#/received_at");
  }
}

TEST_F(BadInput, ACommandInTheWrongStateIsAConflict) {
  const json dossier = filed(submission());
  mark();
  expect_problem(client_.post(path_of(dossier) + "/return-result", json::object()), 409, "wrong_state");
  expect_problem(client_.post(path_of(dossier) + "/accept-supplement", json::object()), 409, "wrong_state");
  EXPECT_EQ(client_.get(path_of(dossier)).json()["version"], 1);
}

TEST_F(BadInput, AVersionThatIsNotThePresentOneIsAFailedPrecondition) {
  const json dossier = filed(submission());
  const std::string accept = path_of(dossier) + "/accept";
  mark();
  expect_problem(client_.post(accept, json::object(), "v-2", 2), 412, "version_conflict");
  const auto with = [&](const char* tag) {
    return client_.request("POST", accept, "{}", {{"Idempotency-Key", "v"}, {"If-Match", tag}});
  };
  expect_problem(with("W/\"1\""), 412, "version_conflict");
  for (const char* tag : {"1", "\"\"", "\"x\"", "\"1\", \"2\"", "\"-1\""})
    expect_problem(with(tag), 400, "version_malformed");
  EXPECT_EQ(client_.get(path_of(dossier)).header("etag"), "\"1\"");
}

TEST_F(BadInput, AKeyIsDoneOnceAndAnsweredAgainByteForByte) {
  const std::string body = submission("Trần Văn Một").dump();
  const HttpAnswer first = client_.request("POST", kDossiers, body, key("once"));
  ASSERT_EQ(first.status, 201) << first.body;
  mark();
  ASSERT_TRUE(service_->advance(60));
  const HttpAnswer again = client_.request("POST", kDossiers, body, key("once"));
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("etag"), first.header("etag"));
  EXPECT_EQ(again.header("location"), first.header("location"));
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  EXPECT_EQ(first.header("idempotency-replayed"), "");
  expect_problem(client_.request("POST", kDossiers, submission("Trần Văn Hai").dump(), key("once")), 422,
                 "idempotency_key_reused");
  // Another caller's key of the same name is another key.
  EXPECT_EQ(service_->client("commune").request("POST", kDossiers, "{", key("once")).status, 400);
}

TEST_F(BadInput, ARejectionIsAnsweredAgainToo) {
  const json dossier = filed(submission());
  const std::string settle = path_of(dossier) + "/return-result";
  mark();
  expect_problem(client_.request("POST", settle, "{}", key("no")), 409, "wrong_state");
  const HttpAnswer again = client_.request("POST", settle, "{}", key("no"));
  expect_problem(again, 409, "wrong_state");
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
}

TEST_F(BadInput, AnUnreadableRequestDoesNotUseUpItsKey) {
  expect_problem(client_.request("POST", kDossiers, "{", key("spare")), 400, "not_json");
  EXPECT_EQ(client_.request("POST", kDossiers, json::object().dump(), key("spare")).status, 422);
  mark();
}

TEST_F(BadInput, KeysThatAreMissingOrMalformedAreSaid) {
  const std::string body = submission().dump();
  const HttpAnswer missing = client_.request("POST", kDossiers, body);
  expect_problem(missing, 400, "idempotency_key_missing");
  EXPECT_EQ(missing.json()["errors"],
            json::parse(R"([{"detail":"A request that writes needs an Idempotency-Key.",
      "code":"idempotency_key_missing","header":"Idempotency-Key"}])"));
  for (const std::string& name : {std::string("a b"), std::string(256, 'k'), std::string("khóa")})
    expect_problem(client_.request("POST", kDossiers, body, key(name)), 400, "idempotency_key_malformed");
  expect_problem(
      client_.request("POST", kDossiers, body, {{"Idempotency-Key", "a"}, {"Idempotency-Key", "b"}}), 400,
      "idempotency_key_malformed");
}

TEST_F(BadInput, OversizedBodiesAreCutOff) {
  expect_problem(client_.request("POST", kDossiers, std::string(1'048'577, ' '), key("big")), 413,
                 "body_too_large");
  json body = submission();
  body["content"] = std::string(2001, 'x');
  expect_fault(client_.post(kDossiers, body), "out_of_range", "#/content");
  body = submission();
  body["papers"] = json::array();
  for (int i = 0; i < 201; ++i)
    body["papers"].push_back({{"key", "p" + std::to_string(i)}, {"form", "copy"}});
  expect_fault(client_.post(kDossiers, body), "out_of_range", "#/papers");
}

TEST_F(BadInput, DeepNestingIsRefused) {
  std::string deep = "1";
  for (int i = 0; i < 33; ++i) deep = "[" + deep + "]";
  expect_problem(client_.request("POST", kDossiers, deep, key("deep")), 400, "too_deep");
  const std::string very_deep(500'000, '[');
  EXPECT_EQ(client_.request("POST", kDossiers, very_deep, key("deep")).status, 400);
}

TEST_F(BadInput, ASlowBodyIsGivenUp) {
  HttpClient slow(service_->port());
  slow.send_bytes("POST /v1/dossiers HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\n{\"proc");
  expect_problem(slow.receive(), 408, "request_timeout");
  EXPECT_TRUE(slow.receive().status == 0 && slow.get("/healthz").status == 200);
}

TEST_F(BadInput, WhatIsNoHttpIsRefused) {
  HttpClient raw(service_->port());
  raw.send_bytes("NONSENSE\r\n\r\n");
  expect_problem(raw.receive(), 400, "bad_request");
}

TEST_F(BadInput, InvalidUtf8IsUnreadable) {
  std::string body = submission("X").dump();
  for (const std::string_view bad : {"\xff", "\xc3", "\xed\xa0\x80", "\xc0\xaf"}) {
    std::string broken = body;
    broken.replace(broken.find("\"X\"") + 1, 1, bad);
    expect_problem(client_.request("POST", kDossiers, broken, key("utf8")), 400, "invalid_utf8");
  }
  expect_problem(client_.request("POST", kDossiers, R"({"owner":{"name":"\ud800"}})", key("utf8")), 400,
                 "not_json");
  expect_problem(client_.get("/v1/dossiers?q=%ff"), 400, "bad_parameter");
}

TEST_F(BadInput, EveryVietnameseDiacriticComesBackAsComposed) {
  const std::string composed =
      "Đặng Nguyễn Hữu Ưởng Ỹ Ậ Ặ Ễ Ộ Ợ Ự à ả ã á ạ ằ ẳ ẵ ắ ặ ầ ẩ ẫ ấ ậ è ẻ ẽ é ẹ "
      "ề ể ễ ế ệ ì ỉ ĩ í ị ò ỏ õ ó ọ ồ ổ ỗ ố ộ ờ ở ỡ ớ ợ ù ủ ũ ú ụ ừ ử ữ ứ ự ỳ ỷ ỹ ý ỵ";
  const auto name_of = [&](const json& dossier) {
    return typed_of(client_,
                    std::string(kDossiers) + '/' + dossier["id"].get<std::string>())["owner"]["name"];
  };
  EXPECT_EQ(name_of(filed(submission(composed))), composed);
  // The same letters one mark at a time: e + circumflex + tilde, o + horn + hook.
  const std::string decomposed = "Nguye\xcc\x82\xcc\x83n Thi\xcc\xa3 Tho\xcc\x9b\xcc\x89";
  const json dossier = filed(submission(decomposed));
  EXPECT_EQ(name_of(dossier), "Nguyễn Thị Thở");
  const json found = client_.post("/v1/dossiers/search", {{"q", "nguyen thi tho"}}).json();
  ASSERT_EQ(found["items"].size(), 1);
  EXPECT_EQ(found["items"][0]["id"], dossier["id"]);
}

TEST_F(BadInput, NamesThatHoldNothingToSeeAreRefused) {
  expect_fault(client_.post(kDossiers, submission(" \u200b\u00a0")), "blank", "#/owner/name");
  expect_fault(client_.post(kDossiers, submission("A\u0007")), "control_character", "#/owner/name");
  expect_fault(client_.post(kDossiers, submission("A\nB")), "control_character", "#/owner/name");
}

TEST_F(BadInput, WithoutAKeyNothingIsShown) {
  for (const char* shown : {"", "Bearer", "Bearer ", "Bearer mc_wrong", "Basic YTpi", "bearer"}) {
    const HttpAnswer answer = client_.request("GET", "/v1/late", {}, {{"Authorization", shown}});
    expect_problem(answer, 401, "unauthorized");
    EXPECT_EQ(answer.header("www-authenticate"), "Bearer");
  }
  const HttpAnswer write = client_.request("POST", kDossiers, submission().dump(),
                                           {{"Authorization", "Bearer mc_wrong"}, {"Idempotency-Key", "k"}});
  expect_problem(write, 401, "unauthorized");
}

TEST_F(BadInput, OfAnotherAgencyNothingIsSeenOrDone) {
  const json dossier = filed(submission("Người Láng Giềng"));
  HttpClient neighbour = service_->client("neighbour");
  mark();
  for (const std::string& path :
       {path_of(dossier), path_of(dossier) + "/events", path_of(dossier) + "/clocks"})
    expect_problem(neighbour.get(path), 404, "not_found");
  expect_problem(neighbour.post(path_of(dossier) + "/withdraw", json::object()), 404, "not_found");
  expect_problem(neighbour.post(kDossiers, submission()), 403, "forbidden_scope");
  EXPECT_TRUE(neighbour.get("/v1/dossiers?q=lang").json()["items"].empty());
  EXPECT_FALSE(service_->client("commune").get("/v1/dossiers?q=lang").json()["items"].empty());
}

TEST_F(BadInput, AKeyDoesNotReplayWhatItsCallerMayNotSee) {
  // The same name of a key from another caller is a request of its own.
  const json dossier = filed(submission());
  mark();
  const std::string accept = path_of(dossier) + "/accept";
  expect_problem(service_->client("neighbour").request("POST", accept, "{}", key("shared")), 404,
                 "not_found");
}

TEST_F(BadInput, UnknownAndRepeatedParametersAreRefused) {
  expect_problem(client_.get("/v1/late?colour=red"), 400, "unknown_parameter");
  for (const char* target :
       {"/v1/late?limit=0", "/v1/late?limit=201", "/v1/late?limit=x", "/v1/late?limit=1&limit=2",
        "/v1/late?at=today", "/v1/late?clock=none", "/v1/late?agency=%20", "/v1/late?as_of=1",
        "/v1/dossiers?state=lost", "/v1/dossiers?q=%20"})
    expect_problem(client_.get(target), 400, "bad_parameter");
  EXPECT_EQ(client_.get("/v1/dossiers/none?x=1").status, 400);
}

TEST_F(BadInput, ACursorIsBoundToItsList) {
  filed(submission());
  filed(submission());
  const json page = client_.get("/v1/dossiers?limit=1").json();
  const std::string cursor = page["next_cursor"];
  mark();
  EXPECT_EQ(client_.get("/v1/dossiers?limit=1&cursor=" + cursor).status, 200);
  expect_problem(client_.get("/v1/dossiers?channel=direct&cursor=" + cursor), 400, "bad_cursor");
  expect_problem(service_->client("commune").get("/v1/dossiers?cursor=" + cursor), 400, "bad_cursor");
  std::string forged = cursor;
  forged.back() = forged.back() == '0' ? '1' : '0';
  for (const std::string& wrong : {forged, cursor + "00", std::string("zz"), std::string("00")})
    expect_problem(client_.get("/v1/dossiers?cursor=" + wrong), 400, "bad_cursor");
}

TEST_F(BadInput, HeadIsGetWithoutItsBody) {
  const json dossier = filed(submission());
  mark();
  const HttpAnswer get = client_.get(path_of(dossier));
  const HttpAnswer head = client_.request("HEAD", path_of(dossier));
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("etag"), "\"1\"");
  EXPECT_EQ(head.header("content-length"), std::to_string(get.body.size()));
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(client_.request("HEAD", "/v1/nothing").status, 404);
  EXPECT_EQ(client_.get("/healthz").status, 200);
}

TEST_F(BadInput, UnknownRoutesAndMethodsAreSaid) {
  for (const char* path : {"/", "/v1", "/v1/late/", "/v1//late", "/v2/late", "/v1/dossiers/x/y/z"})
    expect_problem(client_.get(path), 404, "not_found");
  expect_problem(client_.post("/v1/dossiers/none/dance", json::object()), 404, "not_found");
  const HttpAnswer put = client_.put(kDossiers, json::object());
  expect_problem(put, 405, "method_not_allowed");
  EXPECT_EQ(put.header("allow"), "POST, GET, HEAD");
  const HttpAnswer head = client_.request("HEAD", "/v1/deadlines");
  EXPECT_EQ(head.status, 405);
  EXPECT_EQ(head.header("allow"), "POST");
}

TEST_F(BadInput, OnlyJsonIsTaken) {
  const std::string body = submission().dump();
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonp"})
    expect_problem(
        client_.request("POST", kDossiers, body, {{"Idempotency-Key", "t"}, {"Content-Type", type}}), 415,
        "unsupported_media_type");
  const HttpAnswer with_charset = client_.request(
      "POST", "/v1/working-time", R"({"from":"2026-08-21T08:00:00Z","to":"2026-08-21T09:00:00Z"})",
      {{"Content-Type", "Application/JSON; charset=utf-8"}});
  EXPECT_EQ(with_charset.status, 200) << with_charset.body;
}

TEST_F(BadInput, ClerksReadItInVietnamese) {
  const HttpAnswer answer =
      client_.request("GET", "/v1/late", {}, {{"Authorization", ""}, {"Accept-Language", "vi-VN,vi;q=0.9"}});
  EXPECT_EQ(answer.json()["title"], "Chưa xác thực");
  EXPECT_EQ(answer.header("content-language"), "vi");
}

}  // namespace
}  // namespace motcua::testing
