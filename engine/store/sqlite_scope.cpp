#include "engine/store/sqlite_scope.h"

#include <algorithm>

#include "engine/store/sqlite_dossiers.h"

namespace motcua::store::sqlite {
namespace {

std::vector<std::int64_t> known_words(Words& words, Vocabulary vocabulary,
                                      const std::vector<core::Code>& codes) {
  std::vector<std::int64_t> known;
  for (const core::Code& code : codes) {
    if (const std::int64_t word = words.known(vocabulary, code.text); word != 0) known.push_back(word);
  }
  std::sort(known.begin(), known.end());
  return known;
}

bool holds(const std::vector<std::int64_t>& sorted, std::int64_t word) {
  return std::binary_search(sorted.begin(), sorted.end(), word);
}

}  // namespace

bool ScopeWords::Part::has_agency(std::int64_t agency) const {
  return all_agencies || holds(agencies, agency);
}

bool ScopeWords::Part::has_procedure(std::int64_t procedure) const {
  return all_procedures || holds(procedures, procedure);
}

ScopeWords::ScopeWords(Words& words, const Scope& scope) {
  for (const Scope::Part& part : scope.parts) {
    Part made{part.agencies.empty(), part.procedures.empty(),
              known_words(words, Vocabulary::agency, part.agencies),
              known_words(words, Vocabulary::procedure, part.procedures)};
    const bool none =
        (!made.all_agencies && made.agencies.empty()) || (!made.all_procedures && made.procedures.empty());
    if (!none) parts.push_back(std::move(made));
  }
}

bool ScopeWords::everything() const {
  return std::any_of(parts.begin(), parts.end(),
                     [](const Part& part) { return part.all_agencies && part.all_procedures; });
}

std::optional<std::vector<std::int64_t>> ScopeWords::agencies() const {
  std::vector<std::int64_t> all;
  for (const Part& part : parts) {
    if (part.all_agencies) return std::nullopt;
    all.insert(all.end(), part.agencies.begin(), part.agencies.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

ScopeCheck::ScopeCheck(Connection& connection)
    : belongs_(connection, "SELECT 1 FROM belongs WHERE generation = ?1 AND word = ?2 AND dossier = ?3") {}

bool ScopeCheck::belongs(std::int64_t dossier, std::int64_t word) {
  return belongs_.rows(dossier >> kGenerationBits, word, dossier).next();
}

bool ScopeCheck::takes_part(const ScopeWords::Part& part, std::int64_t dossier) {
  return part.all_agencies || std::any_of(part.agencies.begin(), part.agencies.end(),
                                          [&](std::int64_t agency) { return belongs(dossier, agency); });
}

bool ScopeCheck::shows(const ScopeWords& scope, std::int64_t dossier) {
  if (scope.everything()) return true;
  return std::any_of(scope.parts.begin(), scope.parts.end(), [&](const ScopeWords::Part& part) {
    const bool of_procedure =
        part.all_procedures || std::any_of(part.procedures.begin(), part.procedures.end(),
                                           [&](std::int64_t word) { return belongs(dossier, word); });
    return of_procedure && takes_part(part, dossier);
  });
}

bool ScopeCheck::shows(const ScopeWords& scope, std::int64_t dossier, std::int64_t agency,
                       std::int64_t procedure) {
  return std::any_of(scope.parts.begin(), scope.parts.end(), [&](const ScopeWords::Part& part) {
    return part.has_procedure(procedure) && (part.has_agency(agency) || takes_part(part, dossier));
  });
}

}  // namespace motcua::store::sqlite
