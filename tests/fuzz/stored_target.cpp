// e: an event, its type on the first line. s: a snapshot. t: a tally. h: the line of a sealed head. r:
// recipients. a, d: the agency and the head of a late list.
#include "api/json/late_list_reader.h"
#include "engine/run/seal_log.h"
#include "engine/store/event_codec.h"
#include "engine/store/recipients_text.h"
#include "engine/store/snapshot_codec.h"
#include "engine/store/tally_codec.h"
#include "tests/fuzz/targets.h"

namespace motcua::fuzz {
namespace {

void try_event(std::string_view input) {
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string_view type = input.substr(0, line);
  const std::string_view text = line == input.size() ? "" : input.substr(line + 1);
  core::Event event;
  if (!store::decode_body(type, store::kTypeVersion, text, event)) return;
  expect(core::type_of(event.body) == type, "an event is of its type");
  const std::string written = store::encode_body(event);
  core::Event again;
  expect(store::decode_body(type, store::kTypeVersion, written, again), "what was written is read");
  expect(store::encode_body(again) == written, "an event that was read is written and read again");
}

void try_snapshot(std::string_view bytes) {
  core::Dossier dossier;
  if (!store::decode_snapshot(bytes, dossier)) return;
  std::string written;
  store::encode_snapshot(dossier, written);
  core::Dossier again;
  expect(store::decode_snapshot(written, again), "what was written is read");
  expect(again == dossier, "a snapshot that was read is written and read again");
}

void try_tally(std::string_view bytes) {
  const core::Code word("w");
  const store::sqlite::WordOf word_of = [&](std::uint64_t) -> const core::Code& { return word; };
  store::TallyRow row;
  store::sqlite::decode_tally(bytes, word_of, row);
}

void try_head_line(std::string_view text) {
  const auto line = run::read_head_line(text);
  if (!line) return;
  const std::string written = run::head_line(line->head, line->edge);
  const auto again = run::read_head_line(written);
  expect(again && run::head_line(again->head, again->edge) == written, "a head is written and read again");
}

template <class Read>
void try_late(const Read& read, std::string_view text) {
  std::string fault;
  const bool taken = read(text, fault).has_value();
  expect(taken == fault.empty(), "a part of a late list is taken, or has a fault");
}

}  // namespace

void fuzz_stored(std::string_view input) {
  if (input.empty()) return;
  const std::string_view rest = input.substr(1);
  switch (input.front()) {
    case 'e':
      return try_event(rest);
    case 's':
      return try_snapshot(rest);
    case 't':
      return try_tally(rest);
    case 'h':
      return try_head_line(rest);
    case 'r': {
      const auto read = store::read_recipients(rest);
      const std::string written = store::written_recipients(read);
      expect(store::written_recipients(store::read_recipients(written)) == written,
             "recipients are written and read again");
      const store::UsualState usual;
      const auto of_alert = store::read_recipients(rest, usual);
      expect(store::read_recipients(store::written_recipients(of_alert, usual), usual) == of_alert,
             "recipients of an alert are written and read again");
      return;
    }
    case 'a':
      return try_late(api::read_late_agency, rest);
    case 'd':
      return try_late(api::read_late_head, rest);
    default:
      return;
  }
}

}  // namespace motcua::fuzz
