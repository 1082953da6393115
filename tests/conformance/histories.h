#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "engine/store/store.h"

namespace motcua::test {

core::Uuid uuid_of(std::uint64_t high, std::uint64_t low);

// Where a random dossier stands, as the writer of its next event must know it.
struct Story {
  core::Dossier dossier;
  std::vector<core::Event> events;
  std::vector<std::uint64_t> tokens;
  std::int64_t key = 0;  // once it was committed
};

// Whoever has had the dossier sees it from then on. True for an agency that is not named.
bool takes_part(const Story& story, const core::Code& agency);
bool shown_by(const store::Scope& scope, const Story& story);

// Random but consistent lives of dossiers: every clock kind, restarts, late and early ends, dates that are
// pending, provisional or never, offices that differ. Time goes on with each event; a seed repeats
// everything.
class Histories {
 public:
  explicit Histories(std::uint64_t seed);

  // The write of one more event: of a new dossier, or of a random one that goes on.
  store::Write next();
  store::Write submit();
  // Requires a story; one that is over gets an event without clocks.
  store::Write go_on(std::size_t story);
  // To be called with the result of each write, in order.
  void took(const store::Write& write, const store::Committed& result);

  const Story& story_of(std::int64_t key) const;

  std::vector<Story> stories;
  core::Instant now{1'785'000'000'000};  // July 2026
  // The longest time between two events; a story lasts for months.
  std::int64_t pace_ms = 6 * core::kHourMs;
  // As in life, where the procedure says whether there is a limit: every term of a dossier has one, or none.
  bool terms_alike = false;

  std::uint64_t random(std::uint64_t below);
  bool chance(unsigned percent) { return random(100) < percent; }
  core::Code agency();
  core::Code procedure();
  // Every dossier, those of one agency, of some, of some procedures, of two such parts, or none.
  store::Scope scope();
  const std::vector<core::Code> agencies;
  const std::vector<core::Code> procedures;

 private:
  core::Event event_of(const core::Dossier& dossier);
  store::Write write_of(std::optional<std::size_t> story, const core::Dossier& before, core::Event event);
  core::ClockChange start(const core::Dossier& dossier, core::ClockKind kind);
  void end(const core::Dossier& dossier, core::ClockKind kind, core::ClockAction action, core::Event& event);
  void take_back(const core::Dossier& dossier, core::ClockKind kind, core::ClockAction action,
                 core::Event& event);
  void live(const core::Dossier& dossier, core::Event& event);

  std::mt19937_64 random_;
  std::uint64_t ids_ = 0;
};

// Commits `count` writes in groups of random sizes.
void fill(store::Store& store, Histories& histories, int count);

}  // namespace motcua::test
