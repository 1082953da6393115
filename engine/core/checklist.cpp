#include "engine/core/checklist.h"

#include <algorithm>

namespace motcua::core {
namespace {

const PaperHanded* last_of(const Dossier& dossier, const Code& key) {
  const auto found = std::find_if(dossier.papers.rbegin(), dossier.papers.rend(),
                                  [&](const PaperRecord& record) { return record.paper.key == key; });
  return found == dossier.papers.rend() ? nullptr : &found->paper;
}

// Whether it ever came in a form that the procedure takes. What an old system had taken stays taken.
bool was_taken(const Dossier& dossier, const PaperDefinition& paper) {
  return std::any_of(dossier.papers.begin(), dossier.papers.end(), [&](const PaperRecord& record) {
    const bool taken_over = dossier.imported_at && record.version == 1;
    return record.paper.key == paper.key && (taken_over || paper.takes(record.paper.form));
  });
}

}  // namespace

std::optional<Date> digitising_since(const DigitisingDates& dates, AgencyLevel level, bool essential) {
  const auto earlier = [&](Date day) {
    return essential && dates.essential_services ? std::min(day, *dates.essential_services) : day;
  };
  switch (level) {
    case AgencyLevel::province:
      return dates.province;
    case AgencyLevel::district:
      return earlier(dates.district);
    case AgencyLevel::commune:
      return earlier(dates.commune);
    case AgencyLevel::ministry:
    case AgencyLevel::other:
      return std::nullopt;
  }
  return std::nullopt;
}

std::vector<ChecklistItem> checklist_of(const Dossier& dossier, const Procedure& procedure) {
  std::vector<ChecklistItem> items;
  for (const PaperDefinition& paper : procedure.papers) {
    if (!paper.belongs_to(dossier.variant)) continue;
    const PaperHanded* received = last_of(dossier, paper.key);
    items.push_back({&paper, received, received != nullptr && !was_taken(dossier, paper)});
  }
  return items;
}

bool is_digital(const PaperHanded& paper) {
  return paper.digitised || paper.form == PaperForm::electronic || paper.form == PaperForm::reused;
}

Digitisation digitisation_of(const Dossier& dossier, const Rules& rules, AgencyLevel level, bool essential) {
  Digitisation found;
  if (rules.digitising) found.since = digitising_since(*rules.digitising, level, essential);
  found.required = found.since && *found.since <= local_date(dossier.received_at, kVietnamOffsetMinutes);
  for (const PaperRecord& record : dossier.papers) {
    // The last one of a key stands for all of it.
    if (last_of(dossier, record.paper.key) != &record.paper) continue;
    ++found.papers;
    found.digitised += is_digital(record.paper) ? 1 : 0;
  }
  return found;
}

}  // namespace motcua::core
