#include "engine/run/messages.h"

#include <algorithm>
#include <functional>
#include <kainjow/mustache.hpp>
#include <string_view>
#include <utility>

namespace motcua::run {
namespace {

using core::NoticeKind;

enum class PlaceholderUse {
  word,  // {{name}}, or a section that is shown where there is one
  flag,  // a section only
  list,  // likewise, once for each item
  item   // a word inside its list
};

struct Placeholder {
  std::string_view name;
  PlaceholderUse use = PlaceholderUse::word;
  std::vector<NoticeKind> kinds{};  // empty: all
};

const std::vector<Placeholder>& placeholders() {
  using enum NoticeKind;
  using enum PlaceholderUse;
  static const std::vector<Placeholder> known = {
      {"code", word},
      {"procedure", word},
      {"owner", word},
      {"receiving_agency", word},
      {"competent_agency", word},
      {"received_at", word},
      {"appointment_at", word, {accepted, reopened, result_early, result_ready}},
      {"reason",
       word,
       {accepted, refused, supplement_wanted, payment_asked, reappointed, withdrawn, stopped, result_early,
        result_ready}},
      {"answer_by", word, {supplement_wanted, payment_asked, stopped}},
      {"amount", word, {payment_asked}},
      {"old_at", word, {reappointed}},
      {"new_at", word, {reappointed}},
      {"result_code", word, {result_early, result_ready}},
      {"granted", flag, {result_early, result_ready}},
      {"denied", flag, {result_early, result_ready}},
      {"not_eligible", flag, {result_early, result_ready}},
      {"has_papers", flag, {supplement_wanted}},
      {"papers", list, {supplement_wanted}},
      {"paper", item, {supplement_wanted}},
  };
  return known;
}

const std::vector<Placeholder>& alert_placeholders() {
  using enum PlaceholderUse;
  static const std::vector<Placeholder> known = {
      {"code", word},  {"procedure", word}, {"agency", word},    {"position", word},
      {"clock", word}, {"due_at", word},    {"rung_at", word},   {"step", word},
      {"late", flag},  {"new", flag},       {"escalated", flag},
  };
  return known;
}

// Of printed slips: each has what its event knows, and the rest stays empty.
const std::vector<Placeholder>& slip_placeholders() {
  using enum PlaceholderUse;
  static const std::vector<Placeholder> known = [] {
    std::vector<Placeholder> made;
    for (const std::string_view name : {"number",
                                        "form_number",
                                        "code",
                                        "issued_at",
                                        "issued_in_words",
                                        "procedure",
                                        "procedure_code",
                                        "receiving_agency",
                                        "competent_agency",
                                        "agency",
                                        "owner",
                                        "address",
                                        "phone",
                                        "email",
                                        "id_number",
                                        "filer",
                                        "content",
                                        "sets",
                                        "limit",
                                        "received_at",
                                        "accepted_at",
                                        "promised_at",
                                        "old_at",
                                        "restarted_at",
                                        "new_at",
                                        "answer_by",
                                        "reason",
                                        "officer",
                                        "unit",
                                        "ground",
                                        "result_code",
                                        "from_on",
                                        "to_on",
                                        "count"}) {
      made.push_back({name, word});
    }
    for (const std::string_view name :
         {"plain", "online", "deliver_direct", "deliver_post", "deliver_electronic", "provisional", "untimed",
          "withdrawn", "stopped_by_time", "stopped_by_ground", "as_result", "again"}) {
      made.push_back({name, flag});
    }
    return made;
  }();
  return known;
}

using Finder = std::function<const Placeholder*(std::string_view)>;

const Placeholder* find_in(const std::vector<Placeholder>& list, std::string_view name) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const Placeholder& known) { return known.name == name; });
  return found == list.end() ? nullptr : &*found;
}

const Placeholder* find_of_notice(std::string_view name, NoticeKind kind) {
  for (const Placeholder& known : placeholders()) {
    const bool belongs =
        known.kinds.empty() || std::find(known.kinds.begin(), known.kinds.end(), kind) != known.kinds.end();
    if (known.name == name && belongs) return &known;
  }
  return nullptr;
}

std::string in_quotes(std::string_view name) { return '"' + std::string(name) + '"'; }

// Walks the tags of one template.
class TagWalk {
 public:
  explicit TagWalk(Finder find) : find_(std::move(find)) {}

  std::vector<std::string> faults_of(std::string_view text) {
    while (true) {
      const std::size_t begin = text.find("{{");
      if (begin == std::string_view::npos) break;
      text.remove_prefix(begin + 2);
      const std::size_t end = text.find("}}");
      if (end == std::string_view::npos) {
        faults_.push_back("Expected each tag to be closed by }}, but one is not");
        return std::move(faults_);
      }
      take(text.substr(0, end));
      text.remove_prefix(end + 2);
    }
    for (const std::string& name : open_) {
      faults_.push_back("Expected each section to be ended, but " + in_quotes(name) + " is not");
    }
    return std::move(faults_);
  }

 private:
  void take(std::string_view tag) {
    while (tag.starts_with(' ')) tag.remove_prefix(1);
    while (tag.ends_with(' ')) tag.remove_suffix(1);
    const char sigil = tag.empty() ? ' ' : tag.front();
    if (sigil == '#' || sigil == '^' || sigil == '/') {
      tag.remove_prefix(1);
      while (tag.starts_with(' ')) tag.remove_prefix(1);
    }
    const Placeholder* known = find_(tag);
    if (known == nullptr) {
      faults_.push_back("Expected a placeholder of this message, but " + in_quotes(tag) + " is none");
    } else if (sigil == '/') {
      end_section(tag);
    } else if (sigil == '#' || sigil == '^') {
      open_section(*known);
    } else {
      show(*known);
    }
  }

  void open_section(const Placeholder& known) {
    if (std::find(open_.begin(), open_.end(), known.name) != open_.end()) {
      faults_.push_back("Expected no section inside itself, but " + in_quotes(known.name) + " is one");
    }
    open_.emplace_back(known.name);
  }

  void end_section(std::string_view name) {
    if (open_.empty() || open_.back() != name) {
      faults_.push_back("Expected the end of the section that was begun last, but it is that of " +
                        in_quotes(name));
      return;
    }
    open_.pop_back();
  }

  void show(const Placeholder& known) {
    const bool in_list = std::find(open_.begin(), open_.end(), "papers") != open_.end();
    if (known.use == PlaceholderUse::flag || known.use == PlaceholderUse::list) {
      faults_.push_back("Expected a section {{#…}}, but " + in_quotes(known.name) + " is shown as a word");
    } else if (known.use == PlaceholderUse::item && !in_list) {
      faults_.push_back("Expected " + in_quotes(known.name) +
                        " inside the section papers, but it is outside");
    }
  }

  Finder find_;
  std::vector<std::string> open_;
  std::vector<std::string> faults_;
};

// The library drops the end of a line on which a section begins or ends, but only where something is shown.
// So that a letter looks as its template says, line ends go through as a word.
std::string with_line_ends_as_words(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("{{eol}}") : std::string(1, c);
  return out;
}

}  // namespace

namespace {

std::vector<std::string> faults_of(const std::string& text, Finder find) {
  std::vector<std::string> faults = TagWalk(std::move(find)).faults_of(text);
  if (faults.empty() && !kainjow::mustache::mustache(text).is_valid()) {
    faults.push_back("Expected a mustache template, but it cannot be read as one");
  }
  return faults;
}

}  // namespace

std::vector<std::string> template_faults(const std::string& text, NoticeKind kind) {
  return faults_of(text, [kind](std::string_view name) { return find_of_notice(name, kind); });
}
std::vector<std::string> alert_template_faults(const std::string& text) {
  return faults_of(text, [](std::string_view name) { return find_in(alert_placeholders(), name); });
}
std::vector<std::string> slip_template_faults(const std::string& text) {
  return faults_of(text, [](std::string_view name) { return find_in(slip_placeholders(), name); });
}
bool is_slip_word(std::string_view name) { return find_in(slip_placeholders(), name) != nullptr; }

std::string fill_template(const std::string& text, const MessageValues& values) {
  namespace km = kainjow::mustache;
  km::data data;
  for (const MessageValues::Word& word : values.words) {
    // An empty text would show its section.
    data.set(word.name, word.text.empty() ? km::data(km::data::type::bool_false) : km::data(word.text));
  }
  for (const std::string& flag : values.flags) data.set(flag, km::data(km::data::type::bool_true));
  km::data papers(km::data::type::list);
  for (const std::string& paper : values.papers) papers << km::data("paper", paper);
  data.set("papers", papers);
  data.set("eol", "\n");
  km::mustache made(with_line_ends_as_words(text));
  made.set_custom_escape([](const std::string& plain) { return plain; });  // letters are plain text
  return made.render(data);
}

}  // namespace motcua::run
