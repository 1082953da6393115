#include "engine/core/ii06a.h"

#include <stdexcept>

#include "engine/core/accepted_in.h"
#include "engine/core/share.h"

namespace motcua::core {
namespace {

Ii06aVerdict judge_settled(const Tally& tally, int offset) {
  if (tally.state == DossierState::withdrawn) return Ii06aVerdict::on_time;
  if (!tally.due_at) return Ii06aVerdict::early;  // it lies past what the calendar knows, after any end
  const Date finished = local_date(*tally.ended_at, offset);
  const Date due = local_date(*tally.due_at, offset);
  if (finished == due) return Ii06aVerdict::on_time;
  return finished < due ? Ii06aVerdict::early : Ii06aVerdict::late;
}

Ii06aVerdict judge_open(const Tally& tally, const Period& period, int offset) {
  if (!tally.due_at) return Ii06aVerdict::open_in_term;
  const Date due = local_date(*tally.due_at, offset);
  const bool waits_in_term = tally.paused_at && local_date(*tally.paused_at, offset) <= due;
  const Date last = local_date(period.to - ClockTime{1}, offset);
  return due <= last && !waits_in_term ? Ii06aVerdict::open_late : Ii06aVerdict::open_in_term;
}

void add_verdict(Ii06aVerdict verdict, Ii06aCounts& counts) {
  switch (verdict) {
    case Ii06aVerdict::outside:
    case Ii06aVerdict::untimed:
      break;
    case Ii06aVerdict::early:
      ++counts.early;
      break;
    case Ii06aVerdict::on_time:
      ++counts.on_time;
      break;
    case Ii06aVerdict::late:
      ++counts.late;
      break;
    case Ii06aVerdict::open_in_term:
      ++counts.open_in_term;
      break;
    case Ii06aVerdict::open_late:
      ++counts.open_late;
      break;
  }
}

}  // namespace

Ii06aVerdict judge_ii06a(const Tally& tally, const Period& period, int offset_minutes) {
  if (!tally.accepted_at || *tally.accepted_at >= period.to) return Ii06aVerdict::outside;
  if (tally.ended_at && *tally.ended_at < period.from) return Ii06aVerdict::outside;
  if (tally.untimed) return Ii06aVerdict::untimed;
  return tally.ended_at ? judge_settled(tally, offset_minutes) : judge_open(tally, period, offset_minutes);
}

std::string_view broken_identity(const Ii06aCounts& counts) {
  if (counts.received != counts.received_online + counts.received_other + counts.brought_forward) {
    return "3 = 4 + 5 + 6";
  }
  if (counts.settled != counts.early + counts.on_time + counts.late) return "7 = 8 + 9 + 10";
  if (counts.open != counts.open_in_term + counts.open_late) return "11 = 12 + 13";
  if (counts.received != counts.settled + counts.open) return "3 = 7 + 11";
  return {};
}

// Each column is counted by its own words, so that the identities can tell when one is wrong.
void Ii06aBuilder::count(const std::string& field, const Tally& tally) {
  const Ii06aVerdict verdict = judge_ii06a(tally, period_, offset_minutes_);
  if (verdict == Ii06aVerdict::outside) return;
  Ii06aCounts& counts = fields_[field];
  const bool is_over = tally.ended_at.has_value();
  if (verdict == Ii06aVerdict::untimed) {
    ++counts.untimed_received;
    ++(is_over ? counts.untimed_settled : counts.untimed_open);
    return;
  }
  ++counts.received;
  if (!accepted_in(tally, period_.from, period_.to)) {
    ++counts.brought_forward;
  } else {
    ++(tally.channel == Channel::online ? counts.received_online : counts.received_other);
  }
  ++(is_over ? counts.settled : counts.open);
  add_verdict(verdict, counts);
}

Ii06a Ii06aBuilder::finish() const {
  Ii06a form;
  const auto check = [](const std::string& field, const Ii06aCounts& counts) {
    const std::string_view broken = broken_identity(counts);
    if (!broken.empty()) throw std::logic_error("II.06a, " + field + ": " + std::string(broken));
  };
  for (const auto& [field, counts] : fields_) {
    check(field, counts);
    form.rows.push_back({field, counts});
    add_members(form.total, counts);
  }
  check("total", form.total);
  return form;
}

}  // namespace motcua::core
