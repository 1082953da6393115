#include "api/slip_sheet.h"

#include <algorithm>
#include <utility>

#include "engine/core/time.h"

namespace motcua::api {
namespace {

using Kind = run::SlipBlock::Kind;

// What is not known is said to be empty, so that a form shows that it was asked.
constexpr std::string_view kNothing = "…";

bool is_shown(const std::string& when, const run::MessageValues& values) {
  if (when.empty()) return true;
  const bool said = std::any_of(values.words.begin(), values.words.end(),
                                [&](const auto& word) { return word.name == when && !word.text.empty(); });
  return said || std::find(values.flags.begin(), values.flags.end(), when) != values.flags.end();
}

std::string cell_of(const run::SlipRow& row, const std::string& member) {
  const auto found = row.find(member);
  return found == row.end() ? std::string() : found->second;
}

void fill_table(const run::SlipBlock& block, const run::SlipValues& values, print::SheetBlock& made) {
  for (const run::SlipBlock::Column& column : block.columns) {
    made.columns.push_back({.share = static_cast<double>(column.share),
                            .head = column.head,
                            .align = column.centered ? print::Align::center : print::Align::left});
  }
  const auto rows = values.lists.find(block.list);
  if (rows == values.lists.end()) return;
  for (const run::SlipRow& row : rows->second) {
    std::vector<std::string>& cells = made.rows.emplace_back();
    for (const run::SlipBlock::Column& column : block.columns) cells.push_back(cell_of(row, column.value));
  }
}

print::SheetBlock fill_block(const run::SlipBlock& block, const run::SlipValues& values) {
  const auto filled = [&](const std::string& text) { return run::fill_template(text, values.values); };
  print::SheetBlock made;
  made.bold = block.bold;
  made.italic = block.italic;
  made.centered = block.centered;
  switch (block.kind) {
    case Kind::heading:
      made.kind = print::SheetBlock::Kind::heading;
      for (const std::string& line : block.left) made.left.push_back(filled(line));
      for (const std::string& line : block.right) made.right.push_back(filled(line));
      break;
    case Kind::code:
      made.kind = print::SheetBlock::Kind::code;
      made.text = filled("{{code}}");
      break;
    case Kind::title:
    case Kind::text:
      made.kind = block.kind == Kind::title ? print::SheetBlock::Kind::title : print::SheetBlock::Kind::text;
      made.text = filled(block.text);
      break;
    case Kind::fields:
      made.kind = print::SheetBlock::Kind::fields;
      for (const run::SlipBlock::Field& field : block.fields) {
        std::string text = filled(field.text);
        made.fields.push_back({field.label, text.empty() ? std::string(kNothing) : std::move(text)});
      }
      break;
    case Kind::table:
      made.kind = print::SheetBlock::Kind::table;
      fill_table(block, values, made);
      break;
    case Kind::signatures:
      made.kind = print::SheetBlock::Kind::signatures;
      for (const auto& part : block.signatures)
        made.fields.push_back({filled(part.title), filled(part.note)});
      break;
  }
  return made;
}

// A table without rows, and a code or a text without words, say nothing.
bool says_something(const print::SheetBlock& block) {
  switch (block.kind) {
    case print::SheetBlock::Kind::table:
      return !block.rows.empty();
    case print::SheetBlock::Kind::code:
    case print::SheetBlock::Kind::text:
    case print::SheetBlock::Kind::title:
      return !block.text.empty();
    case print::SheetBlock::Kind::heading:
    case print::SheetBlock::Kind::fields:
    case print::SheetBlock::Kind::signatures:
      return true;
  }
  return true;
}

}  // namespace

print::Sheet slip_sheet(const run::SlipLayout& layout, const run::SlipValues& values,
                        core::Instant created_at, std::string footer) {
  print::Sheet sheet;
  sheet.title = layout.title;
  sheet.created_at =
      core::format_instant(core::Instant{created_at.ms / 1000 * 1000}, core::kVietnamOffsetMinutes);
  sheet.footer = std::move(footer);
  sheet.orientation = layout.lying ? print::Orientation::landscape : print::Orientation::portrait;
  for (const run::SlipBlock& block : layout.blocks) {
    if (!is_shown(block.when, values.values)) continue;
    print::SheetBlock made = fill_block(block, values);
    if (says_something(made)) sheet.blocks.push_back(std::move(made));
  }
  return sheet;
}

}  // namespace motcua::api
