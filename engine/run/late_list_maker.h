#pragma once

#include <memory>
#include <string>

#include "engine/core/late_list_builder.h"
#include "engine/run/definitions.h"
#include "engine/run/keyring.h"
#include "engine/run/population.h"

namespace motcua::run {

// How a province wants its list (config/server.json, publications).
struct LateListSettings {
  bool codes_masked = false;
  core::Individuals individuals = core::Individuals::position;
  std::string individuals_basis;  // the decision by which names are published
};

// Which list.
struct LateListQuestion {
  std::string month;  // a month
  core::Code scope;   // an agency: the list is of it and all below it
  int number = 1;
  Cutoff cutoff;
  std::optional<core::LateCorrection> corrects;
};

// Makes monthly lists by the method of now out of a store. Any thread; one call at a time.
class LateListMaker {
 public:
  // Borrowed: the store and the keyring. `breathe` as of Population.
  LateListMaker(
      store::Store& store, const Keyring& keyring, std::shared_ptr<const Definitions> definitions,
      LateListSettings settings, std::function<void()> breathe = [] {})
      : store_(store),
        keyring_(keyring),
        definitions_(std::move(definitions)),
        settings_(std::move(settings)),
        breathe_(std::move(breathe)) {}

  // From the rows that are kept for counting, or from the events alone: the same list.
  enum class From { rows, events };
  core::LateList make(const LateListQuestion& question, From from);

  // The dossiers that the list rests on, by key, sorted: those of the month, and those late in the twelve
  // months.
  std::vector<std::int64_t> basis(const LateListQuestion& question);
  // The months among the twelve, and later ones, whose rows of late ends are not those that were written. The
  // replay holds the month's own against the events, and trusts those of the months before it.
  std::vector<std::string> unsound_months(const LateListQuestion& question);

 private:
  core::LateNames names(const LateListQuestion& question) const;
  void add_head(const LateListQuestion& question, core::LateList& list) const;

  store::Store& store_;
  const Keyring& keyring_;
  const std::shared_ptr<const Definitions> definitions_;
  const LateListSettings settings_;
  const std::function<void()> breathe_;
};

// The time that a dossier's rules give for the explanation of its lateness.
core::Limit explanation_limit(const Definitions& definitions, const core::Dossier& dossier);

// What stands in a list for an officer, and for the code of a dossier.
std::string public_person(const Keyring& keyring, const core::Code& officer);
std::string public_code(const Keyring& keyring, const LateListQuestion& question, const core::Uuid& dossier);

// The document: its sections and its head are canonical JSON each.
std::string late_document(const std::vector<std::string>& sections, const std::string& head);

}  // namespace motcua::run
