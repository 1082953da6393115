#include "engine/run/catalogue.h"

#include <algorithm>
#include <set>
#include <utility>

namespace motcua::run {
namespace {

void count(CatalogueImport& import, const std::vector<CatalogueNote>& notes, const std::string& code) {
  std::set<CatalogueNote> seen;
  for (const CatalogueNote note : notes) {
    CatalogueReason& reason = import.reasons[note];
    ++reason.count;
    if (!seen.insert(note).second) continue;
    ++reason.procedures;
    if (reason.first_codes.size() < kCodesShown) reason.first_codes.push_back(code);
  }
}

}  // namespace

CatalogueImport import_catalogue(std::string_view lines,
                                 const std::function<bool(const std::string& code)>& is_applied) {
  CatalogueImport import;
  std::set<std::string> codes;
  std::size_t number = 0;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    ++import.total;
    CatalogueLine made = convert_catalogue_line(line);
    const std::string name = made.code.empty() ? "line " + std::to_string(number) : made.code;
    if (!made.code.empty() && !codes.insert(made.code).second) {
      made = {made.code, "", {CatalogueNote::repeated_code}};
    } else if (!made.code.empty() && is_applied(made.code)) {
      made = {made.code, "", {CatalogueNote::already_applied}};
    }
    count(import, made.notes, name);
    if (made.text.empty()) continue;
    import.texts.push_back(
        store::name_definition(store::DefinitionKind::procedure, std::move(made.code), std::move(made.text)));
  }
  return import;
}

std::string to_text(const CatalogueImport& import) {
  std::string text =
      std::to_string(import.texts.size()) + " of " + std::to_string(import.total) + " procedures imported\n";
  for (const auto& [note, reason] : import.reasons) {
    std::string line(core::word_of(note));
    line.resize(18, ' ');
    line += std::to_string(reason.count) + " times in " + std::to_string(reason.procedures) + " procedures:";
    for (const std::string& code : reason.first_codes) line += " " + code;
    if (reason.procedures > reason.first_codes.size()) line += " …";
    text += line + "\n";
  }
  return text;
}

}  // namespace motcua::run
