#include "engine/run/messages_loader.h"

#include "engine/run/mail_address.h"
#include "engine/run/notices.h"
#include "tests/run/loading.h"

namespace motcua::run {
namespace {

using core::NoticeKind;

std::string shipped_messages() { return test::shipped("config/messages.json"); }

TEST(MessagesLoader, TakesTheShippedFile) {
  std::vector<LoadFault> faults;
  const auto messages = load_messages(shipped_messages(), "messages.json", faults);
  test::expect_none(faults);
  ASSERT_TRUE(messages);
  for (int i = 0; i < core::kNoticeKinds; ++i) {
    EXPECT_FALSE(messages->of(static_cast<NoticeKind>(i)).subject.empty()) << i;
    EXPECT_FALSE(messages->of(static_cast<NoticeKind>(i)).text.empty()) << i;
  }
}

TEST(MessagesLoader, ReportsEveryFaultAtItsPlace) {
  const std::string text = "/notices/received/text";
  const auto one = [&](const std::string& line) { return "[\"" + line + "\"]"; };
  test::expect_faults(
      shipped_messages(),
      {
          {text, one("{{code}} {{procedure}} {{owner}} {{receiving_agency}} {{received_at}}"), {}},
          {"/notices/refused/text", one("{{#reason}}{{reason}}{{/reason}}{{^reason}}-{{/reason}}"), {}},
          {"/notices/received", "", {"/notices/received"}},
          {"/notices/told", "{\"subject\": \"a\", \"text\": [\"b\"]}", {"/notices/told"}},
          {"/notices/received/subject", "", {"/notices/received/subject"}},
          {"/notices/received/subject", "\"two\\nlines\"", {"/notices/received/subject"}},
          {"/notices/received/subject", "\"{{no_such}}\"", {"/notices/received/subject"}},
          {"/notices/received/body", "\"a\"", {"/notices/received/body"}},
          {text, "\"not a list\"", {text}},
          {text, "[]", {text}},
          {text, "[\"a\", 1, \"b\\nc\"]", {text + "/1", text + "/2"}},
          {text, one("{{amount}}"), {text}},  // of another notice
          {text, one("{{Code}}"), {text}},
          {text, one("{{}}"), {text}},
          {text, one("{{code"), {text}},
          {text, one("{{{code}}}"), {text}},
          {text, one("{{&code}}"), {text}},
          {text, one("{{>other}}"), {text}},
          {text, one("{{=<% %>=}}"), {text}},
          {text, one("{{! a remark }}"), {text}},
          {text, one("{{#code}}x"), {text}},
          {text, one("x{{/code}}"), {text}},
          {text, one("{{#code}}{{#owner}}{{/code}}{{/owner}}"), {text, text}},
          {"/notices/supplement_wanted/text", one("{{papers}}"), {"/notices/supplement_wanted/text"}},
          {"/notices/supplement_wanted/text", one("{{paper}}"), {"/notices/supplement_wanted/text"}},
          {"/notices/result_ready/text", one("{{granted}}"), {"/notices/result_ready/text"}},
          {"/format", "2", {"/format"}},
          {"/notices", "[]", {"/notices"}},
      },
      load_messages);
}

TEST(Messages, ShowWhatIsThereAndHideTheSectionOfWhatIsNot) {
  MessageValues values;
  values.words = {{"code", "H32.1-1"}, {"owner", ""}, {"reason", "<b> & \"c\""}};
  values.flags = {"granted"};
  values.papers = {"Tờ khai", "Bản vẽ"};
  EXPECT_EQ(
      fill_template("{{code}}|{{#owner}}{{owner}}{{/owner}}{{^owner}}nobody{{/owner}}|{{reason}}", values),
      "H32.1-1|nobody|<b> & \"c\"");
  EXPECT_EQ(fill_template("{{#granted}}yes{{/granted}}{{#denied}}no{{/denied}}", values), "yes");
  EXPECT_EQ(fill_template("{{#papers}}[{{paper}}]{{/papers}}", values), "[Tờ khai][Bản vẽ]");
  // What a person typed is no template.
  values.words = {{"reason", "{{code}} {{#owner}}"}};
  EXPECT_EQ(fill_template("{{reason}}", values), "{{code}} {{#owner}}");
}

TEST(Messages, LeaveNoEmptyLineWhereASectionMarkHasItsOwn) {
  std::vector<LoadFault> faults;
  const std::string file = test::with(
      shipped_messages(),
      {"/notices/refused/text", R"(["a", "{{#reason}}", "b {{reason}}", "{{/reason}}", "", "c"])", {}});
  const auto messages = load_messages(file, "messages.json", faults);
  test::expect_none(faults);
  ASSERT_TRUE(messages);
  MessageValues values;
  EXPECT_EQ(fill_template(messages->of(NoticeKind::refused).text, values), "a\n\nc\n");
  values.words = {{"reason", "x"}};
  EXPECT_EQ(fill_template(messages->of(NoticeKind::refused).text, values), "a\nb x\n\nc\n");
}

TEST(Notices, WriteTimesAndAmountsAsOfficesDo) {
  const auto at = [](const char* text) { return *core::parse_instant(text); };
  EXPECT_EQ(in_vietnamese(at("2026-11-25T16:00:00+07:00")), "16:00 25/11/2026");
  EXPECT_EQ(in_vietnamese(at("2026-12-31T17:04:59.999Z")), "00:04 01/01/2027");
  EXPECT_EQ(deadline_in_vietnamese(at("2026-11-26T00:00:00+07:00")), "24:00 25/11/2026");
  EXPECT_EQ(deadline_in_vietnamese(at("2026-11-25T17:00:00+07:00")), "17:00 25/11/2026");
  EXPECT_EQ(amount_in_vietnamese(0), "0");
  EXPECT_EQ(amount_in_vietnamese(999), "999");
  EXPECT_EQ(amount_in_vietnamese(1'000), "1.000");
  EXPECT_EQ(amount_in_vietnamese(1'250'000), "1.250.000");
}

TEST(MailAddress, IsOnePlainMailboxAtANamedHost) {
  for (const char* right : {"a@example.vn", "nguyen.van-a+tag@mail.example.com.vn", "a_b'c@x1.vn"}) {
    EXPECT_TRUE(is_mail_address(right)) << right;
  }
  for (const std::string wrong : {"",
                                  "a",
                                  "@example.vn",
                                  "a@",
                                  "a@vn",
                                  "a@127.0.0.1",
                                  "a@[::1]",
                                  "a b@example.vn",
                                  "a@exam ple.vn",
                                  "a@example.vn\r\nRCPT TO:<b@example.vn>",
                                  "a@example.vn\n",
                                  "a@example.vn,b@example.vn",
                                  "<a@example.vn>",
                                  "A <a@example.vn>",
                                  "\"a\"@example.vn",
                                  "a..b@example.vn",
                                  ".a@example.vn",
                                  "a@.vn",
                                  "a@-x.vn",
                                  "a@x-.vn",
                                  "a@b@example.vn",
                                  "tuyết@example.vn",
                                  "a@example.vn."}) {
    EXPECT_FALSE(is_mail_address(wrong)) << wrong;
  }
  EXPECT_FALSE(is_mail_address(std::string(65, 'a') + "@example.vn"));
  EXPECT_FALSE(is_mail_address("a@" + std::string(64, 'a') + ".vn"));
}

}  // namespace
}  // namespace motcua::run
