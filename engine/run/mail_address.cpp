#include "engine/run/mail_address.h"

#include <algorithm>

namespace motcua::run {
namespace {

constexpr std::size_t kAddressMax = 254;
constexpr std::size_t kLocalPartMax = 64;
constexpr std::size_t kLabelMax = 63;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool fits_local_part(char c) {
  return is_letter_or_digit(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

// Parts between dots, none of them empty.
template <class Fits>
bool is_dotted(std::string_view text, Fits fits) {
  while (true) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    if (dot == 0 || !fits(text.substr(0, dot))) return false;
    if (dot == text.size()) return true;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const std::size_t at = text.find('@');
  if (text.size() > kAddressMax || at == std::string_view::npos || at > kLocalPartMax) return false;
  const std::string_view host = text.substr(at + 1);
  const bool local = is_dotted(text.substr(0, at), [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), fits_local_part);
  });
  const bool labels = is_dotted(host, [](std::string_view label) {
    return label.size() <= kLabelMax && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
  });
  // The last label is a name: an address of four numbers is none.
  return local && labels && host.find('.') != std::string_view::npos &&
         !(host.back() >= '0' && host.back() <= '9');
}

}  // namespace motcua::run
