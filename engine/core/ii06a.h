#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/core/late_list_builder.h"

namespace motcua::core {

// Form II.06a (Circular 01/2020/TT-VPCP): the dossiers of a period by field of activity, compared by calendar
// dates (LAW section 5, unconfirmed). It speaks of dossiers that were accepted; those without a stated limit
// stand in a note below.

// What the form makes of one dossier as of the end of the period.
enum class Ii06aVerdict { outside, untimed, early, on_time, late, open_in_term, open_late };
Ii06aVerdict judge_ii06a(const Tally& tally, const Period& period, int offset_minutes);

// Members are named after what they count; the number of the form's column stands beside.
struct Ii06aCounts {
  std::int64_t received = 0;         // 3
  std::int64_t received_online = 0;  // 4, accepted in the period
  std::int64_t received_other = 0;   // 5, likewise: direct and by post
  std::int64_t brought_forward = 0;  // 6
  std::int64_t settled = 0;          // 7
  std::int64_t early = 0;            // 8
  std::int64_t on_time = 0;          // 9
  std::int64_t late = 0;             // 10
  std::int64_t open = 0;             // 11
  std::int64_t open_in_term = 0;     // 12
  std::int64_t open_late = 0;        // 13
  std::int64_t untimed_received = 0;
  std::int64_t untimed_settled = 0;
  std::int64_t untimed_open = 0;
  bool operator==(const Ii06aCounts&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("received", self.received);
    visit("received_online", self.received_online);
    visit("received_other", self.received_other);
    visit("brought_forward", self.brought_forward);
    visit("settled", self.settled);
    visit("early", self.early);
    visit("on_time", self.on_time);
    visit("late", self.late);
    visit("open", self.open);
    visit("open_in_term", self.open_in_term);
    visit("open_late", self.open_late);
    visit("untimed_received", self.untimed_received);
    visit("untimed_settled", self.untimed_settled);
    visit("untimed_open", self.untimed_open);
  }
};

struct Ii06a {
  struct Row {
    std::string field;  // of activity (lĩnh vực); empty: the procedure is not known
    Ii06aCounts counts;
  };
  std::vector<Row> rows;  // by the bytes of the field
  Ii06aCounts total;
};

// The first identity of the form that counts do not keep, as "3 = 4 + 5 + 6"; empty: they keep all.
std::string_view broken_identity(const Ii06aCounts& counts);

// A fold over tallies as of the end of the period; its outcome does not hang on their order.
class Ii06aBuilder {
 public:
  Ii06aBuilder(Period period, int offset_minutes) : period_(period), offset_minutes_(offset_minutes) {}
  // Each dossier once.
  void count(const std::string& field, const Tally& tally);
  // Throws std::logic_error where an identity is broken: such a form must not be given to anybody.
  Ii06a finish() const;

 private:
  Period period_;
  int offset_minutes_;
  std::map<std::string, Ii06aCounts> fields_;
};

}  // namespace motcua::core
