#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "api/print/qr.h"
#include "tests/support/pdf_text.h"
#include "tests/support/service.h"

// The printed forms, over HTTP.
namespace motcua::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kAgency = "Ủy ban nhân dân phường Nha Trang";
// 120 characters, with every tone.
const std::string kLongName =
    "Nguyễn Phước Bảo Quỳnh Tôn Nữ Thị Ánh Tuyết Hoàng Phương Khuê Trần Đặng Lê Võ Ngọc Mỹ Hạnh Diễm Thư Vũ "
    "Kiều "
    "Oanh Đỗ Thị Hà";

// A procedure with sixty papers, whose names are long.
void add_procedure_of_sixty_papers(const fs::path& folder) {
  json papers = json::array();
  for (int i = 1; i <= 60; ++i) {
    papers.push_back(
        {{"key", "giay_" + std::to_string(i)},
         {"name", "Giấy tờ số " + std::to_string(i) +
                      " chứng minh quyền sử dụng đất, quyền sở hữu nhà ở và tài sản khác gắn liền với đất"},
         {"required", false},
         {"copies", 1},
         {"forms", {"original", "certified", "copy", "electronic"}}});
  }
  const json step{{"key", "xu_ly"},
                  {"name", "Xử lý hồ sơ"},
                  {"kind", "handle"},
                  {"role", "handling_officer"},
                  {"agency", "competent"}};
  const json back{{"key", "tra"},
                  {"name", "Trả kết quả"},
                  {"kind", "return"},
                  {"role", "counter_officer"},
                  {"agency", "receiving"}};
  const json procedure{
      {"format", 1},
      {"code", "9.000060"},
      {"name", "Thủ tục có nhiều giấy tờ"},
      {"level", {"commune"}},
      {"domain", {{"name", "Đất đai"}}},
      {"decision", "60/QĐ-UBND"},
      {"valid_from", "2020-01-01"},
      {"limits",
       {{{"channel", "direct"}, {"statutory", {{"value", 5}, {"unit", "working_day"}}}},
        {{"channel", "online"}, {"statutory", {{"value", 5}, {"unit", "working_day"}}}},
        {{"channel", "post"},
         {"statutory", {{"value", 5}, {"unit", "working_day"}}},
         {"committed", {{"value", 3}, {"unit", "working_day"}, {"decision", "9/QĐ-UBND"}}}}}},
      {"papers", papers},
      {"facts", json::array()},
      {"steps", {step, back}},
      {"results", {{{"code", "KQ.G01.000060"}, {"name", "Giấy chứng nhận"}}}}};
  std::ofstream(folder / "9.000060.json") << procedure.dump(2);
}

class Slips : public ::testing::Test {
 protected:
  static ServiceOptions options(const std::string& start) {
    ServiceOptions made;
    made.sandbox = start;
    made.keys = {{"province", "", true},
                 {"clerk", "", false},
                 {"commune", "H32.101", true},
                 {"other", "H32.102", true}};
    made.configure = [](json& config) {
      use_copied_procedures(config);
      add_procedure_of_sixty_papers(config["procedures"].get<std::string>());
      // Copies, as a test changes them.
      const fs::path folder = fs::path(config["database"].get<std::string>()).parent_path();
      fs::copy(config["slips"].get<std::string>(), folder / "slips");
      fs::copy(config["agencies"].get<std::string>(), folder / "agencies.json");
      config["slips"] = folder / "slips";
      config["agencies"] = folder / "agencies.json";
    };
    return made;
  }
  void start(const std::string& at) {
    service_ = std::make_unique<RunningService>(options(at));
    client_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
  }
  std::string filed(const json& more = json::object()) {
    json body{{"procedure", "9.000060"},
              {"channel", "direct"},
              {"receiving_agency", "H32.101"},
              {"content", "Cấp đổi giấy chứng nhận <quyền sử dụng đất> & tài sản"},
              {"owner",
               {{"kind", "citizen"},
                {"name", kLongName},
                {"id_number", "056190000002"},
                {"phone", "0905000002"},
                {"email", "tuyet@example.vn"},
                {"address", "1 Trần Phú, phường Nha Trang, tỉnh Khánh Hòa"}}},
              {"filer", {{"name", "Trần Văn Nộp"}}},
              {"papers", json::array({{{"key", "giay_1"}, {"form", "original"}},
                                      {{"key", "giay_2"}, {"form", "certified"}, {"copies", 2}},
                                      {{"key", "giay_3"}, {"form", "copy"}},
                                      {{"key", "giay_4"}, {"form", "electronic"}}})}};
    body.update(more);
    const HttpAnswer answer = client_->post("/v1/dossiers", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json().value("id", "none");
  }
  json command(const std::string& id, const std::string& word, const json& body = json::object()) {
    const HttpAnswer answer = client_->post("/v1/dossiers/" + id + '/' + word, body);
    EXPECT_EQ(answer.status, 200) << word << ' ' << answer.body;
    return answer.json();
  }
  static std::string path_of(const std::string& id, const std::string& form, const std::string& query = "") {
    return "/v1/dossiers/" + id + "/slips/" + form + query;
  }
  static std::string unmasked(const std::string& path) {
    return path + (path.find('?') == std::string::npos ? '?' : '&') + std::string(kUnmasked);
  }
  HttpAnswer slip(const std::string& id, const std::string& form, const std::string& query = "") {
    return client_->get(unmasked(path_of(id, form, query)));
  }
  std::string pdf(const std::string& id, const std::string& form, const std::string& more = "") {
    const HttpAnswer answer = slip(id, form, "?format=pdf" + more);
    EXPECT_EQ(answer.status, 200) << form << ' ' << answer.body;
    EXPECT_EQ(answer.header("content-type"), "application/pdf");
    keep(form, answer.body);
    return answer.body;
  }
  // For who wants to look at them: MOTCUA_TEST_KEEP names a folder.
  void keep(const std::string& form, const std::string& bytes) {
    const char* folder = std::getenv("MOTCUA_TEST_KEEP");
    if (folder == nullptr) return;
    const std::string test = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    const bool pdf = bytes.starts_with("%PDF");
    std::ofstream(fs::path(folder) / (test + '-' + form + (pdf ? ".pdf" : ".html")), std::ios::binary)
        << bytes;
  }
  json slips(const std::string& id) {
    const HttpAnswer answer = client_->get("/v1/dossiers/" + id + "/slips");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json();
  }
  // Both forms of a slip say all of these, in order or not; nothing of a template is left.
  void expect_said(const std::string& id, const std::string& form, const std::vector<std::string>& words,
                   const std::string& more = "") {
    const std::string paper = words_of_pdf(pdf(id, form, more));
    const HttpAnswer page = slip(id, form, "?format=html" + more);
    ASSERT_EQ(page.status, 200) << page.body;
    keep(form, page.body);
    const std::string shown = words_of_page(page.body);
    for (const std::string& one : words) {
      EXPECT_NE(paper.find(one), std::string::npos) << form << " on paper: " << one << '\n' << paper;
      EXPECT_NE(shown.find(one), std::string::npos) << form << " on screen: " << one << '\n' << shown;
    }
    for (const std::string& text : {paper, shown}) {
      EXPECT_EQ(text.find("{{"), std::string::npos) << text;
      EXPECT_EQ(text.find("}}"), std::string::npos) << text;
    }
  }
  // The text of the page as an XML parser reads it: it fails on what is not well-formed.
  static std::string words_of_page(const std::string& html) {
    std::string name = (fs::temp_directory_path() / "motcua-page-XXXXXX").string();
    ::close(::mkstemp(name.data()));
    std::ofstream(name, std::ios::binary) << html;
    const std::string command =
        "python3 -c 'import sys, xml.etree.ElementTree as t; r = t.parse(sys.argv[1]).getroot(); "
        "b = r.find(\"{http://www.w3.org/1999/xhtml}body\"); "
        "print(r.get(\"lang\"), \" \".join(b.itertext()))' " +
        name + " </dev/null";
    FILE* pipe = ::popen(command.c_str(), "r");
    std::string text;
    char part[4096];
    while (const std::size_t size = std::fread(part, 1, sizeof part, pipe)) text.append(part, size);
    EXPECT_EQ(::pclose(pipe), 0) << html;
    fs::remove(name);
    EXPECT_TRUE(text.starts_with("vi ")) << text;
    return in_one_line(text);
  }
  std::string code_of(const std::string& id) { return client_->get("/v1/dossiers/" + id).json()["code"]; }

  void change(const std::string& file, const std::string& from, const std::string& to) {
    const fs::path path = service_->directory() / file;
    std::ifstream in(path);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    std::ofstream(path) << text.replace(at, from.size(), to);
  }
  Ended apply() {
    return run_motcua({"apply", "--config", service_->config_file().string(), "--sandbox-database"},
                      service_->directory());
  }
  void restart() {
    service_->restart();
    client_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
  }

  // Accepted at once, asked for more, completed, and given to an officer.
  std::string lived();

  std::unique_ptr<RunningService> service_;
  std::unique_ptr<HttpClient> client_;
};

std::string Slips::lived() {
  const std::string id = filed({{"accept", true}, {"on_behalf_of", "H32.101.cb01"}});
  command(id, "request-supplement",
          {{"missing", {"giay_5", "giay_6"}},
           {"reason", "Thiếu chữ ký & dấu <giáp lai>"},
           {"on_behalf_of", "H32.101.cb01"}});
  command(id, "supplement",
          {{"papers", json::array({{{"key", "giay_1"}, {"form", "certified"}},
                                   {{"key", "giay_5"}, {"form", "original"}},
                                   {{"key", "giay_6"}, {"form", "copy"}}})}});
  command(id, "accept-supplement");
  command(id, "assign", {{"step", "xu_ly"}, {"agency", "H32.101"}, {"officer", "H32.101.cv01"}});
  return id;
}

// The numbers of the slips of a form, in order.
std::vector<std::string> numbers_of(const json& list, const std::string& form) {
  std::vector<std::string> numbers;
  for (const json& item : list["items"]) {
    if (item["form"] == form) numbers.push_back(item["number"]);
  }
  return numbers;
}

TEST_F(Slips, OfALifeUnderTheSecondLayerAreOfTheSecondSet) {
  start("2026-08-10T08:00:00+07:00");
  const std::string id = lived();
  const std::string code = code_of(id);
  const std::string first_receipt = slip(id, "RECEIPT", "?format=pdf&version=2").body;
  expect_said(
      id, "RECEIPT",
      {"Mẫu số 01 - Thông tư 03/2025/TT-VPCP", kAgency, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
       "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", code, "Số: " + code + "-TN1", "Trần Văn Nộp",
       "1 Trần Phú, phường Nha Trang, tỉnh Khánh Hòa", "0905000002", "tuyet@example.vn", "056190000002",
       "<quyền sử dụng đất> & tài sản", "Giấy tờ số 1 chứng minh", "Bản điện tử", "02 bộ", "05 ngày làm việc",
       "08:00 10/08/2026", "17:00 17/08/2026", "ngày 10 tháng 08 năm 2026"},
      "&version=2");
  expect_said(id, "SUPPLEMENT",
              {"PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ", code + "-BS1", "Giấy tờ số 5 chứng minh",
               "Giấy tờ số 6 chứng minh", "Thiếu chữ ký & dấu <giáp lai>", "24:00 25/08/2026",
               "Bộ phận yêu cầu", "Trung tâm Phục vụ hành chính công, Ủy ban nhân dân phường Nha Trang"});
  expect_said(id, "RECEIPT",
              {code + "-TN2", "Cấp lại khi hồ sơ đã được bổ sung",
               "08:00 10/08/2026, khi hồ sơ được bổ sung đầy đủ", "trước đây"});
  // A paper that came again is one paper, as it came last.
  const std::string again = slip(id, "RECEIPT", "?format=html").body;
  const std::string paper = "Giấy tờ số 1 chứng minh";
  EXPECT_EQ(again.find(paper, again.find(paper) + 1), std::string::npos);
  command(id, "reappoint",
          {{"promised_at", "2026-08-20T10:00:00+07:00"}, {"reason", "Cần xác minh thêm thực địa"}});
  expect_said(id, "APOLOGY",
              {"VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT", code + "-XL1", "17:00 17/08/2026",
               "10:00 20/08/2026", "Cần xác minh thêm thực địa", "Nguyễn Phước Bảo Quỳnh"});
  ASSERT_TRUE(service_->set_clock("2026-08-12T09:00:00+07:00"));
  command(id, "complete-step");
  expect_said(
      id, "CONTROL",
      {"PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ", "Mẫu số 06", "Người nộp hồ sơ", "Tiếp nhận hồ sơ",
       "Phân công xử lý: Xử lý hồ sơ", "Hoàn thành bước: Xử lý hồ sơ", "09:00 12/08/2026"});
  const std::string result = command(id, "settle",
                                     {{"outcome", "not_eligible"},
                                      {"result_form", "electronic"},
                                      {"reason", "Đất đang tranh chấp"}})["results"][0]["code"];
  expect_said(id, "REFUSAL",
              {"PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ", code + "-TC1", result, "Đất đang tranh chấp"});

  // What was printed once is printed so for ever.
  const json list = slips(id);
  std::map<std::string, std::string> before;
  for (const json& item : list["items"]) {
    EXPECT_EQ(item["set"], "F2");
    for (const char* format : {"html", "pdf"}) {
      const std::string query = "?format=" + std::string(format) + "&version=" + item["version"].dump();
      before[item["form"].get<std::string>() + query] = slip(id, item["form"], query).body;
    }
  }
  EXPECT_EQ(numbers_of(list, "RECEIPT"), (std::vector<std::string>{code + "-TN1", code + "-TN2"}));
  ASSERT_TRUE(service_->set_clock("2027-08-12T09:00:00+07:00"));
  command(id, "return-result");
  ASSERT_EQ(service_->stop(), 0);
  restart();
  EXPECT_EQ(slip(id, "RECEIPT", "?format=pdf&version=2").body, first_receipt);
  for (const auto& [target, bytes] : before) {
    const std::size_t query = target.find('?');
    EXPECT_EQ(slip(id, target.substr(0, query), target.substr(query)).body, bytes) << target;
  }
}

TEST_F(Slips, OfALifeUnderTheFirstLayerAreOfTheFirstSet) {
  start("2025-03-10T08:00:00+07:00");
  // A ward of that time, which has ended since.
  const json filing{{"accept", true}, {"receiving_agency", "001.19.H32"}};
  const std::string id = filed(filing);
  const std::string code = code_of(id);
  expect_said(id, "RECEIPT", {"Mẫu số 01 - Thông tư 01/2018/TT-VPCP", "17:00 17/03/2025"});
  command(id, "request-supplement", {{"missing", {"giay_5"}}, {"reason", "Thiếu"}});
  expect_said(id, "SUPPLEMENT", {"Mẫu số 02 - Thông tư 01/2018/TT-VPCP", "Giấy tờ số 5"});
  command(id, "supplement", {{"papers", json::array({{{"key", "giay_5"}, {"form", "original"}}})}});
  command(id, "accept-supplement");
  command(id, "reappoint", {{"promised_at", "2025-03-20T10:00:00+07:00"}, {"reason", "Chờ xác minh"}});
  expect_said(id, "APOLOGY", {"PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ", "Mẫu số 04"});
  expect_said(id, "CONTROL", {"Mẫu số 05"});
  command(id, "withdraw", {{"reason", "Đổi ý"}});
  // The set has no such form: a plain notice.
  expect_said(id, "STOP",
              {"THÔNG BÁO", "DỪNG GIẢI QUYẾT HỒ SƠ", code + "-DH1", "theo đề nghị của Ông/Bà", "Đổi ý"});
  const std::string stop = words_of_pdf(pdf(id, "STOP"));
  EXPECT_EQ(stop.find("Mẫu số"), std::string::npos) << stop;
  const json list = slips(id);
  EXPECT_EQ(list["items"].back()["form"], "STOP");
  EXPECT_TRUE(list["items"].back()["form_number"].is_null());
  EXPECT_EQ(list["items"].back()["set"], "F1");
  json second = filing;
  second.erase("accept");
  const std::string refused = filed(second);
  command(refused, "refuse", {{"reason", "Không thuộc thẩm quyền"}});
  expect_said(refused, "REFUSAL", {"Mẫu số 03 - Thông tư 01/2018/TT-VPCP", "Không thuộc thẩm quyền"});
}

TEST_F(Slips, ChangeTheirSetOnTheDayOnWhichItComesIntoForce) {
  start("2025-09-14T22:00:00+07:00");
  const auto refused = [&] {
    const std::string id = filed();
    command(id, "refuse", {{"reason", "Sai nơi nhận"}});
    return slips(id)["items"][0];
  };
  EXPECT_EQ(refused()["set"], "F1");
  ASSERT_TRUE(service_->set_clock("2025-09-14T23:59:59.999+07:00"));
  EXPECT_EQ(refused()["set"], "F1");
  ASSERT_TRUE(service_->set_clock("2025-09-15T00:00:00+07:00"));
  EXPECT_EQ(refused()["set"], "F2");
}

TEST_F(Slips, OfAShorterPromiseSayTheLimitOfTheLawAndTheDatePromised) {
  start("2026-08-10T08:00:00+07:00");
  const std::string id = filed({{"channel", "post"}, {"accept", true}});
  expect_said(id, "RECEIPT", {"05 ngày làm việc", "17:00 13/08/2026"});
}

TEST_F(Slips, StayAsTheyWereWhenFormsAndNamesChange) {
  start("2026-08-10T08:00:00+07:00");
  const std::string before = filed({{"accept", true}});
  const std::string page = slip(before, "RECEIPT").body;
  const std::string paper = pdf(before, "RECEIPT");
  ASSERT_TRUE(service_->set_clock("2026-08-11T08:00:00+07:00"));
  ASSERT_EQ(service_->stop(), 0);
  change("slips/f2.json", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN", "GIẤY NHẬN HỒ SƠ VÀ HẸN");
  change("agencies.json", kAgency, "Ủy ban nhân dân phường Nha Trang Mới");
  const Ended refused = apply();
  EXPECT_NE(refused.status, 0);
  EXPECT_NE((refused.out + refused.error).find("edition"), std::string::npos) << refused.out << refused.error;
  change("slips/f2.json", "\"edition\": 3", "\"edition\": 4");
  const Ended applied = apply();
  ASSERT_EQ(applied.status, 0) << applied.out << applied.error;
  restart();
  EXPECT_EQ(slip(before, "RECEIPT").body, page);
  EXPECT_EQ(pdf(before, "RECEIPT"), paper);
  const std::string after = filed({{"accept", true}});
  expect_said(after, "RECEIPT",
              {"GIẤY NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", "Ủy ban nhân dân phường Nha Trang Mới"});
}

TEST_F(Slips, TellOfAStopThatTheTimeBroughtAndThatWasCountered) {
  start("2026-08-10T08:00:00+07:00");
  const std::string id = filed({{"accept", true}});
  command(id, "request-supplement", {{"missing", {"giay_5"}}, {"reason", "Thiếu"}});
  ASSERT_TRUE(service_->set_clock("2026-08-26T08:00:00+07:00"));
  expect_said(id, "STOP", {"Mẫu số 05 - Thông tư 03/2025/TT-VPCP", "đã quá hạn 24:00 25/08/2026"});
  EXPECT_EQ(slips(id)["items"].back()["countered"], false);
  const std::string bytes = pdf(id, "STOP");
  command(id, "supplement",
          {{"occurred_at", "2026-08-25T15:00:00+07:00"},
           {"papers", json::array({{{"key", "giay_5"}, {"form", "original"}}})}});
  const json list = slips(id);
  EXPECT_EQ(list["items"].back()["form"], "STOP");
  EXPECT_EQ(list["items"].back()["countered"], true);
  EXPECT_EQ(pdf(id, "STOP"), bytes);
}

TEST_F(Slips, BreakATableOfSixtyPapersBetweenItsRows) {
  start("2026-08-10T08:00:00+07:00");
  json papers = json::array();
  for (int i = 1; i <= 60; ++i)
    papers.push_back({{"key", "giay_" + std::to_string(i)}, {"form", i % 2 == 0 ? "copy" : "original"}});
  const std::string id = filed({{"accept", true}, {"papers", papers}});
  const auto pages = pages_of_pdf(pdf(id, "RECEIPT"));
  ASSERT_GE(pages.size(), 3U);
  std::size_t heads = 0;
  std::string all;
  for (const std::string& page : pages) {
    heads += page.find("Tên giấy tờ") != std::string::npos ? 1 : 0;
    all += in_one_line(page) + ' ';
  }
  EXPECT_GE(heads, pages.size() - 1);
  for (int i = 1; i <= 60; ++i)
    EXPECT_NE(all.find("Giấy tờ số " + std::to_string(i) + " chứng"), std::string::npos) << i;
  const std::string words = words_of_pdf(pdf(id, "RECEIPT"));
  EXPECT_NE(words.find(kLongName), std::string::npos) << words;
}

TEST_F(Slips, CarryTheCodeWhereAReaderFindsIt) {
  start("2026-08-10T08:00:00+07:00");
  const std::string id = filed({{"accept", true}});
  EXPECT_EQ(qr_on_pdf(pdf(id, "RECEIPT")), code_of(id));
  // On the page the modules are runs of a path: drawn again here, and held against the code's own.
  const std::string page = slip(id, "RECEIPT").body;
  const print::QrCode code = print::qr_code(code_of(id));
  std::vector<bool> drawn(code.dark.size());
  const std::size_t begin = page.find("<path d=\"");
  ASSERT_NE(begin, std::string::npos);
  const char* at = page.c_str() + begin + 9;
  int column = 0, row = 0, length = 0, again = 0, read = 0;
  while (std::sscanf(at, "M%d %dh%dv1h-%dz%n", &column, &row, &length, &again, &read) == 4) {
    ASSERT_EQ(length, again);
    for (int i = 0; i < length; ++i)
      drawn[static_cast<std::size_t>((row - 4) * code.side + column - 4 + i)] = true;
    at += read;
  }
  EXPECT_EQ(*at, '"');
  EXPECT_EQ(drawn, code.dark);
}

TEST_F(Slips, ComeAsTheReaderAsks) {
  start("2026-08-10T08:00:00+07:00");
  const std::string id = filed({{"accept", true}});
  const std::string path = unmasked(path_of(id, "RECEIPT"));
  const auto type_for = [&](const std::string& accept) {
    return client_->request("GET", path, {}, {{"Accept", accept}}).header("content-type");
  };
  EXPECT_EQ(client_->get(path).header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(type_for("*/*"), "text/html; charset=utf-8");
  EXPECT_EQ(type_for("application/pdf"), "application/pdf");
  EXPECT_EQ(type_for("text/html,application/pdf;q=0.9"), "text/html; charset=utf-8");
  EXPECT_EQ(client_->request("GET", path + "&format=html", {}, {{"Accept", "application/pdf"}})
                .header("content-type"),
            "text/html; charset=utf-8");
  const HttpAnswer page = client_->get(path);
  EXPECT_EQ(page.header("cache-control"), "no-store");
  EXPECT_EQ(page.header("x-content-type-options"), "nosniff");
  EXPECT_NE(page.header("content-security-policy").find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(page.body.find("<script"), std::string::npos);
  EXPECT_EQ(page.body.find("<quyền"), std::string::npos);
  EXPECT_NE(page.body.find("&lt;quyền sử dụng đất&gt; &amp; tài sản"), std::string::npos);
  EXPECT_NE(page.body.find("<th scope=\"col\">"), std::string::npos);
}

TEST_F(Slips, AreRefusedWhereThereIsNone) {
  start("2026-08-10T08:00:00+07:00");
  const std::string id = filed({{"accept", true}});
  const auto expect = [](int status, const char* code, const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.json().value("code", ""), code) << answer.body;
  };
  expect(404, "unknown_slip_form", slip(id, "INVOICE"));
  expect(404, "unknown_slip_form", slip(id, "receipt"));
  expect(404, "unknown_slip_form", slip(id, "BOOK"));
  expect(404, "slip_not_issued", slip(id, "STOP"));
  expect(404, "slip_not_issued", slip(id, "RECEIPT", "?version=1"));
  expect(404, "slip_not_issued", slip(id, "RECEIPT", "?version=99"));
  expect(400, "bad_parameter", slip(id, "RECEIPT", "?format=docx"));
  expect(400, "bad_parameter", slip(id, "RECEIPT", "?version=0"));
  expect(400, "unknown_parameter", slip(id, "RECEIPT", "?colour=red"));
  expect(404, "not_found", service_->client("other").get(path_of(id, "RECEIPT")));
  expect(404, "not_found", service_->client("other").get("/v1/dossiers/" + id + "/slips"));
  expect(404, "not_found", client_->get("/v1/dossiers/H32.101-260810-9999/slips"));
  expect(401, "unauthorized",
         client_->request("GET", path_of(id, "RECEIPT"), {}, {{"Authorization", "Bearer mc_x"}}));
  expect(400, "bad_parameter", client_->get("/v1/dossiers/" + id + "/slips?limit=0"));
}

TEST_F(Slips, ShowWhatWasTypedOnlyToWhoMayReadIt) {
  start("2026-08-10T08:00:00+07:00");
  const std::string id = filed();
  command(id, "refuse", {{"reason", "Sai nơi nhận"}});
  HttpClient clerk = service_->client("clerk");
  const std::string page = clerk.get(path_of(id, "REFUSAL")).body;
  const std::string paper = words_of_pdf(clerk.get(path_of(id, "REFUSAL", "?format=pdf")).body);
  for (const std::string& shown : {page, paper}) {
    EXPECT_NE(shown.find("N***"), std::string::npos) << shown;
    for (const char* typed :
         {"Quỳnh", "056190", "0905000", "tuyet@", "Trần Phú", "Sai nơi", "Cấp đổi", "tài sản"})
      EXPECT_EQ(shown.find(typed), std::string::npos) << typed;
  }
  // Also to who may, unless it says why and for whom.
  EXPECT_EQ(client_->get(path_of(id, "REFUSAL")).body, page);
  EXPECT_EQ(clerk.get(unmasked(path_of(id, "REFUSAL"))).json()["code"], "forbidden_right");
  HttpClient commune = service_->client("commune");
  EXPECT_EQ(commune.get(unmasked(path_of(id, "REFUSAL"))).json()["code"], "forbidden_person");
  const std::string own = "?unmasked=true&reason=In%20cho%20c%C3%B4ng%20d%C3%A2n&on_behalf_of=H32.101.ct01";
  EXPECT_EQ(commune.get(path_of(id, "REFUSAL", own)).body, slip(id, "REFUSAL").body);
}

TEST_F(Slips, SayThatWhatWasTypedIsLost) {
  start("2026-08-10T08:00:00+07:00");
  const std::string id = filed({{"accept", true}});
  ASSERT_EQ(service_->stop(), 0);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(service_->database().c_str(), &database), SQLITE_OK);
  char* fault = nullptr;
  EXPECT_EQ(sqlite3_exec(database, "UPDATE personal SET sealed = zeroblob(length(sealed))", nullptr, nullptr,
                         &fault),
            SQLITE_OK)
      << fault;
  sqlite3_close(database);
  restart();
  for (const char* format : {"?format=html", "?format=pdf"}) {
    const HttpAnswer answer = slip(id, "RECEIPT", format);
    EXPECT_EQ(answer.status, 410);
    EXPECT_EQ(answer.json().value("code", ""), "typed_text_lost");
  }
  EXPECT_EQ(slips(id)["items"].size(), 2U);  // the list holds nothing that was typed
}

TEST_F(Slips, OfAnAgencyAreABook) {
  start("2026-08-10T08:00:00+07:00");
  const std::string first = filed({{"accept", true}});
  ASSERT_TRUE(service_->set_clock("2026-08-11T08:00:00+07:00"));
  const std::string second =
      filed({{"accept", true}, {"owner", {{"kind", "citizen"}, {"name", "Lê Thị Bé"}}}});
  command(second, "withdraw");
  filed({{"accept", true}, {"receiving_agency", "H32.102"}});
  const std::string query = "/v1/slips/BOOK?agency=H32.101&from=2026-08-10&to=2026-08-11";
  const HttpAnswer page = client_->get(unmasked(query));
  ASSERT_EQ(page.status, 200) << page.body;
  keep("BOOK", page.body);
  const HttpAnswer paper = client_->get(unmasked(query + "&format=pdf"));
  ASSERT_EQ(paper.status, 200) << paper.body;
  keep("BOOK", paper.body);
  for (const std::string& text : {words_of_page(page.body), words_of_pdf(paper.body)}) {
    EXPECT_NE(text.find("SỔ THEO DÕI HỒ SƠ"), std::string::npos);
    EXPECT_NE(text.find("Từ ngày 10/08/2026 đến ngày 11/08/2026: 2 hồ sơ"), std::string::npos) << text;
    EXPECT_NE(text.find("Mẫu số 07"), std::string::npos);
    EXPECT_NE(text.find("Đã rút"), std::string::npos) << text;
    EXPECT_NE(text.find("Lê Thị Bé"), std::string::npos) << text;
    EXPECT_EQ(text.find("{{"), std::string::npos);
    EXPECT_NE(text.find(code_of(first)), std::string::npos) << "in one line";
  }
  const std::string shown = words_of_page(page.body);
  EXPECT_LT(shown.find(code_of(first)), shown.find(code_of(second)));
  EXPECT_EQ(client_->get(unmasked(query)).body, page.body);
  EXPECT_EQ(client_->get(query).body.find("Bé"), std::string::npos);
  EXPECT_NE(words_of_page(client_->get("/v1/slips/BOOK?agency=H32.101&from=2026-08-09&to=2026-08-09").body)
                .find(": 0 hồ sơ"),
            std::string::npos);
  const std::string month = "/v1/slips/BOOK?agency=H32.101&from=2026-08-01&to=2026-08-31";
  EXPECT_NE(words_of_page(client_->get(month).body).find("ngày 11 tháng 08 năm 2026"), std::string::npos)
      << "no book has a date to come";
  EXPECT_EQ(client_->get("/v1/slips/BOOK?agency=H32.101&from=2026-08-12&to=2026-08-12").status, 400);
  EXPECT_EQ(service_->client("commune").get(query).status, 200);
  EXPECT_EQ(service_->client("other").get(query).status, 404);
  EXPECT_EQ(client_->get("/v1/slips/RECEIPT?agency=H32.101&from=2026-08-10&to=2026-08-11").status, 404);
  EXPECT_EQ(client_->get("/v1/slips/BOOK?agency=H32.9999&from=2026-08-10&to=2026-08-11").status, 404);
  for (const char* wrong :
       {"?from=2026-08-10&to=2026-08-11", "?agency=H32.101&to=2026-08-11", "?agency=H32.101&from=2026-08-10",
        "?agency=H32.101&from=2026-08-11&to=2026-08-10", "?agency=H32.101&from=x&to=2026-08-10",
        "?agency=H32.101&from=2026-08-10&to=2026-08-11&format=xlsx",
        "?agency=H32.101&from=2026-08-10&to=2026-08-11&page=2"})
    EXPECT_EQ(client_->get(std::string("/v1/slips/BOOK") + wrong).status, 400) << wrong;
}

}  // namespace
}  // namespace motcua::testing
