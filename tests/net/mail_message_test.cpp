#include "api/net/mail_message.h"

#include <gtest/gtest.h>

#include <sstream>

namespace motcua::net {
namespace {

MailMessage message() {
  MailMessage made;
  made.from = "motcua@example.vn";
  made.to = "a@example.vn";
  made.subject = "x";
  made.text = "y\n";
  made.message_id = "1@example.vn";
  return made;
}

std::vector<std::string> head_of(const MailMessage& made) {
  const std::string all = mail_message(made);
  std::istringstream head(all.substr(0, all.find("\r\n\r\n") + 2));
  std::vector<std::string> lines;
  for (std::string line; std::getline(head, line);) {
    EXPECT_TRUE(line.ends_with('\r'));
    line.pop_back();
    lines.push_back(line);
  }
  return lines;
}

TEST(MailMessage, LetsNoTextEndAHeader) {
  const std::size_t before = head_of(message()).size();
  MailMessage odd = message();
  odd.subject = "x\r\nBcc: b@example.vn";
  odd.to_name = "a\r\n\r\nb";
  odd.from_name = "\"a\" <c@example.vn>, d";
  const auto lines = head_of(odd);
  EXPECT_EQ(lines.size(), before + 2);  // the two mailboxes take a line more each, for the name before them
  for (const std::string& line : lines) {
    EXPECT_FALSE(line.starts_with("Bcc")) << line;
    EXPECT_EQ(line.find("c@example.vn"), std::string::npos) << line;
  }
}

TEST(MailMessage, FoldsLongWordsBetweenCharacters) {
  std::string subject;
  for (int i = 0; i < 40; ++i) subject += "Xin lỗi và hẹn lại ngày ";
  MailMessage made = message();
  made.subject = subject;
  for (const std::string& line : head_of(made)) EXPECT_LE(line.size(), 78U) << line;
  EXPECT_EQ(header_words("plain words 1"), "plain words 1");
  EXPECT_EQ(header_words("ạ"), "=?UTF-8?B?4bqh?=");
  EXPECT_EQ(header_words(""), "");
}

TEST(MailMessage, DatesByTheInstantInVietnam) {
  MailMessage made = message();
  made.at_ms = 1'795'659'159'000;  // 2026-11-26T02:12:39Z
  EXPECT_EQ(head_of(made).front(), "Date: Thu, 26 Nov 2026 09:12:39 +0700");
}

}  // namespace
}  // namespace motcua::net
