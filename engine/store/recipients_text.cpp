#include "engine/store/recipients_text.h"

#include <algorithm>
#include <charconv>

namespace motcua::store {
namespace {

std::string_view taken(std::string_view& text, char until) {
  const std::string_view value = text.substr(0, text.find(until));
  text.remove_prefix(std::min(value.size() + 1, text.size()));
  return value;
}

core::Recipient read_recipient(std::string_view& line) {
  core::Recipient one;
  for (core::Code* code : {&one.agency, &one.unit, &one.officer, &one.on_behalf_of})
    *code = core::Code(taken(line, '|'));
  one.role = core::enum_of<core::AlertRole>(taken(line, '|')).value_or(core::AlertRole::holder);
  return one;
}

void write_recipient(const core::Recipient& one, std::string& text) {
  for (const core::Code* code : {&one.agency, &one.unit, &one.officer, &one.on_behalf_of})
    text += code->text + '|';
  text += core::word_of(one.role);
}

}  // namespace

std::string written_recipients(const std::vector<core::Recipient>& recipients) {
  std::string text;
  for (const core::Recipient& one : recipients) {
    write_recipient(one, text);
    text += '\n';
  }
  return text;
}

std::vector<core::Recipient> read_recipients(std::string_view text) {
  std::vector<core::Recipient> recipients;
  while (!text.empty()) {
    std::string_view line = taken(text, '\n');
    recipients.push_back(read_recipient(line));
  }
  return recipients;
}

std::string written_recipients(const std::vector<AlertRecipient>& recipients, const UsualState& usual) {
  std::string text;
  for (const AlertRecipient& one : recipients) {
    write_recipient(one, text);
    if (one.state != usual.state || one.review_at != usual.review_at) {
      text += '|' + std::string(core::word_of(one.state)) + '|' + std::to_string(one.review_at.ms);
    }
    text += '\n';
  }
  return text;
}

std::vector<AlertRecipient> read_recipients(std::string_view text, const UsualState& usual) {
  std::vector<AlertRecipient> recipients;
  while (!text.empty()) {
    std::string_view line = taken(text, '\n');
    AlertRecipient& one =
        recipients.emplace_back(AlertRecipient{read_recipient(line), usual.state, usual.review_at});
    if (line.empty()) continue;
    one.state = core::enum_of<AlertState>(taken(line, '|')).value_or(usual.state);
    std::from_chars(line.data(), line.data() + line.size(), one.review_at.ms);
  }
  return recipients;
}

}  // namespace motcua::store
