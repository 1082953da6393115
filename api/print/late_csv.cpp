#include "api/print/late_csv.h"

#include <charconv>
#include <concepts>
#include <initializer_list>
#include <utility>

namespace motcua::print {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// By how a spreadsheet knows a formula, in the wide forms too; and the sign that says it is none.
bool would_run(std::string_view text) {
  if (text.empty()) return false;
  if (std::string_view("=+-@\t\r\n'").find(text.front()) != std::string_view::npos) return true;
  for (const std::string_view wide : {"＝", "＋", "－", "＠"}) {
    if (text.starts_with(wide)) return true;
  }
  return false;
}

// Writes one line of a table.
class CsvLine {
 public:
  CsvLine(std::string& out, int offset_minutes) : out_(out), offset_minutes_(offset_minutes) {}
  CsvLine(const CsvLine&) = delete;
  CsvLine& operator=(const CsvLine&) = delete;
  ~CsvLine() { out_ += "\r\n"; }

  void text(std::string_view raw) {
    begin();
    const bool runs = would_run(raw);
    const bool quoted = raw.find_first_of(",\"\r\n;\t") != std::string_view::npos;
    if (quoted) out_ += '"';
    if (runs) out_ += '\'';
    for (const char c : raw) {
      if (c == '"') out_ += '"';
      out_ += c;
    }
    if (quoted) out_ += '"';
  }
  template <class T>
  void value(const T& it) {
    if constexpr (std::same_as<T, bool>) {
      text(it ? "true" : "false");
    } else if constexpr (std::integral<T>) {
      number(it);
    } else if constexpr (std::same_as<T, std::string>) {
      text(it);
    } else if constexpr (std::same_as<T, core::Code>) {
      text(it.text);
    } else if constexpr (std::same_as<T, core::Instant>) {
      text(core::format_instant(it, offset_minutes_));
    } else if constexpr (std::is_enum_v<T>) {
      text(core::word_of(it));
    } else {
      it ? value(*it) : text("");
    }
  }
  template <class... T>
  void values(const T&... all) {
    (value(all), ...);
  }

 private:
  void begin() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void number(std::int64_t it) {
    begin();
    char digits[24];
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, it).ptr);
  }

  std::string& out_;
  int offset_minutes_;
  bool first_ = true;
};

// Lists and structs within a row are tables of their own.
template <class T>
inline constexpr bool kIsField =
    std::integral<T> || std::same_as<T, std::string> || std::same_as<T, core::Code> ||
    std::same_as<T, core::Instant> || std::is_enum_v<T>;
template <class T>
inline constexpr bool kIsField<std::optional<T>> = kIsField<T>;

// A struct's fields as a line goes on, or their names.
template <class T>
void put_fields(CsvLine& line, const T& it) {
  T::describe(it, [&](std::string_view, const auto& member) {
    if constexpr (kIsField<std::remove_cvref_t<decltype(member)>>) line.value(member);
  });
}
template <class T>
void put_names(CsvLine& line) {
  const T nothing;
  T::describe(nothing, [&](std::string_view name, const auto& member) {
    if constexpr (kIsField<std::remove_cvref_t<decltype(member)>>) line.text(name);
  });
}

template <class T>
void put_head(std::string& out, std::initializer_list<std::string_view> before,
              std::initializer_list<std::string_view> after = {}) {
  out = kByteOrderMark;
  CsvLine line(out, 0);
  for (const auto name : before) line.text(name);
  put_names<T>(line);
  for (const auto name : after) line.text(name);
}

}  // namespace

LateTables::LateTables(const core::LateHead& head, int offset_minutes) : offset_minutes_(offset_minutes) {
  put_head<core::LateRow>(list_, {"section", "section_name"}, {"procedure_name", "unit_name"});
  put_head<core::LateShare>(shares_, {"section", "number", "dossier"});
  put_head<core::LateCounts>(counts_, {"kind", "agency", "agency_name", "unit", "unit_name"},
                             {"citizen_dossiers", "citizen_seconds"});
  put_head<core::LatePerson>(persons_, {"section"});
  put_head<core::OthersDelay>(others_, {"section"});
  CsvLine line(counts_, offset_minutes);
  line.text("total");
  line.values(head.scope, head.scope_name);
  line.text("");
  line.text("");
  put_fields(line, head.total);
  line.text("");
  line.text("");
}

void LateTables::add(const core::LateAgency& section, const LateNames& names) {
  for (const core::LateRow& row : section.late) {
    CsvLine line(list_, offset_minutes_);
    line.values(section.agency, section.name);
    put_fields(line, row);
    line.values(names.procedure(row.procedure), names.unit(row.unit));
    for (const core::LateShare& share : row.shares) {
      CsvLine part(shares_, offset_minutes_);
      part.values(section.agency, row.number, row.code);
      put_fields(part, share);
    }
  }
  {
    CsvLine line(counts_, offset_minutes_);
    line.text("agency");
    line.values(section.agency, section.name, std::string(), std::string());
    put_fields(line, section.counts);
    line.values(section.citizen_dossiers, section.citizen_seconds);
  }
  for (const core::LateUnit& unit : section.units) {
    CsvLine line(counts_, offset_minutes_);
    line.text("unit");
    line.values(section.agency, section.name, unit.unit, unit.name);
    put_fields(line, unit.counts);
    line.text("");
    line.text("");
  }
  for (const core::LatePerson& person : section.persons) {
    CsvLine line(persons_, offset_minutes_);
    line.value(section.agency);
    put_fields(line, person);
  }
  for (const core::OthersDelay& other : section.others) {
    CsvLine line(others_, offset_minutes_);
    line.value(section.agency);
    put_fields(line, other);
  }
}

void LateTables::finish(const std::function<void(const std::string& name, std::string bytes)>& keep) {
  keep("list.csv", std::move(list_));
  keep("shares.csv", std::move(shares_));
  keep("counts.csv", std::move(counts_));
  keep("persons.csv", std::move(persons_));
  keep("others.csv", std::move(others_));
}

}  // namespace motcua::print
