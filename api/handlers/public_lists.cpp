#include <algorithm>
#include <limits>

#include "api/handlers/handlers.h"
#include "api/late_export.h"
#include "engine/run/publisher.h"

namespace motcua::api {
namespace {

constexpr std::string_view kFrontPage = "index.html";

// The published list that a public address means: the newest of its month unless it is numbered.
std::optional<store::Publication> published_list(const Call& call, Parameters& parameters,
                                                 const std::string& month) {
  store::PublicationQuery query;
  query.month = month;
  query.scope = parameters.code("agency").value_or(core::Code(call.service.config.publications.scope));
  query.state = store::PublicationState::published;
  const auto number = parameters.integer("number", 1, 1'000'000);
  if (!core::month_period(month, core::kVietnamOffsetMinutes)) return std::nullopt;
  for (const store::Publication& list : call.service.store.publications().page(query)) {
    if (!number || *number == list.number) return list;
  }
  return std::nullopt;
}

// What was made once and stays: clients may keep it, but ask whether a later list took its place.
net::Response file_response(const Call& call, const store::Publication& list, store::PublicationFile file) {
  net::Response response;
  const std::string tag = '"' + list.sha256.substr(0, 32) + '"';
  response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Cache-Control", "public, no-cache");
  if (call.request.header("if-none-match") == tag) {
    response.status = 304;
    return response;
  }
  response.content_type = file.content_type;
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
  const bool page =
      file.content_type.starts_with("text/html") || file.content_type.starts_with("application/json");
  if (!page) {
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + list.month + '-' +
                                                             list.scope.text + '-' + file.name + '"');
  }
  response.body = std::move(file.body);
  return response;
}

Made public_file(const Call& call, const std::string& month, const std::string& name) {
  Parameters parameters(call.request.query);
  const auto list = published_list(call, parameters, month);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  if (!list || name == run::kBasisFile) return problem("not_found");
  auto file = call.service.store.publications().file(list->key, name);
  if (!file) return problem("not_found");
  return file_response(call, *list, std::move(*file));
}

}  // namespace

Made get_public_list(const Call& call) {
  // "2026-10.csv" is the month's list.csv.
  const std::string& asked = call.parts[0];
  const std::size_t dot = asked.find('.');
  if (dot == std::string::npos) return public_file(call, asked, std::string(kFrontPage));
  return public_file(call, asked.substr(0, dot), "list" + asked.substr(dot));
}

// A page of the export: its first line is the head, where the page is the first one.
Made get_public_list_export(const Call& call) {
  Parameters parameters(call.request.query);
  const auto list = published_list(call, parameters, call.parts[0]);
  const auto after = parameters.integer("after", 0, std::numeric_limits<std::int64_t>::max());
  const std::int64_t limit = parameters.integer("limit", 1, 1'000).value_or(500);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  if (!list) return problem("not_found");
  const LateExport exported(call.service.store, call.service.keyring, call.service.engine.definitions(),
                            *list);
  net::Response response;
  response.content_type = "application/jsonl; charset=utf-8";
  if (!after) response.body = exported.head_line() + '\n';
  const auto end = static_cast<std::int64_t>(exported.dossiers());
  const std::int64_t from = std::min(after.value_or(0), end);
  const std::int64_t to = std::min(from + limit, end);
  for (std::int64_t i = from; i < to; ++i) {
    response.body += exported.dossier_line(static_cast<std::size_t>(i)) + '\n';
  }
  if (to < end) {
    std::string next = "/public/late/" + list->month + "/export?after=" + std::to_string(to);
    next += "&agency=" + list->scope.text + "&number=" + std::to_string(list->number);
    response.headers.emplace_back("Link", '<' + next + ">; rel=\"next\"");
  }
  return response;
}

Made get_public_list_file(const Call& call) { return public_file(call, call.parts[0], call.parts[1]); }

}  // namespace motcua::api
