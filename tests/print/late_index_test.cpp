#include "api/print/late_index.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

namespace motcua::print {
namespace {

std::vector<LateEntry> two_entries() {
  LateEntry first{.month = "2026-10",
                  .scope = "H32",
                  .scope_name = "Tỉnh <Khánh Hòa> & \"một cửa\"",
                  .published_at = *core::parse_instant("2026-11-05T07:00:00+07:00"),
                  .sha256 = std::string(64, 'a'),
                  .corrects = std::nullopt,
                  .address = "https://motcua.example/public/late/2026-10/H32?a=1&b=2",
                  .index_766 = "https://motcua.example/public/late/2026-10/H32/766?a=1&b=2"};
  LateEntry second = first;
  second.number = 2;
  second.published_at = *core::parse_instant("2026-11-09T07:00:00+07:00");
  second.sha256 = std::string(64, 'b');
  second.corrects = first.sha256;
  second.address += "&n=2";
  first.corrected_by =
      LateEntry::Successor{second.number, second.published_at, second.sha256, second.address};
  return {second, first};
}

// Prints what python's parser finds at a path, a line for each node: its text, or its attribute href.
std::string found_by_parser(const std::string& document, const std::string& path) {
  const auto file =
      std::filesystem::temp_directory_path() / ("motcua-index-" + std::to_string(std::random_device()()));
  std::ofstream(file, std::ios::binary) << document;
  const std::string line =
      "python3 -c 'import sys; from xml.etree import ElementTree as E\n"
      "for n in E.parse(sys.argv[1]).iterfind(sys.argv[2]): print(n.get(\"href\") or "
      "\"\".join(n.itertext()))' '" +
      file.string() + "' '" + path + "' </dev/null";
  std::string text;
  FILE* const pipe = ::popen(line.c_str(), "r");
  char part[4096];
  while (const std::size_t size = std::fread(part, 1, sizeof part, pipe)) text.append(part, size);
  EXPECT_EQ(::pclose(pipe), 0);
  std::filesystem::remove(file);
  return text;
}

TEST(LateIndex, ListsWhatWasPublished) {
  const std::string page = late_index_html(two_entries(), 420);
  const std::string address = "https://motcua.example/public/late/2026-10/H32?a=1&b=2\n";
  EXPECT_EQ(found_by_parser(page, ".//tbody//th/a"),
            "https://motcua.example/public/late/2026-10/H32?a=1&b=2&n=2\n" + address);
  const std::string index = "https://motcua.example/public/late/2026-10/H32/766?a=1&b=2\n";
  EXPECT_EQ(found_by_parser(page, ".//tbody/tr/td[6]/a"), index + index);
  EXPECT_EQ(found_by_parser(page, ".//tbody/tr/td[3]"), "07:00 09/11/2026\n07:00 05/11/2026\n");
  EXPECT_EQ(found_by_parser(page, ".//tbody/tr/td[5]"), "Thay cho " + std::string(64, 'a') +
                                                            "\nĐã đính chính bằng danh sách số 2 " +
                                                            std::string(64, 'b') + "\n");
  EXPECT_EQ(found_by_parser(page, ".//tbody/tr/td[5]/a"),
            "https://motcua.example/public/late/2026-10/H32?a=1&b=2&n=2\n");
  EXPECT_EQ(found_by_parser(page, ".//tbody/tr[1]/td[1]"), "Tỉnh <Khánh Hòa> & \"một cửa\" H32\n");
}

TEST(LateIndex, SaysThatNothingWasPublished) {
  const std::string page = late_index_html({}, 420);
  EXPECT_EQ(found_by_parser(page, ".//table"), "");
  EXPECT_EQ(found_by_parser(page, ".//main"), "\nChưa có danh sách nào được công bố.\n\n");
}

TEST(LateFeed, HasWhatAtomDemands) {
  const LateFeed about{.address = "https://motcua.example/public/late/feed.xml?x=1&y=2",
                       .page = "https://motcua.example/public/late",
                       .author = "Văn phòng & Ủy ban",
                       .since = *core::parse_instant("2026-01-01T00:00:00+07:00")};
  const std::string feed = late_feed(about, two_entries(), 420);
  const auto at = [&](const std::string& path) { return found_by_parser(feed, path); };
  EXPECT_EQ(at("{http://www.w3.org/2005/Atom}id"), about.address + "\n");
  EXPECT_EQ(at("{http://www.w3.org/2005/Atom}updated"), "2026-11-09T07:00:00+07:00\n");
  EXPECT_EQ(at("{http://www.w3.org/2005/Atom}author/{http://www.w3.org/2005/Atom}name"), about.author + "\n");
  EXPECT_EQ(at("{http://www.w3.org/2005/Atom}link"), about.address + "\n" + about.page + "\n");
  const std::string entry = "{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}";
  EXPECT_EQ(at(entry + "id"), "urn:motcua:late-list:" + std::string(64, 'b') +
                                  "\nurn:motcua:late-list:" + std::string(64, 'a') + "\n");
  EXPECT_EQ(at(entry + "link[@rel=\"related\"]"),
            "https://motcua.example/public/late/2026-10/H32/766?a=1&b=2\n"
            "https://motcua.example/public/late/2026-10/H32/766?a=1&b=2\n");
  EXPECT_EQ(at(entry + "updated"), "2026-11-09T07:00:00+07:00\n2026-11-09T07:00:00+07:00\n")
      << "one that was corrected is news";
  EXPECT_EQ(at(entry + "published"), "2026-11-09T07:00:00+07:00\n2026-11-05T07:00:00+07:00\n");
  EXPECT_EQ(at(entry + "summary"), "SHA-256 " + std::string(64, 'b') + "; thay cho " + std::string(64, 'a') +
                                       "\nSHA-256 " + std::string(64, 'a') + "; đã đính chính bằng " +
                                       std::string(64, 'b') + "\n");
  EXPECT_EQ(
      at(entry + "title"),
      "Danh sách hồ sơ trễ hẹn tháng 10/2026, Tỉnh <Khánh Hòa> & \"một cửa\" (đính chính, danh sách số 2)\n"
      "Danh sách hồ sơ trễ hẹn tháng 10/2026, Tỉnh <Khánh Hòa> & \"một cửa\"\n");
  const std::string empty = late_feed(about, {}, 420);
  EXPECT_EQ(found_by_parser(empty, "{http://www.w3.org/2005/Atom}updated"), "2026-01-01T00:00:00+07:00\n");
}

}  // namespace
}  // namespace motcua::print
