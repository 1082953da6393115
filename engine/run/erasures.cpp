#include "engine/run/erasures.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <future>
#include <set>
#include <sstream>
#include <system_error>

#include "engine/run/owned_file.h"
#include "engine/store/digest.h"

namespace motcua::run {
namespace {

namespace fs = std::filesystem;

constexpr int kErasuresEach = 100;
constexpr char kCommonFormat = 1;  // of seal.cpp
constexpr std::chrono::milliseconds kLookEvery{1'000};
constexpr std::chrono::milliseconds kLogAgain{100};

std::string line_of(const ErasureLedger::Entry& entry) {
  return core::to_string(entry.dossier) + ' ' + core::format_instant(entry.decided_at, 0) + ' ' +
         std::string(core::word_of(entry.ground));
}

std::string chained(const std::string& before, const std::string& line) {
  return store::sha256_hex(before + '\n' + line);
}

// Nothing when the line is not one that was written after `before`.
std::optional<ErasureLedger::Entry> entry_of(const std::string& line, std::string& chain) {
  std::istringstream in(line);
  std::string id, at, ground, digest, more;
  in >> id >> at >> ground >> digest;
  const auto dossier = core::parse_uuid(id);
  const auto decided_at = core::parse_instant(at);
  const auto word = core::enum_of<core::ErasureGround>(ground);
  if (!dossier || !decided_at || !word || in >> more) return std::nullopt;
  ErasureLedger::Entry entry{*dossier, *decided_at, *word};
  const std::string expected = chained(chain, line_of(entry));
  if (digest != expected) return std::nullopt;
  chain = expected;
  return entry;
}

// Whether a line that is written after `before` may begin so.
bool begins_line(std::string_view text, const std::string& before) {
  std::vector<std::string> words;
  for (std::size_t end = text.find(' '); end != std::string_view::npos; end = text.find(' ')) {
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  const auto all_of = [&](std::string_view allowed, std::size_t most) {
    return text.size() <= most && text.find_first_not_of(allowed) == std::string_view::npos;
  };
  if (words.size() > 3) return false;
  const auto dossier = words.empty() ? std::nullopt : core::parse_uuid(words[0]);
  if (words.empty()) return all_of("0123456789abcdef-", 36);
  if (!dossier) return false;
  const auto at = words.size() < 2 ? std::nullopt : core::parse_instant(words[1]);
  if (words.size() < 2) return all_of("0123456789-T:.+Z", 40);
  if (!at) return false;
  if (words.size() < 3) {
    const auto& grounds = core::EnumWords<core::ErasureGround>::words;
    return std::any_of(std::begin(grounds), std::end(grounds),
                       [&](std::string_view ground) { return ground.starts_with(text); });
  }
  const auto ground = core::enum_of<core::ErasureGround>(words[2]);
  return ground && chained(before, line_of({*dossier, *at, *ground})).starts_with(text);
}

}  // namespace

ErasureLedger::ErasureLedger(fs::path file, StrangeEnd strange) : file_(std::move(file)) {
  std::error_code failed;
  if (fs::status(file_, failed).type() == fs::file_type::not_found) return;
  if (failed) {
    throw LedgerError("Could not look at the ledger of erasures " + file_.string() + ": " + failed.message());
  }
  std::ifstream in(file_, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in) throw LedgerError("Could not read the ledger of erasures " + file_.string());
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', size_)) {
    const auto entry = entry_of(text.substr(size_, end - size_), chain_);
    if (!entry) {
      throw LedgerError("Line " + std::to_string(entries_.size() + 1) + " of the ledger of erasures " +
                        file_.string() + " is not the one that was written");
    }
    entries_.push_back(*entry);
    size_ = end + 1;
  }
  left_out_ = text.size() - size_;
  if (strange == StrangeEnd::refused && !begins_line(std::string_view(text).substr(size_), chain_)) {
    throw LedgerError("The end of the ledger of erasures " + file_.string() + " behind line " +
                      std::to_string(entries_.size()) + " is no line that was cut while it was written");
  }
}

void ErasureLedger::add(std::span<const Entry> entries) {
  std::set<core::Uuid> known;
  for (const Entry& entry : entries_) known.insert(entry.dossier);
  std::string text;
  std::string chain = chain_;
  std::vector<Entry> added;
  for (const Entry& entry : entries) {
    if (!known.insert(entry.dossier).second) continue;
    const std::string line = line_of(entry);
    chain = chained(chain, line);
    text += line + ' ' + chain + '\n';
    added.push_back(entry);
  }
  if (added.empty()) return;
  const bool fresh = !fs::exists(file_);
  const int fd = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const auto length = static_cast<ssize_t>(text.size());
  // Over what was cut off, where there is any.
  const bool written = fd >= 0 && ::ftruncate(fd, static_cast<off_t>(size_)) == 0 &&
                       ::pwrite(fd, text.data(), text.size(), static_cast<off_t>(size_)) == length &&
                       ::fsync(fd) == 0;
  const std::string why = std::generic_category().message(errno);
  if (fd >= 0) ::close(fd);
  if (!written) throw LedgerError("Could not write the ledger of erasures " + file_.string() + ": " + why);
  if (fresh) sync_folder_of(file_);
  entries_.insert(entries_.end(), added.begin(), added.end());
  chain_ = chain;
  size_ += text.size();
}

std::size_t repeat_erasures(Engine& engine, store::Store& store, const ErasureLedger& ledger) {
  std::size_t repeated = 0;
  for (const ErasureLedger::Entry& entry : ledger.entries()) {
    const auto stored = store.reader()->find(store::Scope::everything(), entry.dossier);
    if (!stored || stored->dossier.erased_at) continue;
    Order order;
    order.dossier = entry.dossier;
    order.command.body = core::RepeatErasure{entry.ground};
    order.scope = store::Scope::everything();
    order.may = store::Scope::everything();
    order.caller = core::Code("system");
    std::promise<Answer> answered;
    engine.submit(std::move(order), [&](Answer answer) { answered.set_value(std::move(answer)); });
    if (!std::holds_alternative<Done>(answered.get_future().get())) {
      throw LedgerError("dossier " + core::to_string(entry.dossier) +
                        " was erased and is there again, and could not be erased");
    }
    ++repeated;
  }
  return repeated;
}

std::vector<core::Uuid> dossiers_without_keys(store::Store& store, const Keyring& keyring) {
  std::vector<core::Uuid> found;
  // An erasure destroys all keys of a dossier. One that is there tells that the others were lost: keys that
  // were passed over before they were marked look destroyed. One that was never there tells nothing.
  const auto is_gone = [&](store::Reader& reader, const core::Dossier& dossier) {
    bool gone = false;
    for (const core::TextRef& text : dossier.texts) {
      const auto place = place_of_key(reader.sealed(store::Scope::everything(), dossier.id, text.version));
      if (!place || keyring.vault().was_never_there(*place)) continue;
      if (!keyring.vault().is_destroyed(*place)) return false;
      gone = true;
    }
    return gone;
  };
  store::DossierQuery query;
  query.scope = store::Scope::everything();
  query.limit = kErasuresEach;
  while (true) {
    const auto reader = store.reader();
    const auto page = reader->dossiers(query);
    for (const store::Stored& stored : page) {
      if (!stored.dossier.erased_at && is_gone(*reader, stored.dossier)) found.push_back(stored.dossier.id);
    }
    if (page.size() < static_cast<std::size_t>(kErasuresEach)) return found;
    query.before_key = page.back().key;
  }
}

std::size_t destroy_erased(store::Store& store, Engine& engine, Clock& clock, const Keyring& keyring,
                           ErasureLedger& ledger, const std::function<void(const core::Uuid&)>& erased) {
  std::size_t count = 0;
  for (auto erasures = store.personal().to_erase(kErasuresEach); !erasures.empty();
       erasures = store.personal().to_erase(kErasuresEach)) {
    std::vector<ErasureLedger::Entry> entries;
    std::vector<core::Uuid> dossiers;
    std::vector<std::uint64_t> places;
    for (const store::Erasure& one : erasures) {
      entries.push_back({one.dossier, one.decided_at, one.ground});
      dossiers.push_back(one.dossier);
      for (const std::string& sealed : one.sealed) {
        if (const auto place = place_of_key(sealed)) places.push_back(*place);
      }
    }
    ledger.add(entries);
    keyring.vault().destroy(places);
    const core::Instant now = clock.now();
    if (!engine.write_aside(
            [&](store::Store& written) { written.personal().finish_erasures(dossiers, now); }))
      throw std::runtime_error("the database takes nothing at present");
    for (const core::Uuid& dossier : dossiers) erased(dossier);
    count += dossiers.size();
  }
  return count;
}

Eraser::Eraser(store::Store& store, Engine& engine, Clock& clock, const Keyring& keyring,
               ErasureLedger ledger, std::function<void(const std::string&)> trouble,
               std::function<void(const core::Uuid&)> erased)
    : store_(store),
      engine_(engine),
      clock_(clock),
      keyring_(keyring),
      ledger_(std::move(ledger)),
      trouble_(std::move(trouble)),
      erased_(std::move(erased)) {
  thread_ = std::thread([this] { work(); });
}

Eraser::~Eraser() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  thread_.join();
}

bool Eraser::rest() {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, log_holds_erased_ ? kLogAgain : kLookEvery, [this] { return stopping_; });
  return !stopping_;
}

void Eraser::work() {
  do {
    try {
      pass();
      told_.clear();
    } catch (const std::exception& error) {
      if (told_ != error.what()) trouble_(told_ = error.what());
    }
  } while (rest());
}

void Eraser::pass() {
  if (!sealed_again_) seal_again();
  if (!sealed_again_) return;
  if (destroy_erased(store_, engine_, clock_, keyring_, ledger_, erased_) > 0) log_holds_erased_ = true;
  if (log_holds_erased_) {
    bool emptied = false;
    engine_.write_aside([&](store::Store& store) { emptied = store.personal().empty_log(); });
    log_holds_erased_ = !emptied;
  }
}

void Eraser::seal_again() {
  store::PersonalData& personal = store_.personal();
  if (personal.is_sealed_anew()) {
    sealed_again_ = true;
    return;
  }
  for (std::int64_t after = 0; after != std::numeric_limits<std::int64_t>::max();) {
    std::int64_t last = 0;
    std::vector<store::SealedRecord> records = personal.sealed_as(kCommonFormat, after, last);
    for (store::SealedRecord& record : records) {
      const auto fragments = unseal(keyring_, record.dossier, record.version, record.sealed);
      // What cannot be opened stays as it is: lost it was before.
      if (fragments) record.sealed = seal(keyring_, record.dossier, record.version, *fragments);
    }
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    const bool whole = last == std::numeric_limits<std::int64_t>::max();
    const bool written =
        engine_.write_aside([&](store::Store& store) { store.personal().seal_again(records, whole); });
    if (!written) return;
    after = last;
  }
  sealed_again_ = true;
  log_holds_erased_ = true;
}

}  // namespace motcua::run
