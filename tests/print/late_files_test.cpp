#include "api/print/late_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>

#include "api/print/late_page.h"
#include "api/print/late_words.h"
#include "tests/support/late_case.h"
#include "tests/support/paths.h"
#include "tests/support/pdf_text.h"

namespace motcua::testing {
namespace {

using core::Individuals;

// A folder with all files of a list, and its envelope.
class LateFolder {
 public:
  explicit LateFolder(const LateShape& shape) : list(random_late_list(shape)), source(source_of(list)) {
    files = rendered(source);
    path = std::filesystem::temp_directory_path() / ("motcua-late-" + std::to_string(std::random_device()()));
    std::filesystem::create_directory(path);
    std::ofstream(path / "list.json", std::ios::binary) << envelope_of(list, source);
    for (const auto& [name, file] : files) std::ofstream(path / name, std::ios::binary) << file.bytes;
  }
  LateFolder(const LateFolder&) = delete;
  LateFolder& operator=(const LateFolder&) = delete;
  ~LateFolder() { std::filesystem::remove_all(path); }

  int read_back() const {
    // Debian's own, which has its packages.
    const std::string line = "/usr/bin/python3 '" + in_tree("tests/print/late_read_back.py") + "' '" +
                             path.string() + "' </dev/null";
    return std::system(line.c_str());
  }
  int hold_to_schema() const {
    const std::string root = in_tree();
    const std::string line = "'" + root + "/tests/node/install.sh' && node '" + root +
                             "/tests/node/late_schema.mjs' '" + root + "/api/late-list.schema.json' '" +
                             (path / "list.json").string() + "' 300 </dev/null";
    return std::system(line.c_str());
  }

  core::LateList list;
  print::LateSource source;
  std::map<std::string, LateFile> files;
  std::filesystem::path path;
};

std::string without_blanks(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (c != ' ' && c != '\n' && c != '\f') kept += c;
  }
  return kept;
}

bool can_read_workbooks() {
  return std::system("/usr/bin/python3 -c 'import openpyxl' </dev/null >/dev/null 2>&1") == 0;
}

TEST(LateFiles, AreTheSameBytesTwice) {
  const core::LateList list = random_late_list({.seed = 5, .individuals = Individuals::name});
  const auto first = rendered(source_of(list));
  const auto second = rendered(source_of(list));
  ASSERT_EQ(first.size(), 5 + 1 + 1 + 2 * list.agencies.size());
  for (const auto& [name, file] : first) {
    EXPECT_TRUE(file.bytes == second.at(name).bytes) << name;
    EXPECT_FALSE(file.bytes.empty()) << name;
  }
}

TEST(LateFiles, LeaveNothingBehind) {
  const auto count = [] {
    const std::filesystem::directory_iterator entries(std::filesystem::temp_directory_path());
    std::size_t books = 0;
    for (const auto& entry : entries) {
      books += entry.path().filename().string().starts_with("motcua-book-") ? 1 : 0;
    }
    return books;
  };
  const std::size_t before = count();
  const core::LateList list = random_late_list({.seed = 6, .rows = 5});
  rendered(source_of(list));
  auto broken = source_of(list);
  broken.section = [&](std::size_t index) -> core::LateAgency {
    if (index == 2) throw std::runtime_error("the section is gone");
    return list.agencies[index];
  };
  EXPECT_THROW(rendered(broken), std::runtime_error);
  EXPECT_EQ(count(), before);
}

TEST(LateFiles, ReadBackEqualTheDocument) {
  if (!can_read_workbooks()) GTEST_SKIP() << "python3-openpyxl is not installed";
  for (const Individuals individuals : {Individuals::off, Individuals::position, Individuals::name}) {
    const LateFolder folder({.seed = 21,
                             .individuals = individuals,
                             .masked = individuals == Individuals::position,
                             .corrects = individuals == Individuals::name});
    EXPECT_EQ(folder.read_back(), 0) << "individuals " << core::word_of(individuals);
  }
}

// ajv holds a list to the schema; and as objects are closed and all members demanded there, a member that is
// described and not in the schema, or the other way round, is found as well.
TEST(LateFiles, GoWithAListThatItsSchemaHolds) {
  for (const Individuals individuals : {Individuals::off, Individuals::name}) {
    const LateFolder folder({.seed = 11,
                             .rows = 20,
                             .individuals = individuals,
                             .masked = individuals == Individuals::off,
                             .corrects = individuals == Individuals::name});
    EXPECT_EQ(folder.hold_to_schema(), 0);
  }
}

TEST(LateFiles, OfManyRowsAreParts) {
  if (std::getenv("MOTCUA_TEST_SHORT") != nullptr)
    GTEST_SKIP() << "10,001 rows take too long when tests are short";
  LateFolder folder({.seed = 8, .agencies = 2, .rows = 10'001});
  for (const std::string name :
       {"H32.11.html", "H32.11-2.html", "H32.11-3.html", "H32.11.pdf", "H32.11-2.pdf", "H32.11-3.pdf"}) {
    EXPECT_EQ(folder.files.count(name), 1U) << name;
  }
  EXPECT_EQ(folder.files.count("H32.11-4.pdf"), 0U);
  EXPECT_LT(folder.files.at("H32.11-3.pdf").bytes.size(), folder.files.at("H32.11.pdf").bytes.size() / 20);
  const std::string last = without_blanks(words_of_pdf(folder.files.at("H32.11-3.pdf").bytes));
  EXPECT_NE(last.find("H32.19-261005-10001"), std::string::npos);
  EXPECT_EQ(last.find("H32.19-261005-10000"), std::string::npos);
  if (can_read_workbooks()) {
    EXPECT_EQ(folder.read_back(), 0);
  }
}

TEST(LateFiles, PaperSaysEveryRow) {
  const LateFolder folder({.seed = 9, .agencies = 3, .rows = 60, .individuals = Individuals::name});
  const core::LateAgency& agency = folder.list.agencies[1];
  const std::string words = drawn_words_of_pdf(folder.files.at("H32.11.pdf").bytes);
  const std::string letters = without_blanks(words);
  print::LateNames names(folder.list.head);
  names.enter(agency);
  for (const core::LateRow& row : agency.late) {
    EXPECT_NE(words.find(row.code), std::string::npos) << row.code;
    EXPECT_NE(words.find(print::instant_words(row.received_at, 420)), std::string::npos) << row.code;
    EXPECT_NE(letters.find(without_blanks(print::duration_words(row.delay_seconds))), std::string::npos);
    EXPECT_NE(letters.find(without_blanks(names.procedure(row.procedure))), std::string::npos)
        << names.procedure(row.procedure);
    for (const core::LateShare& share : row.shares) {
      EXPECT_NE(letters.find(without_blanks(print::holder_words(share, names))), std::string::npos)
          << print::holder_words(share, names);
    }
  }
  EXPECT_NE(letters.find(without_blanks(agency.name)), std::string::npos);
  EXPECT_NE(words.find(folder.source.sha256), std::string::npos);
}

TEST(LateFiles, NameNobodyWhereIndividualsAreOff) {
  const LateFolder folder({.seed = 13, .rows = 10, .individuals = Individuals::off});
  for (const auto& [name, file] : folder.files) {
    if (name.ends_with(".pdf")) {
      EXPECT_EQ(words_of_pdf(file.bytes).find("mã số"), std::string::npos) << name;
    } else {
      EXPECT_EQ(file.bytes.find("mã số"), std::string::npos) << name;
    }
  }
  EXPECT_NE(folder.files.at("index.html").bytes.find("không nêu cá nhân"), std::string::npos);
}

TEST(LateFiles, AreCalledApart) {
  std::vector<core::Code> codes;
  for (const char* code : {"H32", "H32-2", "H32/2", "H32:2", "index", "list", "..", "a+b"})
    codes.emplace_back(code);
  const print::LateFileNames names(codes);
  std::set<std::string> seen{"index.html", "list.json"};
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const print::SectionFiles files = names.of(i, 3);
    ASSERT_EQ(files.pages.size(), 3U);
    for (const std::string& name : files.pages) {
      EXPECT_TRUE(seen.insert(name).second) << name;
      EXPECT_EQ(name.find_first_of("/:+"), std::string::npos) << name;
      EXPECT_NE(name.front(), '.') << name;
    }
  }
  EXPECT_EQ(names.of(0, 3).papers, (std::vector<std::string>{"H32.pdf", "H32~2.pdf", "H32-3.pdf"}));
}

}  // namespace
}  // namespace motcua::testing
