#include <algorithm>
#include <stdexcept>

#include "api/handlers/handlers.h"
#include "api/handlers/slip_response.h"
#include "api/handlers/unmasking.h"
#include "api/slip_sheet.h"
#include "engine/run/slips.h"

namespace motcua::api {
namespace {

constexpr std::size_t kBookRowsMax = 1000;
constexpr int kBookPage = 200;

struct BookQuery {
  core::Code agency;
  core::Date from;
  core::Date to;  // included
};

core::Date read_day(Parameters& parameters, std::string_view name) {
  const auto given = parameters.text(name);
  const auto day = given ? core::parse_date(*given) : std::nullopt;
  if (!day) parameters.fault(name, "bad_parameter", "Expected a day, as in 2026-08-21, but it is none");
  return day.value_or(core::Date{});
}

BookQuery read_book(Parameters& parameters) {
  BookQuery query;
  const auto agency = parameters.code("agency");
  if (!agency)
    parameters.fault("agency", "bad_parameter", "Expected the code of an agency, but there is none");
  query.agency = agency.value_or(core::Code());
  query.from = read_day(parameters, "from");
  query.to = read_day(parameters, "to");
  if (parameters.faults().empty() && query.to < query.from) {
    parameters.fault("to", "bad_parameter", "Expected a day not before from, but it is");
  }
  return query;
}

// What the agency received in those days, the oldest first; more than the bound when there is more.
std::vector<core::Dossier> dossiers_of(const Call& call, store::Reader& reader, const BookQuery& book) {
  store::DossierQuery query;
  query.scope = call.scope();
  query.agency = book.agency;
  query.received_from = core::midnight(book.from, core::kVietnamOffsetMinutes);
  query.received_before = core::midnight(book.to + 1, core::kVietnamOffsetMinutes);
  query.limit = kBookPage;
  std::vector<core::Dossier> found;
  while (found.size() <= kBookRowsMax) {
    const auto page = reader.dossiers(query);
    for (const store::Stored& stored : page) {
      if (stored.dossier.receiving_agency == book.agency) found.push_back(stored.dossier);
    }
    if (page.size() < static_cast<std::size_t>(kBookPage)) break;
    query.before_key = page.back().key;
  }
  std::sort(found.begin(), found.end(), [](const core::Dossier& a, const core::Dossier& b) {
    return a.received_at != b.received_at ? a.received_at < b.received_at : a.id < b.id;
  });
  return found;
}

}  // namespace

Made get_book(const Call& call) {
  if (call.parts[0] != core::word_of(core::SlipForm::book)) return problem("unknown_slip_form");
  Parameters parameters(call.request.query);
  const BookQuery query = read_book(parameters);
  const SlipFormat format = slip_format(call, parameters);
  auto unmasking = Unmasking::asked(call, parameters, store::AccessKind::book);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const auto definitions = call.service.engine.definitions();
  const bool own = call.scope().covers(query.agency);
  if (!own || definitions->agency(query.agency) == nullptr) return problem("not_found");
  const core::Instant now = call.service.clock.now();
  const core::Date today = core::local_date(now, core::kVietnamOffsetMinutes);
  if (query.from > today) {
    parameters.fault("from", "bad_parameter", "Expected a day up to today, but it is one to come");
    return problem_of(parameters.faults());
  }
  const run::SlipSet* set = definitions->slips(query.to, now);
  if (set == nullptr) throw std::runtime_error("no printed forms were applied");
  auto reader = call.service.store.reader();
  const std::vector<core::Dossier> dossiers = dossiers_of(call, *reader, query);
  if (dossiers.size() > kBookRowsMax) return problem("book_too_long");
  std::vector<run::SlipRow> rows;
  for (const core::Dossier& dossier : dossiers) {
    // What was erased has its line, without words.
    auto typed = is_kept(dossier) ? run::open_slip(call.service.keyring, *reader, call.scope(), dossier)
                                  : std::optional<run::SlipTyped>(std::in_place);
    if (!typed) return problem("typed_text_lost");
    if (!unmasking) mask(*typed);
    if (unmasking && is_kept(dossier)) {
      if (auto wrong = unmasking->open(dossier)) return std::move(*wrong);
    }
    rows.push_back(run::book_row(dossier, static_cast<int>(rows.size()) + 1, *set, *definitions, *typed));
  }
  reader.reset();  // a long PDF takes its time, and the log waits for who reads
  const std::string number =
      query.agency.text + '-' + core::format_date(query.from) + '-' + core::format_date(query.to) + "-SO";
  const run::SlipValues values =
      run::fill_book({query.agency, query.from, query.to, std::min(query.to, today), number}, std::move(rows),
                     *set, *definitions, now);
  net::Response response =
      slip_response(slip_sheet(set->of(core::SlipForm::book), values,
                               core::midnight(query.to + 1, core::kVietnamOffsetMinutes), number),
                    format, number);
  return unmasking ? unmasking->answer(std::move(response)) : Made(std::move(response));
}

}  // namespace motcua::api
