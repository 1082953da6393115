// p: procedure, r: rulebook, c: calendar, a: agencies, l: ladders, m: messages, s: printed forms, o: roles,
// k: a line of a published catalogue, i: a line of an import, g: server settings, y: keys file.
#include <sys/mman.h>
#include <unistd.h>

#include <array>

#include "api/config.h"
#include "api/import_row.h"
#include "engine/run/agency_loader.h"
#include "engine/run/calendar_loader.h"
#include "engine/run/catalogue_loader.h"
#include "engine/run/check.h"
#include "engine/run/ladder_loader.h"
#include "engine/run/messages_loader.h"
#include "engine/run/procedure_loader.h"
#include "engine/run/role_loader.h"
#include "engine/run/rulebook_loader.h"
#include "engine/run/slip_forms_loader.h"
#include "tests/fuzz/targets.h"
#include "tests/support/paths.h"

namespace motcua::fuzz {
namespace {

using Faults = std::vector<run::LoadFault>;

void expect_told(bool loaded, const Faults& faults) {
  expect(loaded == faults.empty(), "a file is taken, or has a fault");
  for (const run::LoadFault& fault : faults) {
    expect(fault.detail.starts_with("Expected "), "a fault says what was expected");
    expect(fault.pointer.empty() || fault.pointer.front() == '/', "a fault has its place");
  }
}

template <class Load>
bool loads(const Load& load, std::string_view text) {
  Faults faults;
  const bool loaded = load(text, "fuzz.json", faults).has_value();
  expect_told(loaded, faults);
  return loaded;
}

// A file that exists in memory alone, for what takes a path.
class TextFile {
 public:
  explicit TextFile(std::string_view text) : fd_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    const auto written = ::write(fd_, text.data(), text.size());
    expect(written == static_cast<ssize_t>(text.size()), "the text of a file is written");
  }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  ~TextFile() { ::close(fd_); }
  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

const run::Definitions& shipped_definitions() {
  const std::string root = in_tree();
  static const run::CheckedDefinitions made = run::check_files(
      {root + "/config/calendars", root + "/config/rulebook.json", root + "/config/agencies.json",
       root + "/config/ladders.json", root + "/tests/support/procedures", root + "/config/messages.json",
       root + "/config/slips"});
  expect(made.definitions != nullptr, "the shipped definitions stand");
  return *made.definitions;
}

// What loads by itself is compiled too: the clocks, edges and dates of it are then made.
void try_compiled(store::DefinitionKind kind, std::string_view text) {
  const std::vector<store::DefinitionText> texts = {store::name_definition(kind, "fuzz", std::string(text))};
  Faults faults;
  run::Definitions::compile(texts, faults);
  expect(!faults.empty(), "one definition alone is not all");
}

void try_settings(std::string_view text) {
  const TextFile file(text);
  Faults faults;
  const bool loaded = api::load_config(file.path(), faults).has_value();
  expect_told(loaded, faults);
}

void try_keys(std::string_view text) {
  const TextFile file(text);
  api::ServerConfig config;
  config.roles = in_tree("config/roles.json");
  config.keys_file = file.path();
  Faults faults;
  const bool loaded = api::load_callers(config, faults).has_value();
  expect_told(loaded, faults);
}

void try_catalogue_line(std::string_view text) {
  const run::CatalogueLine line = run::convert_catalogue_line(text);
  if (line.text.empty()) {
    expect(!line.notes.empty(), "a line that is not imported has its reason");
    return;
  }
  expect(loads(run::load_procedure, line.text), "a line that is imported is a procedure that loads");
}

void try_old_row(std::string_view text) {
  static const std::array<std::uint8_t, run::Keyring::kKeySize> root{7};
  static const run::Keyring keyring(root);
  const run::OldRow row = api::read_old_row(text, 1, shipped_definitions(), keyring);
  expect(row.line == 1, "a row keeps its number");
}

}  // namespace

void fuzz_definitions(std::string_view input) {
  if (input.empty()) return;
  const std::string_view text = input.substr(1);
  switch (input.front()) {
    case 'p':
      if (loads(run::load_procedure, text)) try_compiled(store::DefinitionKind::procedure, text);
      return;
    case 'r':
      loads(run::load_rulebook, text);
      return;
    case 'c':
      if (loads(run::load_calendar, text)) try_compiled(store::DefinitionKind::calendar, text);
      return;
    case 'a':
      if (loads(run::load_agencies, text)) try_compiled(store::DefinitionKind::agencies, text);
      return;
    case 'l':
      loads(run::load_ladders, text);
      return;
    case 'm':
      loads(run::load_messages, text);
      return;
    case 's':
      loads(run::load_slip_set, text);
      return;
    case 'o':
      loads(run::load_roles, text);
      return;
    case 'k':
      return try_catalogue_line(text);
    case 'i':
      return try_old_row(text);
    case 'g':
      return try_settings(text);
    case 'y':
      return try_keys(text);
    default:
      return;
  }
}

}  // namespace motcua::fuzz
