#include <array>
#include <cstring>

#include "api/cursor.h"
#include "api/parameters.h"
#include "engine/core/dossier.h"
#include "engine/core/legal_clock.h"
#include "engine/run/words.h"
#include "tests/fuzz/targets.h"

namespace motcua::fuzz {
namespace {

void try_texts(const std::string& text) {
  if (const auto at = core::parse_instant(text)) {
    for (const int offset : {0, core::kVietnamOffsetMinutes, -12 * 60}) {
      const auto again = core::parse_instant(core::format_instant(*at, offset));
      expect(again == at, "an instant that was read is written and read again");
    }
  }
  if (const auto date = core::parse_date(text)) {
    expect(core::format_date(*date) == text, "a date has one spelling");
  }
  if (const auto id = core::parse_uuid(text)) {
    expect(core::parse_uuid(core::to_string(*id)) == id, "an id that was read is written and read again");
  }
  expect(!core::is_code(text) || text.size() <= 64, "a code has a bounded length");
}

void try_decoding(std::string_view text) {
  const auto decoded = api::percent_decoded(text);
  if (!decoded) return;
  std::string encoded;
  for (const char c : *decoded) {
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += "0123456789ABCDEF"[byte / 16];
    encoded += "0123456789abcdef"[byte % 16];
  }
  expect(api::percent_decoded(encoded) == decoded, "what was decoded is encoded and decoded again");
  try_texts(*decoded);
  for (const std::string& word : run::search_words(*decoded)) {
    const auto again = run::search_words(word);
    expect(again.size() == 1 && again.front() == word, "a word of a search is found by itself");
  }
}

void try_parameters(std::string_view query) {
  api::Parameters parameters(query);
  parameters.words<core::DossierState>("state");
  const auto agency = parameters.code("agency");
  expect(!agency || core::is_code(agency->text), "a code that was read is one");
  parameters.word<core::ClockKind>("clock");
  parameters.instant("at");
  const auto limit = parameters.integer("limit", 1, 200);
  expect(!limit || (*limit >= 1 && *limit <= 200), "a number lies in its bounds");
  parameters.boolean("late");
  parameters.text("q");
  parameters.refuse_unknown();
  for (const api::BodyFault& fault : parameters.faults()) {
    expect(!fault.code.empty() && !fault.detail.empty(), "a fault has its code and its reason");
  }
}

void try_cursors(std::string_view input) {
  static const std::array<std::uint8_t, run::Keyring::kKeySize> root{7};
  static const run::Keyring keyring(root);
  expect(!api::read_cursor(keyring, "list", input), "no cursor is guessed");
  expect(!api::read_feed_cursor(keyring, "feed", 1, input).fault.empty(), "no place in the feed is guessed");
  store::Mark mark;
  std::int64_t numbers[2] = {};
  std::memcpy(numbers, input.data(), std::min(input.size(), sizeof numbers));
  std::memcpy(&mark.due, numbers, 8);
  mark.key = numbers[1];
  const std::string cursor = api::write_cursor(keyring, input, mark);
  const auto read = api::read_cursor(keyring, input, cursor);
  expect(read && read->key == mark.key && read->kind == mark.kind, "a cursor leads to its place");
  expect(!api::read_cursor(keyring, std::string(input) + '|', cursor), "a cursor belongs to one list");
  const std::string place = api::write_feed_cursor(keyring, input, numbers[0], numbers[1]);
  const api::FeedPlace found = api::read_feed_cursor(keyring, input, numbers[0], place);
  expect(found.fault.empty() && found.position == numbers[1], "a feed goes on at its place");
}

}  // namespace

void fuzz_query(std::string_view input) {
  try_texts(std::string(input));
  try_decoding(input);
  try_parameters(input);
  try_cursors(input);
}

}  // namespace motcua::fuzz
