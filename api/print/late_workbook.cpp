#include "api/print/late_workbook.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <utility>

#include "api/print/book_sheet.h"
#include "api/print/late_words.h"

namespace motcua::print {
namespace {

constexpr std::size_t kSheetNameMax = 31;

constexpr BookColumn kRowColumns[] = {{"STT", 6},
                                      {"Mã hồ sơ", 24},
                                      {"Mã thủ tục", 14},
                                      {"Thủ tục", 48},
                                      {"Kênh", 12},
                                      {"Bộ phận", 28},
                                      {"Nhận hồ sơ", 17},
                                      {"Tiếp nhận", 17},
                                      {"Hẹn trả lần đầu", 17},
                                      {"Hẹn trả hiện tại", 17},
                                      {"Trễ từ", 17},
                                      {"Kết thúc", 17},
                                      {"Kết quả", 18},
                                      {"Thời gian trễ (giờ làm việc)", 14},
                                      {"Số ngày làm việc trễ", 10},
                                      {"Thời gian chờ người dân", 14},
                                      {"Số lần bổ sung", 10},
                                      {"Xin lỗi", 11},
                                      {"Giải trình", 11},
                                      {"Hẹn lại", 14},
                                      {"Đính chính", 11},
                                      {"Thời gian trễ theo nơi giữ hồ sơ", 60}};
constexpr BookColumn kPersonColumns[] = {{"Cơ quan", 40},      {"Bộ phận", 28}, {"Họ tên", 28},
                                         {"Chức vụ", 32},      {"Mã số", 14},   {"Số hồ sơ", 10},
                                         {"Thời gian trễ", 14}};
constexpr BookColumn kOtherColumns[] = {{"Cơ quan giải quyết", 40},
                                        {"Cơ quan khác", 40},
                                        {"Mã cơ quan khác", 16},
                                        {"Số hồ sơ", 10},
                                        {"Thời gian trễ của cơ quan khác", 16}};
constexpr BookColumn kProofColumns[] = {{"Nội dung", 36}, {"Giá trị", 110}};

constexpr BookColumn kTotalColumns[] = {{"Nhóm", 44}, {"Chỉ tiêu", 52}, {"Toàn bộ", 18}};

// Agencies and units each have a sheet of their own, and the total one without a row of either: a column is
// the sum of what stands in it, whatever the filter shows.
std::vector<BookColumn> count_columns(std::initializer_list<BookColumn> first) {
  std::vector<BookColumn> columns(first);
  for (const CountLabel& label : count_labels()) columns.push_back({label.label, 13});
  return columns;
}

std::vector<BookColumn> agency_columns() {
  std::vector<BookColumn> columns = count_columns({{"Mã cơ quan", 14}, {"Cơ quan", 48}});
  columns.push_back({"Hồ sơ có thời gian chờ người dân", 13});
  columns.push_back({"Thời gian chờ người dân", 14});
  return columns;
}

// A number makes it free, a blank lets the library quote it (a code alone may read as the place of a cell).
std::string sheet_name(std::size_t number, const core::Code& agency) {
  std::string name = std::to_string(number) + " " + agency.text;
  if (name.size() > kSheetNameMax) name.resize(kSheetNameMax);
  for (char& c : name) {
    if (c == '/' || c == ':') c = '_';
  }
  return name;
}

void put_count(BookSheet& sheet, CountKind kind, const std::optional<std::int64_t>& value) {
  if (!value) return sheet.blank();
  switch (kind) {
    case CountKind::count:
      return sheet.number(*value);
    case CountKind::duration:
      return sheet.duration(*value);
    case CountKind::rate:
      return sheet.rate(*value);
  }
}

void put_counts(BookSheet& sheet, const core::LateCounts& counts) {
  const auto values = count_values(counts);
  for (std::size_t i = 0; i < values.size(); ++i) put_count(sheet, count_labels()[i].kind, values[i]);
}

void put_row(BookSheet& sheet, const core::LateRow& row, const LateNames& names) {
  sheet.number(row.number);
  sheet.text(row.code);
  sheet.text(row.procedure.text);
  sheet.text(names.procedure(row.procedure));
  sheet.text(channel_words(row.channel));
  sheet.text(names.unit(row.unit));
  sheet.instant(row.received_at);
  sheet.instant(row.accepted_at);
  sheet.maybe(row.first_due_at, &BookSheet::instant);
  sheet.maybe(row.promised_at, &BookSheet::instant);
  sheet.instant(row.late_since);
  sheet.maybe(row.finished_at, &BookSheet::instant);
  sheet.text(ended_words(row.ended_as));
  sheet.duration(row.delay_seconds);
  sheet.number(row.delay_days);
  sheet.duration(row.citizen_seconds);
  sheet.number(row.supplements);
  sheet.text(apology_words(row.apology));
  sheet.text(explanation_words(row.explanation));
  sheet.text(reappointment_words(row.reappointment));
  sheet.text(corrected_words(row.corrected));
  sheet.text(shares_words(row.shares, names));
  sheet.end_row();
}

}  // namespace

class LateWorkbook::Impl {
 public:
  explicit Impl(const LateSource& source) : source_(source), folder_path_(folder_.path()) {
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    options.tmpdir = folder_path_.data();
    book_ = workbook_new_opt(folder_.file().c_str(), &options);
    if (book_ == nullptr) throw std::runtime_error("cannot begin a workbook");
    describe_book();
    formats_.emplace(book_);
    totals_.emplace(sheet("Tổng hợp", title("Danh sách hồ sơ trễ hẹn"), kTotalColumns));
    agencies_.emplace(sheet("Cơ quan", title("Hồ sơ trễ hẹn theo cơ quan"), agency_columns()));
    units_.emplace(
        sheet("Bộ phận", title("Hồ sơ trễ hẹn theo bộ phận"),
              count_columns({{"Mã cơ quan", 14}, {"Cơ quan", 48}, {"Mã bộ phận", 14}, {"Bộ phận", 28}})));
  }
  ~Impl() {
    if (book_ != nullptr) lxw_workbook_free(book_);
  }

  void add(const core::LateAgency& section, const LateNames& names) {
    if (section.late.empty()) return;
    const std::string name = sheet_name(sheets_.size() + 1, section.agency);
    sheets_[section.agency.text] = name;
    BookSheet rows = sheet(name, section.name + " (" + section.agency.text + ")", kRowColumns);
    for (const core::LateRow& row : section.late) put_row(rows, row, names);
    rows.finish();
  }

  std::string finish(const std::vector<core::LateAgency>& sections) {
    put_total();
    put_agencies(sections);
    put_units(sections);
    put_persons(sections);
    put_others(sections);
    put_proof();
    lxw_workbook* const book = std::exchange(book_, nullptr);  // closing frees it, come what may
    const lxw_error error = workbook_close(book);
    if (error != LXW_NO_ERROR) throw std::runtime_error(std::string("a workbook: ") + lxw_strerror(error));
    std::ifstream file(folder_.file(), std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(file), {});
    if (!file || bytes.empty()) throw std::runtime_error("cannot read a workbook back");
    return bytes;
  }

 private:
  // The date of creation is the publication's, so the bytes depend on no clock.
  void describe_book() {
    std::string words = title("Danh sách hồ sơ trễ hẹn");
    lxw_doc_properties properties{};
    properties.title = words.data();
    properties.created = source_.published_at.ms / 1000;
    if (workbook_set_properties(book_, &properties) != LXW_NO_ERROR) {
      throw std::runtime_error("cannot describe a workbook");
    }
  }
  std::string title(std::string_view what) const {
    std::string words(what);
    words += " " + month_words(source_.head.month) + ", " + source_.head.scope_name;
    // The library takes no longer one for the properties, and cuts nothing itself.
    constexpr std::size_t kCharactersMax = 240;
    std::size_t characters = 0;
    for (std::size_t at = 0; at < words.size(); ++at) {
      if ((static_cast<unsigned char>(words[at]) & 0xC0) == 0x80) continue;
      if (++characters > kCharactersMax) words.resize(at);
    }
    return words;
  }
  BookSheet sheet(const std::string& name, std::string_view words, std::span<const BookColumn> columns) {
    return BookSheet(book_, *formats_, name, words, columns, source_.offset_minutes);
  }

  void put_total() {
    const auto values = count_values(source_.head.total);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const CountLabel& label = count_labels()[i];
      totals_->text(label.group);
      totals_->text(label.label);
      put_count(*totals_, label.kind, values[i]);
      totals_->end_row();
    }
    totals_->finish();
  }

  void put_agencies(const std::vector<core::LateAgency>& sections) {
    for (const core::LateAgency& section : sections) {
      const auto own = sheets_.find(section.agency.text);
      agencies_->text(section.agency.text);
      own == sheets_.end() ? agencies_->text(section.name) : agencies_->link(section.name, own->second);
      put_counts(*agencies_, section.counts);
      agencies_->number(section.citizen_dossiers);
      agencies_->duration(section.citizen_seconds);
      agencies_->end_row();
    }
    agencies_->finish();
  }

  void put_units(const std::vector<core::LateAgency>& sections) {
    for (const core::LateAgency& section : sections) {
      for (const core::LateUnit& unit : section.units) {
        units_->text(section.agency.text);
        units_->text(section.name);
        units_->text(unit.unit.text);
        units_->text(unit.unit.empty() ? "Không thuộc bộ phận nào" : unit.name);
        put_counts(*units_, unit.counts);
        units_->end_row();
      }
    }
    units_->finish();
  }

  void put_persons(const std::vector<core::LateAgency>& sections) {
    if (source_.head.individuals == core::Individuals::off) return;
    BookSheet rows = sheet("Cá nhân", title("Cá nhân có hồ sơ trễ hẹn"), kPersonColumns);
    for (const core::LateAgency& section : sections) {
      LateNames names(source_.head);
      names.enter(section);
      for (const core::LatePerson& person : section.persons) {
        rows.text(section.name);
        rows.text(names.unit(person.unit));
        rows.text(person.name);
        rows.text(person.position);
        rows.text(person.person);
        rows.number(person.dossiers);
        rows.duration(person.seconds);
        rows.end_row();
      }
    }
    rows.finish();
  }

  void put_others(const std::vector<core::LateAgency>& sections) {
    BookSheet rows = sheet("Cơ quan khác", title("Phần trễ của cơ quan khác"), kOtherColumns);
    for (const core::LateAgency& section : sections) {
      for (const core::OthersDelay& other : section.others) {
        rows.text(section.name);
        rows.text(other.name);
        rows.text(other.agency.text);
        rows.number(other.dossiers);
        rows.duration(other.seconds);
        rows.end_row();
      }
    }
    rows.finish();
  }

  void put_proof() {
    BookSheet rows = sheet("Chứng thực", title("Chứng thực danh sách"), kProofColumns);
    const auto line = [&](std::string_view what, std::string_view value) {
      rows.text(what);
      rows.text(value);
      rows.end_row();
    };
    line("Phương pháp", source_.head.method.text);
    line("Số của danh sách", std::to_string(source_.head.number));
    line("Công bố", core::format_instant(source_.published_at, source_.offset_minutes));
    line("SHA-256 của văn bản JSON", source_.sha256);
    line("Chữ ký Ed25519", source_.signature);
    line("Khóa công khai", source_.key);
    rows.finish();
  }

  // A folder for the time of one workbook; the library can only write into a file.
  class BookFolder {
   public:
    BookFolder() {
      std::string name = (std::filesystem::temp_directory_path() / "motcua-book-XXXXXX").string();
      if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
      path_ = name;
    }
    BookFolder(const BookFolder&) = delete;
    BookFolder& operator=(const BookFolder&) = delete;
    ~BookFolder() {
      std::error_code ignored;  // nobody is left to be told
      std::filesystem::remove_all(path_, ignored);
    }
    std::string path() const { return path_.string(); }
    std::string file() const { return (path_ / "list.xlsx").string(); }

   private:
    std::filesystem::path path_;
  };

  const LateSource& source_;
  BookFolder folder_;
  std::string folder_path_;  // the library keeps the pointer
  lxw_workbook* book_ = nullptr;
  std::optional<BookFormats> formats_;
  std::optional<BookSheet> totals_, agencies_, units_;
  std::map<std::string, std::string> sheets_;  // of agencies
};

LateWorkbook::LateWorkbook(const LateSource& source) : impl_(std::make_unique<Impl>(source)) {}
LateWorkbook::~LateWorkbook() = default;
void LateWorkbook::add(const core::LateAgency& section, const LateNames& names) {
  impl_->add(section, names);
}
std::string LateWorkbook::finish(const std::vector<core::LateAgency>& sections) {
  return impl_->finish(sections);
}

}  // namespace motcua::print
