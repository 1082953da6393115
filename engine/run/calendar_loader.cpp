#include "engine/run/calendar_loader.h"

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "engine/run/json_loader.h"

namespace motcua::run {
namespace {

using nlohmann::json;
using Presence = ObjectReader::Presence;

constexpr std::array<const char*, 7> kWeekdays = {"monday", "tuesday",  "wednesday", "thursday",
                                                  "friday", "saturday", "sunday"};

// "07:30" as minutes; "24:00" is the latest.
std::optional<int> minutes_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t i : {0, 1, 3, 4}) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  }
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (minutes > 59 || hours * 60 + minutes > 24 * 60) return std::nullopt;
  return hours * 60 + minutes;
}

// "07:00-11:30".
std::optional<core::Session> session_of(std::string_view text) {
  if (text.size() != 11 || text[5] != '-') return std::nullopt;
  const std::optional<int> opens = minutes_of(text.substr(0, 5));
  const std::optional<int> closes = minutes_of(text.substr(6));
  if (!opens || !closes || *opens >= *closes) return std::nullopt;
  return core::Session{*opens * 60'000, *closes * 60'000};
}

class CalendarReader {
 public:
  CalendarReader(std::string_view file, std::vector<LoadFault>& faults) : file_(file), faults_(faults) {}

  core::CalendarSpec read(const json& document) {
    ObjectReader in(document, "", file_, faults_);
    core::CalendarSpec spec;
    spec.id = in.text("id", Presence::required).value_or("");
    spec.parent = in.text("parent", Presence::optional).value_or("");
    in.text("name", Presence::required);
    in.text("$schema", Presence::optional);
    spec.offset_minutes = offset(in).value_or(core::kVietnamOffsetMinutes);
    spec.first_on = date(in, "first_on", Presence::optional);
    spec.official_until_on = date(in, "official_until_on", Presence::optional);
    spec.provisional_until_on = date(in, "provisional_until_on", Presence::optional);
    spec.nominal_day = nominal_day(in);
    spec.weekly = week(in, "weekly");
    spec.counter_open = week(in, "counter_open");
    spec.exceptions = exceptions(in);
    in.refuse_unknown();
    return spec;
  }

 private:
  std::optional<core::Date> date(ObjectReader& in, const std::string& key, Presence presence) {
    const std::optional<std::string> text = in.text(key, presence);
    if (!text) return std::nullopt;
    const std::optional<core::Date> found = core::parse_date(*text);
    if (!found) in.fault(key, "Expected a date such as 2026-08-22, but it is \"" + *text + "\"");
    return found;
  }

  std::optional<int> offset(ObjectReader& in) {
    const std::optional<std::string> text = in.text("utc_offset", Presence::required);
    if (!text) return std::nullopt;
    const char sign = text->front();
    const std::optional<int> minutes = minutes_of(std::string_view(*text).substr(1));
    if ((sign == '+' || sign == '-') && minutes && *minutes < 24 * 60)
      return sign == '-' ? -*minutes : *minutes;
    in.fault("utc_offset", "Expected an offset such as +07:00, but it is \"" + *text + "\"");
    return std::nullopt;
  }

  std::optional<core::WorkingTime> nominal_day(ObjectReader& in) {
    const std::optional<std::string> text = in.text("nominal_day", Presence::optional);
    if (!text) return std::nullopt;
    const std::optional<int> minutes = minutes_of(*text);
    if (minutes && *minutes > 0) return core::WorkingTime{*minutes * std::int64_t{60'000}};
    in.fault("nominal_day", "Expected hours and minutes such as 08:00, but it is \"" + *text + "\"");
    return std::nullopt;
  }

  std::vector<core::Session> sessions(ObjectReader& in, const std::string& key, Presence presence) {
    std::vector<core::Session> read;
    const json* list = in.member(key, presence);
    if (list == nullptr) return read;
    if (!list->is_array()) in.fault(key, "Expected a list of sessions, but it is none");
    for (std::size_t i = 0; list->is_array() && i < list->size(); ++i) {
      const json& item = (*list)[i];
      const std::string at = child_pointer(in.pointer_to(key), std::to_string(i));
      const auto session = item.is_string() ? session_of(item.get_ref<const std::string&>()) : std::nullopt;
      if (!session) {
        report(at, "Expected a session such as 07:00-11:30, but it is " + item.dump(-1, ' ', true));
      } else if (!read.empty() && session->opens_ms < read.back().closes_ms) {
        report(at, "Expected to open after the session before has closed, but it opens earlier");
      } else {
        read.push_back(*session);
      }
    }
    return read;
  }

  std::optional<core::Week> week(ObjectReader& in, const std::string& key) {
    const json* found = in.member(key, Presence::optional);
    if (found == nullptr) return std::nullopt;
    ObjectReader days(*found, in.pointer_to(key), file_, faults_);
    core::Week read;
    for (std::size_t i = 0; i < read.size(); ++i) read[i] = sessions(days, kWeekdays[i], Presence::required);
    days.refuse_unknown();
    return read;
  }

  std::optional<int> weekday(ObjectReader& in) {
    const std::optional<std::string> text = in.text("as", Presence::optional);
    if (!text) return std::nullopt;
    for (std::size_t i = 0; i < kWeekdays.size(); ++i) {
      if (*text == kWeekdays[i]) return static_cast<int>(i);
    }
    in.fault("as", "Expected a day of the week such as monday, but it is \"" + *text + "\"");
    return std::nullopt;
  }

  void exception(ObjectReader& in, std::map<core::Date, core::CalendarException>& read) {
    const std::optional<core::Date> on = date(in, "on", Presence::required);
    const bool has_as = in.member("as", Presence::optional) != nullptr;
    const bool has_sessions = in.member("sessions", Presence::optional) != nullptr;
    if (in.is_object() && has_as == has_sessions) {
      in.fault("sessions", "Expected either sessions or as, but there are both or neither");
    }
    core::CalendarException what;
    what.sessions = sessions(in, "sessions", Presence::optional);
    what.as_weekday = weekday(in);
    what.name = in.text("name", Presence::required).value_or("");
    what.source = in.text("source", Presence::required).value_or("");
    what.confirmed = in.boolean("confirmed", Presence::required).value_or(false);
    in.refuse_unknown();
    if (on && !read.emplace(*on, std::move(what)).second) {
      in.fault("on", "Expected one exception a date, but this date has another");
    }
  }

  std::map<core::Date, core::CalendarException> exceptions(ObjectReader& in) {
    std::map<core::Date, core::CalendarException> read;
    const json* list = in.member("exceptions", Presence::optional);
    if (list == nullptr) return read;
    if (!list->is_array()) in.fault("exceptions", "Expected a list of exceptions, but it is none");
    for (std::size_t i = 0; list->is_array() && i < list->size(); ++i) {
      const std::string at = child_pointer(in.pointer_to("exceptions"), std::to_string(i));
      ObjectReader one((*list)[i], at, file_, faults_);
      exception(one, read);
    }
    return read;
  }

  void report(std::string pointer, std::string detail) {
    faults_.push_back({std::string(file_), std::move(pointer), std::move(detail)});
  }

  std::string_view file_;
  std::vector<LoadFault>& faults_;
};

}  // namespace

std::optional<core::CalendarSpec> load_calendar(std::string_view json_text, std::string_view file,
                                                std::vector<LoadFault>& faults) {
  const std::size_t before = faults.size();
  const std::optional<json> document = load_json(json_text, file, faults);
  if (!document) return std::nullopt;
  core::CalendarSpec spec = CalendarReader(file, faults).read(*document);
  if (faults.size() != before) return std::nullopt;
  return spec;
}

}  // namespace motcua::run
