#include "engine/run/publisher.h"

#include <algorithm>

#include "engine/core/canonical_json.h"
#include "engine/run/ed25519.h"
#include "engine/store/background.h"
#include "engine/store/digest.h"

namespace motcua::run {
namespace {

using store::Publication;
using store::PublicationState;

constexpr std::size_t kBatchBytes = 512 * 1024;
// What fails and rests beside lists.
constexpr core::Uuid kSchedule{};
constexpr core::Uuid kLooking{{1}};

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
      rests_(options_.rest_first, options_.rest_longest),
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
  store::give_way(store::Background::later);
  while (!stopping()) {
    bool more = false;
    try {
      stage_ = PublisherStage::counting;
      more = tend(kSchedule, "the schedule", [this] { return keep_schedule(); });
      more |= tend(kLooking, "the look for lists", [this] { return work(); });
    } catch (const Stopped&) {
      return;  // begun anew at the next start
    }
    std::unique_lock lock(mutex_);
    if (!more && !awake_) wake_.wait_for(lock, options_.poll, [this] { return stopping_ || awake_; });
    awake_ = false;
  }
}

// Does it unless it rests; a failure lets it rest. False: there was nothing to do, or it failed.
bool Publisher::tend(const core::Uuid& of, const std::string& name, const std::function<bool()>& what) {
  if (rests_.rests(of)) return false;
  try {
    const bool done = what();
    rests_.done(of);
    return done;
  } catch (const std::exception& error) {
    const PublisherRest rest = rests_.failed(of, stage_);
    on_trouble_("publication_failed", name + ", attempt " + std::to_string(rest.attempts) + " (" +
                                          std::string(core::word_of(rest.failed)) + "), again at " +
                                          core::format_instant(rest.next_at, core::kVietnamOffsetMinutes) +
                                          ": " + error.what());
    return false;
  }
}

// The newest that does not rest.
std::optional<Publication> Publisher::next_in(PublicationState state) {
  store::PublicationQuery query;
  query.state = state;
  for (Publication& found : store_.publications().page(query)) {
    if (!rests_.rests(found.id)) return std::move(found);
  }
  return std::nullopt;
}

// One list. True when there was one.
bool Publisher::work() {
  for (const PublicationState state : {PublicationState::drafting, PublicationState::publishing}) {
    auto found = next_in(state);
    if (!found) continue;
    const core::Uuid id = found->id;
    const std::string name = found->month + ' ' + found->scope.text + '-' + std::to_string(found->number);
    tend(id, name, [&] {
      state == PublicationState::drafting ? draft(std::move(*found)) : publish(std::move(*found));
      return true;
    });
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
  if (put(writes)) return;
  stage_ = PublisherStage::writing;
  throw store::StoreError("what was made of a list was not taken");
}

void Publisher::give_back(Publication publication, PublicationState to, const std::string& trouble) {
  const PublicationState from = publication.state;
  publication.state = to;
  publication.state_at = clock_.now();
  publication.trouble = trouble;
  put_or_throw({store::SetPublication{std::move(publication), from}});
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
  // A province that masks codes now, and did not in the list that is corrected: the row is told by its key.
  if (options_.list.codes_masked && !publication.corrected_code.empty()) {
    const auto reader = store_.reader();
    const auto found = reader->find(store::Scope::everything(), core::Code(publication.corrected_code));
    if (found) question.corrects->code = public_code(keyring_, question, found->dossier.id);
  }
  return question;
}

LateListMaker Publisher::maker(std::shared_ptr<const Definitions> definitions) {
  return {store_, keyring_, std::move(definitions), options_.list, [this] { end_when_stopping(); }};
}

void Publisher::draft(Publication publication) {
  const auto question = question_of(publication);
  if (!question) return give_back(std::move(publication), PublicationState::discarded, "corrected_list_gone");
  stage_ = PublisherStage::counting;
  const Canonical list =
      canonical_of(maker(engine_.definitions()).make(*question, LateListMaker::From::rows));
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

// Counts it once more from the events alone, unless this process did so before. What is made of the list
// after that rests on the definitions of then, also when others came meanwhile.
bool Publisher::is_proven(const Publication& publication, const LateListQuestion& question) {
  if (proven_ && proven_->publication == publication.id && proven_->sha256 == publication.sha256) return true;
  stage_ = PublisherStage::replay;
  proven_.reset();
  const auto definitions = engine_.definitions();
  const Canonical list = canonical_of(maker(definitions).make(question, LateListMaker::From::events));
  if (list.sha256 != publication.sha256) return false;
  proven_ = Proven{publication.id, publication.sha256, definitions};
  return true;
}

// A list that differs from its events is not published.
void Publisher::publish(Publication publication) {
  const auto question = question_of(publication);
  if (!question) return give_back(std::move(publication), PublicationState::discarded, "corrected_list_gone");
  if (!is_proven(publication, *question)) {
    on_trouble_("publication_differs", publication.month + ' ' + publication.scope.text);
    return give_back(std::move(publication), PublicationState::draft, "differs_from_events");
  }
  // What was repeated in twelve months is counted from rows: where one is lost, the list would be wrong.
  const std::vector<std::string> unsound = maker(proven_->definitions).unsound_months(*question);
  if (!unsound.empty()) {
    on_trouble_("publication_rows_lost", publication.month + ' ' + publication.scope.text +
                                             ": late ends of " + unsound.front() + ": run motcua rebuild");
    proven_.reset();
    return give_back(std::move(publication), PublicationState::draft,
                     std::string(kLateEndsDiffer) + unsound.front());
  }
  stage_ = PublisherStage::files;
  publication.signature = base64(ed25519_sign(
      keyring_.signature_seed(), signed_text(core::word_of(core::kLateMethod), publication.sha256)));
  publication.public_key = base64(ed25519_public(keyring_.signature_seed()));
  publication.published_at = clock_.now();
  render(publication, *question);
  put_published(std::move(publication));
  proven_.reset();
}

// With it goes every other list of the month that is under way: it will not be needed.
void Publisher::put_published(Publication publication) {
  const PublicationState from = publication.state;
  publication.state = PublicationState::published;
  publication.state_at = publication.published_at;
  publication.trouble.clear();
  store::PublicationQuery query;
  query.month = publication.month;
  query.scope = publication.scope;
  stage_ = PublisherStage::writing;
  store::Verdict verdict = store::Verdict::version_conflict;
  const bool done = engine_.write_aside([&](store::Store& store) {
    std::vector<store::PublicationWrite> writes{store::SetPublication{publication, from}};
    for (const PublicationState open :
         {PublicationState::drafting, PublicationState::draft, PublicationState::reviewed}) {
      query.state = open;
      for (Publication& other : store.publications().page(query)) {
        other.state = PublicationState::discarded;
        other.state_at = publication.state_at;
        other.trouble = "overtaken";
        writes.push_back(store::SetPublication{std::move(other), open});
      }
    }
    verdict = store.publications().write(writes, nullptr);
  });
  if (!done || verdict != store::Verdict::committed) {
    throw store::StoreError("that a list is published was not taken");
  }
}

void Publisher::render(const Publication& publication, const LateListQuestion& question) {
  const auto definitions = proven_->definitions;
  const std::vector<std::int64_t> basis = maker(definitions).basis(question);
  PublishedList list{publication, keyring_, *definitions, {}, basis.size(), {}, {}, {}};
  for (store::DefinitionText& text : store_.reader()->definitions()) {
    if (text.kind == store::DefinitionKind::calendar) list.calendars.push_back(std::move(text));
  }
  list.index_766 =
      Reporter(store_, keyring_, definitions)
          .index_766({publication.scope, true},
                     *core::month_period(publication.month, core::kVietnamOffsetMinutes), question.cutoff);
  list.sections = store_.publications().parts(publication.key);
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
  keep({std::string(kBasisFile), "application/octet-stream", packed_keys(basis)});
  flush();
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
