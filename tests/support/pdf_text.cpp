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

  // The output of a command in which FILE stands for the document; throws when the command fails.
  std::string read_by(std::string command) const {
    const std::string name = "FILE";
    for (std::size_t at = command.find(name); at != std::string::npos; at = command.find(name, at + 1)) {
      command.replace(at, name.size(), path_.string());
    }
    FILE* pipe = ::popen((command + " </dev/null").c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
    std::string text;
    char part[4096];
    while (const std::size_t size = std::fread(part, 1, sizeof part, pipe)) text.append(part, size);
    if (::pclose(pipe) != 0) throw std::runtime_error("failed: " + command);
    return text;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace

std::vector<std::string> pages_of_pdf(std::string_view bytes) {
  const std::string text = PdfFile(bytes).read_by("pdftotext -layout FILE -");
  std::vector<std::string> pages;
  std::size_t from = 0;
  for (std::size_t end = text.find('\f'); end != std::string::npos; end = text.find('\f', from)) {
    pages.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return pages;
}

std::string words_of_pdf(std::string_view bytes) {
  return in_one_line(PdfFile(bytes).read_by("pdftotext FILE -"));
}

std::string qr_on_pdf(std::string_view bytes) {
  std::string text = PdfFile(bytes).read_by(
      "pdftoppm -r 150 -f 1 -l 1 -singlefile -png FILE FILE && { zbarimg -q --nodbus --raw FILE.png || true; "
      "} && rm "
      "FILE.png");
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string drawn_words_of_pdf(std::string_view bytes) {
  return in_one_line(PdfFile(bytes).read_by("pdftotext -raw FILE -"));
}

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
