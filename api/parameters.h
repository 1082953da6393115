#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/json/reader.h"

namespace motcua::api {

// Decodes %XX; nothing when it is broken or not UTF-8. A plus stays a plus, as in +07:00.
std::optional<std::string> percent_decoded(std::string_view text);

// Reads the query of a request, closed like a body: what is not asked for is a fault, as is a parameter given
// twice.
class Parameters {
 public:
  explicit Parameters(std::string_view query);

  std::optional<std::string> text(std::string_view name);
  std::optional<core::Code> code(std::string_view name);
  std::optional<core::Instant> instant(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<bool> boolean(std::string_view name);
  template <class E>
  std::optional<E> word(std::string_view name) {
    const auto given = text(name);
    if (!given) return std::nullopt;
    const auto value = core::enum_of<E>(*given);
    if (!value) fault(name, "bad_parameter", "Expected a known word, but it is none");
    return value;
  }
  // Comma-separated words; empty when absent.
  template <class E>
  std::vector<E> words(std::string_view name) {
    std::vector<E> values;
    const auto given = text(name);
    std::size_t from = 0;
    while (given && from <= given->size()) {
      const std::size_t comma = std::min(given->find(',', from), given->size());
      const auto value = core::enum_of<E>(std::string_view(*given).substr(from, comma - from));
      if (value) {
        values.push_back(*value);
      } else {
        fault(name, "bad_parameter", "Expected known words, but one is none");
      }
      from = comma + 1;
    }
    return values;
  }

  void fault(std::string_view name, std::string_view code, std::string detail);
  void refuse_unknown();
  const std::vector<BodyFault>& faults() const { return faults_; }

 private:
  struct Given {
    std::string name;
    std::string value;
    bool asked = false;
  };
  std::vector<Given> given_;
  std::vector<BodyFault> faults_;
};

}  // namespace motcua::api
