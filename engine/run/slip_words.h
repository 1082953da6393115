#pragma once

#include <initializer_list>
#include <string>

#include "engine/run/control_lines.h"
#include "engine/run/definitions.h"
#include "engine/run/slip_forms.h"

// The words that a printed slip is made of.
namespace motcua::run {

// Says who is who, as known when an event was written. Borrows what it is made with.
class SlipNames {
 public:
  SlipNames(const Definitions& definitions, const SlipSet& set, core::Instant known_at)
      : definitions_(definitions), set_(set), known_at_(known_at) {}

  std::string agency(const core::Code& code) const;
  std::string unit(const core::Code& agency, const core::Code& unit) const;
  // A position, never a person; of the first of these agencies that has the officer.
  std::string officer(const core::Code& id, std::initializer_list<core::Code> agencies) const;
  // Of an officer, with the agency; the first of these where it is nobody's.
  std::string unit_of(const core::Code& id, std::initializer_list<core::Code> agencies) const;
  std::string party(const ControlParty& party) const;

 private:
  const Definitions& definitions_;
  const SlipSet& set_;
  core::Instant known_at_;
};

// A number of at least two digits, as on forms: "01".
std::string two_digits(std::size_t number);
// What is there of these, with commas between.
std::string joined(std::initializer_list<std::string> parts);
core::Date local_day(core::Instant at);
std::string day_in_words(core::Date date, const SlipSet& set);
std::string limit_in_words(const core::Limit& limit, const SlipSet& set);
// How many sets of papers were handed in: as many as of the paper that came most often.
std::string sets_of(const core::Dossier& dossier);
// The procedure's name of a paper; its key where there is none.
std::string paper_name(const core::Procedure* procedure, const core::Code& key);

}  // namespace motcua::run
