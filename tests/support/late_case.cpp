#include "tests/support/late_case.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <type_traits>

#include "api/print/late_files.h"
#include "engine/core/canonical_json.h"

namespace motcua::testing {
namespace {

// Every letter of Vietnamese with every tone, and what formats trip over.
constexpr std::string_view kAllDiacritics =
    "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ"
    "AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬEÈẺẼÉẸÊỀỂỄẾỆIÌỈĨÍỊOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢUÙỦŨÚỤƯỪỬỮỨỰYỲỶỸÝỴĐ";
constexpr std::string_view kName120 =
    "Ủy ban nhân dân phường Bắc Nha Trang – Trung tâm Phục vụ hành chính công, bộ phận đất đai, xây dựng và "
    "môi "
    "trường đô thị";
constexpr std::string_view kNames[] = {kName120,
                                       "Sở Nông nghiệp & Môi trường <\"Đất đai\">",
                                       "=CMD|' /C calc'!A1",
                                       "+84 tổ một cửa",
                                       "-1+1 đội trật tự",
                                       "@SUM(1;2) 'nháy'",
                                       "'phòng có dấu nháy",
                                       kAllDiacritics,
                                       "Phòng Kinh tế, Hạ tầng và Đô thị",
                                       "＝tổ toàn chiều rộng",
                                       "Chi nhánh Văn phòng đăng ký đất đai; \"khu vực 2\"",
                                       "Đội {{mẫu}} %s $1"};

class LateFiller {
 public:
  explicit LateFiller(const LateShape& shape) : random_(shape.seed), shape_(shape) {}

  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(bound));
  }
  bool coin() { return below(2) == 1; }
  std::string name() { return std::string(kNames[static_cast<std::size_t>(below(std::size(kNames)))]); }
  // In the months around the list's, sometimes with seconds and milliseconds.
  core::Instant instant() {
    constexpr std::int64_t kFrom = 1'790'000'000'000;  // September 2026
    const std::int64_t minutes = below(90 * 24 * 60);
    return {kFrom + minutes * 60'000 + (coin() ? below(60'000) : 0)};
  }
  template <class E>
  E word() {
    using Words = core::EnumWords<E>;
    return static_cast<E>(Words::first + static_cast<int>(below(std::size(Words::words))));
  }

  core::LateCounts counts() {
    core::LateCounts it;
    core::LateCounts::describe(it, [&](std::string_view member, auto& value) {
      using T = std::remove_cvref_t<decltype(value)>;
      const bool rate = member.ends_with("_bp");
      if constexpr (std::is_same_v<T, bool>) {
        value = coin();
      } else if constexpr (std::is_same_v<T, std::int64_t>) {
        value = below(coin() ? 2'000'000 : 100);
      } else {
        value.reset();
        if (below(4) > 0) value = below(rate ? 10'001 : 1'000'000);
      }
    });
    return it;
  }

  core::LateShare share(const core::LateAgency& section) {
    core::LateShare it;
    const bool own = section.others.empty() || coin();
    it.agency = own ? section.agency
                    : section.others[static_cast<std::size_t>(below(std::ssize(section.others)))].agency;
    if (own) it.unit = section.units[static_cast<std::size_t>(below(std::ssize(section.units)))].unit;
    if (shape_.individuals != core::Individuals::off) {
      it.person = "CB" + std::to_string(below(50));
      it.position = coin() ? "Chuyên viên một cửa" : "";
    }
    if (shape_.individuals == core::Individuals::name) it.name = "Nguyễn Thị Thu Hiền";
    it.seconds = below(400'000);
    return it;
  }

  core::LateRow row(const core::LateAgency& section, std::int64_t number) {
    core::LateRow it;
    it.number = number;
    char code[32];
    std::snprintf(code, sizeof code, "H32.19-261005-%05d", static_cast<int>(number));
    it.code = shape_.masked ? "k" + std::to_string(1'000'000 + number) + "a9f31c07" : code;
    it.received_at = instant();
    it.accepted_at = instant();
    it.late_since = instant();
    if (below(8) > 0) it.first_due_at = instant();
    if (below(8) > 0) it.promised_at = instant();
    if (coin()) {
      it.finished_at = instant();
      it.ended_as = word<core::DossierState>();
    }
    it.apology = word<core::ApologyMark>();
    it.channel = word<core::Channel>();
    it.explanation = word<core::ExplanationMark>();
    it.reappointment = word<core::ReappointmentMark>();
    it.corrected = below(10) == 0;
    it.citizen_seconds = below(200'000);
    it.delay_days = below(90);
    it.delay_seconds = coin() ? below(600'000) : below(10'000) * 60;
    it.supplements = below(3);
    it.procedure = core::Code("1.00" + std::to_string(1000 + below(8)));
    it.unit = section.units[static_cast<std::size_t>(below(std::ssize(section.units)))].unit;
    for (std::int64_t i = below(4); i > 0; --i) it.shares.push_back(share(section));
    return it;
  }

  core::LateAgency section(std::size_t index) {
    core::LateAgency it;
    it.agency = core::Code("H32." + std::to_string(10 + index));
    if (index == 3) it.agency = core::Code("H32/13:a+b");
    it.name = index == 1 ? std::string(kName120) : name();
    it.counts = counts();
    it.citizen_dossiers = index == 0 ? 0 : below(100);
    it.citizen_seconds = it.citizen_dossiers * below(10'000);
    it.units.push_back({counts(), "", core::Code()});
    for (int i = 1; i < 4; ++i) it.units.push_back({counts(), name(), core::Code("u" + std::to_string(i))});
    for (std::size_t i = 0; i < index % 3; ++i) {
      it.others.push_back({core::Code("Q" + std::to_string(i)), below(20), name(), below(500'000)});
    }
    if (shape_.individuals != core::Individuals::off) {
      for (int i = 0; i < 3; ++i) {
        const bool named = shape_.individuals == core::Individuals::name;
        it.persons.push_back({below(30), named ? name() : "", "CB" + std::to_string(i), name(),
                              below(900'000), core::Code("u" + std::to_string(1 + i))});
      }
    }
    const std::size_t rows = index == 0 ? 0 : shape_.rows;
    for (std::size_t i = 0; i < rows; ++i) it.late.push_back(row(it, static_cast<std::int64_t>(i + 1)));
    return it;
  }

 private:
  std::mt19937_64 random_;
  LateShape shape_;
};

}  // namespace

core::LateList random_late_list(const LateShape& shape) {
  LateFiller fill(shape);
  core::LateList list;
  core::LateHead& head = list.head;
  if (shape.corrects) {
    head.corrects = {.code = "H32.19-261005-00001",
                     .document = core::Code(std::string(64, 'c')),
                     .reason = "ghi sai ngày & \"giờ\" kết thúc <một hồ sơ>"};
  }
  head.cutoff_position = 1'234'567;
  head.cutoff_recorded_at = {1'793'500'000'000};
  head.definitions = {{core::Code("agencies"), core::Code("3f9a")},
                      {core::Code("calendar/vn-khanh-hoa"), core::Code("sha256:77aa01")}};
  head.codes_masked = shape.masked;
  head.individuals = shape.individuals;
  if (shape.individuals == core::Individuals::name) head.individuals_basis = "Quyết định 12/2026/QĐ-UBND";
  head.method = core::Code("late-list/2");
  head.month = "2026-10";
  head.number = shape.corrects ? 2 : 1;
  head.period_from = *core::parse_instant("2026-10-01T00:00:00+07:00");
  head.period_to = *core::parse_instant("2026-11-01T00:00:00+07:00");
  for (int i = 0; i < 8; ++i) {
    const std::string name = i == 0 ? std::string(kAllDiacritics)
                                    : "Đăng ký biến động quyền sử dụng đất đối với trường hợp " + fill.name();
    head.procedures.push_back({name, core::Code("1.00" + std::to_string(1000 + i))});
  }
  head.scope = core::Code("H32");
  head.scope_name = "Ủy ban nhân dân tỉnh Khánh Hòa";
  head.total = fill.counts();
  for (std::size_t i = 0; i < shape.agencies; ++i) list.agencies.push_back(fill.section(i));
  return list;
}

print::LateSource source_of(const core::LateList& list) {
  print::LateSource source;
  source.head = list.head;
  source.published_at = *core::parse_instant("2026-11-05T07:00:00+07:00");
  source.sha256 = "9f" + std::string(62, 'e');
  source.signature = std::string(86, 's') + "==";
  source.key = std::string(43, 'k') + "=";
  for (const core::LateAgency& it : list.agencies) source.sections.push_back(it.agency);
  source.section = [&list](std::size_t index) { return list.agencies.at(index); };
  return source;
}

std::map<std::string, LateFile> rendered(const print::LateSource& source) {
  std::map<std::string, LateFile> files;
  print::render_late_files(source, [&](const std::string& name, std::string_view type, std::string bytes) {
    const bool added = files.try_emplace(name, std::string(type), std::move(bytes)).second;
    EXPECT_TRUE(added) << name << " was made twice";
  });
  return files;
}

std::string envelope_of(const core::LateList& list, const print::LateSource& source) {
  std::string out =
      "{\"document\":{\"agencies\":" + core::canonical_json(list.agencies, source.offset_minutes);
  out += ",\"head\":" + core::canonical_json(list.head, source.offset_minutes);
  out += "},\"sha256\":\"" + source.sha256 + "\",\"signature\":{\"algorithm\":\"Ed25519\",\"key\":\"" +
         source.key;
  return out + "\",\"value\":\"" + source.signature + "\"}}";
}

}  // namespace motcua::testing
