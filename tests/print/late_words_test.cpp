#include "api/print/late_words.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

namespace motcua::print {
namespace {

TEST(LateWords, TellWorkingTimeExactly) {
  EXPECT_EQ(duration_words(0), "0 phút");
  EXPECT_EQ(duration_words(1), "1 giây");
  EXPECT_EQ(duration_words(60), "1 phút");
  EXPECT_EQ(duration_words(3599), "59 phút 59 giây");
  EXPECT_EQ(duration_words(3600), "1 giờ");
  EXPECT_EQ(duration_words(26 * 3600 + 15 * 60), "26 giờ 15 phút");
  EXPECT_EQ(duration_words(3601), "1 giờ 1 giây");
  EXPECT_EQ(duration_words(1234 * 3600), "1.234 giờ");
  EXPECT_EQ(duration_words(-90), "-1 phút 30 giây");
}

TEST(LateWords, TellRatesFromBasisPoints) {
  EXPECT_EQ(rate_words(0), "0,00\u00a0%");
  EXPECT_EQ(rate_words(5), "0,05\u00a0%");
  EXPECT_EQ(rate_words(1234), "12,34\u00a0%");
  EXPECT_EQ(rate_words(10'000), "100,00\u00a0%");
  EXPECT_EQ(rate_words(-5), "-0,05\u00a0%");
}

TEST(LateWords, GroupDigits) {
  EXPECT_EQ(number_words(0), "0");
  EXPECT_EQ(number_words(999), "999");
  EXPECT_EQ(number_words(1000), "1.000");
  EXPECT_EQ(number_words(-1000), "-1.000");
  EXPECT_EQ(number_words(-100), "-100");
  EXPECT_EQ(number_words(1'234'567), "1.234.567");
  EXPECT_EQ(number_words(std::numeric_limits<std::int64_t>::min()), "-9.223.372.036.854.775.808");
}

TEST(LateWords, TellTheMinuteInLocalTime) {
  const auto at = core::parse_instant("2026-10-31T16:59:59.999Z");
  EXPECT_EQ(instant_words(*at, 420), "23:59 31/10/2026");
  EXPECT_EQ(instant_words(core::Instant{at->ms + 1}, 420), "00:00 01/11/2026");
  EXPECT_EQ(month_words("2026-10"), "tháng 10/2026");
}

TEST(LateWords, NameEveryCountOnce) {
  std::set<std::string_view> described;
  const core::LateCounts none;
  core::LateCounts::describe(none, [&](std::string_view member, const auto&) { described.insert(member); });
  std::multiset<std::string_view> labelled;
  std::set<std::string_view> labels;  // a workbook tells its columns by them alone
  for (const CountLabel& label : count_labels()) {
    labelled.insert(label.member);
    EXPECT_TRUE(labels.insert(label.label).second) << label.label;
    const bool time = label.member.ends_with("_seconds");
    const bool rate = label.member.ends_with("_bp");
    EXPECT_EQ(label.kind == CountKind::duration, time) << label.member;
    EXPECT_EQ(label.kind == CountKind::rate, rate) << label.member;
  }
  EXPECT_EQ(labelled, std::multiset<std::string_view>(described.begin(), described.end()));
}

TEST(LateWords, FindTheValueOfEachLabel) {
  core::LateCounts counts;
  std::int64_t next = 1000;
  std::vector<std::pair<std::string_view, std::int64_t>> set;
  core::LateCounts::describe(counts, [&](std::string_view member, auto& value) {
    if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(value)>, bool>) {
      value = ++next;
      set.emplace_back(member, next);
    }
  });
  const auto values = count_values(counts);
  for (const auto& [member, value] : set) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (count_labels()[i].member != member) continue;
      EXPECT_EQ(values[i], value) << member;
    }
  }
}

TEST(LateWords, SayWhoHeldTheDossier) {
  core::LateAgency section;
  section.agency = core::Code("A");
  section.units.push_back({{}, "Phòng Đất đai", core::Code("land")});
  section.others.push_back({core::Code("B"), 1, "Sở Xây dựng", 60});
  LateNames names{core::LateHead{}};
  names.enter(section);
  core::LateShare own;
  own.agency = core::Code("A");
  own.seconds = 3600;
  EXPECT_EQ(holder_words(own, names), "Cơ quan giải quyết");
  own.unit = core::Code("land");
  own.position = "Chuyên viên";
  own.person = "CB7";
  core::LateShare other;
  other.agency = core::Code("B");
  other.unit = core::Code("land");
  other.seconds = 60;
  EXPECT_EQ(shares_words({own, other}, names),
            "Phòng Đất đai (Chuyên viên, mã số CB7): 1 giờ; Sở Xây dựng: 1 phút");
}

}  // namespace
}  // namespace motcua::print
