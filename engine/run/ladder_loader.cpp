#include "engine/run/ladder_loader.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "engine/run/members_loader.h"

namespace motcua::run {
namespace {

using nlohmann::json;

constexpr std::int64_t kDistanceMax = 60;  // of any unit: longer ones are plans, not warnings
constexpr std::int64_t kAcknowledgeMax = 80;

class LadderReader {
 public:
  explicit LadderReader(Source source) : source_(source) {}

  core::Ladders read(const json& document) {
    ObjectReader in(document, "", source_.file, source_.faults);
    if (!in.is_object()) return {};
    read_format(in);
    made_.provincial_unit =
        read_code(in, "provincial_unit", Presence::required, kNameSpelling).value_or(core::Code());
    made_.digest = in.boolean("digest", Presence::required).value_or(false);
    read_objects(in, "ladders", Presence::required, 1, source_, [this](ObjectReader& l) { read_ladder(l); });
    in.refuse_unknown();
    return std::move(made_);
  }

 private:
  void read_ladder(ObjectReader& in) {
    const auto clock = read_word<core::ClockKind>(in, "clock", Presence::required);
    if (clock && !clocks_.insert(*clock).second) {
      in.fault("clock",
               "Expected each clock once, but " + std::string(core::word_of(*clock)) + " is repeated");
    }
    read_objects(in, "rungs", Presence::required, 1, source_, [&](ObjectReader& r) {
      core::Rung rung = read_rung(r);
      rung.clock = clock.value_or(core::ClockKind::settlement);
      const bool alerts_itself = rung.clock == core::ClockKind::intake_alert;
      if (clock && alerts_itself != (rung.place == core::RungPlace::start)) {
        r.fault("at",
                alerts_itself
                    ? "Expected start, as the system's own alert meets this clock at once, but it is not"
                    : "Expected before, due or after, but start is for the clock intake_alert");
      }
      made_.rungs.push_back(std::move(rung));
    });
  }

  core::Rung read_rung(ObjectReader& in) {
    core::Rung rung;
    rung.id = read_code(in, "id", Presence::required, kNameSpelling).value_or(core::Code());
    if (!rung.id.empty() && !ids_.insert(rung.id).second) {
      in.fault("id", "Expected each rung once, but " + rung.id.text + " is repeated");
    }
    rung.place = read_word<core::RungPlace>(in, "at", Presence::required).value_or(core::RungPlace::due);
    read_distance(in, rung);
    rung.severity =
        read_word<core::Severity>(in, "severity", Presence::required).value_or(core::Severity::notice);
    rung.to = read_word_list<core::AlertRole>(in, "to", Presence::required, source_);
    rung.mail = in.boolean("mail", Presence::required).value_or(false);
    rung.at_once = in.boolean("at_once", Presence::required).value_or(false);
    const auto within =
        read_integer(in, "acknowledge_within_working_hours", Presence::optional, 1, kAcknowledgeMax);
    if (within) rung.acknowledge_within = core::WorkingTime{*within * core::kHourMs};
    const auto above = within ? Presence::required : Presence::optional;
    rung.escalate_to = read_word_list<core::AlertRole>(in, "escalate_to", above, source_);
    if (!within && !rung.escalate_to.empty()) {
      in.fault("escalate_to", "Expected a time to acknowledge before, but there is none");
    }
    return rung;
  }

  void read_distance(ObjectReader& in, core::Rung& rung) {
    const bool has = rung.place == core::RungPlace::before || rung.place == core::RungPlace::after;
    const auto presence = has ? Presence::required : Presence::optional;
    const json* found = in.member("distance", presence);
    if (found == nullptr) return;
    if (!has) return in.fault("distance", "Expected it with before or after, but the rung has its place");
    ObjectReader of(*found, in.pointer_to("distance"), source_.file, source_.faults);
    rung.distance.value = read_integer(of, "value", Presence::required, 1, kDistanceMax).value_or(1);
    rung.distance.unit =
        read_word<core::LimitUnit>(of, "unit", Presence::required).value_or(core::LimitUnit::working_day);
    const bool fits = rung.distance.unit == core::LimitUnit::working_hour ||
                      rung.distance.unit == core::LimitUnit::working_day ||
                      rung.distance.unit == core::LimitUnit::hour;
    if (!fits) of.fault("unit", "Expected one of working_hour, working_day, hour, but it is another unit");
    of.refuse_unknown();
  }

  Source source_;
  core::Ladders made_;
  std::set<core::ClockKind> clocks_;
  std::set<core::Code> ids_;
};

}  // namespace

std::optional<core::Ladders> load_ladders(std::string_view json_text, std::string_view file,
                                          std::vector<LoadFault>& faults) {
  const std::size_t before = faults.size();
  const auto document = load_json(json_text, file, faults);
  if (!document) return std::nullopt;
  core::Ladders ladders = LadderReader({file, faults}).read(*document);
  if (faults.size() != before) return std::nullopt;
  return ladders;
}

}  // namespace motcua::run
