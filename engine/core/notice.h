#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/event.h"

namespace motcua::core {

// What the citizen is told of a dossier (thông báo cho tổ chức, cá nhân).
enum class NoticeKind {
  received,           // the system has it
  accepted,           // with the appointment
  refused,            // not accepted
  supplement_wanted,  // what is missing, and until when
  payment_asked,      // how much, and until when
  reappointed,        // the apology with the new date
  withdrawn,          // closed, as the citizen asked
  stopped,            // closed, as the citizen's time ran out or on a ground of law
  reopened,           // a stop of the system does not stand
  result_early,       // the result is there before its date (118 art. 22.5)
  result_ready        // granted, denied or not eligible: the result says which
};
inline constexpr int kNoticeKinds = 11;
template <>
struct EnumWords<NoticeKind> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {
      "received",  "accepted", "refused",  "supplement_wanted", "payment_asked", "reappointed",
      "withdrawn", "stopped",  "reopened", "result_early",      "result_ready"};
};

// The notice that an event calls for; nothing for one of which the citizen is not told. A function of the
// event alone, so the journal is the queue of notices: one is queued in the transaction of its event.
std::optional<NoticeKind> notice_of(const EventBody& body);
// The types of events that may call for one, "dossier.accepted": who looks for notices reads no others.
std::vector<std::string> notice_event_types();

}  // namespace motcua::core
