#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/core/late_list.h"
#include "engine/core/late_list_methods.h"

namespace motcua::core {

// The month's half-open span [from, to) of instants.
struct Period {
  Instant from;
  Instant to;
};
// The calendar month "2026-10" by local midnights; nothing for other text.
std::optional<Period> month_period(std::string_view month, int offset_minutes);
// The same, n months later (earlier for n < 0). Requires a month.
std::string month_shifted(std::string_view month, int n);

// How a builder names what the history holds by code only. Called on the builder's thread; what they answer
// is used at once.
struct LateNames {
  std::function<const Agency*(const Code&)> agency;        // null: unknown
  std::function<std::string(const Code&)> procedure;       // its name; empty: unknown
  std::function<const Calendar*(const Code&)> calendar;    // of an agency; null: unknown
  std::function<Limit(const Dossier&)> explanation;        // the time that its rules give for an explanation
  std::function<std::string(const Code& officer)> person;  // a stable number
  std::function<std::string(const Dossier&)> masked_code;  // where codes are masked
};

struct LateListOptions {
  LateMethod method = kLateMethod;
  Period period;
  int offset_minutes = kVietnamOffsetMinutes;
  std::vector<Code> agencies;  // that are in the scope
  bool codes_masked = false;
  Individuals individuals = Individuals::position;
};

// The list by one of its methods: a fold over tallies, late dossiers and what was late before. Its outcome
// does not hang on the order in which they come. Not thread-safe.
class LateListBuilder {
 public:
  LateListBuilder(LateListOptions options, LateNames names);

  // Each dossier that was accepted before the end of the period, or whose acceptance clock may have fallen
  // due in it, once, as of the end of the period. True: it is on the list, and must be added.
  bool count(const Tally& tally);
  // A dossier of the list, as the events before the end of the period made it.
  void add_late(const Dossier& dossier);
  // A dossier that became late within the twelve months: once.
  void count_lateness(const Code& competent_agency, const Code& unit, Instant missed_since);

  // Ends the fold. The head has its procedures, scope and total filled in; the rest is the caller's.
  LateList finish();

 private:
  struct Sums {
    LateCounts counts;
    std::vector<std::int64_t> delays;  // seconds
  };
  struct Section {
    Sums all;
    std::map<Code, Sums> units;
    std::vector<LateRow> late;
    std::map<Code, OthersDelay> others;
    std::map<std::string, LatePerson> persons;
    std::int64_t citizen_dossiers = 0;
    std::int64_t citizen_seconds = 0;
  };
  Section* section(const Code& agency);  // null: outside the scope
  LateRow row_of(const Dossier& dossier, const Calendar& calendar) const;
  void add_shares(const Dossier& dossier, LateRow& row, Section& section);
  std::vector<LateShare> shares_of_delay(const std::vector<DelayPiece>& pieces, std::int64_t& seconds) const;
  LateAgency finished(const Code& agency, Section& section, Sums& total);

  LateListOptions options_;
  LateNames names_;
  std::map<Code, Section> sections_;
  std::unordered_map<std::string, Section*> in_scope_;  // by agency; null: nothing was counted for it yet
};

}  // namespace motcua::core
