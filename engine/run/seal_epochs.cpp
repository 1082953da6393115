#include "engine/run/seal_epochs.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <sstream>

#include "engine/run/owned_file.h"
#include "engine/store/digest.h"

namespace motcua::run {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHeads = "heads-";
constexpr std::string_view kNoted = "motcua journal-restored/1";
constexpr int kRestoresMax = 10'000;

using HeadsByEpoch = std::map<std::int64_t, SealedHead>;

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

// Those of another installation, which share the folder, are no matter.
HeadsByEpoch last_heads(const fs::path& folder, const Ed25519Public& key) {
  HeadsByEpoch found;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    const std::string name = entry.path().filename().string();
    std::int64_t epoch = 0;
    if (!name.starts_with(kHeads) || !read_number(std::string_view(name).substr(kHeads.size()), epoch))
      continue;
    auto last = SealLog::last_head(entry.path());
    if (last && last->head.epoch == epoch && last->head.signed_by(key))
      found.emplace(epoch, std::move(last->head));
  }
  return found;
}

// The restores that the journal tells of, by the epoch that each ended.
std::map<std::int64_t, core::JournalRestored> restores_of(store::Store& store) {
  std::map<std::int64_t, core::JournalRestored> ended;
  const auto history = store.reader()->history(store::Scope::everything(), core::kJournal, 0, kRestoresMax);
  std::int64_t current = store.epoch();
  for (auto event = history.rbegin(); event != history.rend(); ++event) {
    const auto* restored = std::get_if<core::JournalRestored>(&event->event.body);
    if (restored == nullptr) continue;
    std::int64_t began = 0;
    std::int64_t old = 0;
    const bool read =
        read_number(restored->new_epoch.text, began) && read_number(restored->old_epoch.text, old);
    if (!read || began != current) {
      throw SealError("event " + std::to_string(event->position) + " tells that a restore began the epoch " +
                      restored->new_epoch.text + ", but what goes on from there says that it is of epoch " +
                      std::to_string(current) + ": the epoch of the database was changed");
    }
    ended.emplace(old, *restored);
    current = old;
  }
  return ended;
}

fs::path note_file(const fs::path& folder, std::int64_t epoch) {
  return folder / ("restored-" + std::to_string(epoch));
}

std::string note_text(std::int64_t epoch, const HeadsByEpoch& heads) {
  std::string text = std::string(kNoted) + "\nepoch " + std::to_string(epoch) + '\n';
  for (const auto& [old, head] : heads) {
    text += "before " + std::to_string(old) + ' ' + std::to_string(head.size) + ' ' +
            store::sha256_hex(head.text()) + '\n';
  }
  return text;
}

// How many events of each epoch the restore that began `epoch` knew of; none where there is no note of it.
std::map<std::int64_t, std::uint64_t> noted(const fs::path& folder, std::int64_t epoch,
                                            const Ed25519Public& key) {
  std::ifstream in(note_file(folder, epoch), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::size_t at = whole.rfind("signature ");
  if (at == std::string::npos || whole.back() != '\n') return {};
  const std::string text = whole.substr(0, at);
  const auto bytes = from_base64(std::string_view(whole).substr(at + 10, whole.size() - at - 11));
  Ed25519Signature signature{};
  if (!bytes || bytes->size() != signature.size()) return {};
  std::copy(bytes->begin(), bytes->end(), signature.begin());
  if (!ed25519_verifies(key, text, signature)) return {};
  std::istringstream lines(text);
  std::string line;
  if (!std::getline(lines, line) || line != kNoted) return {};
  if (!std::getline(lines, line) || line != "epoch " + std::to_string(epoch)) return {};
  std::map<std::int64_t, std::uint64_t> known;
  std::int64_t old = 0;
  std::uint64_t size = 0;
  for (std::string word, digest; lines >> word >> old >> size >> digest;) known[old] = size;
  return known;
}

std::string in_words(const SealedHead& head) {
  return "epoch " + std::to_string(head.epoch) + " sealed " + std::to_string(head.size) + " events until " +
         core::format_instant(head.at, core::kVietnamOffsetMinutes);
}

// The instant of the first head of an epoch.
core::Instant began_at(const fs::path& folder, std::int64_t epoch) {
  std::ifstream in(SealLog::heads_file(folder, epoch));
  std::string line;
  const auto read = std::getline(in, line) ? read_head_line(line) : std::nullopt;
  if (!read) throw SealError("the first line of the heads of epoch " + std::to_string(epoch) + " is no head");
  return read->head.at;
}

class Epochs {
 public:
  Epochs(store::Store& store, const fs::path& folder, const Ed25519Public& key)
      : folder_(folder), own_(store.epoch()), heads_(last_heads(folder, key)), ended_(restores_of(store)) {
    const auto take = [&](std::int64_t epoch) {
      for (const auto& [old, size] : noted(folder, epoch, key)) known_[old] = std::max(known_[old], size);
    };
    take(own_);
    for (const auto& [old, restored] : ended_) take(old);
  }

  SealedEpochs look() const {
    SealedEpochs found;
    for (const auto& [epoch, head] : heads_) {
      if (epoch == own_) continue;
      const auto restored = ended_.find(epoch);
      if (restored == ended_.end()) {
        if (!is_known(head) && !is_older_than_own(head)) {
          found.lost.push_back(in_words(head) + ", and the journal does not come from them");
        }
        continue;
      }
      const auto kept = static_cast<std::uint64_t>(restored->second.journal_end);
      found.earlier.push_back({head, static_cast<std::int64_t>(std::min(head.size, kept))});
      if (head.size > kept && !is_known(head) && !was_served(restored->second)) {
        found.lost.push_back(in_words(head) + ", of which the journal kept " + std::to_string(kept) +
                             ", and no restore signed that");
      }
    }
    return found;
  }

 private:
  bool is_known(const SealedHead& head) const {
    const auto known = known_.find(head.epoch);
    return known != known_.end() && known->second >= head.size;
  }
  // Restores of before they were signed: the epoch that one began was served and sealed by this installation,
  // which does not begin to seal what is not known to be right.
  bool was_served(const core::JournalRestored& restored) const {
    std::int64_t began = 0;
    return read_number(restored.new_epoch.text, began) && heads_.contains(began);
  }
  // So an epoch that such a restore left aside; a journal of before a restore that comes back is no older.
  bool is_older_than_own(const SealedHead& head) const {
    return heads_.contains(own_) && head.at < began_at(folder_, own_);
  }

  const fs::path& folder_;
  const std::int64_t own_;
  const HeadsByEpoch heads_;
  const std::map<std::int64_t, core::JournalRestored> ended_;
  std::map<std::int64_t, std::uint64_t> known_;
};

store::Hash entry_at(const fs::path& folder, std::int64_t epoch, std::int64_t place) {
  store::Hash entry{};
  const fs::path file = SealLog::entries_file(folder, epoch);
  std::ifstream in(file, std::ios::binary);
  in.seekg(static_cast<std::streamoff>((place - 1) * static_cast<std::int64_t>(entry.size())));
  if (!in.read(reinterpret_cast<char*>(entry.data()), static_cast<std::streamsize>(entry.size())))
    throw SealError(file.string() + " is shorter than its last head says");
  return entry;
}

}  // namespace

SealedEpochs look_at_epochs(store::Store& store, const fs::path& folder, const Ed25519Public& key) {
  return Epochs(store, folder, key).look();
}

void refuse_other_epochs(store::Store& store, const fs::path& folder, const Ed25519Public& key) {
  const SealedEpochs epochs = look_at_epochs(store, folder, key);
  if (!epochs.lost.empty()) {
    throw SealError(
        epochs.lost.front() + ", in " + folder.string() +
        ": the database was put back or changed by other means than `motcua restore`; run `motcua "
        "verify-journal`");
  }
  for (const EarlierSeals& one : epochs.earlier) {
    if (one.until == 0) continue;
    const auto page = store.reader()->journal({store::Scope::everything(), {}, {}, one.until - 1, 1});
    const bool same = !page.events.empty() && page.events.front().position == one.until &&
                      page.events.front().hash == entry_at(folder, one.last.epoch, one.until);
    if (!same) {
      throw SealError("event " + std::to_string(one.until) + " of the journal is not the one that epoch " +
                      std::to_string(one.last.epoch) + " sealed: run `motcua verify-journal`");
    }
  }
}

void note_restore(const fs::path& folder, std::int64_t epoch, const Keyring& keyring) {
  const Ed25519Public key = ed25519_public(keyring.signature_seed());
  const HeadsByEpoch heads = last_heads(folder, key);
  if (heads.empty()) return;
  std::string text = note_text(epoch, heads);
  text += "signature " + base64(ed25519_sign(keyring.signature_seed(), text)) + '\n';
  const fs::path file = note_file(folder, epoch);
  Draft draft(file);
  write_at(draft.fd(), {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, 0, file);
  draft.replace();
  sync_folder_of(file);
}

std::string fault_of_access(store::Store& store, const store::AccessMark& sealed) {
  if (sealed.position == 0) return {};
  const std::string entry = "entry " + std::to_string(sealed.position) + " of the access log ";
  const auto is = store.personal().access_at(sealed.position);
  if (!is) return entry + "is missing, and it was sealed";
  return *is == sealed ? "" : entry + "is not the one that was sealed";
}

}  // namespace motcua::run
