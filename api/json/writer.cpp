#include "api/json/writer.h"

#include <array>

namespace motcua::api {
namespace {

// What each byte is written as inside a string: 0 itself, 'u' a numbered escape, else the letter after the
// backslash. Bytes of UTF-8 sequences pass through.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> escapes{};
  for (std::size_t control = 0; control < 0x20; ++control) escapes[control] = 'u';
  escapes[0x08] = 'b';
  escapes[0x09] = 't';
  escapes[0x0a] = 'n';
  escapes[0x0c] = 'f';
  escapes[0x0d] = 'r';
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  escapes[0x7f] = 'u';
  return escapes;
}();

constexpr char kHex[] = "0123456789abcdef";

char* put_digits(char* to, int value, int count) {
  for (int i = count - 1; i >= 0; --i) {
    to[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return to + count;
}

char* put_date(char* to, core::Date date) {
  const core::YearMonthDay civil = core::year_month_day(date);
  to = put_digits(to, civil.year, 4);
  *to++ = '-';
  to = put_digits(to, civil.month, 2);
  *to++ = '-';
  return put_digits(to, civil.day, 2);
}

char* put_time_of_day(char* to, int ms) {
  to = put_digits(to, ms / 3'600'000, 2);
  *to++ = ':';
  to = put_digits(to, ms / 60'000 % 60, 2);
  *to++ = ':';
  to = put_digits(to, ms / 1000 % 60, 2);
  if (ms % 1000 == 0) return to;
  *to++ = '.';
  return put_digits(to, ms % 1000, 3);
}

char* put_offset(char* to, int minutes) {
  *to++ = minutes < 0 ? '-' : '+';
  const int distance = minutes < 0 ? -minutes : minutes;
  to = put_digits(to, distance / 60, 2);
  *to++ = ':';
  return put_digits(to, distance % 60, 2);
}

}  // namespace

void JsonWriter::value(std::string_view text) {
  separate();
  out_ += '"';
  std::size_t begun = 0;  // of the run that needs no escape
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const char escape = kEscapes[byte];
    if (escape == 0) continue;
    out_.append(text, begun, i - begun);
    begun = i + 1;
    out_ += '\\';
    out_ += escape;
    if (escape == 'u') out_.append({'0', '0', kHex[byte >> 4], kHex[byte & 15]});
  }
  out_.append(text, begun);
  out_ += '"';
}

void JsonWriter::value(const core::Uuid& id) {
  char text[38];
  char* to = text;
  *to++ = '"';
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
    *to++ = kHex[id.bytes[i] >> 4];
    *to++ = kHex[id.bytes[i] & 15];
  }
  *to++ = '"';
  raw({text, to});
}

void JsonWriter::value(core::Date date) {
  char text[16] = {'"'};
  char* end = put_date(text + 1, date);
  *end++ = '"';
  raw({text, end});
}

void JsonWriter::instant(core::Instant at, int offset_minutes) {
  const core::Date date = core::local_date(at, offset_minutes);
  const core::ClockTime since_midnight = at - core::midnight(date, offset_minutes);
  char text[40] = {'"'};
  char* end = put_date(text + 1, date);
  *end++ = 'T';
  end = put_time_of_day(end, static_cast<int>(since_midnight.ms));
  end = put_offset(end, offset_minutes);
  *end++ = '"';
  raw({text, end});
}

}  // namespace motcua::api
