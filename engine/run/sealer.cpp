#include "engine/run/sealer.h"

#include "engine/run/known_ends.h"
#include "engine/run/seal_epochs.h"
#include "engine/store/background.h"

namespace motcua::run {
namespace {

constexpr std::chrono::milliseconds kLook{500};

// The hashes of events [from, until] that follow one another, each held against what it says.
std::vector<store::Hash> entries_of(store::Store& store, std::int64_t from, std::int64_t until) {
  const auto reader = store.reader();
  KnownEnds ends;
  std::vector<store::Hash> entries;
  reader->counting().pass_journal(
      from, until, static_cast<int>(until - from + 1), store::Counting::Bodies::left_out,
      [&](std::int64_t key) { return ends.of(reader->counting(), key); },
      [&](std::int64_t, store::StoredEvent&& event) {
        const std::int64_t expected = from + static_cast<std::int64_t>(entries.size());
        if (event.position == expected) entries.push_back(event.hash);
      });
  if (static_cast<std::int64_t>(entries.size()) != until - from + 1) {
    throw SealError("event " + std::to_string(from + static_cast<std::int64_t>(entries.size())) +
                    " of the journal is missing");
  }
  return entries;
}

}  // namespace

Sealer::Sealer(store::Store& store, Clock& clock, const Keyring& keyring, SealerOptions options,
               std::function<void(const std::string&)> trouble)
    : store_(store),
      clock_(clock),
      keyring_(keyring),
      options_(std::move(options)),
      trouble_(std::move(trouble)),
      public_key_(ed25519_public(keyring.signature_seed())),
      log_(options_.folder, store.epoch(), public_key_),
      tree_(SealLog::entries_file(options_.folder, store.epoch())),
      last_(log_.last()) {
  refuse_other_epochs(store_, options_.folder, public_key_);
  hold_against_journal();
  hold_against_access();
  thread_ = std::thread([this] { work(); });
}

Sealer::~Sealer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  thread_.join();
}

std::optional<SealedHead> Sealer::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

void Sealer::hold_against_journal() {
  const auto size = static_cast<std::int64_t>(log_.size());
  const std::vector<store::Hash> surplus = log_.surplus();
  const std::int64_t written = size + static_cast<std::int64_t>(surplus.size());
  const std::int64_t end = store_.reader()->journal_end();
  const std::string advice = ": run `motcua verify-journal`; a backup is put back by `motcua restore`";
  if (written == 0 && end > 0) {
    trouble_("no event of this journal of " + std::to_string(end) + " is sealed in " +
             options_.folder.string() +
             ": it was made before there were seals, or they were taken away; it is sealed as it stands");
  }
  if (end < written) {
    throw SealError("the journal ends at event " + std::to_string(end) + ", but " + std::to_string(written) +
                    " events were sealed" + advice);
  }
  if (!surplus.empty() && entries_of(store_, size + 1, written) != surplus) {
    throw SealError("events after " + std::to_string(size) + " are not those whose seal was cut off" +
                    advice);
  }
  log_.forget_surplus();
  if (size > 0 && entries_of(store_, size, size).front() != log_.last_entry()) {
    throw SealError("event " + std::to_string(size) + " of the journal is not the one that was sealed" +
                    advice);
  }
}

void Sealer::hold_against_access() {
  if (!last_ || !last_->access) return;
  const std::string fault = fault_of_access(store_, *last_->access);
  if (!fault.empty()) throw SealError(fault + ": run `motcua verify-journal`");
}

bool Sealer::access_waits(const store::AccessMark& access) const {
  // A head of no events is none: entries name dossiers, whose events come first.
  return log_.size() > 0 && access.position > (last_->access ? last_->access->position : 0);
}

// False: it is over.
bool Sealer::wait_for_more() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, std::min(kLook, options_.every), [this] { return stopping_; })) {
    lock.unlock();
    const std::int64_t end = store_.reader()->journal_end();
    const store::AccessMark access = store_.personal().access_end();
    lock.lock();
    const std::int64_t waiting = end - static_cast<std::int64_t>(log_.size());
    if (waiting >= options_.events) return true;
    if ((waiting > 0 || access_waits(access)) && std::chrono::steady_clock::now() >= due_) return true;
  }
  return false;
}

bool Sealer::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Sealer::grow_tree() {
  tree_.grow(log_.size(), [this] { return !stopping(); });
}

void Sealer::seal_all() {
  const std::int64_t end = store_.reader()->journal_end();
  for (auto from = static_cast<std::int64_t>(log_.size()) + 1; from <= end; from += options_.events) {
    if (stopping() && end - from >= options_.events) return;  // of an old journal: the next start goes on
    seal(entries_of(store_, from, std::min(end, from + options_.events - 1)), store_.personal().access_end());
  }
  const store::AccessMark access = store_.personal().access_end();
  if (access_waits(access)) seal({}, access);
}

void Sealer::seal(const std::vector<store::Hash>& entries, const store::AccessMark& access) {
  SealedHead head = log_.next(entries, access, clock_.now());
  head.signature = ed25519_sign(keyring_.signature_seed(), head.text());
  log_.add(entries, head);
  grow_tree();
  const std::lock_guard lock(mutex_);
  last_ = head;
}

void Sealer::work() {
  store::give_way(store::Background::soon);
  for (bool going = true; going;) {
    try {
      grow_tree();
      going = wait_for_more();
      due_ = std::chrono::steady_clock::now() + options_.every;
      seal_all();
      told_.clear();
    } catch (const std::exception& error) {  // of the store, or of the files
      if (told_ != error.what()) trouble_(told_ = error.what());
    }
  }
}

}  // namespace motcua::run
