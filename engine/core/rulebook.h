#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/terms.h"

namespace motcua::core {

// One rule of law in force under one layer. `confirmed` says that its text was read.
struct Rule {
  Code id;  // "SUPP_CLOSE_15D"
  std::string title;
  std::string basis;
  bool confirmed = false;
  Limit limit;  // unspecified where the rule has none
  DayEnd day_end = DayEnd::office_close;
  Date from{};  // in force inside its layer; a rule may begin later than the layer does
  std::optional<Date> to{};
  std::string summary{};                // the title in English
  std::string amended_by_unseen{};      // a decree that amends it and was not read
  std::optional<int> target_percent{};  // of what it asks for
  std::optional<int> target_count{};
};

// A rule that a rulebook may lack, known by its id only.
Rule rule_of(std::string_view id);
// From when on papers are digitised at each level.
struct DigitisingDates {
  Date province;
  Date district;
  Date commune;
  std::optional<Date> essential_services;  // at the last two
};

// What the rules of one layer (L1, L2, …) say, ready for `decide`. A dossier keeps the layer of its receipt.
struct Rules {
  Code layer;
  Code version;  // of the rulebook
  Date from;
  std::optional<Date> to;
  Rule acceptance;                                    // ACCEPT_8H
  bool acceptance_on[3] = {true, true, true};         // by Channel
  std::optional<Rule> intake_alert;                   // INTAKE_ALERT_2H
  Rule settlement;                                    // CLOCK_START; the limit is the procedure's
  Rule appraisal;                                     // SUPP_NOTICE_3WD
  Rule restart;                                       // SUPP_RESTART
  Rule citizen_wait;                                  // SUPP_CLOSE_15D
  CountingRules counting;                             // IMMEDIATE_15H
  std::string code_pattern;                           // ONE_CODE
  bool code_at_submission[3] = {false, true, false};  // by Channel
  std::string result_pattern;                         // ERESULT
  bool reappointment_moves_due = false;               // REAPPOINT: in time, lateness follows the new date
  int reappointment_notice_days = 1;                  // calendar days before the date
  Limit explanation{3, LimitUnit::working_day};       // LATE_EXPLAIN, from the due that was missed
  std::vector<Rule> all{};                            // every rule of the layer, those above too
  Rule step = rule_of("EWORKFLOW");                   // the limit is the step's budget
  Rule consultation = rule_of("CONSULT_LATE");        // likewise
  // PAYMENT_RESTART: a payment before acceptance starts the acceptance anew; without it, it goes on.
  std::optional<Rule> payment_restart{};
  bool payment_restarts = false;
  std::optional<DigitisingDates> digitising{};  // DIGITISE
  // Hand-over to the competent agency; nothing where the layer has no such rule, or one without numbers.
  std::optional<Rule> forward_electronic{};  // FWD_E
  std::optional<Rule> forward_paper{};       // FWD_15H
  std::optional<Rule> forward_outside{};     // FWD_NONBOUND: paper received outside the territory
};

// One version of the rulebook: its layers in order of date.
struct Rulebook {
  Code version;
  ClockTime future_tolerance{5'000};
  Limit backdate_limit{2, LimitUnit::working_day, DayCounting::by_day};
  std::vector<Rules> layers;
  // The layer in force on a date; null before the first.
  const Rules* at(Date date) const;
};

}  // namespace motcua::core
