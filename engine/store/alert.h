#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/listing.h"
#include "engine/core/reach.h"
#include "engine/core/recipients.h"

namespace motcua::store {

// open · snoozed (until) · acknowledged · escalated (unanswered in time, and told to those above; may still
// be acknowledged) · closed (the clock is no longer owed).
enum class AlertState { open, snoozed, acknowledged, escalated, closed };

// One alert (cảnh báo) as it was fired.
struct Alert {
  std::int64_t key = 0;
  core::Uuid id;
  core::Uuid dossier;
  core::ClockKind clock = core::ClockKind::settlement;
  std::optional<core::Instant> due_at;  // what the rung was measured from; nothing where it has no due
  core::Code rung;
  core::Severity severity = core::Severity::notice;
  core::Code owing;       // the agency that owes the clock
  core::Instant rung_at;  // when it was to fire
  core::Instant fired_at;
  std::optional<core::Uuid> escalated_from;
  std::vector<core::Recipient> recipients;
  bool mail = false;
  std::vector<core::Code> letters_to;  // officers with an address; asked when it is added
  AlertState state = AlertState::open;
  core::Instant review_at;
};

// What became of an alert: an act of a person, or of the system on review.
struct AlertAct {
  core::Uuid alert;
  AlertState from = AlertState::open;  // as it was decided on; else the act is refused as a conflict
  AlertState to = AlertState::acknowledged;
  core::Instant at;
  core::Code officer;  // empty: the system
  core::Code caller;
  std::optional<core::Instant> until;  // of a snooze
  std::string sealed;                  // its reason
  core::Instant review_at;             // while open or snoozed
};
struct KeptAct {
  AlertState to = AlertState::acknowledged;
  core::Instant at;
  core::Code officer;
  core::Code caller;
  std::optional<core::Instant> until;
  std::string sealed;
  std::uint32_t number = 0;
};

// A place in the order of an agency's clocks of one kind.
struct DuePlace {
  core::Instant due;
  std::int64_t dossier = std::numeric_limits<std::int64_t>::max();  // all of that due
  auto operator<=>(const DuePlace&) const = default;
};

// Up to which place a rung has fired at an agency; without an agency, at all that have none of their own.
struct RungMark {
  std::string rung;
  core::Code agency;
  DuePlace fired;
};

// A clock that is owed now, for a rung to look at.
struct DueRow {
  DuePlace place;
  core::Instant from;
  core::ListRole role = core::ListRole::late_and_due;
  bool explained = false;
  bool apologised = false;
};

struct Digest {
  std::int64_t key = 0;
  core::Uuid id;
  core::Code agency;
  core::Date on;
  core::Instant at;
  core::Instant fired_at;
  std::vector<core::Recipient> recipients;
  std::int64_t late = 0;  // counts end at kDigestCountMax
  std::int64_t due_today = 0;
  std::int64_t due_tomorrow = 0;
  std::int64_t acceptance_due_today = 0;
};
inline constexpr std::int64_t kDigestCountMax = 10'000;

// One transaction of the ticker.
struct Firing {
  std::vector<Alert> alerts;
  std::vector<RungMark> marks;
  std::vector<AlertAct> acts;
  std::vector<Digest> digests;
  bool empty() const { return alerts.empty() && marks.empty() && acts.empty() && digests.empty(); }
};

struct AlertQuery {
  core::Reach scope;   // shows the alerts of the dossiers that it shows
  core::Code agency;   // of a recipient; empty: any
  core::Code unit;     // likewise
  core::Code officer;  // likewise
  std::optional<core::Severity> severity;
  std::optional<core::ClockKind> clock;
  std::optional<core::Uuid> dossier;
  std::vector<AlertState> states;  // at least one
  std::optional<std::int64_t> before_key;
  int limit = 50;
};
struct AlertPage {
  std::vector<Alert> alerts;
  std::int64_t last = 0;  // the key down to which was looked
  bool more = false;
};

}  // namespace motcua::store

namespace motcua::core {
template <>
struct EnumWords<store::AlertState> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"open", "snoozed", "acknowledged", "escalated", "closed"};
};
}  // namespace motcua::core
