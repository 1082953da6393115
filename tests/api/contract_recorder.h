#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json_fwd.hpp>

#include "tests/support/service.h"

namespace motcua::testing {

// What was said to services, one exchange a line, for tests/node/contract.mjs.
class Record {
 public:
  explicit Record(const std::filesystem::path& file) : out_(file) {}
  void add(std::string_view method, std::string_view target, const HttpHeaders& headers,
           std::string_view body, const HttpAnswer& answer);
  void close() { out_.close(); }

 private:
  std::ofstream out_;
};

// A client whose exchanges are recorded.
class Speaker {
 public:
  Speaker(Record& record, const RunningService& service, std::string_view key_id);

  HttpAnswer say(std::string_view method, std::string_view target, std::string_view body = {},
                 HttpHeaders headers = {});
  HttpAnswer get(std::string_view target) { return say("GET", target); }
  HttpAnswer put(std::string_view target, const nlohmann::json& body);
  // With a fresh Idempotency-Key unless `headers` has one.
  HttpAnswer post(std::string_view target, const nlohmann::json& body, HttpHeaders headers = {});
  HttpClient& client() { return client_; }

 private:
  Record& record_;
  HttpClient client_;
};

// api/openapi.json of the source tree.
nlohmann::json openapi_document();
// The only example of a request body, or the one of this name.
nlohmann::json example_of(const nlohmann::json& document, const std::string& path,
                          const std::string& name = {});
// A folder of procedures: those of copy_procedures, and 9.000001, which has one of everything.
void write_procedures(const std::filesystem::path& folder);

}  // namespace motcua::testing
