#pragma once

#include <fstream>

#include "tests/bench/past_acts.h"

// The files beside the database from which the load is drawn.
namespace motcua::bench {

inline constexpr std::size_t kIdsShown = 200'000;
inline constexpr int kBodies = 4'000;

// Id, version, state, and the commands that will be legal one after the other.
inline std::string open_line(const Life& life, Acts& acts, Instant now) {
  const core::Dossier& dossier = life.stored.dossier;
  std::string line = core::to_string(dossier.id) + '\t' + std::to_string(dossier.version) + '\t';
  line += core::word_of(dossier.state);
  const auto add = [&](std::string_view word, std::string_view body) {
    line.append("\t").append(word).append("\t").append(body);
  };
  for (const core::Suspension& one : dossier.suspensions) {
    if (!one.resumed_at) add("resume", R"({"ground":")" + one.ground.text + R"("})");
  }
  if (dossier.state == core::DossierState::awaiting_supplement) {
    if (!dossier.rounds.back().supplied_at) add("supplement", "{}");
    add("accept-supplement", "{}");
  }
  const bool accepted = dossier.accepted_at.has_value();
  if (!accepted) add("accept", "{}");
  if (lies_elsewhere(dossier)) add("receive-forwarded", "{}");
  const core::StepDefinition* step =
      accepted ? life.procedure->step(dossier.step) : &life.procedure->steps.front();
  if (accepted) {
    const core::AssignStep to = acts.assign(dossier, now);
    add("assign", R"({"agency":")" + to.agency.text + R"(","officer":")" + to.officer.text + R"("})");
  }
  // Where edges decide, the way is not known beforehand: such a dossier is settled from the step it is in.
  for (; step != nullptr && step->next.empty() && life.procedure->step_after(step->key) != nullptr;
       step = life.procedure->step_after(step->key)) {
    add("complete-step", R"({"step":")" + step->key.text + R"("})");
  }
  add("settle", R"({"outcome":"granted","result_form":"electronic"})");
  add("return-result", "{}");
  return line;
}

template <class List>
void shuffle(List& list, Dice& dice) {
  for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[dice.below(i)]);
}

inline void write_lists(const std::filesystem::path& folder, std::vector<core::Uuid>& dossiers,
                        std::vector<std::string>& open_lines, Filings& filings, Instant now, Dice& dice) {
  shuffle(dossiers, dice);
  shuffle(open_lines, dice);
  std::ofstream ids(folder / "ids.txt");
  for (std::size_t i = 0; i < std::min(kIdsShown, dossiers.size()); ++i)
    ids << core::to_string(dossiers[i]) << '\n';
  std::ofstream open(folder / "open.tsv");
  for (const std::string& line : open_lines) open << line << '\n';
  std::ofstream bodies(folder / "submit.jsonl");
  const core::Date today = core::local_date(now, core::kVietnamOffsetMinutes);
  for (int i = 0; i < kBodies; ++i) bodies << filings.next(today, true).body << '\n';
}

}  // namespace motcua::bench
