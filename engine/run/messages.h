#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/notice.h"
#include "engine/core/value.h"

namespace motcua::run {

// A mustache template for each part of a message.
struct Message {
  std::string subject;  // one line
  std::string text;
};

// What the citizen is told, by kind of notice (config/messages.json). Immutable.
struct Messages {
  core::Code version;  // content hash
  std::array<Message, core::kNoticeKinds> notices;
  Message alert;  // what an officer is warned of
  // What each clock asks an officer to do; empty where the file leaves it out.
  std::array<std::string, core::kClockKinds> clocks;
  const Message& of(core::NoticeKind kind) const { return notices[static_cast<std::size_t>(kind)]; }
};

// A value for each placeholder of a message. A word that is empty, and a flag that is not set, show nothing
// and hide their section.
struct MessageValues {
  struct Word {
    std::string name;
    std::string text;
  };
  std::vector<Word> words;
  std::vector<std::string> flags;   // those that are set
  std::vector<std::string> papers;  // the list {{#papers}}{{paper}}{{/papers}}
};

// What is wrong with the template of a notice: a placeholder that its kind does not have, a tag that is not
// closed, a section that is not ended, a kind of tag without meaning here. Empty when nothing is.
std::vector<std::string> template_faults(const std::string& text, core::NoticeKind kind);
// The same of the template of alerts.
std::vector<std::string> alert_template_faults(const std::string& text);
// The same of a text on a printed slip.
std::vector<std::string> slip_template_faults(const std::string& text);
// Whether slips have a word or a flag of that name.
bool is_slip_word(std::string_view name);

// The template with its placeholders filled. Requires that it has no faults.
std::string fill_template(const std::string& text, const MessageValues& values);

}  // namespace motcua::run
