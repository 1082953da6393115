#include "tests/api/contract_recorder.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/support/paths.h"

namespace motcua::testing {
namespace {

using nlohmann::json;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

// One of every kind of member that a procedure may have.
constexpr const char* kProcedure = R"({
  "format": 1, "code": "9.000001", "name": "Thủ tục thử nghiệm", "level": ["commune"],
  "domain": {"name": "Thử nghiệm"}, "decision": "1/QĐ-UBND", "valid_from": "2020-01-01",
  "competent_level": "commune",
  "variants": [{"key": "default", "name": "Thông thường"}, {"key": "nhanh", "name": "Nhanh"}],
  "limits": [
    {"channel": "direct", "variant": "default", "statutory": {"value": 10, "unit": "working_day"},
     "committed": {"value": 5, "unit": "working_day", "decision": "2/QĐ-UBND"}, "fee_vnd": 5000},
    {"channel": "online", "variant": "nhanh", "statutory": {"value": 9, "unit": "calendar_day"}}],
  "papers": [
    {"key": "to_khai", "name": "Tờ khai", "required": true, "copies": 1, "forms": ["original", "electronic"]},
    {"key": "ban_sao", "name": "Bản sao", "required": false, "copies": 2, "forms": ["copy", "reused"],
     "variants": ["nhanh"]}],
  "fees": [
    {"key": "phi", "name": "Phí", "kind": "fee", "amount_vnd": 20000},
    {"key": "phi", "name": "Phí", "kind": "fee", "amount_vnd": 10000, "variant": "nhanh", "channel": "online"},
    {"key": "le_phi", "name": "Lệ phí", "kind": "charge", "amount_vnd": 5000}],
  "payment": {"when": "after_acceptance", "effect": "suspend", "ground": "nghia_vu", "basis": "3/QĐ-UBND",
    "waivers": [{"ground": "ho_ngheo", "name": "Hộ nghèo", "basis": "4/QĐ-UBND"}], "refundable": true},
  "facts": [
    {"key": "pages", "type": "integer", "required": true, "personal": false},
    {"key": "urgent", "type": "boolean", "required": false, "personal": false},
    {"key": "until_on", "type": "date", "required": false, "personal": false},
    {"key": "kind", "type": "enum", "values": ["a", "b"], "required": false, "personal": false},
    {"key": "born_on", "type": "date", "required": false, "personal": true},
    {"key": "purpose", "type": "text", "required": false, "personal": true}],
  "steps": [
    {"key": "handle", "name": "Xử lý", "kind": "handle", "role": "handling_officer", "agency": "competent"},
    {"key": "return", "name": "Trả", "kind": "return", "role": "counter_officer", "agency": "receiving"}],
  "results": [{"code": "KQ.G01.000999", "name": "Kết quả thử nghiệm"}]
})";

}  // namespace

void Record::add(std::string_view method, std::string_view target, const HttpHeaders& headers,
                 std::string_view body, const HttpAnswer& answer) {
  json sent = json::object();
  for (const auto& [name, value] : headers) sent[lower(name)] = value;
  json received = json::object();
  for (const auto& [name, value] : answer.headers) received[name] = value;
  const json line{{"method", method},     {"target", target},        {"request_headers", sent},
                  {"request_body", body}, {"status", answer.status}, {"headers", received},
                  {"body", answer.body}};
  // What was sent on purpose as broken UTF-8 is of no use to the reader.
  out_ << line.dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
}

Speaker::Speaker(Record& record, const RunningService& service, std::string_view key_id)
    : record_(record), client_(service.port(), token_of(key_id)) {}

HttpAnswer Speaker::say(std::string_view method, std::string_view target, std::string_view body,
                        HttpHeaders headers) {
  const HttpAnswer answer = client_.request(method, target, body, headers);
  record_.add(method, target, headers, body, answer);
  return answer;
}

HttpAnswer Speaker::put(std::string_view target, const json& body) { return say("PUT", target, body.dump()); }

HttpAnswer Speaker::post(std::string_view target, const json& body, HttpHeaders headers) {
  static int count = 0;
  const auto is_key = [](const auto& header) { return header.first == "Idempotency-Key"; };
  if (std::none_of(headers.begin(), headers.end(), is_key))
    headers.emplace_back("Idempotency-Key", "contract-" + std::to_string(++count));
  return say("POST", target, body.dump(), std::move(headers));
}

json openapi_document() {
  std::ifstream in(in_tree("api/openapi.json"));
  return json::parse(in);
}

json example_of(const json& document, const std::string& path, const std::string& name) {
  const json& item = document.at("paths").at(path);
  const json& operation = item.contains("post") ? item.at("post") : item.at("put");
  const json& content = operation.at("requestBody").at("content").at("application/json");
  return name.empty() ? content.at("example") : content.at("examples").at(name).at("value");
}

void write_procedures(const std::filesystem::path& folder) {
  copy_procedures(folder);
  std::ofstream(folder / "9.000001.json") << kProcedure;
}

}  // namespace motcua::testing
