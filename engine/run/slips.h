#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/slip.h"
#include "engine/run/control_lines.h"
#include "engine/run/definitions.h"
#include "engine/run/keyring.h"
#include "engine/run/messages.h"
#include "engine/run/slip_forms.h"
#include "engine/store/store.h"

namespace motcua::run {

// A slip that an event issued. Valid during the call that tells of it.
struct SlipIssue {
  core::SlipForm form = core::SlipForm::receipt;
  int ordinal = 1;  // among the dossier's slips of this form
  const core::Event& event;
  const core::Dossier& after;  // the dossier as the event left it
  const ControlLines& lines;   // of the control slip, up to the event
  std::string number() const { return core::slip_number(form, after, ordinal); }
};

// Lives the history again, and tells of each slip that it issued, in order, until `told` answers false. Only
// what the scope shows.
void replay_slips(store::Reader& reader, const store::Scope& scope, const core::Uuid& dossier,
                  const std::function<bool(const SlipIssue&)>& told);

// What was typed of a slip, as JSON where it is a person; empty where there is none.
struct SlipTyped {
  std::string owner;
  std::string filer;
  std::string content;  // plain
  std::string reason;   // plain: of the event, its reason or its note
};
// Nothing when a text that the history names cannot be opened.
std::optional<SlipTyped> open_slip(const Keyring& keyring, store::Reader& reader, const store::Scope& scope,
                                   const core::Event& event, const core::Dossier& after);
// The same without an event: the reason stays empty.
std::optional<SlipTyped> open_slip(const Keyring& keyring, store::Reader& reader, const store::Scope& scope,
                                   const core::Dossier& dossier);

// What fills a layout: words and flags, and the rows of its lists by the names of their members.
using SlipRow = std::map<std::string_view, std::string>;
struct SlipValues {
  MessageValues values;
  std::map<std::string_view, std::vector<SlipRow>> lists;
};
SlipValues fill_slip(const SlipIssue& issue, const SlipSet& set, const Definitions& definitions,
                     const SlipTyped& typed);

// The book of an agency over some days, both included.
struct BookOf {
  core::Code agency;
  core::Date from;
  core::Date to;
  core::Date issued;  // what it says of itself
  std::string number;
};
SlipValues fill_book(const BookOf& book, std::vector<SlipRow> rows, const SlipSet& set,
                     const Definitions& definitions, core::Instant known_at);
// A line of the book of an agency. `typed` may be masked.
SlipRow book_row(const core::Dossier& dossier, int number, const SlipSet& set, const Definitions& definitions,
                 const SlipTyped& typed);

}  // namespace motcua::run
