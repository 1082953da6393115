#include "api/problem.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "api/problem_texts.h"

namespace motcua::api {
namespace {

constexpr std::string_view kId = "0190c3a8-7b1c-7def-8123-456789abcdef";

std::string header(const net::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

TEST(Problem, IsADocumentOfRfc9457) {
  const net::Response response =
      problem_response(problem("wrong_state", "Expected to settle, but it is settled."), kId, false);
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(header(response, "Cache-Control"), "no-store");
  EXPECT_EQ(nlohmann::json::parse(response.body),
            nlohmann::json({{"type", "urn:motcua:problem:wrong_state"},
                            {"title", "Wrong state"},
                            {"status", 409},
                            {"detail", "Expected to settle, but it is settled."},
                            {"code", "wrong_state"},
                            {"instance", "urn:uuid:0190c3a8-7b1c-7def-8123-456789abcdef"}}));
}
TEST(Problem, NamesThePlaceOfEachFault) {
  const Problem wrong = problem_of({{"#/owner/name", "missing_field", "required"},
                                    {"limit", "out_of_range", "1 to 200", FaultPlace::parameter},
                                    {"if-match", "bad_format", "quoted", FaultPlace::header}});
  const nlohmann::json document = nlohmann::json::parse(problem_response(wrong, kId, false).body);
  EXPECT_EQ(document["status"], 422);
  EXPECT_EQ(document["code"], "invalid_request");
  EXPECT_EQ(document["errors"],
            nlohmann::json::parse(R"([{"detail":"required","code":"missing_field","pointer":"#/owner/name"},
                            {"detail":"1 to 200","code":"out_of_range","parameter":"limit"},
                            {"detail":"quoted","code":"bad_format","header":"if-match"}])"));
}
TEST(Problem, OfOneFaultTakesItsCodeWhereThatStandsAlone) {
  EXPECT_EQ(problem_of({{"#/procedure", "unknown_procedure", "x"}}).code, "unknown_procedure");
  EXPECT_EQ(problem_of({{"#/procedure", "missing_field", "x"}}).code, "invalid_request");
  EXPECT_EQ(problem_of({{"#/a", "unknown_procedure", "x"}, {"#/b", "unknown_agency", "x"}}).code,
            "invalid_request");
}
TEST(Problem, OfTheQueryIsUnreadable) {
  const Problem unknown = problem_of({{"colour", "unknown_parameter", "x", FaultPlace::parameter}});
  EXPECT_EQ(unknown.status, 400);
  EXPECT_EQ(unknown.code, "unknown_parameter");
  const Problem bad = problem_of({{"limit", "out_of_range", "x", FaultPlace::parameter}});
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(bad.code, "bad_parameter");
  EXPECT_EQ(problem_of({{"traceparent", "bad_format", "x", FaultPlace::header}}).code, "bad_header");
}
TEST(Problem, SpeaksVietnameseToClerks) {
  Problem wrong = problem_of({{"#/owner/name", "missing_field", "required"}});
  const net::Response response = problem_response(wrong, kId, true);
  const nlohmann::json document = nlohmann::json::parse(response.body);
  EXPECT_EQ(header(response, "Content-Language"), "vi");
  EXPECT_EQ(document["title"], "Dữ liệu chưa hợp lệ");
  EXPECT_EQ(document["errors"][0]["detail"], "Thiếu thông tin bắt buộc.");
}
TEST(Problem, SaysHowToComeBack) {
  EXPECT_EQ(header(problem_response(problem("queue_full"), kId, false), "Retry-After"), "1");
  EXPECT_EQ(header(problem_response(problem("rate_limited"), kId, false), "Retry-After"), "1");
  EXPECT_EQ(header(problem_response(problem("unauthorized"), kId, false), "WWW-Authenticate"), "Bearer");
  EXPECT_EQ(header(problem_response(problem("not_found"), kId, false), "Retry-After"), "");
}
TEST(Problem, OfEachCodeHasTheStatusOfTheDesign) {
  const std::map<std::string_view, int> expected = {{"not_json", 400},
                                                    {"invalid_utf8", 400},
                                                    {"duplicate_member", 400},
                                                    {"too_deep", 400},
                                                    {"unknown_parameter", 400},
                                                    {"bad_parameter", 400},
                                                    {"bad_cursor", 400},
                                                    {"cursor_gone", 410},
                                                    {"too_many_streams", 503},
                                                    {"version_malformed", 400},
                                                    {"idempotency_key_missing", 400},
                                                    {"idempotency_key_malformed", 400},
                                                    {"unauthorized", 401},
                                                    {"forbidden_scope", 403},
                                                    {"not_found", 404},
                                                    {"not_sandbox", 404},
                                                    {"method_not_allowed", 405},
                                                    {"request_timeout", 408},
                                                    {"wrong_state", 409},
                                                    {"key_in_flight", 409},
                                                    {"external_ref_taken", 409},
                                                    {"code_taken", 409},
                                                    {"already_supplemented", 409},
                                                    {"suspended", 409},
                                                    {"ground_not_allowed", 422},
                                                    {"ground_used_up", 409},
                                                    {"already_suspended", 409},
                                                    {"ground_not_in_force", 422},
                                                    {"suspension_too_long", 422},
                                                    {"extension_too_long", 422},
                                                    {"untimed", 409},
                                                    {"already_reappointed", 409},
                                                    {"appointment_not_later", 422},
                                                    {"unknown_unit", 422},
                                                    {"already_apologised", 409},
                                                    {"already_explained", 409},
                                                    {"not_late", 409},
                                                    {"version_conflict", 412},
                                                    {"body_too_large", 413},
                                                    {"unsupported_media_type", 415},
                                                    {"unknown_procedure", 422},
                                                    {"unknown_agency", 422},
                                                    {"unknown_variant", 422},
                                                    {"channel_not_offered", 422},
                                                    {"unknown_officer", 422},
                                                    {"future_instant", 422},
                                                    {"backdated_too_far", 422},
                                                    {"before_last_event", 422},
                                                    {"idempotency_key_reused", 422},
                                                    {"calendar_horizon", 422},
                                                    {"clock_backwards", 422},
                                                    {"not_online", 422},
                                                    {"precondition_required", 428},
                                                    {"rate_limited", 429},
                                                    {"header_too_large", 431},
                                                    {"internal_error", 500},
                                                    {"queue_full", 503},
                                                    {"clock_unsound", 503},
                                                    {"store_failed", 503},
                                                    {"shutting_down", 503},
                                                    {"store_full", 503},
                                                    {"read_too_long", 503},
                                                    {"too_many_connections", 503},
                                                    {"wrong_step", 409},
                                                    {"last_step", 409},
                                                    {"in_transit", 409},
                                                    {"nothing_to_forward", 409},
                                                    {"already_forwarded", 409},
                                                    {"not_forwarded", 409},
                                                    {"worked_on", 409},
                                                    {"not_anywhere", 422},
                                                    {"not_one_stop", 422},
                                                    {"wrong_level", 422},
                                                    {"malformed_code", 422},
                                                    {"http_version", 505},
                                                    {"transfer_encoding", 501},
                                                    {"expectation_failed", 417},
                                                    {"internal", 500}};
  for (const auto& [code, status] : expected) EXPECT_EQ(problem(code).status, status) << code;
}
TEST(Problem, OfAnUnknownCodeIsAnInternalError) {
  EXPECT_EQ(problem("no_such_code").status, 500);
  EXPECT_EQ(problem_text("no_such_code").code, "internal_error");
}
TEST(ProblemTexts, AreCompleteAndDistinct) {
  std::set<std::string_view> messages;
  for (const ProblemText& text : problem_texts()) {
    EXPECT_EQ(&problem_text(text.code), &text);
    for (const auto part : {text.title_en, text.title_vi, text.message_en, text.message_vi}) {
      EXPECT_FALSE(part.empty()) << text.code;
    }
    EXPECT_TRUE(messages.insert(text.message_en).second) << text.code;
    EXPECT_TRUE(messages.insert(text.title_vi).second) << text.code;
  }
}
TEST(AcceptLanguage, PrefersVietnameseByItsWeight) {
  for (const char* header :
       {"vi", "vi-VN", "VI", "vi-VN,vi;q=0.9,en;q=0.8", "en;q=0.5, vi;q=0.7", "fr, vi;q=0.1"}) {
    EXPECT_TRUE(prefers_vietnamese(header)) << header;
  }
  for (const char* header : {"", "en", "en-GB,vi;q=0.9", "vi;q=0", "vie", "*", "fr", ",,;", "vi;q=x"}) {
    EXPECT_FALSE(prefers_vietnamese(header)) << header;
  }
}

}  // namespace
}  // namespace motcua::api
