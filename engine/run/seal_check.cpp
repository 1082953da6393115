#include "engine/run/seal_check.h"

#include <fstream>
#include <limits>
#include <unordered_map>

#include "engine/run/known_ends.h"
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
    if (head.epoch != epoch || head.previous != previous || head.size <= edge.size()) {
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
    ++check.heads;
  }
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
      const auto history = store_.reader()->counting().history(key, end);
      if (history.size() == way.chain.version() && history.back().position == way.last) return;
    } catch (const store::StoreError& error) {
      throw SealFault(event + ": " + error.what());
    }
    throw SealFault(event + " is not where the history of its dossier ends");
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
    Way& way = ways_[key];
    way.chain.follow(event);
    way.last = event.position;
    ++place_;
    ++(event.position <= sealed_ ? check.sealed : check.unsealed);
  }

  [[noreturn]] void missing() {
    throw SealFault("event " + std::to_string(place_ + 1) + " is missing, or the dossier that it is of");
  }

  store::Store& store_;
  Entries entries_;
  std::int64_t sealed_;
  const ShortJournal short_journal_;
  std::int64_t place_ = 0;  // up to which all is well
  KnownEnds ends_;
  std::unordered_map<std::int64_t, Way> ways_;
};

}  // namespace

SealCheck check_seals(store::Store& store, const std::filesystem::path& folder, const Ed25519Public& key,
                      const std::optional<SealedHead>& kept, ShortJournal short_journal) {
  SealCheck check;
  try {
    const auto sealed = static_cast<std::int64_t>(check_heads(folder, store.epoch(), key, kept, check));
    JournalCheck(store, SealLog::entries_file(folder, store.epoch()), sealed, short_journal).run(check);
  } catch (const SealFault& fault) {
    check.fault = fault.what();
  }
  return check;
}

}  // namespace motcua::run
