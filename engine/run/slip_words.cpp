#include "engine/run/slip_words.h"

#include <algorithm>

namespace motcua::run {

std::string SlipNames::agency(const core::Code& code) const {
  const core::Agency* known = definitions_.agency_as_of(code, known_at_);
  return known == nullptr ? code.text : known->name;
}

std::string SlipNames::unit(const core::Code& agency, const core::Code& unit) const {
  if (const core::Agency* known = definitions_.agency_as_of(agency, known_at_)) {
    for (const core::AgencyUnit& one : known->units) {
      if (one.key == unit) return one.name;
    }
  }
  return unit.text;
}

std::string SlipNames::officer(const core::Code& id, std::initializer_list<core::Code> agencies) const {
  for (const core::Code& code : agencies) {
    const core::Agency* known = definitions_.agency_as_of(code, known_at_);
    const core::Officer* officer = known == nullptr ? nullptr : known->officer(id);
    if (officer != nullptr && !officer->position.empty()) return officer->position;
  }
  return id.text;
}

std::string SlipNames::unit_of(const core::Code& id, std::initializer_list<core::Code> agencies) const {
  for (const core::Code& code : agencies) {
    const core::Agency* known = definitions_.agency_as_of(code, known_at_);
    const core::Officer* officer = known == nullptr ? nullptr : known->officer(id);
    if (officer != nullptr)
      return joined({officer->unit.empty() ? "" : unit(code, officer->unit), known->name});
  }
  return agency(*agencies.begin());
}

std::string SlipNames::party(const ControlParty& party) const {
  if (party.agency.empty()) return set_.word("applicant");
  return joined({party.officer.empty() ? "" : officer(party.officer, {party.agency}),
                 party.unit.empty() ? "" : unit(party.agency, party.unit), agency(party.agency)});
}

std::string two_digits(std::size_t number) {
  std::string text = std::to_string(number);
  return text.size() < 2 ? '0' + text : text;
}

std::string joined(std::initializer_list<std::string> parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text += ", ";
    text += part;
  }
  return text;
}

core::Date local_day(core::Instant at) { return core::local_date(at, core::kVietnamOffsetMinutes); }

std::string day_in_words(core::Date date, const SlipSet& set) {
  const core::YearMonthDay day = core::year_month_day(date);
  return set.word("day") + ' ' + two_digits(static_cast<std::size_t>(day.day)) + ' ' + set.word("month") +
         ' ' + two_digits(static_cast<std::size_t>(day.month)) + ' ' + set.word("year") + ' ' +
         std::to_string(day.year);
}

std::string limit_in_words(const core::Limit& limit, const SlipSet& set) {
  const std::string word = set.word("limit_" + std::string(core::word_of(limit.unit)));
  const bool counted = limit.unit != core::LimitUnit::immediate && limit.unit != core::LimitUnit::unspecified;
  return counted ? two_digits(static_cast<std::size_t>(limit.value)) + ' ' + word : word;
}

std::string sets_of(const core::Dossier& dossier) {
  std::uint32_t most = 1;
  for (const core::PaperRecord& record : dossier.papers) most = std::max(most, record.paper.copies);
  return two_digits(most);
}

std::string paper_name(const core::Procedure* procedure, const core::Code& key) {
  if (procedure != nullptr) {
    for (const core::PaperDefinition& paper : procedure->papers) {
      if (paper.key == key) return paper.name;
    }
  }
  return key.text;
}

}  // namespace motcua::run
