#include "tests/conformance/histories.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace motcua::test {

using core::ClockAction;
using core::ClockKind;
using core::Code;
using core::Dossier;
using core::DossierState;
using core::Event;

core::Uuid uuid_of(std::uint64_t high, std::uint64_t low) {
  core::Uuid id;
  for (std::size_t i = 0; i < 8; ++i) {
    id.bytes[7 - i] = static_cast<std::uint8_t>(high >> (8 * i));
    id.bytes[15 - i] = static_cast<std::uint8_t>(low >> (8 * i));
  }
  return id;
}

bool takes_part(const Story& story, const Code& agency) {
  const Dossier& dossier = story.dossier;
  if (agency.empty() || dossier.receiving_agency == agency || dossier.competent_agency == agency) return true;
  return std::any_of(story.events.begin(), story.events.end(), [&](const core::Event& event) {
    const auto* assigned = std::get_if<core::StepAssigned>(&event.body);
    return assigned != nullptr && assigned->agency == agency;
  });
}

bool shown_by(const store::Scope& scope, const Story& story) {
  bool shown = false;
  for (const store::Scope::Part& part : scope.parts) {
    bool agency = part.agencies.empty();
    for (const Code& one : part.agencies) agency = agency || takes_part(story, one);
    bool procedure = part.procedures.empty();
    for (const Code& one : part.procedures) procedure = procedure || story.dossier.procedure == one;
    shown = shown || (agency && procedure);
  }
  return shown;
}

Histories::Histories(std::uint64_t seed)
    : agencies{Code("H32.1"), Code("H32.2"), Code("H32.3"), Code("H32.4"), Code("H32.5")},
      procedures{Code("1.001193"), Code("2.000635"), Code("1.004227")},
      random_(seed) {}

std::uint64_t Histories::random(std::uint64_t below) { return random_() % below; }
const Story& Histories::story_of(std::int64_t key) const {
  return *std::find_if(stories.begin(), stories.end(), [&](const Story& story) { return story.key == key; });
}
Code Histories::agency() { return agencies[random(agencies.size())]; }
Code Histories::procedure() { return procedures[random(procedures.size())]; }

store::Scope Histories::scope() {
  const auto some = [this](const std::vector<Code>& all) {
    std::vector<Code> chosen;
    for (const Code& one : all) {
      if (chance(50)) chosen.push_back(one);
    }
    std::sort(chosen.begin(), chosen.end());
    return chosen;
  };
  if (chance(40)) return store::Scope::everything();
  if (chance(30)) return store::Scope::of_agency(agency());
  store::Scope made;
  for (std::uint64_t left = random(3); left > 0; --left) {
    store::Scope::Part part;
    if (chance(80)) part.agencies = some(agencies);
    if (chance(50)) part.procedures = some(procedures);
    made.parts.push_back(part);
  }
  return made;
}

Event Histories::event_of(const Dossier& dossier) {
  now = now + core::ClockTime{1 + static_cast<std::int64_t>(random(static_cast<std::uint64_t>(pace_ms)))};
  Event event;
  event.id = uuid_of(static_cast<std::uint64_t>(now.ms) << 16 | 0x7000, ++ids_);
  event.dossier = dossier.id;
  event.version = dossier.version + 1;
  event.recorded_at = now;
  event.occurred_at = now;
  event.caller = Code("counter-1");
  if (chance(50)) event.on_behalf_of = Code("officer." + std::to_string(random(9)));
  event.cause_id = uuid_of(7, ids_);
  event.procedure_version = Code("p" + std::to_string(random(2)));
  event.rulebook_version = Code("r1");
  return event;
}

core::ClockChange Histories::start(const Dossier& dossier, ClockKind kind) {
  core::ClockChange change;
  change.kind = kind;
  change.at = now;
  if (const core::LegalClock* last = dossier.clock(kind)) change.term = last->term + 1;
  const bool by_competent = kind == ClockKind::settlement || kind == ClockKind::appraisal;
  change.agency = by_competent ? dossier.competent_agency : dossier.receiving_agency;
  change.rule = Code("RULE");
  change.limit = {static_cast<std::int64_t>(1 + random(20)), core::LimitUnit::working_day};
  change.calendar = Code("vn");
  change.calendar_version = Code("c1");
  const std::uint64_t fate = random(10);
  const core::LegalClock* before = dossier.clock(kind);
  const bool as_before = terms_alike && before != nullptr;
  const bool untimed = as_before ? before->due.pending == core::DuePending::untimed : fate == 0;
  if (untimed && kind == ClockKind::settlement) {
    change.due.pending = core::DuePending::untimed;
  } else if (fate == 1) {
    change.due.pending = core::DuePending::calendar_horizon;
  } else {
    // Whole hours, so that many dossiers share a due instant.
    const auto hours = static_cast<std::int64_t>(1 + random(kind == ClockKind::acceptance ? 30 : 900));
    change.due.at = core::Instant{(now.ms / core::kHourMs + hours) * core::kHourMs};
    change.due.provisional = fate == 2;
  }
  return change;
}

void Histories::end(const Dossier& dossier, ClockKind kind, ClockAction action, Event& event) {
  const core::LegalClock* clock = dossier.clock(kind);
  if (clock == nullptr) return;
  const bool was_paused = clock->course == core::LegalClock::Course::paused;
  if (!clock->running() && !(was_paused && action == ClockAction::voided)) return;
  core::ClockChange change;
  change.kind = kind;
  change.term = clock->term;
  change.action = action;
  change.at = event.occurred_at;
  event.clocks.push_back(change);
}

// Of what a stop did.
void Histories::take_back(const Dossier& dossier, ClockKind kind, ClockAction action, Event& event) {
  const core::LegalClock* clock = dossier.clock(kind);
  const auto done =
      action == ClockAction::reopen ? core::LegalClock::Course::ended : core::LegalClock::Course::voided;
  if (clock == nullptr || clock->course != done) return;
  core::ClockChange change;
  change.kind = kind;
  change.term = clock->term;
  change.action = action;
  change.at = event.occurred_at;
  event.clocks.push_back(change);
}

store::Write Histories::write_of(std::optional<std::size_t> story, const Dossier& before, Event event) {
  store::Write write;
  if (story) write.before = store::Stored{stories[*story].key, before, {}};
  write.after = core::evolve(before, event);
  write.events.push_back(std::move(event));
  write.sealed_version = write.after.version;
  if (chance(40)) write.sealed = "sealed " + std::to_string(ids_);
  return write;
}

store::Write Histories::submit() {
  Dossier dossier;
  Event event = event_of(dossier);
  dossier.id = event.dossier = uuid_of(static_cast<std::uint64_t>(now.ms) << 16 | 0x7001, ids_);
  core::DossierSubmitted body;
  body.procedure = procedure();
  body.layer = Code("L2");
  body.receiving_agency = agency();
  body.competent_agency = chance(60) ? body.receiving_agency : agency();
  body.channel = static_cast<core::Channel>(random(3));
  if (chance(30)) body.code = Code(body.competent_agency.text + "-260821-" + std::to_string(10'000 + ids_));
  if (chance(30)) {
    body.source = Code("portal");
    body.external_ref = Code("ref-" + std::to_string(ids_));
  }
  dossier.receiving_agency = body.receiving_agency;
  dossier.competent_agency = body.competent_agency;
  event.clocks.push_back(start(dossier, ClockKind::acceptance));
  if (chance(50)) event.clocks.push_back(start(dossier, ClockKind::intake_alert));
  event.body = body;
  Dossier none;
  store::Write write = write_of(std::nullopt, none, std::move(event));
  for (std::uint64_t n = random(5); n > 0; --n)
    write.search_tokens.push_back(0xabcd'ef00'0000'0000U + random(20));
  return write;
}

// One step of a life; what may come depends on the state alone.
void Histories::live(const Dossier& dossier, Event& event) {
  const auto end_all = [&](ClockAction action) {
    for (const ClockKind kind : {ClockKind::intake_alert, ClockKind::acceptance, ClockKind::appraisal,
                                 ClockKind::settlement, ClockKind::citizen_wait}) {
      end(dossier, kind, action, event);
    }
  };
  if (dossier.accepted_at && chance(10)) {
    chance(50) ? event.body = core::LatenessExplained{} : event.body = core::ApologySent{};
    return;
  }
  if (!dossier.is_open()) {
    if (dossier.state == DossierState::settled) {
      event.body = core::ResultReturned{};
    } else if (dossier.counterable_stop && chance(70)) {
      take_back(dossier, ClockKind::citizen_wait, ClockAction::reopen, event);
      take_back(dossier, ClockKind::settlement, ClockAction::repause, event);
      event.body = core::DossierStopCountered{*dossier.counterable_stop, DossierState::awaiting_supplement};
    } else {
      event.body = core::DossierAdjusted{};
    }
    return;
  }
  const std::uint64_t fate = random(100);
  if (fate < 5) {
    end_all(ClockAction::voided);
    event.body = core::DossierWithdrawn{};
  } else if (dossier.state == DossierState::awaiting_supplement && fate < 30) {
    end(dossier, ClockKind::citizen_wait, ClockAction::end, event);
    end(dossier, ClockKind::intake_alert, ClockAction::end, event);
    end(dossier, ClockKind::settlement, ClockAction::voided, event);
    event.cause = core::CauseKind::clock;
    event.body = core::DossierStopped{};
  } else if (dossier.state == DossierState::awaiting_supplement) {
    end(dossier, ClockKind::citizen_wait, ClockAction::end, event);
    core::SupplementAccepted body;
    body.state = dossier.rounds.back().asked_in;
    event.clocks.push_back(
        start(dossier, dossier.accepted_at ? ClockKind::settlement : ClockKind::acceptance));
    event.body = body;
  } else if (fate < 25) {
    end(dossier, ClockKind::acceptance, ClockAction::end, event);
    end(dossier, ClockKind::appraisal, ClockAction::end, event);
    end(dossier, ClockKind::settlement, ClockAction::pause, event);
    event.clocks.push_back(start(dossier, ClockKind::citizen_wait));
    event.body = core::SupplementRequested{};
  } else if (!dossier.accepted_at) {
    end(dossier, ClockKind::acceptance, ClockAction::end, event);
    end(dossier, ClockKind::intake_alert, ClockAction::end, event);
    core::DossierAccepted body;
    if (dossier.code.empty())
      body.code = Code(dossier.competent_agency.text + "-260822-" + std::to_string(ids_));
    event.clocks.push_back(start(dossier, ClockKind::settlement));
    event.clocks.push_back(start(dossier, ClockKind::appraisal));
    event.body = body;
  } else if (fate < 45) {
    for (const core::LegalClock& clock : dossier.clocks) {
      if (!clock.running()) continue;
      core::ClockChange change = start(dossier, clock.kind);
      change.term = clock.term;
      change.action = ClockAction::derive;
      if (clock.due.pending == core::DuePending::untimed) change.due = clock.due;
      event.clocks.push_back(change);
    }
    event.body = core::ClocksDerived{};
  } else if (fate < 70) {
    end(dossier, ClockKind::settlement, ClockAction::end, event);
    end(dossier, ClockKind::appraisal, ClockAction::voided, event);
    event.body = core::DossierSettled{};
  } else {
    core::StepAssigned body;
    body.step = Code("handle");
    body.agency = agency();
    body.officer = Code("officer." + std::to_string(random(5)));
    event.body = body;
  }
}

store::Write Histories::go_on(std::size_t story) {
  const Dossier& before = stories[story].dossier;
  Event event = event_of(before);
  live(before, event);
  return write_of(story, before, std::move(event));
}

store::Write Histories::next() {
  if (stories.size() < 3 || chance(25)) return submit();
  return go_on(random(stories.size()));
}

void Histories::took(const store::Write& write, const store::Committed& result) {
  if (result.verdict != store::Verdict::committed || write.events.empty()) return;
  auto story = stories.begin();
  while (story != stories.end() && story->dossier.id != write.after.id) ++story;
  if (story == stories.end()) story = stories.insert(story, Story{});
  story->dossier = write.after;
  story->key = result.key;
  story->events.insert(story->events.end(), write.events.begin(), write.events.end());
  story->tokens.insert(story->tokens.end(), write.search_tokens.begin(), write.search_tokens.end());
}

void fill(store::Store& store, Histories& histories, int count) {
  while (count > 0) {
    std::vector<store::Write> group;
    std::set<core::Uuid> in_group;
    for (std::uint64_t n = 1 + histories.random(40); n > 0 && count > 0; --n, --count) {
      store::Write write = histories.next();
      if (in_group.insert(write.after.id).second) group.push_back(std::move(write));
    }
    const auto results = store.commit(group);
    for (std::size_t i = 0; i < group.size(); ++i) {
      ASSERT_EQ(results[i].verdict, store::Verdict::committed);
      histories.took(group[i], results[i]);
    }
  }
}

}  // namespace motcua::test
