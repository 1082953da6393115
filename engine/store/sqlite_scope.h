#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/store/sqlite_words.h"
#include "engine/store/store.h"

namespace motcua::store::sqlite {

// A scope in the numbers of the database's words. Codes that the database does not know are left out: it has
// no dossier of them.
struct ScopeWords {
  struct Part {
    bool all_agencies = false;
    bool all_procedures = false;
    std::vector<std::int64_t> agencies;    // sorted
    std::vector<std::int64_t> procedures;  // sorted
    bool has_agency(std::int64_t agency) const;
    bool has_procedure(std::int64_t procedure) const;
  };
  std::vector<Part> parts;  // without those that can show nothing

  ScopeWords(Words& words, const Scope& scope);
  bool everything() const;
  // The agencies of all parts, each once; nothing: some part has every one.
  std::optional<std::vector<std::int64_t>> agencies() const;
};

// Of so many agencies, what is filed under each is read by itself; with more of them, what is filed under all
// is passed over, as most of it is theirs.
constexpr std::size_t kNarrowScope = 16;

// Whether a scope shows a dossier of which only the key is known, by the table of who takes part in it.
class ScopeCheck {
 public:
  explicit ScopeCheck(Connection& connection);
  bool shows(const ScopeWords& scope, std::int64_t dossier);
  // The same where the agency that leads there, and the procedure, are known already.
  bool shows(const ScopeWords& scope, std::int64_t dossier, std::int64_t agency, std::int64_t procedure);
  // Whether a word is of the dossier: an agency that takes part in it, or its procedure.
  bool belongs(std::int64_t dossier, std::int64_t word);

 private:
  bool takes_part(const ScopeWords::Part& part, std::int64_t dossier);
  Statement belongs_;
};

}  // namespace motcua::store::sqlite
