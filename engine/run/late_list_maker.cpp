#include "engine/run/late_list_maker.h"

#include <algorithm>
#include <unordered_set>

#include "engine/core/acceptance_rate.h"
#include "engine/store/digest.h"

namespace motcua::run {
namespace {

core::Instant twelve_months_from(const LateListQuestion& question) {
  const core::Instant from = core::month_period(question.month, core::kVietnamOffsetMinutes)->from;
  const core::Date first = core::local_date(from, core::kVietnamOffsetMinutes);
  return core::midnight(core::add_months(first, -11), core::kVietnamOffsetMinutes);
}

}  // namespace

core::Limit explanation_limit(const Definitions& definitions, const core::Dossier& dossier) {
  const core::Rulebook* rulebook = definitions.rulebook_version(dossier.rulebook_version);
  const core::Rules* rules =
      rulebook == nullptr ? nullptr
                          : rulebook->at(core::local_date(dossier.received_at, core::kVietnamOffsetMinutes));
  return rules == nullptr ? core::Rules{}.explanation : rules->explanation;
}

std::string public_person(const Keyring& keyring, const core::Code& officer) {
  return store::hex(keyring.public_mac("person", officer.text)).substr(0, 12);
}

std::string public_code(const Keyring& keyring, const LateListQuestion& question, const core::Uuid& dossier) {
  return store::hex(
      keyring.public_mac("list_key", question.month, question.scope.text, core::to_string(dossier)));
}

std::string late_document(const std::vector<std::string>& sections, const std::string& head) {
  std::string document = R"({"agencies":[)";
  for (const std::string& section : sections) {
    if (&section != &sections.front()) document += ',';
    document += section;
  }
  return document + R"(],"head":)" + head + '}';
}

core::LateNames LateListMaker::names(const LateListQuestion& question) const {
  const Definitions& definitions = *definitions_;
  core::LateNames names;
  names.agency = [&](const core::Code& code) { return definitions.agency(code); };
  names.procedure = [&](const core::Code& code) {
    const core::Date last = core::local_date(question.cutoff.recorded_at, core::kVietnamOffsetMinutes);
    const core::Procedure* procedure = definitions.procedure(code, last);
    return procedure == nullptr ? std::string() : procedure->name;
  };
  names.calendar = [&](const core::Code& code) {
    const core::Agency* agency = definitions.agency(code);
    return agency == nullptr ? nullptr : definitions.calendar(agency->calendar).get();
  };
  names.explanation = [&](const core::Dossier& dossier) { return explanation_limit(definitions, dossier); };
  names.person = [this](const core::Code& officer) { return public_person(keyring_, officer); };
  names.masked_code = [this, &question](const core::Dossier& dossier) {
    return public_code(keyring_, question, dossier.id);
  };
  return names;
}

void LateListMaker::add_head(const LateListQuestion& question, core::LateList& list) const {
  core::LateHead& head = list.head;
  head.corrects = question.corrects;
  head.cutoff_position = question.cutoff.position;
  head.cutoff_recorded_at = question.cutoff.recorded_at;
  for (const core::Calendar* calendar : definitions_->calendars()) {
    head.definitions.push_back({core::Code("calendar/" + calendar->id()), core::Code(calendar->version())});
  }
  head.definitions.push_back({core::Code("rulebook"), definitions_->rulebook().version});
  head.individuals_basis = settings_.individuals_basis;
  head.month = question.month;
  head.number = question.number;
  head.scope = question.scope;
  head.scope_name = definitions_->agency(question.scope)->name;
}

core::LateList LateListMaker::make(const LateListQuestion& question, From from) {
  core::LateListOptions options;
  options.period = *core::month_period(question.month, core::kVietnamOffsetMinutes);
  options.agencies = definitions_->below(question.scope);
  options.codes_masked = settings_.codes_masked;
  options.individuals = settings_.individuals;
  core::LateListBuilder builder(options, names(question));
  Population population(store_, options.period.from - core::kAcceptanceReach, options.period.to,
                        question.cutoff, breathe_);
  std::vector<std::int64_t> to_open;
  // Of a replay: those that ended late, known by their events and not by a row that may be lost.
  std::unordered_set<std::int64_t> ended_late;
  const auto count_end = [&](std::int64_t key, const core::Tally& tally) {
    if (!tally.ended_at || !tally.missed_since || !ended_late.insert(key).second) return;
    builder.count_lateness(tally.competent_agency, tally.unit, *tally.missed_since);
  };
  const Population::Take take = [&](std::int64_t key, const core::Tally& tally,
                                    const core::Dossier* dossier) {
    if (from == From::events) count_end(key, tally);
    if (!builder.count(tally)) return;
    if (dossier != nullptr) {
      builder.add_late(*dossier);
    } else {
      to_open.push_back(key);
    }
  };
  if (from == From::rows) {
    population.of_rows(take);
    std::sort(to_open.begin(), to_open.end());
    population.dossiers(to_open,
                        [&](std::int64_t, const core::Dossier& dossier) { builder.add_late(dossier); });
  } else {
    population.of_events(take);
  }
  std::vector<std::int64_t> to_replay;
  population.late_ends(twelve_months_from(question), [&](const store::LateEnd& end) {
    if (from == From::rows) {
      builder.count_lateness(end.competent_agency, end.unit, end.missed_since);
    } else if (!ended_late.contains(end.key)) {
      to_replay.push_back(end.key);
    }
  });
  population.replayed(std::move(to_replay), [&](std::int64_t key, const core::Dossier& dossier) {
    count_end(key, core::tally_of(dossier, options.period.to));
  });
  core::LateList list = builder.finish();
  add_head(question, list);
  return list;
}

std::vector<std::int64_t> LateListMaker::basis(const LateListQuestion& question) {
  const core::Period period = *core::month_period(question.month, core::kVietnamOffsetMinutes);
  const std::vector<core::Code> below = definitions_->below(question.scope);
  const auto concerns = [&](const core::Code& agency) {
    return std::find(below.begin(), below.end(), agency) != below.end();
  };
  Population population(store_, period.from - core::kAcceptanceReach, period.to, question.cutoff, breathe_);
  std::vector<std::int64_t> keys;
  population.of_rows([&](std::int64_t key, const core::Tally& tally, const core::Dossier*) {
    if (concerns(tally.competent_agency) || concerns(tally.receiving_agency)) keys.push_back(key);
  });
  population.late_ends(twelve_months_from(question), [&](const store::LateEnd& end) {
    if (concerns(end.competent_agency)) keys.push_back(end.key);
  });
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

std::vector<std::string> LateListMaker::unsound_months(const LateListQuestion& question) {
  const core::Period period = *core::month_period(question.month, core::kVietnamOffsetMinutes);
  return Population(store_, period.from, period.to, question.cutoff, breathe_)
      .unsound_late_months(twelve_months_from(question));
}

}  // namespace motcua::run
