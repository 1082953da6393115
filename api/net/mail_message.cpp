#include "api/net/mail_message.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace motcua::net {
namespace {

constexpr std::size_t kWordBytesMax = 42;  // of UTF-8 in one encoded word: 56 characters of base64
constexpr std::size_t kPlainMax = 60;
constexpr std::size_t kLineBytes = 57;  // of a text in one line: 76 characters of base64
constexpr int kVietnamHours = 7;

std::string mail_base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

// Letters, digits, spaces and a few signs: what needs no quotes and no encoding anywhere in a header.
bool is_plain(std::string_view text) {
  return text.size() <= kPlainMax && !text.starts_with(' ') && !text.ends_with(' ') &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' ||
                  c == '-' || c == '/' || c == '+';
         });
}

// As many bytes as an encoded word may have, cut between two characters.
std::size_t word_length(std::string_view text) {
  if (text.size() <= kWordBytesMax) return text.size();
  std::size_t length = kWordBytesMax;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
  return length == 0 ? kWordBytesMax : length;
}

std::string mail_date(std::int64_t ms) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t local = static_cast<std::time_t>(ms / 1000) + kVietnamHours * 3600;
  std::tm parts{};
  ::gmtime_r(&local, &parts);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d +0700", kDays[parts.tm_wday],
                parts.tm_mday, kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min,
                parts.tm_sec);
  return text;
}

std::string mailbox(const std::string& name, const std::string& address) {
  if (name.empty()) return '<' + address + '>';
  return header_words(name) + "\r\n <" + address + '>';
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

}  // namespace

std::string header_words(std::string_view utf8) {
  if (is_plain(utf8)) return std::string(utf8);
  std::string out;
  while (!utf8.empty()) {
    const std::size_t length = word_length(utf8);
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + mail_base64(utf8.substr(0, length)) + "?=";
    utf8.remove_prefix(length);
  }
  return out;
}

std::string mail_message(const MailMessage& message) {
  std::string out;
  out += "Date: " + mail_date(message.at_ms) + "\r\n";
  out += "From: " + mailbox(message.from_name, message.from) + "\r\n";
  out += "To: " + mailbox(message.to_name, message.to) + "\r\n";
  out += "Subject: " + header_words(message.subject) + "\r\n";
  out += "Message-ID: <" + message.message_id + ">\r\n";
  out += "Auto-Submitted: auto-generated\r\n";
  out += "MIME-Version: 1.0\r\n";
  out += "Content-Type: text/plain; charset=utf-8\r\n";
  out += "Content-Transfer-Encoding: base64\r\n\r\n";
  const std::string text = with_crlf(message.text);
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t length = std::min(rest.size(), kLineBytes);
    out += mail_base64(rest.substr(0, length)) + "\r\n";
    rest.remove_prefix(length);
  }
  return out;
}

}  // namespace motcua::net
