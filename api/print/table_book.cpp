#include "api/print/table_book.h"

#include <cstdlib>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <utility>

#include "api/print/book_sheet.h"

namespace motcua::print {
namespace {

// A folder that goes with everything in it: the library writes to names only.
class TableFolder {
 public:
  TableFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "motcua-table-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    path_ = name;
  }
  TableFolder(const TableFolder&) = delete;
  TableFolder& operator=(const TableFolder&) = delete;
  ~TableFolder() {
    std::error_code ignored;  // nobody is left to be told
    std::filesystem::remove_all(path_, ignored);
  }
  std::string path() const { return path_.string(); }
  std::string file() const { return (path_ / "table.xlsx").string(); }

 private:
  std::filesystem::path path_;
};

struct CellWriter {
  BookSheet& sheet;
  void operator()(std::monostate) const { sheet.blank(); }
  void operator()(const std::string& text) const { sheet.text(text); }
  void operator()(std::int64_t number) const { sheet.number(number); }
  void operator()(const RateCell& rate) const { sheet.rate(rate.basis_points); }
  void operator()(const DurationCell& time) const { sheet.duration(time.seconds); }
  void operator()(const HundredthsCell& it) const { sheet.hundredths(it.hundredths); }
  void operator()(core::Date day) const { sheet.date(day); }
  void operator()(core::Instant at) const { sheet.instant(at); }
};

void put_table(lxw_workbook* book, const BookFormats& formats, const Table& table, int offset_minutes) {
  std::vector<BookColumn> columns;
  for (const Table::Column& column : table.columns) columns.push_back({column.head, column.width});
  BookSheet sheet(book, formats, table.sheet, table.title, columns, offset_minutes);
  for (const auto& row : table.rows) {
    for (const TableCell& cell : row) std::visit(CellWriter{sheet}, cell);
    sheet.end_row();
  }
  sheet.finish();
}

}  // namespace

std::string table_book(const std::vector<Table>& tables, core::Instant created, int offset_minutes) {
  const TableFolder folder;
  std::string temporary = folder.path();
  lxw_workbook_options options{};
  options.constant_memory = LXW_TRUE;
  options.tmpdir = temporary.data();
  struct Free {
    void operator()(lxw_workbook* book) const { lxw_workbook_free(book); }
  };
  std::unique_ptr<lxw_workbook, Free> book(workbook_new_opt(folder.file().c_str(), &options));
  if (!book) throw std::runtime_error("cannot begin a workbook");
  lxw_doc_properties properties{};
  properties.created = created.ms / 1000;
  if (workbook_set_properties(book.get(), &properties) != LXW_NO_ERROR) {
    throw std::runtime_error("cannot describe a workbook");
  }
  const BookFormats formats(book.get());
  for (const Table& table : tables) put_table(book.get(), formats, table, offset_minutes);
  const lxw_error error = workbook_close(book.release());  // it frees the book, come what may
  if (error != LXW_NO_ERROR) throw std::runtime_error(std::string("a workbook: ") + lxw_strerror(error));
  std::ifstream file(folder.file(), std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  if (!file || bytes.empty()) throw std::runtime_error("cannot read a workbook back");
  return bytes;
}

}  // namespace motcua::print
