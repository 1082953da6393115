#pragma once

// The closed vocabularies of the domain, each once, with the law's word beside it.

#include "engine/core/limit.h"
#include "engine/core/value.h"

namespace motcua::core {

// Trạng thái hồ sơ. The values are the codes of the National Public Service Portal.
enum class DossierState {
  submitted = 1,        // Mới đăng ký
  accepted,             // Được tiếp nhận
  refused,              // Không được tiếp nhận
  processing,           // Đang xử lý
  awaiting_supplement,  // Yêu cầu bổ sung giấy tờ
  awaiting_payment,     // Yêu cầu thực hiện nghĩa vụ tài chính
  withdrawn,            // Công dân yêu cầu rút hồ sơ
  stopped,              // Dừng xử lý
  settled,              // Đã xử lý xong
  returned              // Đã trả kết quả
};
template <>
struct EnumWords<DossierState> {
  static constexpr int first = 1;
  static constexpr std::string_view words[] = {
      "submitted",        "accepted",  "refused", "processing", "awaiting_supplement",
      "awaiting_payment", "withdrawn", "stopped", "settled",    "returned"};
};

// Kênh thực hiện.
enum class Channel { direct, online, post };
template <>
struct EnumWords<Channel> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"direct", "online", "post"};
};

// Loại đối tượng of the dossier's owner (chủ hồ sơ).
enum class OwnerKind { citizen, business, state_body, other };
template <>
struct EnumWords<OwnerKind> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"citizen", "business", "state_body", "other"};
};

enum class IdKind { cccd, cmnd, passport, tax_code, other };
template <>
struct EnumWords<IdKind> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"cccd", "cmnd", "passport", "tax_code", "other"};
};

// Hình thức trả kết quả.
enum class Delivery { direct, post, electronic };
template <>
struct EnumWords<Delivery> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"direct", "post", "electronic"};
};

// How a paper was handed in: bản chính, bản sao chứng thực, bản sao, bản điện tử, tái sử dụng.
enum class PaperForm { original, certified, copy, electronic, reused };
template <>
struct EnumWords<PaperForm> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"original", "certified", "copy", "electronic", "reused"};
};

enum class Outcome { granted, denied, not_eligible };
template <>
struct EnumWords<Outcome> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"granted", "denied", "not_eligible"};
};

enum class ResultForm { electronic, paper };
template <>
struct EnumWords<ResultForm> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"electronic", "paper"};
};

// The legal clocks (DESIGN section 2).
enum class ClockKind {
  intake_alert,
  acceptance,
  appraisal,
  settlement,
  citizen_wait,
  forward,
  step,
  consultation,
  apology,
  explanation
};
inline constexpr int kClockKinds = 10;
template <>
struct EnumWords<ClockKind> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"intake_alert", "acceptance", "appraisal", "settlement",
                                               "citizen_wait", "forward",    "step",      "consultation",
                                               "apology",      "explanation"};
};

// running · paused · met (ended at or before due) · missed (due has passed) · void (no longer owed).
enum class ClockState { running, paused, met, missed, voided };
template <>
struct EnumWords<ClockState> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"running", "paused", "met", "missed", "void"};
};

enum class StepKind { handle, verify, consult, sign, return_result };
template <>
struct EnumWords<StepKind> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"handle", "verify", "consult", "sign", "return"};
};

enum class AgencyLevel { ministry, province, commune, district, other };
template <>
struct EnumWords<AgencyLevel> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"ministry", "province", "commune", "district", "other"};
};

enum class FactType { integer, boolean, date, enumeration, text };
template <>
struct EnumWords<FactType> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"integer", "boolean", "date", "enum", "text"};
};

template <>
struct EnumWords<LimitUnit> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"working_hour", "working_day", "calendar_day", "month",
                                               "hour",         "immediate",   "unspecified",  "by_cutoff"};
};
template <>
struct EnumWords<DayCounting> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"by_day", "by_hours"};
};
template <>
struct EnumWords<DayEnd> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"office_close", "midnight"};
};
template <>
struct EnumWords<DuePending> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"none", "untimed", "calendar_horizon"};
};

// Phí, lệ phí.
enum class FeeKind { fee, charge };
template <>
struct EnumWords<FeeKind> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"fee", "charge"};
};

enum class PaymentTime { before_acceptance, after_acceptance };
template <>
struct EnumWords<PaymentTime> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"before_acceptance", "after_acceptance"};
};

// What waiting for a payment does to the settlement term.
enum class PaymentEffect { none, suspend, restart };
template <>
struct EnumWords<PaymentEffect> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"none", "suspend", "restart"};
};

// What happens to one clock in one event.
enum class ClockAction {
  start,
  pause,
  end,
  voided,
  derive,
  reopen,   // its end is taken back: the term runs
  repause,  // likewise: it waits, as since its pause
  resume,   // what waited runs on, with the date that the wait moved
  move      // what runs goes on with another date
};
template <>
struct EnumWords<ClockAction> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"start",  "pause",   "end",    "void", "derive",
                                               "reopen", "repause", "resume", "move"};
};

// What a consulted agency says (ý kiến của cơ quan được lấy ý kiến).
enum class Opinion { agreed, disagreed, no_opinion };
template <>
struct EnumWords<Opinion> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"agreed", "disagreed", "no_opinion"};
};

// Where a step is done.
enum class StepPlace { receiving, competent, consulted };
template <>
struct EnumWords<StepPlace> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"receiving", "competent", "consulted"};
};

}  // namespace motcua::core
