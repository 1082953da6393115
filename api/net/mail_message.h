#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace motcua::net {

// A letter of plain text. Addresses are ASCII that was checked; the rest is UTF-8 of any content.
struct MailMessage {
  std::string from;
  std::string from_name;
  std::string to;
  std::string to_name;
  std::string subject;
  std::string text;
  std::string message_id;  // without its brackets
  std::int64_t at_ms = 0;  // UTC; the Date
};

// The message as it goes over the wire: headers by RFC 5322 and 2047, the text as base64 of UTF-8. Nothing of
// its content can end a header: whatever is no plain ASCII word is encoded.
std::string mail_message(const MailMessage& message);

// Text of a header: as it is when it is plain ASCII, else as encoded words of at most 75 characters, folded.
std::string header_words(std::string_view utf8);

}  // namespace motcua::net
