#include "engine/run/slips.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "api/handlers/dossier_reading.h"
#include "api/handlers/handlers.h"
#include "api/handlers/slip_response.h"
#include "api/handlers/unmasking.h"
#include "api/slip_sheet.h"
#include "engine/run/notices.h"

namespace motcua::api {
namespace {

core::Date issued_on(core::Instant at) { return core::local_date(at, core::kVietnamOffsetMinutes); }

// A slip as the list shows it.
struct ListedSlip {
  core::SlipForm form = core::SlipForm::receipt;
  std::string number;
  int ordinal = 1;
  std::uint32_t version = 0;
  core::Instant issued_at;
  const run::SlipSet* set = nullptr;
  bool countered = false;  // the stop that it told of was taken back
};

std::vector<ListedSlip> slips_after(const Call& call, store::Reader& reader, const core::Uuid& dossier,
                                    std::uint32_t after, std::size_t enough,
                                    const run::Definitions& definitions) {
  std::vector<ListedSlip> slips;
  run::replay_slips(reader, call.scope(), dossier, [&](const run::SlipIssue& issue) {
    if (issue.event.version <= after) return true;
    const core::Event& event = issue.event;
    // Slips of one event stay together, as the next page begins after an event.
    if (slips.size() > enough && slips.back().version != event.version) return false;
    slips.push_back({issue.form, issue.number(), issue.ordinal, event.version, event.occurred_at,
                     definitions.slips(issued_on(event.occurred_at), event.recorded_at)});
    return true;
  });
  return slips;
}

// The versions of the stops that do not stand.
void mark_countered(const Call& call, store::Reader& reader, const core::Uuid& dossier,
                    std::vector<ListedSlip>& slips) {
  run::replay_history(reader, call.scope(), dossier, [&](const core::Event& event, const core::Dossier&) {
    const auto* countered = std::get_if<core::DossierStopCountered>(&event.body);
    if (countered == nullptr) return true;
    for (ListedSlip& slip : slips) {
      if (slip.form == core::SlipForm::stop && slip.version == countered->countered_version)
        slip.countered = true;
    }
    return true;
  });
}

void write_slip(JsonWriter& json, const ListedSlip& slip) {
  const run::SlipLayout& layout = slip.set->of(slip.form);
  json.begin_object();
  json.member("form", slip.form);
  json.member("number", slip.number);
  json.member("ordinal", slip.ordinal);
  json.member("version", slip.version);
  json.member_instant("issued_at", slip.issued_at);
  json.member("title", layout.title);
  json.member("set", slip.set->set);
  json.member("set_version", slip.set->version);
  if (layout.number.empty()) {
    json.member_null("form_number");
  } else {
    json.member("form_number", layout.number);
  }
  json.member("countered", slip.countered);
  json.end_object();
}

// A slip and the history up to it, kept beyond the replay.
struct FoundSlip {
  int ordinal = 1;
  core::Event event;
  core::Dossier after;
  run::ControlLines lines;
};

// The issue of that version, or the last one.
std::optional<FoundSlip> find_slip(const Call& call, store::Reader& reader, const core::Uuid& dossier,
                                   core::SlipForm form, std::optional<std::uint32_t> version) {
  std::optional<FoundSlip> found;
  run::replay_slips(reader, call.scope(), dossier, [&](const run::SlipIssue& issue) {
    if (issue.form != form || (version && issue.event.version != *version)) return true;
    found = FoundSlip{issue.ordinal, issue.event, issue.after, issue.lines};
    return !version;
  });
  return found;
}

}  // namespace

Made list_slips(const Call& call) {
  Parameters parameters(call.request.query);
  const auto after = parameters.integer("after_version", 0, UINT32_MAX).value_or(0);
  const auto limit = static_cast<std::size_t>(parameters.integer("limit", 1, 200).value_or(50));
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  auto reader = call.service.store.reader();
  const auto name = dossier_name(call.parts[0]);
  const auto stored = name ? reader->find(call.scope(), *name) : std::nullopt;
  if (!stored) return problem("not_found");
  const auto definitions = call.service.engine.definitions();
  auto slips =
      slips_after(call, *reader, stored->dossier.id, static_cast<std::uint32_t>(after), limit, *definitions);
  std::size_t count = std::min(slips.size(), limit);
  while (count < slips.size() && slips[count].version == slips[count - 1].version) ++count;
  mark_countered(call, *reader, stored->dossier.id, slips);
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.member("dossier", stored->dossier.id);
  json.key("items");
  json.begin_array();
  for (std::size_t i = 0; i < count; ++i) write_slip(json, slips[i]);
  json.end_array();
  if (slips.size() > count) {
    json.member("next_after_version", slips[count - 1].version);
  } else {
    json.member_null("next_after_version");
  }
  json.end_object();
  return json_response(200, std::move(body));
}

Made get_slip(const Call& call) {
  Parameters parameters(call.request.query);
  const auto version = parameters.integer("version", 1, UINT32_MAX);
  const SlipFormat format = slip_format(call, parameters);
  auto unmasking = Unmasking::asked(call, parameters, store::AccessKind::slip);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  auto reader = call.service.store.reader();
  const auto name = dossier_name(call.parts[0]);
  const auto stored = name ? reader->find(call.scope(), *name) : std::nullopt;
  if (!stored) return problem("not_found");
  const auto form = core::enum_of<core::SlipForm>(call.parts[1]);
  if (!form || *form == core::SlipForm::book) return problem("unknown_slip_form");
  const auto wanted = version ? std::optional(static_cast<std::uint32_t>(*version)) : std::nullopt;
  const auto found = find_slip(call, *reader, stored->dossier.id, *form, wanted);
  if (!found) return problem("slip_not_issued");
  if (!is_kept(stored->dossier)) return problem("erased");
  if (unmasking) {
    if (auto wrong = unmasking->open(stored->dossier)) return std::move(*wrong);
  }
  auto typed = run::open_slip(call.service.keyring, *reader, call.scope(), found->event, found->after);
  if (!typed) return problem("typed_text_lost");
  if (!unmasking) mask(*typed);
  reader.reset();  // a PDF takes its time, and the log waits for who reads

  const auto definitions = call.service.engine.definitions();
  const run::SlipSet* set = definitions->slips(issued_on(found->event.occurred_at), found->event.recorded_at);
  if (set == nullptr) throw std::runtime_error("no printed forms were applied");
  const run::SlipIssue issue{*form, found->ordinal, found->event, found->after, found->lines};
  const run::SlipValues values = run::fill_slip(issue, *set, *definitions, *typed);
  net::Response response = slip_response(
      slip_sheet(set->of(*form), values, found->event.occurred_at, issue.number()), format, issue.number());
  return unmasking ? unmasking->answer(std::move(response)) : Made(std::move(response));
}

}  // namespace motcua::api
