#include "engine/run/rulebook_loader.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "engine/run/rule_loader.h"

namespace motcua::run {
namespace {

using nlohmann::json;

class RulebookReader {
 public:
  explicit RulebookReader(Source source) : source_(source) {}

  core::Rulebook read(const json& document) {
    ObjectReader in(document, "", source_.file, source_.faults);
    if (!in.is_object()) return {};
    read_format(in);
    read_code(in, "id", Presence::required, kNameSpelling);
    read_parameters(in);
    read_objects(in, "layers", Presence::required, 1, source_, [this](ObjectReader& l) { read_layer(l); });
    read_objects(in, "rules", Presence::required, 1, source_, [this](ObjectReader& r) {
      RuleEntry entry = read_rule(r, source_);
      place(std::move(entry));
    });
    in.refuse_unknown();
    check_layers();
    for (std::size_t i = 0; i < made_.layers.size(); ++i) fill(made_.layers[i], i);
    return std::move(made_);
  }

 private:
  using Key = std::pair<core::Code, core::Code>;  // layer, rule

  void read_parameters(ObjectReader& in) {
    const json* found = in.member("parameters", Presence::required);
    if (found == nullptr) return;
    ObjectReader of(*found, in.pointer_to("parameters"), source_.file, source_.faults);
    const auto tolerance = read_integer(of, "future_tolerance_ms", Presence::required, 0, 600'000);
    made_.future_tolerance = core::ClockTime{tolerance.value_or(0)};
    made_.backdate_limit = read_limit(of, "backdate_limit", Presence::required, LimitUse::counted, source_)
                               .value_or(core::Limit{});
    of.refuse_unknown();
  }

  void read_layer(ObjectReader& in) {
    core::Rules layer;
    layer.layer = read_code(in, "id", Presence::required, kLayerSpelling).value_or(core::Code());
    const auto from = read_date(in, "from", Presence::required);
    layer.from = from.value_or(core::Date{});
    layer.to = read_last_date(in, "to", Presence::required, from);
    read_text(in, "amended_by_unseen", Presence::optional, 100);
    const bool known = find_layer(layer.layer) != nullptr;
    if (known) in.fault("id", "Expected each layer once, but " + layer.layer.text + " is repeated");
    made_.layers.push_back(std::move(layer));
  }

  core::Rules* find_layer(const core::Code& id) {
    const auto found = std::find_if(made_.layers.begin(), made_.layers.end(),
                                    [&](const core::Rules& layer) { return layer.layer == id; });
    return found == made_.layers.end() ? nullptr : &*found;
  }

  // Layers follow each other day by day, so that every receipt has one; only the last may have no end.
  void check_layers() {
    for (std::size_t i = 1; i < made_.layers.size(); ++i) {
      const std::optional<core::Date>& end = made_.layers[i - 1].to;
      const core::Date from = made_.layers[i].from;
      if (end && from == *end + 1) continue;
      const char* what = !end || from <= *end ? "they overlap" : "days are left out";
      source_.report("/layers/" + std::to_string(i) + "/from",
                     "Expected the day after the layer before ends, but " + std::string(what));
    }
  }

  void place(RuleEntry entry) {
    if (entry.layer.empty() || entry.rule.id.empty()) return;
    core::Rules* layer = find_layer(entry.layer);
    if (layer == nullptr) {
      return source_.report(entry.pointer + "/layer",
                            "Expected one of the layers, but " + entry.layer.text + " is none");
    }
    if (entry.rule.from < layer->from) {
      source_.report(entry.pointer + "/from", "Expected a day of the layer, but it lies before");
    }
    if (layer->to && (!entry.rule.to || *entry.rule.to > *layer->to)) {
      source_.report(entry.pointer + "/to", "Expected a day of the layer, but it lies after");
    }
    layer->all.push_back(entry.rule);
    std::string pointer = entry.pointer;
    const std::string name = entry.rule.id.text + " of " + entry.layer.text;
    const Key key{entry.layer, entry.rule.id};
    if (!rules_.emplace(key, std::move(entry)).second) {
      source_.report(pointer + "/id", "Expected each rule once in a layer, but " + name + " is repeated");
    }
  }

  const RuleEntry* required(const core::Rules& layer, std::size_t place, const char* id) {
    const auto found = rules_.find({layer.layer, core::Code(id)});
    if (found != rules_.end()) return &found->second;
    source_.report(
        "/layers/" + std::to_string(place),
        "Expected the rule " + std::string(id) + " in every layer, but " + layer.layer.text + " has none");
    return nullptr;
  }

  // A rule that must carry a parameter which the engine reads; a text it cannot obey is a fault, never
  // passed over.
  void expect(bool holds, const RuleEntry& entry, const char* parameter, const char* what) {
    if (holds) return;
    source_.report(entry.pointer + "/parameters/" + parameter,
                   "Expected " + std::string(what) + " for " + entry.rule.id.text + ", but it is not");
  }

  void timed(const core::Rules& layer, std::size_t place, const char* id, core::Rule& into) {
    const RuleEntry* entry = required(layer, place, id);
    if (entry == nullptr) return;
    expect(entry->has_limit, *entry, "limit", "a limit");
    into = entry->rule;
  }

  void fill(core::Rules& layer, std::size_t place) {
    timed(layer, place, "ACCEPT_8H", layer.acceptance);
    fill_channels(layer);
    timed(layer, place, "SUPP_NOTICE_3WD", layer.appraisal);
    timed(layer, place, "SUPP_CLOSE_15D", layer.citizen_wait);
    if (rules_.contains({layer.layer, core::Code("INTAKE_ALERT_2H")})) {
      timed(layer, place, "INTAKE_ALERT_2H", layer.intake_alert.emplace());
    }
    if (const RuleEntry* entry = required(layer, place, "CLOCK_START")) {
      expect(entry->event == "accepted", *entry, "event", "the event accepted");
      layer.settlement = entry->rule;
    }
    if (const RuleEntry* entry = required(layer, place, "SUPP_RESTART")) {
      expect(entry->mode == "restart", *entry, "mode", "the mode restart");
      layer.restart = entry->rule;
    }
    if (const RuleEntry* entry = required(layer, place, "IMMEDIATE_15H")) {
      expect(entry->cutoff_ms.has_value(), *entry, "cutoff", "a time of day");
      layer.counting.immediate_cutoff_ms = entry->cutoff_ms.value_or(0);
    }
    fill_promises(layer);
    fill_payment(layer);
    fill_digitising(layer);
    fill_forwarding(layer);
    fill_codes(layer, place);
    // Rulebooks of before lack what clocks of steps and consultations rest on; its id stands all the same.
    take(layer, "EWORKFLOW", layer.step);
    take(layer, "CONSULT_LATE", layer.consultation);
  }

  void take(const core::Rules& layer, const char* id, core::Rule& into) {
    const auto found = rules_.find({layer.layer, core::Code(id)});
    if (found != rules_.end()) into = found->second.rule;
  }

  // What a re-appointment does, and how long an explanation may take.
  void fill_promises(core::Rules& layer) {
    const auto reappoint = rules_.find({layer.layer, core::Code("REAPPOINT")});
    if (reappoint != rules_.end()) {
      const RuleEntry& entry = reappoint->second;
      layer.reappointment_moves_due = entry.moves_due == "in_time";
      if (entry.notice_before) {
        expect(entry.notice_before->unit == core::LimitUnit::calendar_day && entry.notice_before->value <= 30,
               entry, "notice_before", "at most thirty calendar days");
        layer.reappointment_notice_days =
            static_cast<int>(std::min<std::int64_t>(entry.notice_before->value, 30));
      }
    }
    const auto explain = rules_.find({layer.layer, core::Code("LATE_EXPLAIN")});
    if (explain != rules_.end() && explain->second.has_limit) layer.explanation = explain->second.rule.limit;
  }

  void fill_payment(core::Rules& layer) {
    const auto found = rules_.find({layer.layer, core::Code("PAYMENT_RESTART")});
    if (found == rules_.end()) return;
    expect(found->second.mode.has_value(), found->second, "mode", "the mode restart or continue");
    layer.payment_restart = found->second.rule;
    layer.payment_restarts = found->second.mode == "restart";
  }

  void fill_digitising(core::Rules& layer) {
    const auto found = rules_.find({layer.layer, core::Code("DIGITISE")});
    if (found == rules_.end()) return;
    expect(found->second.starts_on.has_value(), found->second, "starts_on", "a day for each level");
    layer.digitising = found->second.starts_on;
  }

  const RuleEntry* optional(const core::Rules& layer, const char* id) const {
    const auto found = rules_.find({layer.layer, core::Code(id)});
    return found == rules_.end() ? nullptr : &found->second;
  }

  // A rulebook may lack these rules, or state them without numbers: then no such clock runs.
  void fill_forwarding(core::Rules& layer) {
    const RuleEntry* electronic = optional(layer, "FWD_E");
    if (electronic != nullptr && electronic->at_once) {
      layer.forward_electronic = electronic->rule;
      layer.forward_electronic->limit = {0, core::LimitUnit::hour, core::DayCounting::by_day};
    }
    const RuleEntry* outside = optional(layer, "FWD_NONBOUND");
    if (outside != nullptr && outside->has_limit) layer.forward_outside = outside->rule;
    const RuleEntry* paper = optional(layer, "FWD_15H");
    if (paper == nullptr || (!paper->cutoff_ms && !paper->after_opening)) return;
    expect(paper->cutoff_ms.has_value(), *paper, "cutoff", "a time of day");
    const bool hours = paper->after_opening && paper->after_opening->unit == core::LimitUnit::working_hour;
    expect(hours, *paper, "after_opening", "a limit in working hours");
    if (!hours || !paper->cutoff_ms) return;
    layer.forward_paper = paper->rule;
    layer.forward_paper->limit = {paper->after_opening->value, core::LimitUnit::by_cutoff,
                                  core::DayCounting::by_day};
    layer.counting.forward_cutoff_ms = *paper->cutoff_ms;
  }

  void fill_channels(core::Rules& layer) {
    const auto found = rules_.find({layer.layer, core::Code("ACCEPT_8H")});
    if (found == rules_.end() || found->second.channels.empty()) return;
    for (bool& applies : layer.acceptance_on) applies = false;
    for (const core::Channel channel : found->second.channels) {
      layer.acceptance_on[static_cast<int>(channel)] = true;
    }
  }

  void fill_codes(core::Rules& layer, std::size_t place) {
    if (const RuleEntry* entry = required(layer, place, "ONE_CODE")) {
      layer.code_pattern = entry->pattern.value_or("");
      const std::string fault = code_pattern_fault(layer.code_pattern);
      if (!fault.empty()) source_.report(entry->pointer + "/parameters/pattern", fault);
      expect(entry->issued_at_submission.has_value(), *entry, "issued_at", "the event of each channel");
      for (std::size_t i = 0; entry->issued_at_submission && i < 3; ++i) {
        layer.code_at_submission[i] = (*entry->issued_at_submission)[i];
      }
    }
    if (const RuleEntry* entry = required(layer, place, "ERESULT")) {
      layer.result_pattern = entry->pattern.value_or("");
      const std::string fault = result_pattern_fault(layer.result_pattern);
      if (!fault.empty()) source_.report(entry->pointer + "/parameters/pattern", fault);
    }
  }

  Source source_;
  core::Rulebook made_;
  std::map<Key, RuleEntry> rules_;
};

}  // namespace

std::optional<core::Rulebook> load_rulebook(std::string_view json_text, std::string_view file,
                                            std::vector<LoadFault>& faults) {
  const std::size_t before = faults.size();
  const std::optional<json> document = load_json(json_text, file, faults);
  if (!document) return std::nullopt;
  core::Rulebook rulebook = RulebookReader({file, faults}).read(*document);
  if (faults.size() != before) return std::nullopt;
  return rulebook;
}

}  // namespace motcua::run
