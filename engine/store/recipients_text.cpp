#include "engine/store/recipients_text.h"

#include <algorithm>

namespace motcua::store {

std::string written_recipients(const std::vector<core::Recipient>& recipients) {
  std::string text;
  for (const core::Recipient& one : recipients) {
    text += one.agency.text + '|' + one.unit.text + '|' + one.officer.text + '|' + one.on_behalf_of.text +
            '|' + std::string(core::word_of(one.role)) + '\n';
  }
  return text;
}

std::vector<core::Recipient> read_recipients(std::string_view text) {
  std::vector<core::Recipient> recipients;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto field = [&line] {
      const std::string_view value = line.substr(0, line.find('|'));
      line.remove_prefix(std::min(value.size() + 1, line.size()));
      return core::Code(value);
    };
    core::Recipient& one = recipients.emplace_back();
    one.agency = field();
    one.unit = field();
    one.officer = field();
    one.on_behalf_of = field();
    one.role = core::enum_of<core::AlertRole>(field().text).value_or(core::AlertRole::holder);
  }
  return recipients;
}

}  // namespace motcua::store
