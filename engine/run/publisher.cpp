#include "engine/run/publisher.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "engine/core/canonical_json.h"
#include "engine/run/ed25519.h"
#include "engine/store/digest.h"

namespace motcua::run {
namespace {

using store::Publication;
using store::PublicationState;

constexpr std::size_t kBatchBytes = 512 * 1024;
const core::Code kSystem("system");
constexpr int kNiceness = 10;  // commands go first

// The process ends.
struct Stopped {};

struct Canonical {
  std::vector<core::Code> agencies;
  std::vector<std::string> sections;
  std::string head;
  std::string sha256;
};

Canonical canonical_of(const core::LateList& list) {
  Canonical made;
  for (const core::LateAgency& agency : list.agencies) {
    made.agencies.push_back(agency.agency);
    made.sections.push_back(core::canonical_json(agency, core::kVietnamOffsetMinutes));
  }
  made.head = core::canonical_json(list.head, core::kVietnamOffsetMinutes);
  made.sha256 = store::sha256_hex(late_document(made.sections, made.head));
  return made;
}

}  // namespace

std::string signed_text(std::string_view method, std::string_view sha256) {
  return "motcua " + std::string(method) + " sha256 " + std::string(sha256);
}

std::optional<core::Instant> default_cutoff(const Definitions& definitions, const core::Code& scope,
                                            std::string_view month, int working_days, core::Instant now) {
  const auto period = core::month_period(month, core::kVietnamOffsetMinutes);
  if (!period) return std::nullopt;
  return cutoff_after(definitions, scope, period->to, working_days, now);
}

std::optional<core::Instant> cutoff_after(const Definitions& definitions, const core::Code& scope,
                                          core::Instant period_end, int working_days, core::Instant now) {
  const core::Agency* agency = definitions.agency(scope);
  const auto calendar = agency == nullptr ? nullptr : definitions.calendar(agency->calendar);
  if (calendar == nullptr) return std::nullopt;
  const core::Date last_day = core::local_date(period_end, core::kVietnamOffsetMinutes) - 1;
  const auto day = calendar->working_day_after(last_day, working_days);
  if (!day) return std::nullopt;
  return std::min(now, calendar->close_of(*day));
}

Publisher::Publisher(Engine& engine, store::Store& store, Clock& clock, Random& random,
                     const Keyring& keyring, PublisherOptions options, RenderList render,
                     std::function<void(std::string_view event, const std::string& cause)> on_trouble)
    : engine_(engine),
      store_(store),
      clock_(clock),
      random_(random),
      keyring_(keyring),
      options_(std::move(options)),
      render_(std::move(render)),
      on_trouble_(std::move(on_trouble)),
      thread_([this] { loop(); }) {}

Publisher::~Publisher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  thread_.join();
}

void Publisher::wake() {
  const std::lock_guard lock(mutex_);
  awake_ = true;
  wake_.notify_one();
}

bool Publisher::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Publisher::end_when_stopping() {
  if (stopping()) throw Stopped();
}

void Publisher::loop() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNiceness);  // of this thread alone
  while (!stopping()) {
    bool more = false;
    try {
      more = keep_schedule() | work();
    } catch (const Stopped&) {
      return;  // begun anew at the next start
    } catch (const std::exception& error) {
      on_trouble_("publication_failed", error.what());
    }
    std::unique_lock lock(mutex_);
    if (!more && !awake_) wake_.wait_for(lock, options_.poll, [this] { return stopping_ || awake_; });
    awake_ = false;
  }
}

// One list. True when there was one.
bool Publisher::work() {
  for (const PublicationState state : {PublicationState::drafting, PublicationState::publishing}) {
    store::PublicationQuery query;
    query.state = state;
    query.limit = 1;
    auto found = store_.publications().page(query);
    if (found.empty()) continue;
    if (state == PublicationState::drafting) {
      draft(std::move(found.front()));
    } else {
      publish(std::move(found.front()));
    }
    return true;
  }
  return false;
}

bool Publisher::put(const std::vector<store::PublicationWrite>& writes) {
  store::Verdict verdict = store::Verdict::version_conflict;
  const bool done = engine_.write_aside(
      [&](store::Store& store) { verdict = store.publications().write(writes, nullptr); });
  return done && verdict == store::Verdict::committed;
}

// The list is worked on again after a rest: a disk that is full is told of, and not asked without end.
void Publisher::put_or_throw(const std::vector<store::PublicationWrite>& writes) {
  if (!put(writes)) throw store::StoreError("what was made of a list was not taken");
}

void Publisher::give_back(Publication publication, PublicationState to, const std::string& trouble) {
  const PublicationState from = publication.state;
  publication.state = to;
  publication.state_at = clock_.now();
  publication.trouble = trouble;
  put({store::SetPublication{std::move(publication), from}});
}

std::optional<LateListQuestion> Publisher::question_of(const Publication& publication) {
  LateListQuestion question;
  question.month = publication.month;
  question.scope = publication.scope;
  question.number = publication.number;
  question.cutoff = {publication.cutoff_position, publication.cutoff_recorded_at};
  if (!publication.corrects) return question;
  const auto corrected = store_.publications().find(*publication.corrects);
  if (!corrected) return std::nullopt;
  question.corrects =
      core::LateCorrection{publication.corrected_code, core::Code(corrected->sha256), publication.reason};
  return question;
}

core::LateList Publisher::made(const LateListQuestion& question, LateListMaker::From from) {
  LateListMaker maker(store_, keyring_, engine_.definitions(), options_.list,
                      [this] { end_when_stopping(); });
  return maker.make(question, from);
}

void Publisher::draft(Publication publication) {
  const auto question = question_of(publication);
  if (!question) return give_back(std::move(publication), PublicationState::discarded, "corrected_list_gone");
  const Canonical list = canonical_of(made(*question, LateListMaker::From::rows));
  std::vector<store::PublicationWrite> writes{store::ClearPublication{publication.key}};
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < list.sections.size(); ++i) {
    writes.emplace_back(
        std::in_place_type<store::PutPart>,
        store::PutPart{publication.key, static_cast<int>(i), {list.agencies[i], list.sections[i]}});
    bytes += list.sections[i].size();
    if (bytes < kBatchBytes) continue;
    put_or_throw(writes);
    writes.clear();
    bytes = 0;
  }
  const PublicationState from = publication.state;
  publication.state = PublicationState::draft;
  publication.state_at = clock_.now();
  publication.trouble.clear();
  publication.head = list.head;
  publication.sha256 = list.sha256;
  writes.push_back(store::SetPublication{std::move(publication), from});
  put_or_throw(writes);
}

// Counted once more from the events alone; a list that differs is not published.
void Publisher::publish(Publication publication) {
  const auto question = question_of(publication);
  if (!question) return give_back(std::move(publication), PublicationState::discarded, "corrected_list_gone");
  const Canonical list = canonical_of(made(*question, LateListMaker::From::events));
  if (list.sha256 != publication.sha256) {
    on_trouble_("publication_differs", publication.month + ' ' + publication.scope.text);
    return give_back(std::move(publication), PublicationState::draft, "differs_from_events");
  }
  publication.signature =
      base64(ed25519_sign(keyring_.signature_seed(), signed_text("late-list/1", publication.sha256)));
  publication.public_key = base64(ed25519_public(keyring_.signature_seed()));
  publication.published_at = clock_.now();
  render(publication);
  const PublicationState from = publication.state;
  publication.state = PublicationState::published;
  publication.state_at = publication.published_at;
  publication.trouble.clear();
  put_or_throw({store::SetPublication{std::move(publication), from}});
}

void Publisher::render(const Publication& publication) {
  PublishedList list{publication, {}, store_.publications().parts(publication.key), {}};
  list.section = [&](std::size_t place) {
    auto part = store_.publications().part(publication.key, static_cast<int>(place));
    return part ? std::move(part->body) : std::string();
  };
  std::vector<store::PublicationWrite> writes{store::ClearPublication{publication.key, false}};
  std::size_t bytes = 0;
  const auto flush = [&] {
    put_or_throw(writes);
    writes.clear();
    bytes = 0;
  };
  const KeepFile keep = [&](store::PublicationFile file) {
    end_when_stopping();
    bytes += file.body.size();
    writes.emplace_back(std::in_place_type<store::PutFile>, store::PutFile{publication.key, std::move(file)});
    if (bytes >= kBatchBytes) flush();
  };
  render_(list, keep);
  LateListMaker maker(store_, keyring_, engine_.definitions(), options_.list,
                      [this] { end_when_stopping(); });
  keep({std::string(kBasisFile), "application/octet-stream",
        packed_keys(maker.basis(*question_of(publication)))});
  flush();
}

// Opens the list of each month whose hour has come, and publishes it when it is drafted. The first one is
// that of the month before; later ones follow without a gap.
bool Publisher::keep_schedule() {
  const PublicationSchedule& schedule = options_.schedule;
  if (schedule.scope.empty()) return false;
  const core::Instant now = clock_.now();
  const auto definitions = engine_.definitions();
  if (definitions == nullptr) return false;
  const std::string this_month = format_date(core::local_date(now, core::kVietnamOffsetMinutes)).substr(0, 7);
  store::PublicationQuery query;
  query.scope = schedule.scope;
  std::string month = core::month_shifted(this_month, -1);
  for (const Publication& known : store_.publications().page(query)) {
    if (known.state == PublicationState::discarded) continue;
    if (known.made_by == kSystem && known.state == PublicationState::draft && known.trouble.empty()) {
      Publication next = known;
      next.state = PublicationState::publishing;
      next.state_at = now;
      return put({store::SetPublication{std::move(next), PublicationState::draft}});
    }
    if (known.made_by == kSystem && known.state != PublicationState::published) return false;
    month = core::month_shifted(known.month, 1);
    break;
  }
  if (month >= this_month) return false;
  const auto due = publish_due(*definitions, month);
  if (!due || now < *due) return false;
  const auto cutoff = default_cutoff(*definitions, schedule.scope, month, options_.cutoff_working_days, now);
  if (!cutoff) return false;
  // Nothing had been recorded by then: there is no such month here.
  const auto period = core::month_period(month, core::kVietnamOffsetMinutes);
  if (!period || store_.reader()->counting().position_at(period->to) == 0) return false;
  Publication opened;
  opened.id = random_.uuid_v7(now);
  opened.month = month;
  opened.scope = schedule.scope;
  opened.state_at = now;
  opened.made_at = now;
  opened.made_by = kSystem;
  opened.cutoff_recorded_at = *cutoff;
  opened.cutoff_position = store_.reader()->counting().position_at(*cutoff);
  return put({store::AddPublication{std::move(opened)}});
}

std::optional<core::Instant> Publisher::publish_due(const Definitions& definitions,
                                                    const std::string& month) const {
  const core::Agency* agency = definitions.agency(options_.schedule.scope);
  const auto calendar = agency == nullptr ? nullptr : definitions.calendar(agency->calendar);
  const auto period = core::month_period(month, core::kVietnamOffsetMinutes);
  if (calendar == nullptr || !period) return std::nullopt;
  const core::Date last_day = core::local_date(period->to, core::kVietnamOffsetMinutes) - 1;
  const auto day = calendar->working_day_after(last_day, options_.schedule.working_day);
  if (!day) return std::nullopt;
  return calendar->add(calendar->opening_of(*day), options_.schedule.after_opening);
}

// Sorted keys as differences, seven bits a byte, the last with its high bit clear.
std::string packed_keys(const std::vector<std::int64_t>& keys) {
  std::string bytes;
  std::int64_t before = 0;
  for (const std::int64_t key : keys) {
    auto difference = static_cast<std::uint64_t>(key - before);
    before = key;
    for (; difference >= 128; difference >>= 7) bytes += static_cast<char>(128 | (difference & 127));
    bytes += static_cast<char>(difference);
  }
  return bytes;
}

std::vector<std::int64_t> unpacked_keys(std::string_view bytes) {
  std::vector<std::int64_t> keys;
  std::int64_t key = 0;
  std::uint64_t difference = 0;
  int shift = 0;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    difference |= std::uint64_t{byte & 127U} << shift;
    shift += 7;
    if (byte >= 128) continue;
    key += static_cast<std::int64_t>(difference);
    keys.push_back(key);
    difference = 0;
    shift = 0;
  }
  return keys;
}

}  // namespace motcua::run
