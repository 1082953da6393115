#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "engine/core/command.h"
#include "engine/run/definitions.h"
#include "engine/run/seal.h"

// Invented dossiers in the proportions of real life: who files what, where and how. The same seed invents the
// same ones on every machine, which is why nothing here uses a distribution of the standard library.
namespace motcua::bench {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : source_(seed) {}
  std::uint64_t below(std::uint64_t n) { return source_() % n; }
  double unit() { return static_cast<double>(source_() >> 11) * 0x1p-53; }
  bool chance(double p) { return unit() < p; }
  template <class List>
  const auto& pick(const List& list) {
    return list[below(std::size(list))];
  }

 private:
  std::mt19937_64 source_;
};

// A submission as the engine takes it, and the same as the body of a request.
struct Filing {
  core::SubmitDossier submit;
  std::vector<run::Fragment> fragments;
  std::vector<std::string> searchable;
  const core::Procedure* procedure = nullptr;
  std::string body;
};

// What is asked for: the procedures that are described with their papers, some far more often than others; or
// every procedure that an agency of the province carries out, those in turn as one half of all.
enum class Demand { busy, whole_catalogue };

class Filings {
 public:
  // The definitions are borrowed. The whole catalogue: of the agencies under the first one without a parent.
  Filings(const run::Definitions& definitions, std::uint64_t seed, Demand demand = Demand::busy);
  // One dossier of the given day; `with_body` writes the request too.
  Filing next(core::Date on, bool with_body);

 private:
  const core::Procedure* choose_procedure(core::Date on);
  std::vector<const core::Agency*> able_agencies(const core::Procedure& procedure, core::Date on) const;
  void choose_place(Filing& filing, core::Date on);

  const run::Definitions& definitions_;
  const Demand demand_;
  Dice dice_;
  std::vector<const core::Procedure*> all_;  // of the whole catalogue, in turn
  std::size_t turn_ = 0;
  std::vector<const core::Procedure*> timed_;
  std::vector<const core::Procedure*> untimed_;
};

}  // namespace motcua::bench
