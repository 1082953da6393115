#include "api/json/dossier_json.h"

#include "api/json/term_changes_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/json/dossier_parts.h"
#include "api/json/masked.h"
#include "api/json/workflow_json.h"

namespace motcua::api {
namespace {

// The calendar on which the clocks of an agency run; null when the agency is not known any more.
std::shared_ptr<const core::Calendar> calendar_of(const run::Definitions& definitions,
                                                  const core::Code& agency) {
  const core::Agency* found = definitions.agency(agency);
  return found == nullptr ? nullptr : definitions.calendar(found->calendar);
}

void write_identity(JsonWriter& json, const core::Dossier& d) {
  json.member("id", d.id);
  json.member_code("code", d.code);
  json.member("state", d.state);
  json.member("portal_state", static_cast<int>(d.state));
  json.member("version", d.version);
  json.member("procedure", d.procedure);
  json.member("channel", d.channel);
  json.member("receiving_agency", d.receiving_agency);
  json.member("competent_agency", d.competent_agency);
  json.key("holder");
  json.begin_object();
  json.member("agency", d.holder_agency);
  json.member_code("unit", d.holder_unit);
  json.member_code("officer", d.holder_officer);
  json.end_object();
  json.member_code("step", d.step);
  json.member_instant("received_at", d.received_at);
  json.member_instant("accepted_at", d.accepted_at);
  json.member("imported", d.imported_at.has_value());
}

// What the settlement promises, and how late it is.
void write_dates(JsonWriter& json, const core::Dossier& d, core::Instant as_of,
                 const run::Definitions& definitions) {
  const core::LegalClock* last = d.clock(core::ClockKind::settlement);
  const core::LegalClock* first = d.clock(core::ClockKind::settlement, 1);
  const auto due = [](const core::LegalClock* clock) { return clock ? clock->due.at : std::nullopt; };
  json.member_instant("due_at", due(last));
  // The first date of all: what moved it later stands in the term's stretches.
  json.member_instant("first_due_at", first != nullptr && !first->earlier.empty()
                                          ? first->earlier.front().due.at
                                          : due(first));
  json.member_instant("promised_at", d.promised_at());
  if (last != nullptr && last->due.pending == core::DuePending::calendar_horizon) {
    json.member("due_pending", last->due.pending);
  } else {
    json.member_null("due_pending");
  }
  json.member("provisional", last != nullptr && last->due.provisional);
  core::Lateness lateness;
  const auto calendar = calendar_of(definitions, d.competent_agency);
  if (calendar != nullptr) lateness = core::lateness_at(d, as_of, *calendar);
  json.member("late", lateness.late());
  json.member_instant("late_since", lateness.since);
  json.member_seconds("late_working_seconds", lateness.counted.ms);
  json.member("untimed", d.untimed());
  json.member("apology_missing",
              lateness.late() && calendar != nullptr &&
                  core::apology_duty(d, as_of, *calendar).state == core::DutyState::missing);
}

void write_clock(JsonWriter& json, const core::LegalClock& clock, core::Instant as_of,
                 const core::Calendar* calendar) {
  const core::ClockState state = clock.state_at(as_of);
  json.begin_object();
  json.member("kind", clock.kind);
  json.member("term", clock.term);
  json.member("state", state);
  json.member("rule", clock.rule);
  json.member("agency", clock.agency);
  json.member_instant("started_at", clock.started_at);
  json.member_instant("due_at", clock.due.at);
  json.member_instant("ended_at", clock.ended_at);
  if (clock.due.pending == core::DuePending::none) {
    json.member_null("due_pending");
  } else {
    json.member("due_pending", clock.due.pending);
  }
  json.member("provisional", clock.due.provisional);
  json.member("recorded_late", clock.recorded_late);
  std::optional<core::WorkingTime> left;
  if (state == core::ClockState::running && clock.due.at && calendar != nullptr) {
    left = calendar->elapsed(as_of, *clock.due.at);
  }
  if (left) {
    json.member_seconds("remaining_working_seconds", left->ms);
  } else {
    json.member_null("remaining_working_seconds");
  }
  if (clock.delay) {
    json.member_seconds("delay_working_seconds", clock.delay->ms);
  } else {
    json.member_null("delay_working_seconds");
  }
  write_stretches(json, clock);
  if (!clock.of.empty()) json.member("step", clock.of);
  if (!clock.shares.empty()) write_shares(json, clock.shares);
  json.end_object();
}

const std::string* fragment(const DossierView& view, core::TextRecord record) {
  const auto found = std::find_if(view.typed.begin(), view.typed.end(),
                                  [&](const TypedPart& part) { return part.fragment.record == record; });
  return found == view.typed.end() ? nullptr : &found->fragment.json;
}

// What was typed of the papers that one version brought: [{"key": …, "source": …, "file_ref": …}].
struct TypedOfPapers {
  std::uint32_t version = 0;
  nlohmann::json papers;
};

std::vector<TypedOfPapers> typed_of_papers(const DossierView& view) {
  std::vector<TypedOfPapers> typed;
  if (view.personal != Personal::open) return typed;
  for (const TypedPart& part : view.typed) {
    if (part.fragment.record != core::TextRecord::papers) continue;
    typed.push_back({part.version, nlohmann::json::parse(part.fragment.json, nullptr, false)});
  }
  return typed;
}

// How a paper came, and when.
void write_paper(JsonWriter& json, const core::PaperRecord& record, const std::vector<TypedOfPapers>& typed) {
  json.member("form", record.paper.form);
  json.member("copies", record.paper.copies);
  json.member("digitised", record.paper.digitised);
  for (const TypedOfPapers& of_version : typed) {
    if (of_version.version != record.version) continue;
    for (const nlohmann::json& words : of_version.papers) {
      if (words["key"] != record.paper.key.text) continue;
      for (const char* name : {"source", "file_ref"}) {
        if (words.contains(name)) json.member(name, words[name].get<std::string>());
      }
    }
  }
  json.member("brought_by", record.version == 1 ? "submission"
                            : record.round > 0  ? "supplement"
                                                : "adjustment");
  if (record.round > 0) {
    json.member("round", record.round);
  } else {
    json.member_null("round");
  }
  json.member_instant("brought_at", record.at);
  json.member("version", record.version);
}

// One item for each paper: as it came last, and below it how the same paper came before.
void write_papers(JsonWriter& json, const DossierView& view) {
  const std::vector<TypedOfPapers> typed = typed_of_papers(view);
  const auto& records = view.dossier.papers;
  const auto same_key = [](const core::Code& key) {
    return [&key](const core::PaperRecord& record) { return record.paper.key == key; };
  };
  json.key("papers");
  json.begin_array();
  for (auto first = records.begin(); first != records.end(); ++first) {
    const core::Code& key = first->paper.key;
    if (std::any_of(records.begin(), first, same_key(key))) continue;
    const auto last = std::find_if(records.rbegin(), records.rend(), same_key(key)).base() - 1;
    json.begin_object();
    json.member("key", key);
    write_paper(json, *last, typed);
    json.key("earlier");
    json.begin_array();
    for (auto before = first; before != last; ++before) {
      if (before->paper.key != key) continue;
      json.begin_object();
      write_paper(json, *before, typed);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

struct WriteFact {
  JsonWriter& json;
  const core::Code& key;
  template <class Value>
  void operator()(const Value& value) const {
    json.member(key.text, value);
  }
};

void write_facts(JsonWriter& json, const core::Dossier& d) {
  json.key("facts");
  json.begin_object();
  for (const core::Fact& fact : d.facts) std::visit(WriteFact{json, fact.key}, fact.value);
  json.end_object();
}

void write_rounds(JsonWriter& json, const core::Dossier& d) {
  json.key("supplements");
  json.begin_array();
  for (const core::SupplementRound& round : d.rounds) {
    json.begin_object();
    json.member_instant("asked_at", round.asked_at);
    json.member_code("asked_by", round.asked_by);
    json.member("asked_in", round.asked_in);
    json.key("missing");
    json.begin_array();
    for (const core::Code& key : round.missing) json.value(key);
    json.end_array();
    json.member_instant("supplied_at", round.supplied_at);
    json.member_instant("accepted_at", round.accepted_at);
    json.member_instant("promise_before", round.promise_before);
    json.member_instant("promise_after", round.promise_after);
    json.end_object();
  }
  json.end_array();
  // Decree 45 art. 11.3: the citizen is guided fully once. More is allowed, warned about and counted.
  json.member("repeated_supplement", d.rounds.size() > 1);
}

void write_promises(JsonWriter& json, const core::Dossier& d) {
  json.key("promises");
  json.begin_array();
  for (const core::LegalClock& clock : d.clocks) {
    if (clock.kind != core::ClockKind::settlement) continue;
    json.begin_object();
    json.member("term", clock.term);
    json.member("rule", clock.rule);
    json.member_instant("counted_from", clock.started_at);
    json.member_instant("due_at", clock.due.at);
    // Without a limit only the acceptance may promise a date.
    json.member_instant("promised_at", clock.due.at || clock.term > 1 ? clock.due.at : d.appointment_at);
    json.end_object();
  }
  json.end_array();
}

void write_typed(JsonWriter& json, const DossierView& view) {
  json.member("owner_kind", view.dossier.owner_kind);
  json.member("personal", view.personal);
  for (const auto& [name, record] :
       {std::pair{"owner", core::TextRecord::owner}, std::pair{"filer", core::TextRecord::filer}}) {
    const std::string* text = fragment(view, record);
    if (text == nullptr || view.personal == Personal::erased) {
      json.member_null(name);
    } else {
      json.member_raw(name, view.personal == Personal::open ? *text : masked_owner(*text));
    }
  }
  for (const auto& [name, record] :
       {std::pair{"content", core::TextRecord::content}, std::pair{"personal_facts", core::TextRecord::facts},
        std::pair{"reason", core::TextRecord::reason}, std::pair{"note", core::TextRecord::note}}) {
    const std::string* text = view.personal == Personal::open ? fragment(view, record) : nullptr;
    text == nullptr ? json.member_null(name) : json.member_raw(name, *text);
  }
}

}  // namespace

void write_clocks(JsonWriter& json, const core::Dossier& d, core::Instant as_of,
                  const run::Definitions& definitions) {
  const auto receiving = calendar_of(definitions, d.receiving_agency);
  const auto competent = calendar_of(definitions, d.competent_agency);
  json.begin_array();
  for (const core::LegalClock& clock : d.clocks) {
    if (clock.agency == d.receiving_agency || clock.agency == d.competent_agency) {
      write_clock(json, clock, as_of, clock.agency == d.receiving_agency ? receiving.get() : competent.get());
    } else {
      write_clock(json, clock, as_of, calendar_of(definitions, clock.agency).get());
    }
  }
  json.end_array();
}

void write_owner(JsonWriter& json, const DossierView& view) {
  json.begin_object();
  json.member("dossier", view.dossier.id);
  json.member_code("code", view.dossier.code);
  json.member("version", view.dossier.version);
  write_typed(json, view);
  write_papers(json, view);
  json.end_object();
}

void write_dossier(JsonWriter& json, const DossierView& view) {
  const core::Dossier& d = view.dossier;
  json.begin_object();
  write_identity(json, d);
  json.member("procedure_version", d.procedure_version);
  json.member("variant", d.variant);
  json.member("rulebook_layer", d.layer);
  json.member("rulebook_version", d.rulebook_version);
  json.member("result_delivery", d.delivery);
  json.member_code("source", d.source);
  json.member_code("external_ref", d.external_ref);
  write_dates(json, d, view.as_of, view.definitions);
  json.member("suspended", d.suspended());
  json.member_instant("settled_at", d.settled_at);
  json.member_instant("ended_at", d.ended_at);
  json.member_instant("returned_at", d.returned_at);
  json.member_instant("erased_at", d.erased_at);
  json.key("clocks");
  write_clocks(json, d, view.as_of, view.definitions);
  write_papers(json, view);
  write_facts(json, d);
  write_rounds(json, d);
  write_result_history(json, d);
  write_promises(json, d);
  write_term_changes(json, d, view.as_of, view.definitions);
  write_progress(json, d);
  write_checklist(json, view);
  write_payments(json, d);
  write_corrections(json, d);
  write_handovers(json, d);
  write_typed(json, view);
  json.member_instant("as_of", view.as_of);
  json.end_object();
}

void write_row(JsonWriter& json, const core::Dossier& dossier, core::Instant as_of,
               const run::Definitions& definitions, const store::ListItem* item) {
  json.begin_object();
  write_identity(json, dossier);
  write_dates(json, dossier, as_of, definitions);
  json.member("corrected", !dossier.corrections.empty());
  if (item != nullptr) {
    json.member("clock", item->kind);
    json.member_instant("clock_due_at", item->due_at);
  }
  json.end_object();
}

}  // namespace motcua::api
