#include "engine/run/slip_forms_loader.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/run/members_loader.h"
#include "engine/run/messages.h"

namespace motcua::core {

template <>
struct EnumWords<run::SlipBlock::Kind> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"heading", "code",  "title",     "text",
                                               "fields",  "table", "signatures"};
};

}  // namespace motcua::core

namespace motcua::run {
namespace {

using Kind = SlipBlock::Kind;

constexpr std::size_t kSlipTextMax = 2000;
constexpr std::size_t kSlipLabelMax = 200;
constexpr std::int64_t kShareMax = 100;

constexpr std::string_view kSlipWords[] = {
    "day", "month", "year", "applicant", "early", "on_time", "late",
    // of limits; "{n}" is not needed, as the number comes first
    "limit_working_hour", "limit_working_day", "limit_calendar_day", "limit_month", "limit_hour",
    "limit_immediate", "limit_unspecified",
    // how a paper was handed in, where it has no column
    "paper_electronic", "paper_reused",
    // what a line of the control slip is about
    "line_accepted", "line_assigned", "line_completed", "line_joined", "line_returned", "line_forwarded",
    "line_received", "line_recalled", "line_sent_back", "line_consulted", "line_answered", "line_settled",
    "line_handed_out",
    // of the book
    "delivery_direct", "delivery_post", "delivery_electronic", "state_refused", "state_withdrawn",
    "state_stopped", "state_awaiting_supplement", "state_awaiting_payment"};

// The members of the rows of a list; the first is the list's name.
constexpr std::string_view kPapers[] = {"papers", "no", "name", "original", "certified", "copy", "note"};
constexpr std::string_view kPapersHeld[] = {"papers_held", "no",   "name", "original",
                                            "certified",   "copy", "note"};
constexpr std::string_view kMissing[] = {"missing", "no", "name"};
constexpr std::string_view kHandovers[] = {"handovers", "no", "giver", "receiver", "at", "result", "note"};
constexpr std::string_view kBook[] = {"book",       "no",          "code",     "content",     "sets",
                                      "owner",      "address",     "phone",    "received_at", "promised_at",
                                      "settled_at", "returned_at", "delivery", "note"};
constexpr std::span<const std::string_view> kLists[] = {kPapers, kPapersHeld, kMissing, kHandovers, kBook};

std::span<const std::string_view> members_of(std::string_view list) {
  for (const auto& known : kLists) {
    if (known.front() == list) return known.subspan(1);
  }
  return {};
}

class SlipReader {
 public:
  explicit SlipReader(Source source) : source_(source) {}

  SlipSet read(const nlohmann::json& document) {
    ObjectReader in(document, "", source_.file, source_.faults);
    if (!in.is_object()) return {};
    read_format(in);
    made_.set = read_text(in, "set", Presence::required, 20).value_or("");
    made_.edition =
        static_cast<int>(read_integer(in, "edition", Presence::required, 1, 1'000'000).value_or(1));
    made_.in_force_from = read_date(in, "in_force_from", Presence::required).value_or(core::Date{});
    made_.confirmed = in.boolean("confirmed", Presence::required).value_or(false);
    made_.basis = read_text(in, "basis", Presence::required, kSlipLabelMax).value_or("");
    if (const auto* found = in.member("words", Presence::required)) {
      ObjectReader words(*found, in.pointer_to("words"), source_.file, source_.faults);
      for (const std::string_view name : kSlipWords) {
        const std::string key(name);
        if (words.is_object()) made_.words[key] = read_text(words, key, Presence::required, 200).value_or("");
      }
      words.refuse_unknown();
    }
    if (const auto* found = in.member("forms", Presence::required))
      read_forms(*found, in.pointer_to("forms"));
    in.refuse_unknown();
    return std::move(made_);
  }

 private:
  void read_forms(const nlohmann::json& found, const std::string& pointer) {
    ObjectReader forms(found, pointer, source_.file, source_.faults);
    for (int i = 0; i < core::kSlipForms && forms.is_object(); ++i) {
      const std::string word(core::word_of(static_cast<core::SlipForm>(i)));
      const nlohmann::json* form = forms.member(word, Presence::required);
      if (form == nullptr) continue;
      ObjectReader in(*form, forms.pointer_to(word), source_.file, source_.faults);
      if (in.is_object()) read_layout(in, made_.forms[static_cast<std::size_t>(i)]);
    }
    forms.refuse_unknown();
  }

  void read_layout(ObjectReader& in, SlipLayout& layout) {
    const nlohmann::json* number = in.member("number", Presence::required);
    if (number != nullptr && !number->is_null()) {
      layout.number = read_text(in, "number", Presence::required, 20).value_or("");
    }
    layout.title = read_text(in, "title", Presence::required, kSlipLabelMax).value_or("");
    layout.lying = in.boolean("landscape", Presence::optional).value_or(false);
    read_objects(in, "blocks", Presence::required, 1, source_,
                 [&](ObjectReader& block) { layout.blocks.push_back(read_block(block)); });
    in.refuse_unknown();
  }

  SlipBlock read_block(ObjectReader& in) {
    SlipBlock block;
    const auto kind = read_word<Kind>(in, "kind", Presence::required);
    if (!kind) return block;
    block.kind = *kind;
    block.when = in.text("when", Presence::optional).value_or("");
    if (!block.when.empty() && !is_slip_word(block.when)) {
      in.fault("when", "Expected a word of slips, but \"" + block.when + "\" is none");
    }
    switch (*kind) {
      case Kind::heading:
        block.left = read_templates(in, "left");
        block.right = read_templates(in, "right");
        break;
      case Kind::code:
        break;
      case Kind::title:
      case Kind::text:
        read_style(in, block);
        break;
      case Kind::fields:
        read_fields(in, block);
        break;
      case Kind::table:
        read_table(in, block);
        break;
      case Kind::signatures:
        read_objects(in, "parts", Presence::required, 1, source_, [&](ObjectReader& part) {
          block.signatures.push_back({read_template(part, "title", Presence::required),
                                      read_template(part, "note", Presence::optional)});
        });
        break;
    }
    return block;
  }

  void read_style(ObjectReader& in, SlipBlock& block) {
    block.text = read_template(in, "text", Presence::required);
    block.bold = in.boolean("bold", Presence::optional).value_or(false);
    block.italic = in.boolean("italic", Presence::optional).value_or(false);
    block.centered = in.boolean("centered", Presence::optional).value_or(false);
  }

  void read_fields(ObjectReader& in, SlipBlock& block) {
    read_objects(in, "rows", Presence::required, 1, source_, [&](ObjectReader& row) {
      block.fields.push_back({read_text(row, "label", Presence::required, kSlipLabelMax).value_or(""),
                              read_template(row, "text", Presence::required)});
    });
  }

  void read_table(ObjectReader& in, SlipBlock& block) {
    block.list = in.text("list", Presence::required).value_or("");
    const auto members = members_of(block.list);
    if (!block.list.empty() && members.empty()) {
      in.fault("list", "Expected papers, missing, handovers or book, but it is \"" + block.list + '"');
    }
    read_objects(in, "columns", Presence::required, 1, source_, [&](ObjectReader& column) {
      SlipBlock::Column made;
      made.head = read_text(column, "head", Presence::required, kSlipLabelMax).value_or("");
      made.value = column.text("value", Presence::required).value_or("");
      made.share =
          static_cast<int>(read_integer(column, "share", Presence::required, 1, kShareMax).value_or(1));
      made.centered = column.boolean("centered", Presence::optional).value_or(false);
      if (!members.empty() && !made.value.empty() &&
          std::find(members.begin(), members.end(), made.value) == members.end()) {
        column.fault("value", "Expected a member of the list, but \"" + made.value + "\" is none");
      }
      block.columns.push_back(std::move(made));
    });
  }

  std::string read_template(ObjectReader& in, const std::string& key, Presence presence) {
    std::string text = read_text(in, key, presence, kSlipTextMax).value_or("");
    for (std::string& fault : slip_template_faults(text)) in.fault(key, std::move(fault));
    return text;
  }

  std::vector<std::string> read_templates(ObjectReader& in, const std::string& key) {
    std::vector<std::string> lines;
    for (PointedText& line : read_words(in, key, Presence::required, source_)) {
      for (std::string& fault : slip_template_faults(line.text))
        source_.report(line.pointer, std::move(fault));
      lines.push_back(std::move(line.text));
    }
    return lines;
  }

  Source source_;
  SlipSet made_;
};

}  // namespace

std::optional<SlipSet> load_slip_set(std::string_view json_text, std::string_view file,
                                     std::vector<LoadFault>& faults) {
  const std::size_t before = faults.size();
  const auto document = load_json(json_text, file, faults);
  if (!document) return std::nullopt;
  SlipSet made = SlipReader({file, faults}).read(*document);
  if (faults.size() != before) return std::nullopt;
  return made;
}

std::span<const std::string_view> slip_word_names() { return kSlipWords; }

}  // namespace motcua::run
