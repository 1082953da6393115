#include "api/routes.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>

#include "api/handlers/handlers.h"
#include "api/handlers/ordering.h"
#include "api/identify.h"
#include "api/page_policy.h"

namespace motcua::api {
namespace {

using Compute = Made (*)(const Call&);
using Later = void (*)(std::shared_ptr<Call>, net::Reply);
// Who may ask: anyone; a caller, for what each of its commands needs (of commands, batches); or a caller that
// was granted the area somewhere. What of it is shown is then the handler's to ask (Call::reach).
struct Access {
  enum class Of { anyone, caller, area };
  Of of = Of::area;
  core::Area area = core::Area::definitions;
  constexpr Access(Of who) : of(who) {}                    // NOLINT: the table reads better so
  constexpr Access(core::Area granted) : area(granted) {}  // NOLINT
};
using core::Area;
constexpr Access kAnyone{Access::Of::anyone};
constexpr Access kCaller{Access::Of::caller};

// The whole API. {…} takes one segment.
struct Route {
  std::string_view name;  // "GET /v1/dossiers/{dossier}", also the label of its metrics
  Access access;
  Compute compute;
  Later later;
};

constexpr std::string_view kMetrics = "GET /metrics";

constexpr std::array kRoutes = {
    Route{"POST /v1/dossiers", kCaller, nullptr, submit_dossier},
    Route{"GET /v1/dossiers", Area::dossiers, list_dossiers, nullptr},
    Route{"POST /v1/dossiers/search", Area::dossiers, search_dossiers, nullptr},
    Route{"GET /v1/dossiers/{dossier}", Area::dossiers, get_dossier, nullptr},
    Route{"GET /v1/dossiers/{dossier}/events", Area::dossiers, get_history, nullptr},
    Route{"GET /v1/dossiers/{dossier}/clocks", Area::dossiers, get_clocks, nullptr},
    Route{"GET /v1/dossiers/{dossier}/actions", Area::dossiers, get_actions, nullptr},
    Route{"GET /v1/dossiers/{dossier}/clocks/{kind}/explain", Area::dossiers, explain_clock, nullptr},
    Route{"GET /v1/dossiers/{dossier}/notices", Area::dossiers, list_notices, nullptr},
    Route{"GET /v1/dossiers/{dossier}/slips", Area::dossiers, list_slips, nullptr},
    Route{"GET /v1/dossiers/{dossier}/slips/{form}", Area::dossiers, get_slip, nullptr},
    Route{"GET /v1/slips/{form}", Area::dossiers, get_book, nullptr},
    Route{"GET /v1/dossiers/{dossier}/owner", Area::dossiers, get_owner, nullptr},
    Route{"GET /v1/dossiers/{dossier}/attribution", Area::dossiers, get_attribution, nullptr},
    Route{"POST /v1/dossiers/{dossier}/{command}", kCaller, nullptr, command_dossier},
    Route{"GET /v1/events", Area::dossiers, list_events, nullptr},
    Route{"GET /v1/journal/head", Area::journal, get_journal_head, nullptr},
    Route{"POST /v1/persons/export", Area::personal, export_person, nullptr},
    Route{"GET /v1/access-log", Area::access_log, list_accesses, nullptr},
    Route{"GET /v1/alerts", Area::alerts, list_alerts, nullptr},
    Route{"GET /v1/alerts/{alert}", Area::alerts, get_alert, nullptr},
    Route{"POST /v1/alerts/{alert}/ack", Area::act_on_alerts, nullptr, ack_alert},
    Route{"POST /v1/alerts/{alert}/snooze", Area::act_on_alerts, nullptr, snooze_alert},
    Route{"GET /v1/digests", Area::alerts, list_digests, nullptr},
    Route{"GET /v1/events/stream", Area::dossiers, stream_events, nullptr},
    Route{"GET /v1/late", Area::dossiers, list_late, nullptr},
    Route{"GET /v1/due-soon", Area::dossiers, list_due_soon, nullptr},
    Route{"GET /v1/untimed", Area::dossiers, list_untimed, nullptr},
    Route{"POST /v1/deadlines", Area::definitions, compute_deadline, nullptr},
    Route{"POST /v1/working-time", Area::definitions, compute_working_time, nullptr},
    Route{"GET /v1/procedures", Area::definitions, list_procedures, nullptr},
    Route{"GET /v1/procedures/{code}", Area::definitions, get_procedure, nullptr},
    Route{"GET /v1/agencies", Area::definitions, list_agencies, nullptr},
    Route{"GET /v1/agencies/{code}", Area::definitions, get_agency, nullptr},
    Route{"GET /v1/officers", Area::definitions, list_officers, nullptr},
    Route{"GET /v1/calendars", Area::definitions, list_calendars, nullptr},
    Route{"GET /v1/calendars/{id}", Area::definitions, get_calendar, nullptr},
    Route{"GET /v1/rulebook", Area::definitions, get_rulebook, nullptr},
    Route{"GET /v1/sandbox/clock", Area::sandbox, get_sandbox_clock, nullptr},
    Route{"PUT /v1/sandbox/clock", Area::sandbox, set_sandbox_clock, nullptr},
    Route{"GET /healthz", kAnyone, get_health, nullptr},
    Route{"GET /readyz", kAnyone, get_ready, nullptr},
    Route{kMetrics, Area::metrics, get_metrics, nullptr},
    Route{"GET /openapi.json", kAnyone, get_openapi, nullptr},
    Route{"POST /v1/batches", kCaller, nullptr, submit_batch},
    Route{"POST /v1/code-blocks", Area::code_blocks, nullptr, draw_code_block},
    Route{"GET /v1/code-blocks", Area::code_blocks, list_code_blocks, nullptr},
    Route{"GET /v1/code-blocks/{block}", Area::code_blocks, get_code_block, nullptr},
    Route{"POST /v1/code-blocks/{block}/return", Area::code_blocks, nullptr, return_code_block},
    Route{"POST /v1/webhooks", Area::webhooks, nullptr, make_webhook},
    Route{"GET /v1/webhooks", Area::webhooks, list_webhooks, nullptr},
    Route{"GET /v1/webhooks/{webhook}", Area::webhooks, get_webhook, nullptr},
    Route{"DELETE /v1/webhooks/{webhook}", Area::webhooks, nullptr, remove_webhook},
    Route{"POST /v1/webhooks/{webhook}/pause", Area::webhooks, nullptr, pause_webhook},
    Route{"POST /v1/webhooks/{webhook}/resume", Area::webhooks, nullptr, resume_webhook},
    Route{"POST /v1/webhooks/{webhook}/rotate-secret", Area::webhooks, nullptr, rotate_webhook_secret},
    Route{"POST /v1/webhooks/{webhook}/redeliver", Area::webhooks, nullptr, redeliver_dead},
    Route{"GET /v1/webhooks/{webhook}/deliveries", Area::webhooks, list_deliveries, nullptr},
    Route{"GET /v1/webhooks/{webhook}/deliveries/{event}", Area::webhooks, get_delivery, nullptr},
    Route{"POST /v1/webhooks/{webhook}/deliveries/{event}/redeliver", Area::webhooks, nullptr, redeliver_one},
    Route{"POST /v1/publications", Area::draft_lists, nullptr, open_publication},
    Route{"GET /v1/publications", Area::lists, list_publications, nullptr},
    Route{"GET /v1/publications/{publication}", Area::lists, get_publication, nullptr},
    Route{"GET /v1/publications/{publication}/document", Area::lists, get_publication_document, nullptr},
    Route{"POST /v1/publications/{publication}/correct", Area::draft_lists, nullptr, correct_publication},
    Route{"POST /v1/publications/{publication}/review", Area::review_lists, nullptr, review_publication},
    Route{"POST /v1/publications/{publication}/publish", Area::publish_lists, nullptr, publish_publication},
    Route{"POST /v1/publications/{publication}/redraft", Area::draft_lists, nullptr, redraft_publication},
    Route{"POST /v1/publications/{publication}/discard", Area::draft_lists, nullptr, discard_publication},
    Route{"GET /public/late", kAnyone, get_public_index, nullptr},
    Route{"GET /public/late/feed", kAnyone, get_public_feed, nullptr},
    Route{"GET /v1/reports/ii06a", Area::reports, nullptr, report_ii06a},
    Route{"GET /v1/reports/index-766", Area::reports, nullptr, report_index_766},
    Route{"GET /v1/reports/acceptance", Area::reports, nullptr, report_acceptance},
    Route{"GET /v1/reports/quarterly", Area::reports, nullptr, report_quarterly},
    Route{"GET /v1/reports/differences", Area::reports, nullptr, report_differences},
    Route{"GET /v1/indicators", Area::reports, nullptr, report_indicators},
    Route{"GET /public/late/{month}", kAnyone, get_public_list, nullptr},
    Route{"GET /public/late/{month}/{list}/export", kAnyone, get_public_list_export, nullptr},
    Route{"GET /public/late/{month}/{list}/{file}", kAnyone, get_public_list_file, nullptr},
};

// Takes the next segment off a path: "/v1/late" gives "v1", and leaves "/late".
std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

// Whether the path has the pattern's form; `parts` holds what stood for its {…}.
bool matches(std::string_view pattern, std::string_view path, std::vector<std::string_view>& parts) {
  parts.clear();
  while (!pattern.empty() && !path.empty()) {
    const std::string_view want = next_segment(pattern);
    const std::string_view have = next_segment(path);
    if (want.starts_with('{')) {
      if (have.empty()) return false;
      parts.push_back(have);
    } else if (want != have) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

struct Found {
  std::optional<std::size_t> route;
  std::string allowed;  // the methods of the path, where there are routes for others
  std::vector<std::string_view> parts;
};

Found find_route(std::string_view method, std::string_view path) {
  Found found;
  if (!path.starts_with('/')) return found;
  std::vector<std::string_view> parts;
  for (std::size_t i = 0; i < kRoutes.size(); ++i) {
    const std::size_t space = kRoutes[i].name.find(' ');
    const std::string_view own = kRoutes[i].name.substr(0, space);
    if (!matches(kRoutes[i].name.substr(space + 1), path, parts)) continue;
    // HEAD is answered as GET; the server leaves the body out.
    if (own == method || (own == "GET" && method == "HEAD")) {
      found.route = i;
      found.parts = parts;
      return found;
    }
    if (!found.allowed.empty()) found.allowed += ", ";
    found.allowed += own;
    if (own == "GET") found.allowed += ", HEAD";
  }
  return found;
}

// The metrics tell how much is done and what fails: to the machines that the settings name, else by a right.
bool asks_for_nobody(const Call& call, const Route& route) {
  return route.access.of == Access::Of::anyone ||
         (route.name == kMetrics && net::is_within(call.request.peer, call.service.config.listen.scrapers));
}

// A trace goes on where the caller names one, and else begins here.
Trace trace_of(const net::Request& request, const core::Uuid& request_id) {
  if (request.count("traceparent") == 1) {
    if (const auto trace = read_traceparent(request.header("traceparent"))) return *trace;
  }
  return {request_id.bytes, std::nullopt};
}

// Counts an answer and logs it: writes and failures for everyone to see, reads only for who looks closer.
class Watch {
 public:
  Watch(Service& service, std::size_t route, const Call& call)
      : service_(&service), route_(route), request_id_(call.request_id), trace_(call.trace) {}

  void done(int status) const {
    const auto took = std::chrono::steady_clock::now() - began_;
    RouteMetrics& metrics = *service_->metrics.routes[route_];
    metrics.answers[static_cast<std::size_t>(status / 100 % 6)].fetch_add(1, std::memory_order_relaxed);
    if (status == 403) service_->metrics.forbidden.fetch_add(1, std::memory_order_relaxed);
    metrics.seconds.add(std::chrono::duration<double>(took).count());
    const LogLevel level = status >= 500 ? LogLevel::error : status >= 400 ? LogLevel::info : LogLevel::debug;
    if (!service_->log.writes(level)) return;
    const LogField route("route", OwnText{std::string(metrics.route)});
    const LogField answered("status", status);
    const LogField time("microseconds", std::chrono::duration_cast<std::chrono::microseconds>(took).count());
    const LogField trace("trace_id", trace_.id);
    if (trace_.parent) {
      service_->log.write(level, "request", request_id_,
                          {route, answered, time, trace, {"parent_id", *trace_.parent}});
    } else {
      service_->log.write(level, "request", request_id_, {route, answered, time, trace});
    }
  }

 private:
  Service* service_;
  std::size_t route_;
  core::Uuid request_id_;
  Trace trace_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

// Nobody reads what persons typed before the log says so.
void hold_back(const std::shared_ptr<Call>& call, const Watch& watch, const net::Reply& reply,
               Opened opened) {
  auto held = std::make_shared<net::Response>(std::move(opened.response));
  const auto answer = [call, watch, reply](Made made) {
    net::Response response = finished(*call, std::move(made));
    watch.done(response.status);
    reply(std::move(response));
  };
  if (opened.entries.empty()) return answer(std::move(*held));
  call->service.engine.note_access({std::move(opened.entries)},
                                   [held, answer](const run::BlockAnswer& noted) {
                                     if (const auto* refused = std::get_if<run::Refused>(&noted))
                                       return answer(problem_of(*refused));
                                     if (const auto* late = std::get_if<run::Rejected>(&noted))
                                       return answer(problem_of(late->rejection));
                                     answer(std::move(*held));
                                   });
}

}  // namespace

void prepare_routes(Service& service) {
  for (const Route& route : kRoutes)
    service.metrics.routes.push_back(std::make_unique<RouteMetrics>(route.name));
}

void serve_request(Service& service, net::Request&& request, net::Reply&& reply) {
  auto call =
      std::make_shared<Call>(Call{service, std::move(request), {}, {}, nullptr, nullptr, {}, false, {}});
  call->request_id = service.random.uuid_v7(service.clock.now());
  call->trace = trace_of(call->request, call->request_id);
  call->vietnamese = prefers_vietnamese(call->request.header("accept-language"));
  const Found found = find_route(call->request.method, call->request.path);
  if (!found.route) {
    if (auto refused = refuse_caller(*call, false)) return reply(finished(*call, std::move(*refused)));
    net::Response response =
        finished(*call, problem(found.allowed.empty() ? "not_found" : "method_not_allowed"));
    if (!found.allowed.empty()) response.headers.emplace_back("Allow", found.allowed);
    return reply(std::move(response));
  }
  const Route& route = kRoutes[*found.route];
  const Watch watch(service, *found.route, *call);
  const auto answer = [&](Made made) {
    net::Response response = finished(*call, std::move(made));
    watch.done(response.status);
    reply(std::move(response));
  };
  // A probe is never told that it comes too often.
  const bool is_probe = route.name == "GET /healthz" || route.name == "GET /readyz";
  const bool open = asks_for_nobody(*call, route);
  auto refused = is_probe ? std::nullopt : refuse_caller(*call, !open);
  if (refused) return answer(std::move(*refused));
  if (!open && route.access.of == Access::Of::area && call->reach(route.access.area).is_nothing()) {
    return answer(problem("forbidden_right"));
  }
  for (const std::string_view part : found.parts) {
    auto decoded = percent_decoded(part);
    if (!decoded) return answer(problem("not_found"));
    call->parts.push_back(std::move(*decoded));
  }
  try {
    if (route.compute != nullptr) {
      Made made = route.compute(*call);
      auto* opened = std::get_if<Opened>(&made);
      return opened == nullptr ? answer(std::move(made)) : hold_back(call, watch, reply, std::move(*opened));
    }
    route.later(call, [reply, watch](net::Response response) {
      if (!response.made_later) {
        watch.done(response.status);
        return reply(std::move(response));
      }
      net::Response later;
      later.made_later = [make = std::move(response.made_later), watch] {
        net::Response made = make();
        watch.done(made.status);
        return made;
      };
      reply(std::move(later));
    });
  } catch (...) {
    answer(failure_of(*call));
  }
}

net::Response refuse_request(Service& service, int status, std::string_view code, std::string_view detail) {
  Problem refused = problem(code, std::string(detail));
  refused.status = status;
  const std::string id = core::to_string(service.random.uuid_v7(service.clock.now()));
  net::Response response = problem_response(refused, id, false);
  response.headers.emplace_back("X-Request-Id", id);
  add_page_policy(response);
  return response;
}

}  // namespace motcua::api
