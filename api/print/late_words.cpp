#include "api/print/late_words.h"

#include <algorithm>
#include <cassert>
#include <cstdio>

namespace motcua::print {
namespace {

constexpr std::string_view kEndings = "Kết quả giải quyết";
constexpr std::string_view kIntake = "Tiếp nhận và tồn";
constexpr std::string_view kLateness = "Trễ hẹn";
constexpr std::string_view kDelay = "Thời gian trễ (giờ làm việc)";
constexpr std::string_view kDuties = "Xin lỗi, giải trình và hẹn lại";
constexpr std::string_view kOnline = "Tiếp nhận hồ sơ trực tuyến trong 8 giờ làm việc";
constexpr std::string_view kUntimed = "Hồ sơ không có thời hạn giải quyết (tính riêng)";

using enum CountKind;
constexpr CountLabel kCountLabels[] = {
    {"brought_forward", "Kỳ trước chuyển sang", count, kIntake},
    {"received", "Tiếp nhận trong kỳ", count, kIntake},
    {"open", "Đang giải quyết cuối kỳ", count, kIntake},
    {"ended", "Đã kết thúc trong kỳ", count, kEndings},
    {"settled", "Đã có kết quả", count, kEndings},
    {"withdrawn", "Người dân rút hồ sơ", count, kEndings},
    {"stopped", "Dừng giải quyết", count, kEndings},
    {"early", "Kết thúc trước hạn", count, kEndings},
    {"on_time", "Kết thúc đúng hạn", count, kEndings},
    {"late", "Hồ sơ trễ hẹn", count, kLateness},
    {"late_ended", "Đã kết thúc, trễ hẹn", count, kLateness},
    {"late_open", "Chưa kết thúc, đã quá hạn", count, kLateness},
    {"late_rate_bp", "Tỷ lệ trễ hẹn trên hồ sơ có thời hạn đã kết thúc", rate, kLateness},
    {"late_without_reappointment", "Trễ hẹn mà không hẹn lại", count, kLateness},
    {"late_in_twelve_months", "Hồ sơ trễ hẹn trong 12 tháng", count, kLateness},
    {"units_repeatedly_late", "Bộ phận trễ hẹn nhiều lần trong 12 tháng", count, kLateness},
    {"delay_seconds", "Tổng thời gian trễ", duration, kDelay},
    {"delay_median_seconds", "Trung vị", duration, kDelay},
    {"delay_p90_seconds", "Bách phân vị 90", duration, kDelay},
    {"delay_own_seconds", "Phần của chính nơi này", duration, kDelay},
    {"delay_own_bp", "Tỷ lệ phần của chính nơi này", rate, kDelay},
    {"delay_others_seconds", "Phần của cơ quan khác", duration, kDelay},
    {"apologies_in_time", "Xin lỗi đúng hạn", count, kDuties},
    {"apologies_late", "Xin lỗi muộn", count, kDuties},
    {"apologies_missing", "Chưa xin lỗi", count, kDuties},
    {"apologies_owed", "Còn trong hạn xin lỗi", count, kDuties},
    {"explanations_given", "Giải trình đúng hạn", count, kDuties},
    {"explanations_late", "Giải trình muộn", count, kDuties},
    {"explanations_missing", "Chưa giải trình", count, kDuties},
    {"explanations_owed", "Còn trong hạn giải trình", count, kDuties},
    {"reappointed_kept", "Hẹn lại, giữ đúng hẹn", count, kDuties},
    {"reappointed_missed", "Hẹn lại, lại sai hẹn", count, kDuties},
    {"reappointed_pending", "Hẹn lại, chưa đến hẹn", count, kDuties},
    {"acceptances", "Trực tuyến: đến hạn tiếp nhận trong kỳ", count, kOnline},
    {"acceptances_late", "Trực tuyến: tiếp nhận muộn", count, kOnline},
    {"acceptances_on_time_bp", "Trực tuyến: tỷ lệ tiếp nhận đúng hạn", rate, kOnline},
    {"untimed_received", "Không thời hạn: tiếp nhận trong kỳ", count, kUntimed},
    {"untimed_ended", "Không thời hạn: đã kết thúc", count, kUntimed},
    {"untimed_open", "Không thời hạn: đang giải quyết", count, kUntimed},
};

template <std::size_t N, class E>
std::string_view named(const std::string_view (&words)[N], E value) {
  static_assert(N == std::size(core::EnumWords<E>::words));
  return words[static_cast<int>(value) - core::EnumWords<E>::first];
}

}  // namespace

std::string number_words(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t sign = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > sign + 3;) digits.insert(at -= 3, ".");
  return digits;
}

std::string duration_words(std::int64_t seconds) {
  std::string words = seconds < 0 ? "-" : "";
  const std::uint64_t whole =
      seconds < 0 ? ~static_cast<std::uint64_t>(seconds) + 1 : static_cast<std::uint64_t>(seconds);
  const auto add = [&](std::uint64_t number, std::string_view unit) {
    if (words.size() > 1) words += ' ';
    words += number_words(static_cast<std::int64_t>(number));
    words += unit;
  };
  if (whole >= 3600) add(whole / 3600, " giờ");
  if (whole / 60 % 60 != 0 || whole == 0) add(whole / 60 % 60, " phút");
  if (whole % 60 != 0) add(whole % 60, " giây");
  return words;
}

std::string rate_words(std::int64_t basis_points) {
  const std::int64_t cents = basis_points % 100;
  std::string words = basis_points < 0 && basis_points > -100 ? "-" : "";
  words += number_words(basis_points / 100) + ',';
  words += std::to_string(100 + (cents < 0 ? -cents : cents)).substr(1);
  return words + "\u00a0%";
}

std::string instant_words(core::Instant at, int offset_minutes) {
  const core::Date date = core::local_date(at, offset_minutes);
  const core::YearMonthDay day = core::year_month_day(date);
  const std::int64_t minutes = (at.ms - core::midnight(date, offset_minutes).ms) / 60'000;
  char words[48];
  const int size =
      std::snprintf(words, sizeof words, "%02d:%02d %02d/%02d/%d", static_cast<int>(minutes / 60),
                    static_cast<int>(minutes % 60), day.day, day.month, day.year);
  return {words, static_cast<std::size_t>(size)};
}

std::string month_words(std::string_view month) {
  const auto dash = month.find('-');
  if (dash == std::string_view::npos) return "tháng " + std::string(month);
  return "tháng " + std::string(month.substr(dash + 1)) + "/" + std::string(month.substr(0, dash));
}

std::string_view channel_words(core::Channel channel) {
  return named({"Trực tiếp", "Trực tuyến", "Bưu chính"}, channel);
}
std::string_view apology_words(core::ApologyMark mark) {
  return named({"Đúng hạn", "Muộn", "Chưa có", "Còn hạn"}, mark);
}
std::string_view explanation_words(core::ExplanationMark mark) {
  return named({"Đúng hạn", "Muộn", "Chưa có", "Còn hạn"}, mark);
}
std::string_view reappointment_words(core::ReappointmentMark mark) {
  return named({"Không", "Chưa đến hẹn", "Đúng hẹn", "Sai hẹn"}, mark);
}
std::string_view corrected_words(bool corrected) { return corrected ? "Có" : "Không"; }

std::string_view correction_words(std::string_view reason) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"entered_wrongly", "đã nhập sai"},
      {"late_entry", "đã nhập muộn"},
      {"wrong_holder", "ghi sai nơi giữ hồ sơ"},
      {"decided_on_complaint", "theo kết quả giải quyết khiếu nại"},
      {"missing_dossier", "thiếu hồ sơ"}};
  for (const auto& [word, said] : kWords) {
    if (word == reason) return said;
  }
  return reason;
}

std::string_view ended_words(std::optional<core::DossierState> state) {
  if (!state) return "Đang giải quyết";
  return named(
      {"Mới đăng ký", "Được tiếp nhận", "Không được tiếp nhận", "Đang xử lý", "Chờ bổ sung giấy tờ",
       "Chờ nghĩa vụ tài chính", "Người dân rút hồ sơ", "Dừng giải quyết", "Đã có kết quả", "Đã trả kết quả"},
      *state);
}

std::string person_words(std::string_view name, std::string_view position, std::string_view person) {
  std::string words;
  const auto add = [&](std::string_view before, std::string_view part) {
    if (part.empty()) return;
    if (!words.empty()) words += ", ";
    words += before;
    words += part;
  };
  add("", name);
  add("", position);
  add("mã số ", person);
  return words;
}

std::string holder_words(const core::LateShare& share, const LateNames& names) {
  std::string words;
  if (!names.is_own(share.agency)) {
    words = names.other(share.agency);
  } else {
    words = share.unit.empty() ? "Cơ quan giải quyết" : names.unit(share.unit);
  }
  const std::string person = person_words(share.name, share.position, share.person);
  if (!person.empty()) words += " (" + person + ")";
  return words;
}

std::string shares_words(const std::vector<core::LateShare>& shares, const LateNames& names) {
  std::string words;
  for (const core::LateShare& share : shares) {
    if (!words.empty()) words += "; ";
    words += holder_words(share, names);
    words += ": ";
    words += duration_words(share.seconds);
  }
  return words;
}

std::span<const CountLabel> count_labels() { return kCountLabels; }

std::vector<std::optional<std::int64_t>> count_values(const core::LateCounts& counts) {
  std::vector<std::optional<std::int64_t>> values(std::size(kCountLabels));
  core::LateCounts::describe(counts, [&](std::string_view member, const auto& value) {
    const auto* const label = std::ranges::find(kCountLabels, member, &CountLabel::member);
    assert(label != std::end(kCountLabels));
    values[static_cast<std::size_t>(label - kCountLabels)] = value;
  });
  return values;
}

std::string count_words(const CountLabel& label, std::optional<std::int64_t> value) {
  if (!value) return "–";
  switch (label.kind) {
    case count:
      return number_words(*value);
    case duration:
      return duration_words(*value);
    case rate:
      return rate_words(*value);
  }
  return {};
}

}  // namespace motcua::print
