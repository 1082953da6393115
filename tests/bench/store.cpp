// What the SQLite store does alone: appends and random transitions in groups of 64 with the pages that a
// command dirties, single reads, and pages of the lists now and at past instants.
// usage: bench_store [DOSSIERS [FILE]]; the file is kept when named, and used again when it is there.

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "engine/core/decide.h"
#include "engine/store/sqlite_store.h"

namespace motcua::store {
namespace {

using core::ClockAction;
using core::ClockKind;
using core::Code;
using core::Instant;
using Clock = std::chrono::steady_clock;

constexpr Instant kFirst{1'750'000'000'000};
constexpr std::int64_t kYearMs = 365 * core::kDayMs;
constexpr std::size_t kGroup = 64;
constexpr int kAgencies = 100;
constexpr int kProcedures = 60;

std::mt19937_64 random_source(1);
std::uint64_t draw(std::uint64_t below) { return random_source() % below; }
// Of all threads. On a busy machine it says more than the time on the wall.
double cpu_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}
double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

core::Uuid time_uuid(Instant at) {
  core::Uuid id;
  for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(at.ms >> (40 - 8 * i));
  const std::uint64_t noise[2] = {random_source(), random_source()};
  for (std::size_t i = 6; i < 16; ++i) id.bytes[i] = static_cast<std::uint8_t>(noise[i / 8] >> (8 * (i % 8)));
  return id;
}

core::Event event_at(const core::Dossier& dossier, Instant at) {
  core::Event event;
  event.id = time_uuid(at);
  event.dossier = dossier.id;
  event.version = dossier.version + 1;
  event.occurred_at = event.recorded_at = at;
  event.caller = Code("counter-" + std::to_string(draw(30)));
  event.on_behalf_of = Code("officer-" + std::to_string(draw(500)));
  event.cause_id = time_uuid(at);
  event.procedure_version = Code("0a1b2c3d" + std::to_string(1000 + draw(kProcedures)));
  event.rulebook_version = Code("4e5f60718293");
  return event;
}

core::ClockChange start(const core::Dossier& dossier, ClockKind kind, Instant at, std::int64_t due_ms) {
  core::ClockChange change;
  change.kind = kind;
  change.at = at;
  if (const core::LegalClock* last = dossier.clock(kind)) change.term = last->term + 1;
  change.agency = kind == ClockKind::settlement ? dossier.competent_agency : dossier.receiving_agency;
  change.rule = Code("CLOCK_START");
  change.limit = {10, core::LimitUnit::working_day};
  change.due.at = Instant{at.ms + due_ms};
  change.calendar = Code("vn-khanh-hoa");
  change.calendar_version = Code("9f8e7d6c5b4a");
  return change;
}

void end(const core::Dossier& dossier, ClockKind kind, ClockAction action, core::Event& event) {
  const core::LegalClock* clock = dossier.clock(kind);
  if (clock == nullptr || !clock->running()) return;
  core::ClockChange change;
  change.kind = kind;
  change.term = clock->term;
  change.action = action;
  change.at = event.occurred_at;
  event.clocks.push_back(change);
}

Write write_of(std::optional<Stored> before, const core::Dossier& dossier, core::Event event) {
  Write write;
  write.before = std::move(before);
  write.after = core::evolve(dossier, event);
  write.sealed_version = write.after.version;
  Outcome outcome;
  const core::Uuid key[2] = {time_uuid({static_cast<std::int64_t>(random_source())}), time_uuid({0})};
  outcome.key = key[0].bytes;
  outcome.fingerprint = key[1].bytes;
  outcome.answered_at = event.recorded_at;
  outcome.status = 201;
  outcome.dossier = event.dossier;
  outcome.version = event.version;
  write.outcome = outcome;
  write.events.push_back(std::move(event));
  return write;
}

Write submit(Instant at, std::uint64_t number) {
  core::Dossier dossier;
  core::Event event = event_at(dossier, at);
  dossier.id = event.dossier = time_uuid(at);
  core::DossierSubmitted body;
  body.procedure = Code("1." + std::to_string(100'000 + draw(kProcedures)));
  body.layer = Code("L2");
  body.channel = core::Channel::online;
  body.receiving_agency = Code("H32." + std::to_string(draw(kAgencies)));
  body.competent_agency =
      draw(4) == 0 ? Code("H32." + std::to_string(draw(kAgencies))) : body.receiving_agency;
  body.code = Code(body.competent_agency.text + "-260821-" + std::to_string(number));
  for (int n = 0; n < 3; ++n)
    body.papers.push_back({Code("paper_" + std::to_string(n)), core::PaperForm::copy, 1, false});
  for (int n = 0; n < 3; ++n) body.texts.push_back({static_cast<core::TextRecord>(n), 1, event.id.bytes});
  dossier.receiving_agency = body.receiving_agency;
  dossier.competent_agency = body.competent_agency;
  event.clocks.push_back(start(dossier, ClockKind::acceptance, at, core::kDayMs));
  event.body = body;
  Write write = write_of(std::nullopt, core::Dossier(), std::move(event));
  write.sealed = std::string(300, 's');
  for (int n = 0; n < 6; ++n)
    write.search_tokens.push_back(n < 4 ? draw(3'000) * 0x9e3779b97f4a7c15U : random_source());
  return write;
}

Write accept(const Stored& stored, Instant at) {
  core::Event event = event_at(stored.dossier, at);
  end(stored.dossier, ClockKind::acceptance, ClockAction::end, event);
  event.clocks.push_back(start(stored.dossier, ClockKind::settlement, at, 14 * core::kDayMs));
  event.clocks.push_back(start(stored.dossier, ClockKind::appraisal, at, 4 * core::kDayMs));
  event.body = core::DossierAccepted{};
  return write_of(stored, stored.dossier, std::move(event));
}

Write assign(const Stored& stored, Instant at) {
  core::Event event = event_at(stored.dossier, at);
  event.body =
      core::StepAssigned{Code("handle"), stored.dossier.competent_agency, Code("unit"), Code("officer-1")};
  return write_of(stored, stored.dossier, std::move(event));
}

Write request_supplement(const Stored& stored, Instant at) {
  core::Event event = event_at(stored.dossier, at);
  end(stored.dossier, ClockKind::acceptance, ClockAction::end, event);
  end(stored.dossier, ClockKind::appraisal, ClockAction::end, event);
  end(stored.dossier, ClockKind::settlement, ClockAction::pause, event);
  event.clocks.push_back(start(stored.dossier, ClockKind::citizen_wait, at, 15 * core::kDayMs));
  event.body = core::SupplementRequested{};
  Write write = write_of(stored, stored.dossier, std::move(event));
  write.sealed = std::string(200, 's');
  return write;
}

Write settle(const Stored& stored, Instant at) {
  core::Event event = event_at(stored.dossier, at);
  end(stored.dossier, ClockKind::settlement, ClockAction::end, event);
  end(stored.dossier, ClockKind::appraisal, ClockAction::voided, event);
  event.body = core::DossierSettled{};
  return write_of(stored, stored.dossier, std::move(event));
}

std::vector<Stored> load(Store& store, const std::vector<core::Uuid>& ids) {
  std::vector<Wanted> wanted(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) wanted[i].dossier = ids[i];
  std::vector<Stored> found;
  for (Loaded& loaded : store.load(wanted)) found.push_back(std::move(*loaded.dossier));
  return found;
}

void commit(Store& store, const std::vector<Write>& group) {
  const std::vector<Committed> results = store.commit(group);
  store.sync();
  for (const Committed& result : results) {
    if (result.verdict == Verdict::committed) continue;
    std::fprintf(stderr, "a write was not committed\n");
    std::exit(1);
  }
}

// A year of an office: submit, accept within a day, settle within 20 days (the term is 14), in the order of
// time. Three in ten are never settled: those of the last weeks, and old late ones.
void fill(Store& store, std::size_t dossiers) {
  struct Due {
    std::int64_t at;
    int step;
    core::Uuid id;
    bool operator<(const Due& other) const { return at > other.at; }
  };
  std::priority_queue<Due> queue;
  const auto begun = Clock::now();
  std::size_t writes = 0;
  for (std::size_t made = 0; made < dossiers || !queue.empty();) {
    std::vector<Write> group;
    std::vector<Due> steps;
    std::vector<core::Uuid> ids;
    Instant at{kFirst.ms + static_cast<std::int64_t>(made) * (kYearMs / static_cast<std::int64_t>(dossiers))};
    if (made >= dossiers) at.ms = kFirst.ms + kYearMs;
    while (!queue.empty() && queue.top().at <= at.ms && steps.size() < 1'000) {
      steps.push_back(queue.top());
      ids.push_back(queue.top().id);
      queue.pop();
    }
    const std::vector<Stored> stored = load(store, ids);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      group.push_back(steps[i].step == 1 ? accept(stored[i], {steps[i].at})
                                         : settle(stored[i], {steps[i].at}));
      const auto until =
          static_cast<std::int64_t>(core::kDayMs + static_cast<std::int64_t>(draw(19 * core::kDayMs)));
      if (steps[i].step == 1 && draw(10) < 7) queue.push({steps[i].at + until, 2, steps[i].id});
    }
    for (int n = 0; n < 500 && made < dossiers; ++n, ++made) {
      group.push_back(submit({at.ms + n}, made));
      queue.push({at.ms + 1'000 + static_cast<std::int64_t>(draw(core::kDayMs)), 1, group.back().after.id});
    }
    if (made >= dossiers && steps.empty()) break;
    commit(store, group);
    writes += group.size();
  }
  std::printf("fill: %zu dossiers, %zu writes, %.0f/s in large groups\n", dossiers, writes,
              static_cast<double>(writes) / seconds_since(begun));
}

std::vector<core::Uuid> ids_in(Store& store, std::vector<core::DossierState> states, std::size_t most) {
  std::vector<core::Uuid> ids;
  DossierQuery query;
  query.scope = store::Scope::everything();
  query.states = std::move(states);
  query.limit = 1'000;
  const auto reader = store.reader();
  while (ids.size() < most) {
    const auto page = reader->dossiers(query);
    for (const Stored& stored : page) ids.push_back(stored.dossier.id);
    if (page.size() < 1'000) break;
    query.before_key = page.back().key;
  }
  std::shuffle(ids.begin(), ids.end(), random_source);
  return ids;
}

void measure_writes(const char* name, Store& store, std::size_t groups,
                    const std::function<std::vector<Write>()>& make) {
  const std::int64_t wal_before = store.reader()->counts().wal_bytes;
  double making = 0;
  double cpu = 0;
  std::size_t commands = 0;
  std::vector<double> times;
  const auto begun = Clock::now();
  for (std::size_t n = 0; n < groups; ++n) {
    const auto making_since = Clock::now();
    const std::vector<Write> group = make();
    making += seconds_since(making_since);
    if (group.empty()) break;
    const auto since = Clock::now();
    const double cpu_before = cpu_seconds();
    commit(store, group);
    cpu += cpu_seconds() - cpu_before;
    times.push_back(seconds_since(since) * 1e3);
    commands += group.size();
  }
  if (times.empty()) return;
  const double all = seconds_since(begun);
  const double pages = static_cast<double>(store.reader()->counts().wal_bytes - wal_before) / 4120;
  std::sort(times.begin(), times.end());
  std::printf(
      "%-20s %7.0f/s (commit alone %7.0f/s, CPU %5.1f us), %5.2f pages a command, group p50 %.2f ms p99 %.2f "
      "ms\n",
      name, static_cast<double>(commands) / all, static_cast<double>(commands) / (all - making),
      cpu * 1e6 / static_cast<double>(commands), pages / static_cast<double>(commands),
      times[times.size() / 2], times[times.size() * 99 / 100]);
}

void measure_reads(const char* name, int count, const std::function<std::size_t()>& read) {
  std::vector<double> times;
  std::size_t rows = 0;
  for (int n = 0; n < count; ++n) {
    const auto since = Clock::now();
    rows += read();
    times.push_back(seconds_since(since) * 1e6);
  }
  std::sort(times.begin(), times.end());
  std::printf("%-34s p50 %9.1f us  p99 %9.1f us  (%.1f rows)\n", name, times[times.size() / 2],
              times[times.size() * 99 / 100], static_cast<double>(rows) / count);
}

void measure_lists(Reader& reader) {
  const Instant now{kFirst.ms + kYearMs};
  const auto list = [&](ListQuery::List which, bool past, bool agency, bool any_kind) {
    ListQuery query;
    query.scope = store::Scope::everything();
    query.list = which;
    query.at = past ? Instant{kFirst.ms + static_cast<std::int64_t>(draw(kYearMs))} : now;
    query.until = query.at + core::ClockTime{3 * core::kDayMs};
    query.kinds = {ClockKind::settlement};
    if (any_kind)
      query.kinds = {ClockKind::intake_alert, ClockKind::acceptance, ClockKind::appraisal,
                     ClockKind::settlement, ClockKind::citizen_wait};
    if (agency) query.agency = Code("H32." + std::to_string(draw(kAgencies)));
    if (draw(2) == 0) query.after = Mark{kFirst.ms + static_cast<std::int64_t>(draw(kYearMs)), 0, 0};
    query.limit = 200;
    return reader.list(query).size();
  };
  using enum ListQuery::List;
  measure_reads("late now, 200", 500, [&] { return list(late, false, false, false); });
  measure_reads("late now, any clock", 500, [&] { return list(late, false, false, true); });
  measure_reads("late now, an agency", 500, [&] { return list(late, false, true, false); });
  measure_reads("late at a past instant", 500, [&] { return list(late, true, false, false); });
  measure_reads("late in the past, any clock", 500, [&] { return list(late, true, false, true); });
  measure_reads("late in the past, an agency", 500, [&] { return list(late, true, true, false); });
  measure_reads("due soon now", 500, [&] { return list(due_soon, false, false, false); });
  measure_reads("due soon at a past instant", 500, [&] { return list(due_soon, true, false, false); });
}

// Each kind of write on a store opened anew: the WAL is empty then, and what it grows by are the pages.
void measure_all_writes(const SqliteOptions& options, std::size_t dossiers) {
  SqliteOptions counting = options;
  counting.checkpoint_bytes = counting.wal_bytes_max = std::int64_t{1} << 40;
  const Instant now{kFirst.ms + kYearMs + core::kDayMs};
  std::uint64_t number = 10'000'000 + draw(1'000'000'000);
  measure_writes("submit", *open_sqlite(counting), 80, [&] {
    std::vector<Write> group;
    for (std::size_t n = 0; n < kGroup; ++n)
      group.push_back(submit({now.ms + static_cast<std::int64_t>(n)}, number++));
    return group;
  });
  const auto transitions = [&](const char* name, core::DossierState state,
                               Write (*make)(const Stored&, Instant)) {
    const auto store = open_sqlite(counting);
    std::vector<core::Uuid> open = ids_in(*store, {state}, dossiers);
    std::printf("of %zu: ", open.size());
    measure_writes(name, *store, 80, [&] {
      std::vector<Write> group;
      std::vector<core::Uuid> ids;
      while (ids.size() < kGroup && !open.empty()) {
        ids.push_back(open.back());
        open.pop_back();
      }
      for (const Stored& stored : load(*store, ids)) group.push_back(make(stored, now));
      return group;
    });
  };
  transitions("accept", core::DossierState::submitted, accept);
  transitions("assign", core::DossierState::accepted, assign);
  transitions("request supplement", core::DossierState::accepted, request_supplement);
  transitions("settle", core::DossierState::accepted, settle);
}

void measure_all_reads(Store& store, std::size_t dossiers) {
  const auto reader = store.reader();
  const std::vector<core::Uuid> some =
      ids_in(store, {core::DossierState::settled, core::DossierState::accepted}, dossiers);
  std::vector<Code> codes;
  for (std::size_t n = 0; n < 20'000; ++n)
    codes.push_back(reader->find(store::Scope::everything(), some[n % some.size()])->dossier.code);
  std::size_t next = 0;
  measure_reads("find by id", 200'000, [&] {
    return reader->find(store::Scope::everything(), some[next++ % some.size()]) ? 1U : 0U;
  });
  measure_reads("find by code", 100'000, [&] {
    return reader->find(store::Scope::everything(), codes[next++ % codes.size()]) ? 1U : 0U;
  });
  measure_reads("history", 20'000, [&] {
    return reader->history(store::Scope::everything(), some[next++ % some.size()], 0, 100).size();
  });
  measure_lists(*reader);
  const auto search = [&](DossierQuery query) {
    query.scope = store::Scope::everything();
    query.limit = 50;
    return reader->dossiers(query).size();
  };
  measure_reads("dossiers of an agency", 500, [&] {
    DossierQuery query;
    query.agency = Code("H32." + std::to_string(draw(kAgencies)));
    return search(query);
  });
  measure_reads("dossiers withdrawn (none)", 100, [&] {
    DossierQuery query;
    query.states = {core::DossierState::withdrawn};
    return search(query);
  });
  measure_reads("two words", 200, [&] {
    DossierQuery query;
    query.tokens = {draw(3'000) * 0x9e3779b97f4a7c15U, draw(3'000) * 0x9e3779b97f4a7c15U};
    return search(query);
  });
  measure_reads("counts", 5, [&] { return static_cast<std::size_t>(reader->counts().dossiers > 0); });
}

void print_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon") || line.starts_with("RssFile")) std::printf("%s\n", line.c_str());
  }
}

}  // namespace
}  // namespace motcua::store

int main(int count, char** arguments) {
  using namespace motcua::store;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const std::size_t dossiers = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 200'000;
  SqliteOptions options;
  options.path =
      count > 2 ? arguments[2] : (std::filesystem::temp_directory_path() / "motcua-bench-store.db").string();
  if (count <= 2) std::filesystem::remove(options.path);
  if (!std::filesystem::exists(options.path)) fill(*open_sqlite(options), dossiers);
  std::printf("file: %.2f GB\n", static_cast<double>(std::filesystem::file_size(options.path)) / 1e9);
  const auto since = Clock::now();
  auto store = open_sqlite(options);
  std::printf("open: %.3f s\n", seconds_since(since));
  store.reset();
  measure_all_writes(options, dossiers);
  store = open_sqlite(options);
  measure_all_reads(*store, dossiers);
  print_memory();
  if (count <= 2) std::filesystem::remove(options.path);
  return 0;
}
