#include "tests/support/pdf_text.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace motcua::testing {
namespace {

class PdfFile {
 public:
  explicit PdfFile(std::string_view bytes) {
    std::string name = (std::filesystem::temp_directory_path() / "motcua-pdf-XXXXXX").string();
    const int opened = ::mkstemp(name.data());
    if (opened < 0) throw std::runtime_error("cannot make a temporary file");
    ::close(opened);
    path_ = name;
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  PdfFile(const PdfFile&) = delete;
  PdfFile& operator=(const PdfFile&) = delete;
  ~PdfFile() { std::filesystem::remove(path_); }

  std::string read_by(const std::string& options) const {
    const std::string command = "pdftotext " + options + " '" + path_.string() + "' - </dev/null";
    FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("cannot run pdftotext");
    std::string text;
    char part[4096];
    while (const std::size_t size = std::fread(part, 1, sizeof part, pipe)) text.append(part, size);
    if (::pclose(pipe) != 0) throw std::runtime_error("pdftotext cannot read the document");
    return text;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace

std::vector<std::string> pages_of_pdf(std::string_view bytes) {
  const std::string text = PdfFile(bytes).read_by("-layout");
  std::vector<std::string> pages;
  std::size_t from = 0;
  for (std::size_t end = text.find('\f'); end != std::string::npos; end = text.find('\f', from)) {
    pages.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return pages;
}

std::string words_of_pdf(std::string_view bytes) { return in_one_line(PdfFile(bytes).read_by("")); }

std::string drawn_words_of_pdf(std::string_view bytes) { return in_one_line(PdfFile(bytes).read_by("-raw")); }

std::string in_one_line(std::string_view text) {
  std::string words;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f';
    if (!blank) {
      words += c;
    } else if (!words.empty() && words.back() != ' ') {
      words += ' ';
    }
  }
  if (!words.empty() && words.back() == ' ') words.pop_back();
  return words;
}

}  // namespace motcua::testing
