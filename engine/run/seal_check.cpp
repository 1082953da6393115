#include "engine/run/seal_check.h"

#include <fstream>
#include <limits>
#include <unordered_map>

#include "engine/core/event.h"
#include "engine/run/definitions.h"
#include "engine/run/known_ends.h"
#include "engine/run/seal_epochs.h"
#include "engine/store/digest.h"
#include "engine/store/history_chain.h"

namespace motcua::run {
namespace {

constexpr int kPassedAtOnce = 50'000;
constexpr std::int64_t kBeforeAll = std::numeric_limits<std::int64_t>::min();

class SealFault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Reads the entries one after the other.
class Entries {
 public:
  explicit Entries(const std::filesystem::path& file) : in_(file, std::ios::binary) {}
  bool next(store::Hash& entry) {
    return static_cast<bool>(
        in_.read(reinterpret_cast<char*>(entry.data()), static_cast<std::streamsize>(entry.size())));
  }

 private:
  std::ifstream in_;
};

void check_kept(const SealedHead& kept, const store::MerkleEdge& edge) {
  if (edge.size() == kept.size && edge.root() != kept.root) {
    throw SealFault("the first " + std::to_string(kept.size) +
                    " events are not those of the head that was kept");
  }
}

// Whether a head that seals no more events seals more of the access log.
bool is_behind(const std::optional<store::AccessMark>& before,
               const std::optional<store::AccessMark>& access) {
  return access && access->position > (before ? before->position : 0);
}

// How many entries the heads vouch for.
std::uint64_t check_heads(const std::filesystem::path& folder, std::int64_t epoch, const Ed25519Public& key,
                          const std::optional<SealedHead>& kept, SealCheck& check) {
  if (kept && !kept->signed_by(key)) throw SealFault("the head that was kept is not signed by this key");
  if (kept && kept->epoch != epoch) {
    throw SealFault("the head that was kept is of another epoch: a backup was put back since");
  }
  std::ifstream lines(SealLog::heads_file(folder, epoch));
  Entries entries(SealLog::entries_file(folder, epoch));
  store::MerkleEdge edge;
  std::string previous(64, '0');
  for (std::string line; std::getline(lines, line) && !lines.eof();) {  // half a line is one being written
    const std::string name = "head " + std::to_string(check.heads + 1);
    const auto read = read_head_line(line);
    if (!read) throw SealFault(name + " cannot be read");
    const SealedHead& head = read->head;
    const bool more =
        head.size > edge.size() || (head.size == edge.size() && is_behind(check.access, head.access));
    if (head.epoch != epoch || head.previous != previous || !more) {
      throw SealFault(name + " does not follow the one before it");
    }
    if (!head.signed_by(key)) throw SealFault(name + " is not signed by this installation's key");
    while (edge.size() < head.size) {
      store::Hash entry{};
      if (!entries.next(entry)) throw SealFault(name + " seals entries that are missing");
      edge.add(entry);
      if (kept) check_kept(*kept, edge);
    }
    if (edge.root() != head.root) {
      throw SealFault("the entries up to " + std::to_string(head.size) + " are not those of " + name);
    }
    previous = store::sha256_hex(head.text());
    check.sealed_at = head.at;
    check.access = head.access;
    ++check.heads;
  }
  for (store::Hash entry{}; entries.next(entry);) ++check.surplus;
  if (kept && edge.size() < kept->size) {
    throw SealFault("the head that was kept seals " + std::to_string(kept->size) + " events, but only " +
                    std::to_string(edge.size()) + " are sealed here");
  }
  return edge.size();
}

class JournalCheck {
 public:
  JournalCheck(store::Store& store, const std::filesystem::path& entries, std::int64_t sealed,
               ShortJournal short_journal)
      : store_(store), entries_(entries), sealed_(sealed), short_journal_(short_journal) {}

  void add_earlier(const std::filesystem::path& entries, const EarlierSeals& seals) {
    earlier_.push_back({Entries(entries), seals});
  }

  void run(SealCheck& check) {
    const std::int64_t end = store_.reader()->journal_end();
    try {
      while (place_ < end) pass(end, check);
    } catch (const store::StoreError& error) {
      throw SealFault("event " + std::to_string(place_ + 1) + ": " + error.what());
    }
    store::Hash entry{};
    if (short_journal_ == ShortJournal::is_counted) {
      while (entries_.next(entry)) ++check.missing;
    }
    // While it is served, more may have come and been sealed meanwhile.
    if (end >= sealed_ && entries_.next(entry) && store_.reader()->journal_end() == end) {
      throw SealFault("event " + std::to_string(end + 1) + " is missing: its entry was written");
    }
    if (end < sealed_ && short_journal_ == ShortJournal::is_fault) {
      throw SealFault("event " + std::to_string(end + 1) + " is missing: the journal ends before, but " +
                      std::to_string(sealed_) + " events were sealed");
    }
    for (const auto& [key, way] : ways_) check_reading(key, way, end);
  }

 private:
  struct Way {
    store::HistoryChain chain;
    std::int64_t last = 0;  // position
  };

  // Whoever reads the dossier's history, along its chain, must find these events and no others.
  void check_reading(std::int64_t key, const Way& way, std::int64_t end) {
    const std::string event = "event " + std::to_string(way.last);
    try {
      const auto reader = store_.reader();
      const auto history = reader->counting().history(key, end);
      if (history.size() == way.chain.version() && history.back().position == way.last)
        return check_state(*reader, key, history);
    } catch (const store::StoreError& error) {
      throw SealFault(event + ": " + error.what());
    }
    throw SealFault(event + " is not where the history of its dossier ends");
  }

  // What is shown of a dossier is what its events make of it.
  void check_state(store::Reader& reader, std::int64_t key, const std::vector<store::StoredEvent>& history) {
    if (key <= 0) return;  // the journal's own
    const auto present = reader.counting().dossiers({&key, 1});
    const bool moved_on = !present.empty() && present.front().last_event > history.back().position;
    if (moved_on) return;
    core::Dossier lived;
    for (const store::StoredEvent& one : history) lived = core::evolve(std::move(lived), one.event);
    if (!present.empty() && present.front().dossier == lived) return;
    throw SealFault("dossier " + core::to_string(lived.id) +
                    " is kept otherwise than its events say: `motcua rebuild --check` tells of all such");
  }

  void pass(std::int64_t end, SealCheck& check) {
    const auto reader = store_.reader();
    const std::int64_t next = reader->counting().pass_journal(
        place_ == 0 ? kBeforeAll : place_ + 1, end, kPassedAtOnce, store::Counting::Bodies::left_out,
        [&](std::int64_t key) { return ends_.of(reader->counting(), key); },
        [&](std::int64_t key, store::StoredEvent&& event) { take(key, event, check); });
    if (place_ + 1 < next) missing();
  }

  void take(std::int64_t key, const store::StoredEvent& event, SealCheck& check) {
    if (event.position < 1) {
      throw SealFault("event " + std::to_string(event.position) + " stands before the first of the journal");
    }
    if (event.position != place_ + 1) missing();
    store::Hash entry{};
    const bool known = entries_.next(entry);  // also after the last head, where a seal was cut off
    if (known || event.position <= sealed_) {
      if (!known || entry != event.hash) {
        throw SealFault("event " + std::to_string(event.position) + " (dossier " +
                        core::to_string(event.event.dossier) + ", version " +
                        std::to_string(event.event.version) + ") is not the one that was sealed");
      }
    }
    for (Earlier& one : earlier_) {
      if (event.position > one.seals.until) continue;
      if (one.entries.next(entry) && entry == event.hash) continue;
      throw SealFault("event " + std::to_string(event.position) + " (dossier " +
                      core::to_string(event.event.dossier) + ") is not the one that epoch " +
                      std::to_string(one.seals.last.epoch) + " sealed");
    }
    Way& way = ways_[key];
    way.chain.follow(event);
    way.last = event.position;
    ++place_;
    ++(event.position <= sealed_ ? check.sealed : check.unsealed);
  }

  [[noreturn]] void missing() {
    throw SealFault("event " + std::to_string(place_ + 1) + " is missing, or the dossier that it is of");
  }

  struct Earlier {
    Entries entries;
    EarlierSeals seals;
  };

  store::Store& store_;
  Entries entries_;
  std::vector<Earlier> earlier_;
  std::int64_t sealed_;
  const ShortJournal short_journal_;
  std::int64_t place_ = 0;  // up to which all is well
  KnownEnds ends_;
  std::unordered_map<std::int64_t, Way> ways_;
};

}  // namespace

namespace {

void check_definitions(store::Store& store) {
  for (const store::DefinitionText& text : store.reader()->definitions()) {
    if (!is_as_named(text))
      throw SealFault("the definition " + name_of(text) + " is not the text that was applied as version " +
                      text.version);
  }
}

void check_access(store::Store& store, bool counted, SealCheck& check) {
  const auto broken = store.personal().broken_access();
  const std::int64_t end = store.personal().access_end().position;
  if (counted && check.access && check.access->position > end && (!broken || *broken > end)) {
    check.lost.push_back(std::to_string(check.access->position - end) +
                         " entries of the access log behind it are missing, which were sealed");
    return;
  }
  if (broken)
    throw SealFault("entry " + std::to_string(*broken) +
                    " of the access log is not the one that was written");
  const std::string fault = check.access ? fault_of_access(store, *check.access) : std::string();
  if (!fault.empty()) throw SealFault(fault);
}

}  // namespace

SealCheck check_seals(store::Store& store, const std::filesystem::path& folder, const Ed25519Public& key,
                      const std::optional<SealedHead>& kept, ShortJournal short_journal) {
  SealCheck check;
  try {
    const bool counted = short_journal == ShortJournal::is_counted;
    const SealedEpochs epochs = look_at_epochs(store, folder, key);
    if (!epochs.lost.empty() && !counted) throw SealFault(epochs.lost.front());
    check.lost = epochs.lost;
    const auto sealed = static_cast<std::int64_t>(check_heads(folder, store.epoch(), key, kept, check));
    JournalCheck journal(store, SealLog::entries_file(folder, store.epoch()), sealed, short_journal);
    for (const EarlierSeals& one : epochs.earlier) {
      SealCheck of_epoch;
      check_heads(folder, one.last.epoch, key, std::nullopt, of_epoch);
      journal.add_earlier(SealLog::entries_file(folder, one.last.epoch), one);
    }
    journal.run(check);
    check_definitions(store);
    check_access(store, counted, check);
  } catch (const SealFault& fault) {
    check.fault = fault.what();
  } catch (const SealError& error) {
    check.fault = error.what();
  }
  return check;
}

}  // namespace motcua::run
