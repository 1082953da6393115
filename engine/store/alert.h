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

// Still to be acknowledged by somebody.
inline bool waits(AlertState state) {
  return state != AlertState::acknowledged && state != AlertState::closed;
}

// One whom an alert was for, and how far it is with it: what one has seen, a superior may not have.
struct AlertRecipient : core::Recipient {
  AlertState state = AlertState::open;
  core::Instant review_at;  // while it waits: when it is looked at again
  bool operator==(const AlertRecipient&) const = default;
};

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
  std::vector<AlertRecipient> recipients;
  bool mail = false;
  std::vector<core::Code> letters_to;  // officers with an address; asked when it is added
  // Of all recipients (summarise): acknowledged once nobody waits, snoozed while all who wait have put it
  // off; the next review of one of them.
  AlertState state = AlertState::open;
  core::Instant review_at;
};

// State and review of an alert, as its recipients have them.
void summarise(Alert& alert);

// What became of an alert: an act of a person, or of the system on review.
struct AlertAct {
  core::Uuid alert;
  std::vector<AlertRecipient> before;  // as it was decided on; else the act is refused as a conflict
  std::vector<AlertRecipient> after;
  std::optional<AlertState> to;  // what was done; nothing: it was only looked at
  core::Instant at;
  core::Code officer;  // empty: the system
  core::Code caller;
  std::optional<core::Instant> until;  // of a snooze
  std::string sealed;                  // its reason
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

// What a supervisor has before it. Each ends at kDigestCountMax; nothing: not counted by the release that
// made the digest, or not of a unit.
struct DigestCounts {
  std::int64_t late = 0;
  std::int64_t due_today = 0;
  std::int64_t due_tomorrow = 0;
  std::optional<std::int64_t> acceptance_late;
  std::optional<std::int64_t> acceptance_due_today;
  std::optional<std::int64_t> steps_late;
  std::optional<std::int64_t> steps_due_today;
  std::optional<std::int64_t> explanations_missing;
  bool operator==(const DigestCounts&) const = default;
};
inline constexpr std::int64_t kDigestCountMax = 10'000;

// A morning's digest (tổng hợp đầu ngày) for the heads of an agency, or of one of its units.
struct Digest {
  std::int64_t key = 0;
  core::Uuid id;
  core::Code agency;
  core::Code unit;  // empty: all of the agency
  core::Date on;
  core::Instant at;
  core::Instant fired_at;
  std::vector<core::Recipient> recipients;
  DigestCounts counts;
};

// One transaction of the ticker.
struct Firing {
  std::vector<Alert> alerts;
  std::vector<RungMark> marks;
  std::vector<AlertAct> acts;
  std::vector<Digest> digests;
  bool empty() const { return alerts.empty() && marks.empty() && acts.empty() && digests.empty(); }
};

struct AlertQuery {
  core::Reach scope;                 // shows the alerts of the dossiers that it shows
  std::vector<core::Code> agencies;  // of a recipient; empty: any
  core::Code unit;                   // likewise
  core::Code officer;                // likewise
  std::optional<core::Severity> severity;
  std::optional<core::ClockKind> clock;
  std::optional<core::Uuid> dossier;
  std::vector<AlertState> states;  // at least one; of the recipient, where agency, unit or officer is asked
  std::optional<std::int64_t> before_key;
  int limit = 50;
};
// Whether a query asks for an alert; but for its scope.
bool fits(const Alert& alert, const AlertQuery& query);

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
