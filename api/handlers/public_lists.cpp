#include <algorithm>
#include <charconv>
#include <limits>

#include "api/handlers/handlers.h"
#include "api/late_export.h"
#include "api/print/late_index.h"
#include "engine/run/publisher.h"

namespace motcua::api {
namespace {

constexpr int kEntriesMax = 1'000;

// The folder in which the files of a list lie for ever: "/public/late/2026-10/H32-1/".
std::string folder_of(const store::Publication& list) {
  return "/public/late/" + list.month + '/' + list.scope.text + '-' + std::to_string(list.number) + '/';
}

std::vector<store::Publication> published_of(const Call& call, const std::string& month,
                                             const core::Code& scope) {
  if (!core::month_period(month, core::kVietnamOffsetMinutes)) return {};
  store::PublicationQuery query;
  query.month = month;
  query.scope = scope;
  query.state = store::PublicationState::published;
  return call.service.store.publications().page(query);
}

// "H32-1": the agency and the number of a list.
std::optional<store::Publication> list_in_folder(const Call& call, const std::string& month,
                                                 const std::string& folder) {
  const std::size_t dash = folder.rfind('-');
  if (dash == std::string::npos) return std::nullopt;
  int number = 0;
  const char* end = folder.data() + folder.size();
  if (std::from_chars(folder.data() + dash + 1, end, number).ptr != end) return std::nullopt;
  for (store::Publication& list : published_of(call, month, core::Code(folder.substr(0, dash)))) {
    if (list.number == number) return std::move(list);
  }
  return std::nullopt;
}

// `stays`: the address means this list for ever.
Made file_response(const Call& call, const store::Publication& list, const std::string& name, bool stays) {
  auto file = run::is_download(name) ? call.service.store.publications().file(list.key, name) : std::nullopt;
  if (!file) return problem("not_found");
  net::Response response;
  const std::string tag = '"' + list.sha256.substr(0, 32) + '"';
  response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Cache-Control",
                                stays ? "public, max-age=31536000, immutable" : "public, no-cache");
  if (call.request.header("if-none-match") == tag) {
    response.status = 304;
    return response;
  }
  response.content_type = file->content_type;
  response.headers.emplace_back("Content-Disposition", "inline; filename=\"" + list.month + '-' +
                                                           list.scope.text + '-' + file->name + '"');
  response.body = std::move(file->body);
  return response;
}

std::optional<Problem> refuse_query(const Call& call) {
  Parameters parameters(call.request.query);
  parameters.refuse_unknown();
  if (parameters.faults().empty()) return std::nullopt;
  return problem_of(parameters.faults());
}

// All published lists, newest first.
std::vector<print::LateEntry> entries_of(const Call& call, const std::string& base) {
  std::vector<print::LateEntry> entries;
  store::PublicationQuery query;
  query.state = store::PublicationState::published;
  query.limit = kEntriesMax;
  store::Publications& all = call.service.store.publications();
  for (const store::Publication& list : all.page(query)) {
    print::LateEntry& entry = entries.emplace_back();
    const core::Agency* agency = call.service.engine.definitions()->agency(list.scope);
    entry.month = list.month;
    entry.scope = list.scope.text;
    entry.scope_name = agency == nullptr ? list.scope.text : agency->name;
    entry.number = list.number;
    entry.published_at = list.published_at;
    entry.sha256 = list.sha256;
    if (list.corrects) {
      const auto corrected = all.find(*list.corrects);
      if (corrected) entry.corrects = corrected->sha256;
    }
    entry.address = base + folder_of(list) + "index.html";
    entry.index_766 = base + folder_of(list) + "index-766.json";
  }
  for (const print::LateEntry& by : entries) {
    if (!by.corrects) continue;
    for (print::LateEntry& entry : entries) {
      if (entry.sha256 != *by.corrects || entry.month != by.month) continue;
      entry.corrected_by = print::LateEntry::Successor{by.number, by.published_at, by.sha256, by.address};
    }
  }
  return entries;
}

net::Response page_response(std::string_view type, std::string body) {
  net::Response response;
  response.content_type = type;
  response.headers.emplace_back("Cache-Control", "public, no-cache");
  response.body = std::move(body);
  return response;
}

// A name or an address, with a port: what stands in the feed must be no text of a stranger.
bool is_host(std::string_view host) {
  constexpr std::string_view kOfHosts = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
  return !host.empty() && host.size() <= 255 && host.find_first_not_of(kOfHosts) == std::string_view::npos;
}

// The service as the public reaches it: the configured address, or what the client called it.
std::string base_address(const Call& call) {
  const std::string& configured = call.service.config.publications.public_address;
  if (!configured.empty()) return configured;
  return (call.request.secure ? "https://" : "http://") + std::string(call.request.header("host"));
}

}  // namespace

Made get_public_index(const Call& call) {
  if (auto wrong = refuse_query(call)) return *wrong;
  return page_response("text/html; charset=utf-8",
                       print::late_index_html(entries_of(call, {}), core::kVietnamOffsetMinutes));
}

Made get_public_feed(const Call& call) {
  if (auto wrong = refuse_query(call)) return *wrong;
  const bool configured = !call.service.config.publications.public_address.empty();
  if (!configured && !is_host(call.request.header("host"))) {
    return problem("bad_header", "Expected the header Host to name a host, but it does not");
  }
  print::LateFeed feed;
  const std::string base = base_address(call);
  feed.address = base + "/public/late/feed";
  feed.page = base + "/public/late";
  const core::Code scope(call.service.config.publications.scope);
  const core::Agency* agency = call.service.engine.definitions()->agency(scope);
  feed.author = agency == nullptr ? scope.text : agency->name;
  net::Response response =
      page_response("application/atom+xml; charset=utf-8",
                    print::late_feed(feed, entries_of(call, base), core::kVietnamOffsetMinutes));
  // By the name that this client used: nobody else may be given it.
  if (!configured) response.headers.back().second = "private, no-cache";
  return response;
}

// The newest list of a month: "2026-10" leads to its page, "2026-10.csv" is its list.csv.
Made get_public_list(const Call& call) {
  Parameters parameters(call.request.query);
  const core::Code scope =
      parameters.code("agency").value_or(core::Code(call.service.config.publications.scope));
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const std::string& asked = call.parts[0];
  const std::size_t dot = std::min(asked.find('.'), asked.size());
  const auto lists = published_of(call, asked.substr(0, dot), scope);
  if (lists.empty()) return problem("not_found");
  if (dot < asked.size()) return file_response(call, lists.front(), "list" + asked.substr(dot), false);
  net::Response response;
  response.status = 307;
  response.headers.emplace_back("Location", folder_of(lists.front()) + "index.html");
  response.headers.emplace_back("Cache-Control", "public, no-cache");
  return response;
}

Made get_public_list_file(const Call& call) {
  if (auto wrong = refuse_query(call)) return *wrong;
  const auto list = list_in_folder(call, call.parts[0], call.parts[1]);
  if (!list) return problem("not_found");
  return file_response(call, *list, call.parts[2], true);
}

// A page of the export; its first line is the head, where the page is the first one.
Made get_public_list_export(const Call& call) {
  Parameters parameters(call.request.query);
  const auto after = parameters.integer("after", 0, std::numeric_limits<std::int64_t>::max());
  const std::int64_t limit = parameters.integer("limit", 1, 1'000).value_or(500);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const auto list = list_in_folder(call, call.parts[0], call.parts[1]);
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
    response.headers.emplace_back(
        "Link", '<' + folder_of(*list) + "export?after=" + std::to_string(to) + ">; rel=\"next\"");
  }
  return response;
}

}  // namespace motcua::api
