#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/index_766.h"

namespace motcua::core {

// Index 766 as it is published with a monthly list, by the method "index-766/1". Everything in it follows
// from the history up to the cut-off of that list; there is no person in it. Members are described in the
// order of their names, as it is signed as canonical JSON.

inline constexpr std::string_view kIndex766Method = "index-766/1";
inline constexpr std::string_view kIndex766Basis = "Quyết định 766/QĐ-TTg";

struct Index766Score {
  Index766Counts counts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    const Index766Counts& counts = self.counts;
    visit("late", counts.late);
    visit("on_time", counts.on_time);
    visit("on_time_bp", Share{counts.on_time, counts.received}.bp());
    visit("received", counts.received);
    visit("score_hundredths", counts.score_hundredths());
    visit("supplemented_twice", counts.supplemented_twice);
    visit("undetermined", counts.undetermined);
    visit("untimed", counts.untimed);
  }
};

struct Index766Row {
  Code agency;
  std::string name;
  Index766Score score;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("agency", self.agency);
    visit("name", self.name);
    visit("score", self.score);
  }
};

struct Index766GroupRow {
  std::string group;
  bool measured = false;
  std::optional<std::int64_t> score_hundredths;
  std::int64_t weight = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("group", self.group);
    visit("measured", self.measured);
    visit("score_hundredths", self.score_hundredths);
    visit("weight", self.weight);
  }
};

struct Index766Head {
  std::string basis{kIndex766Basis};
  bool confirmed = false;  // the text of the law was not read for all of it
  std::int64_t cutoff_position = 0;
  Instant cutoff_recorded_at;
  std::string list_sha256;  // of the document of the list with which it is published
  std::string method{kIndex766Method};
  std::string month;
  std::int64_t number = 1;  // of that list
  Instant period_from;      // the period is [from, to)
  Instant period_to;
  Code scope;  // an agency with all that are below it
  std::string scope_name;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("basis", self.basis);
    visit("confirmed", self.confirmed);
    visit("cutoff_position", self.cutoff_position);
    visit("cutoff_recorded_at", self.cutoff_recorded_at);
    visit("list_sha256", self.list_sha256);
    visit("method", self.method);
    visit("month", self.month);
    visit("number", self.number);
    visit("period_from", self.period_from);
    visit("period_to", self.period_to);
    visit("scope", self.scope);
    visit("scope_name", self.scope_name);
  }
};

struct Index766Document {
  std::vector<Index766Row> agencies;  // by code; those of which nothing is in the period are not there
  std::vector<Index766GroupRow> groups;
  Index766Head head;
  Index766Score total;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("agencies", self.agencies);
    visit("groups", self.groups);
    visit("head", self.head);
    visit("total", self.total);
  }
};

// `name` tells what an agency is called.
template <class Name>
Index766Document index_766_document(Index766Head head, const std::map<Code, Index766Counts>& found,
                                    const Name& name) {
  Index766Document made;
  made.head = std::move(head);
  for (const auto& [agency, counts] : found) {
    made.agencies.push_back({agency, name(agency), {counts}});
    add_members(made.total.counts, counts);
  }
  for (const Index766Group& group : kIndex766Groups) {
    const bool measured = is_measured(group);
    made.groups.push_back({std::string(group.name), measured,
                           measured ? made.total.counts.score_hundredths() : std::nullopt, group.weight});
  }
  return made;
}

}  // namespace motcua::core
