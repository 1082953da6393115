#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/print/late_source.h"
#include "engine/core/late_list.h"

// How the monthly list speaks to people, the same on pages, on paper and in the workbook.
namespace motcua::print {

// "1.234.567"
std::string number_words(std::int64_t number);
// Working time, exact: "26 giờ 15 phút", "0 phút", with seconds where there are some.
std::string duration_words(std::int64_t seconds);
// Of basis points: "12,34 %", with a space that does not break.
std::string rate_words(std::int64_t basis_points);
// "14:30 05/10/2026": the minute that has begun.
std::string instant_words(core::Instant at, int offset_minutes);
// "tháng 10/2026" of "2026-10".
std::string month_words(std::string_view month);

std::string_view channel_words(core::Channel channel);
std::string_view apology_words(core::ApologyMark mark);
std::string_view explanation_words(core::ExplanationMark mark);
std::string_view reappointment_words(core::ReappointmentMark mark);
std::string_view corrected_words(bool corrected);
// Why a list was corrected (run::CorrectionReason); another word as it is.
std::string_view correction_words(std::string_view reason);
// Nothing: it is still being handled.
std::string_view ended_words(std::optional<core::DossierState> state);

// Who a person is in public: name, position and number, whichever is published.
std::string person_words(std::string_view name, std::string_view position, std::string_view person);
// Who a part of a delay is booked to.
std::string holder_words(const core::LateShare& share, const LateNames& names);
// "Phòng A: 3 giờ; Sở B: 2 giờ 5 phút"
std::string shares_words(const std::vector<core::LateShare>& shares, const LateNames& names);

enum class CountKind { count, duration, rate };
// What a member of LateCounts is called.
struct CountLabel {
  std::string_view member;
  std::string_view label;
  CountKind kind;
  std::string_view group;  // the heading above it
};
// Every member once, in the order in which people read them.
std::span<const CountLabel> count_labels();
// The members in the order of count_labels().
std::vector<std::optional<std::int64_t>> count_values(const core::LateCounts& counts);
// A value in words; "–" for one that is absent.
std::string count_words(const CountLabel& label, std::optional<std::int64_t> value);

}  // namespace motcua::print
