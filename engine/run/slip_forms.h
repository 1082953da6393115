#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/slip.h"

namespace motcua::run {

// The layout of one printed form: blocks from top to bottom, from which a page and a PDF are made alike.
// Texts are mustache templates with the words of slips (config/README.md).
struct SlipBlock {
  enum class Kind { heading, code, title, text, fields, table, signatures };
  struct Field {
    std::string label;
    std::string text;  // a template
  };
  struct Column {
    std::string head;
    std::string value;  // the name of a member of the list's rows
    int share = 1;
    bool centered = false;
  };
  struct Signature {
    std::string title;
    std::string note;
  };
  Kind kind = Kind::text;
  std::string when;  // a word or flag without which the block is not there; empty: always there
  std::vector<std::string> left, right;  // heading: lines
  std::string text;                      // title, text
  bool bold = false;
  bool italic = false;
  bool centered = false;
  std::vector<Field> fields;
  std::string list;  // of a table
  std::vector<Column> columns;
  std::vector<Signature> signatures;
};
struct SlipLayout {
  std::string number;  // in its circular; empty: the circular lacks it, and it is a plain notice
  std::string title;
  bool lying = false;  // landscape
  std::vector<SlipBlock> blocks;
};

// One version of a set of forms, as one circular has them. Immutable.
struct SlipSet {
  core::Code version;  // content hash
  std::string key;     // the name of its file, which every version of it has
  core::Instant applied_at;
  std::string set;  // "F1"
  int edition = 1;  // rises with each version of one file
  core::Date in_force_from;
  bool confirmed = false;
  std::string basis;
  std::array<SlipLayout, core::kSlipForms> forms;
  std::map<std::string, std::string, std::less<>> words;  // of slip_word_names()

  const SlipLayout& of(core::SlipForm form) const { return forms[static_cast<std::size_t>(form)]; }
  // The word of that name, which every set has.
  const std::string& word(std::string_view name) const { return words.find(name)->second; }
};

// The set by which a slip of that day is written, which was recorded at that instant: of each file the
// version then applied (else its first), and of these the last one in force (else the first). So a slip that
// was issued never changes, whatever is applied after. Null when there are none.
const SlipSet* slip_set_at(const std::vector<SlipSet>& sets, core::Date issued_on, core::Instant recorded_at);

}  // namespace motcua::run
