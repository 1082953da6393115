#include "api/parameters.h"

#include <utf8proc.h>

#include <algorithm>
#include <charconv>

namespace motcua::api {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_utf8(const std::string& text) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t read = utf8proc_iterate(bytes, left, &point);
    if (read < 1 || point == 0) return false;
    bytes += read;
    left -= read;
  }
  return true;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (!is_utf8(decoded)) return std::nullopt;
  return decoded;
}

Parameters::Parameters(std::string_view query) {
  std::size_t from = 0;
  while (from < query.size()) {
    const std::size_t end = std::min(query.find('&', from), query.size());
    const std::string_view pair = query.substr(from, end - from);
    from = end + 1;
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = percent_decoded(pair.substr(0, equals));
    const auto value = percent_decoded(equals < pair.size() ? pair.substr(equals + 1) : "");
    if (!name || !value) {
      fault("query", "bad_parameter", "Expected percent-encoded UTF-8, but it is broken");
    } else if (std::any_of(given_.begin(), given_.end(), [&](const Given& g) { return g.name == *name; })) {
      fault(*name, "bad_parameter", "Expected each parameter once, but this one is repeated");
    } else {
      given_.push_back({*name, *value});
    }
  }
}

std::optional<std::string> Parameters::text(std::string_view name) {
  for (Given& given : given_) {
    if (given.name != name) continue;
    given.asked = true;
    return given.value;
  }
  return std::nullopt;
}

std::optional<core::Code> Parameters::code(std::string_view name) {
  const auto given = text(name);
  if (!given) return std::nullopt;
  if (core::is_code(*given)) return core::Code(*given);
  fault(name, "bad_parameter", "Expected a code of 1 to 64 characters, but it is none");
  return std::nullopt;
}

std::optional<core::Instant> Parameters::instant(std::string_view name) {
  const auto given = text(name);
  if (!given) return std::nullopt;
  const auto at = core::parse_instant(*given);
  if (!at)
    fault(name, "bad_parameter", "Expected an instant such as 2026-08-21T16:00:00+07:00, but it is none");
  return at;
}

std::optional<std::int64_t> Parameters::integer(std::string_view name, std::int64_t min, std::int64_t max) {
  const auto given = text(name);
  if (!given) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), number);
  if (error == std::errc() && end == given->data() + given->size() && number >= min && number <= max)
    return number;
  fault(name, "bad_parameter",
        "Expected a whole number from " + std::to_string(min) + " to " + std::to_string(max) +
            ", but it is none");
  return std::nullopt;
}

std::optional<bool> Parameters::boolean(std::string_view name) {
  const auto given = text(name);
  if (!given) return std::nullopt;
  if (*given == "true" || *given == "false") return *given == "true";
  fault(name, "bad_parameter", "Expected true or false, but it is neither");
  return std::nullopt;
}

void Parameters::fault(std::string_view name, std::string_view code, std::string detail) {
  faults_.push_back({std::string(name), std::string(code), std::move(detail), FaultPlace::parameter});
}

void Parameters::refuse_unknown() {
  for (const Given& given : given_) {
    if (!given.asked)
      fault(given.name, "unknown_parameter", "Expected a known parameter, but this has no meaning here");
  }
}

}  // namespace motcua::api
