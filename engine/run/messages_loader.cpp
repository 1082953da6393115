#include "engine/run/messages_loader.h"

#include <nlohmann/json.hpp>

#include "engine/run/members_loader.h"

namespace motcua::run {
namespace {

using core::NoticeKind;

constexpr std::size_t kSubjectMax = 200;
constexpr std::size_t kLineBytesMax = 4000;
constexpr std::size_t kLinesMax = 100;

// Without a kind: of the alert.
void check_template(const std::string& text, std::optional<NoticeKind> kind, const std::string& pointer,
                    Source source) {
  for (std::string& fault : kind ? template_faults(text, *kind) : alert_template_faults(text)) {
    source.report(pointer, std::move(fault));
  }
}

bool has_line_break(const std::string& text) { return text.find_first_of("\r\n") != std::string::npos; }

// A line that is nothing but the begin or the end of a section.
bool is_section_mark(const std::string& line) {
  const bool one_tag = line.starts_with("{{") && line.find("}}") + 2 == line.size();
  return one_tag && line.size() > 4 && std::string_view("#^/").find(line[2]) != std::string_view::npos;
}

// The lines of a text, joined: a template of many lines can be read in the file. A mark that has a line of
// its own leaves no empty line in the letter.
std::string read_lines(ObjectReader& in, Source source) {
  const nlohmann::json* lines = in.member("text", Presence::required);
  if (lines == nullptr) return "";
  if (!lines->is_array() || lines->empty() || lines->size() > kLinesMax) {
    in.fault("text", "Expected a list of 1 to " + std::to_string(kLinesMax) + " lines, but it is none");
    return "";
  }
  std::string text;
  for (std::size_t i = 0; i < lines->size(); ++i) {
    const nlohmann::json& line = (*lines)[i];
    const std::string* words = line.is_string() ? &line.get_ref<const std::string&>() : nullptr;
    if (words == nullptr || words->size() > kLineBytesMax || has_line_break(*words)) {
      source.report(child_pointer(in.pointer_to("text"), std::to_string(i)),
                    "Expected one line of at most 1,000 characters, but it is none");
      continue;
    }
    text += *words;
    if (!is_section_mark(*words)) text += '\n';
  }
  return text;
}

void read_message(ObjectReader& in, std::optional<NoticeKind> kind, Message& message, Source source) {
  if (!in.is_object()) return;
  message.subject = read_text(in, "subject", Presence::required, kSubjectMax).value_or("");
  if (has_line_break(message.subject)) in.fault("subject", "Expected one line, but there are several");
  check_template(message.subject, kind, in.pointer_to("subject"), source);
  message.text = read_lines(in, source);
  check_template(message.text, kind, in.pointer_to("text"), source);
  in.refuse_unknown();
}

// All of them, or none.
void read_clocks(ObjectReader& alert, Messages& made, Source source) {
  const nlohmann::json* clocks = alert.is_object() ? alert.member("clocks", Presence::optional) : nullptr;
  if (clocks == nullptr) return;
  ObjectReader in(*clocks, alert.pointer_to("clocks"), source.file, source.faults);
  for (int i = 0; i < core::kClockKinds && in.is_object(); ++i) {
    const std::string word(core::word_of(static_cast<core::ClockKind>(i)));
    made.clocks[static_cast<std::size_t>(i)] =
        read_text(in, word, Presence::required, kSubjectMax).value_or("");
  }
  in.refuse_unknown();
}

}  // namespace

std::optional<Messages> load_messages(std::string_view json_text, std::string_view file,
                                      std::vector<LoadFault>& faults) {
  const std::size_t before = faults.size();
  const auto document = load_json(json_text, file, faults);
  if (!document) return std::nullopt;
  const Source source{file, faults};
  Messages made;
  ObjectReader in(*document, "", file, faults);
  if (!in.is_object()) return std::nullopt;
  read_format(in);
  if (const nlohmann::json* notices = in.member("notices", Presence::required)) {
    ObjectReader of(*notices, in.pointer_to("notices"), file, faults);
    for (int i = 0; i < core::kNoticeKinds && of.is_object(); ++i) {
      const auto kind = static_cast<NoticeKind>(i);
      const std::string word(core::word_of(kind));
      const nlohmann::json* found = of.member(word, Presence::required);
      if (found == nullptr) continue;
      ObjectReader notice(*found, of.pointer_to(word), file, faults);
      read_message(notice, kind, made.notices[static_cast<std::size_t>(i)], source);
    }
    of.refuse_unknown();
  }
  if (const nlohmann::json* alert = in.member("alert", Presence::required)) {
    ObjectReader of(*alert, in.pointer_to("alert"), file, faults);
    read_clocks(of, made, source);
    read_message(of, std::nullopt, made.alert, source);
  }
  in.refuse_unknown();
  if (faults.size() != before) return std::nullopt;
  return made;
}

}  // namespace motcua::run
