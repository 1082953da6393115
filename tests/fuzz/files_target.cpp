// What lies beside the database, in files that others can write. l, L: a ledger of erasures as it is, and
// with its digests made right. v: changes of a file of keys. b: a backup in the clear, B: changes of an
// encrypted one. p: a file of pages, f: a followed folder, their digests made right. s: changes of the seals
// of a journal. k: a kept head and a public key. x: the head of a list's export.
//
// Changes are groups of four bytes: which file, two bytes of a place, and the byte that is put there. The
// first byte's highest bit counts the place from the end, the next one cuts the file there.
#include <algorithm>
#include <fstream>
#include <map>
#include <utility>

#include "api/kept_head.h"
#include "api/late_export.h"
#include "api/seal_copy.h"
#include "engine/run/erasures.h"
#include "engine/run/vault.h"
#include "engine/run/vault_copy.h"
#include "engine/store/digest.h"
#include "engine/store/follow_pages.h"
#include "tests/fuzz/scratch.h"

namespace motcua::fuzz {
namespace {

namespace fs = std::filesystem;

const Scratch& files_folder() {
  static const Scratch folder;
  return folder;
}

void put(const fs::path& file, std::string_view bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << bytes;
  out.close();
  expect(out.good(), "a file is written");
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

std::string bytes_in(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Whether anything was changed.
bool change(std::string_view changes, std::vector<std::string*> files) {
  bool changed = false;
  for (; changes.size() >= 4; changes.remove_prefix(4)) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(changes[i]); };
    std::string& file = *files[byte(0) % files.size()];
    const std::string before = file;
    const std::size_t far = std::min(byte(1) * std::size_t{256} + byte(2), file.size());
    const std::size_t place = (byte(0) & 0x80) != 0 ? file.size() - far : far;
    if ((byte(0) & 0x40) != 0) {
      file.resize(place);
    } else if (place < file.size()) {
      file[place] = static_cast<char>(byte(3));
    }
    changed = changed || file != before;
  }
  return changed;
}

std::string_view cut_off(std::string_view& rest, std::string_view separator) {
  const std::size_t at = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(std::min(at + separator.size(), rest.size()));
  return part;
}

bool same(const run::ErasureLedger& one, const run::ErasureLedger& other) {
  const auto equal = [](const run::ErasureLedger::Entry& a, const run::ErasureLedger::Entry& b) {
    return a.dossier == b.dossier && a.decided_at == b.decided_at && a.ground == b.ground;
  };
  return std::equal(one.entries().begin(), one.entries().end(), other.entries().begin(),
                    other.entries().end(), equal);
}

void try_ledger(std::string_view text) {
  const fs::path folder = files_folder().fresh("ledger");
  put(folder / "read", text);
  std::optional<run::ErasureLedger> read;
  try {
    read.emplace(folder / "read");
  } catch (const run::LedgerError&) {
    return;
  }
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  expect(read->entries().size() == lines, "each whole line of a ledger is an entry");
  core::Uuid more{};
  more.bytes.fill(0xee);
  const run::ErasureLedger::Entry entry{more, core::Instant{1}, core::ErasureGround::retention_over};
  read->add(std::span(&entry, 1));
  expect(same(run::ErasureLedger(folder / "read"), *read), "a ledger goes on behind its last whole line");
}

void try_mended_ledger(std::string_view text) {
  std::string mended;
  std::string chain;
  while (!text.empty()) {
    const std::string line(cut_off(text, "\n"));
    chain = store::sha256_hex(chain + '\n' + line);
    mended += line + ' ' + chain + '\n';
  }
  try_ledger(mended);
}

// Keys as they were made, and the file without most of its places.
struct KeyFixture {
  run::SecretKey master{};
  run::SecretKey root{};
  std::string bytes;
  std::map<std::uint64_t, run::SecretKey> keys;
  static constexpr std::size_t kPlaces = 6;
  static constexpr std::size_t kBytes = 128 + 64 * kPlaces;

  KeyFixture() {
    master.fill(1);
    root.fill(2);
    const fs::path file = files_folder().fresh("made") / "records.keys";
    const auto vault = run::Vault::make(file, master, root);
    while (keys.size() < kPlaces) {
      const run::Vault::Fresh fresh = vault->fresh();
      if (fresh.place < kPlaces) keys[fresh.place] = fresh.key;
    }
    bytes = bytes_in(file).substr(0, kBytes);
  }
  void expect_keys_of(const fs::path& file, bool whole) const {
    std::unique_ptr<run::Vault> vault;
    try {
      vault = run::Vault::open(file, master);
    } catch (const run::KeyFileError&) {
      expect(!whole, "a file of keys that nobody changed is opened");
      return;
    }
    expect(vault->root() == root, "a file of keys that is opened holds the root that it was made with");
    for (std::uint64_t place = 0; place < kPlaces + 2; ++place) {
      const auto key = vault->key(place);
      if (whole) expect(key.has_value() == keys.contains(place), "a key is where it was made");
      if (key)
        expect(keys.contains(place) && *key == keys.at(place), "a key is the one that was made, or none");
    }
  }
};

void try_keys_file(std::string_view changes) {
  static const KeyFixture fixture;
  std::string bytes = fixture.bytes;
  std::string copied = fixture.bytes;
  const bool changed = change(changes, {&bytes, &copied});
  const fs::path folder = files_folder().fresh("keys");
  put(folder / "records", bytes);
  put(folder / "one.keys", copied);
  fixture.expect_keys_of(folder / "records", !changed);
  try {
    run::copy_vault(folder / "records", folder / "two.keys", 1);
    fixture.expect_keys_of(folder / "two.keys", !changed);
    run::follow_vault(folder / "records", folder / "one.keys", 1);
    fixture.expect_keys_of(folder / "one.keys", !changed);
  } catch (const run::KeyFileError&) {
    expect(changed, "a file of keys that nobody changed is copied");
  }
  run::forget_old_copies(folder, 1'787'281'200'000);
}

void try_backup(std::string_view bytes) {
  const fs::path file = files_folder().fresh("backup") / "one";
  put(file, bytes);
  try {
    store::BackupReader reader(file, std::nullopt);
    std::string all;
    for (std::string some; reader.read_some(some);) all += some;
    expect(all == bytes, "a backup in the clear holds what it holds");
  } catch (const store::BackupDamaged&) {
    expect(bytes.starts_with("motcua-sealed-1\n"), "a backup in the clear is read");
  }
}

void try_sealed_backup(std::string_view changes) {
  store::BackupKey key{};
  key.fill(3);
  static const std::string text = std::string(65'536, 'a') + "b";
  const fs::path file = files_folder().fresh("sealed") / "one";
  static const std::string sealed = [&] {
    store::BackupWriter writer(file, key);
    writer.write(text);
    writer.finish();
    return bytes_in(file);
  }();
  std::string bytes = sealed;
  const bool changed = change(changes, {&bytes});
  put(file, bytes);
  std::string all;
  try {
    store::BackupReader reader(file, key);
    for (std::string some; reader.read_some(some);) {
      all += some;
      expect(text.starts_with(all), "what is read of an encrypted backup is what was written");
    }
    expect(all == text && !changed, "an encrypted backup that was changed is not read to its end");
  } catch (const store::BackupDamaged&) {
    expect(changed, "an encrypted backup that nobody changed is read");
  }
}

std::string digest_bytes(std::string_view text) {
  const auto digest = store::sha256(text);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

using Pages = std::vector<std::pair<std::uint32_t, std::string>>;
Pages pages_in(store::PagesFileReader& reader) {
  Pages pages;
  std::uint32_t page = 0;
  for (std::string content; reader.next(page, content);) pages.emplace_back(page, content);
  return pages;
}

std::string written_again(const fs::path& file, const store::PagesHead& head, const Pages& pages,
                          std::uint32_t whole_from) {
  store::PagesFileWriter writer(file, std::nullopt, head);
  for (const auto& [page, content] : pages) writer.add(page, content);
  writer.finish(whole_from);
  return bytes_in(file);
}

void try_pages(std::string_view bytes) {
  const fs::path folder = files_folder().fresh("pages");
  put(folder / "one", std::string(bytes) + digest_bytes(bytes));
  try {
    store::PagesFileReader reader(folder / "one", std::nullopt);
    const Pages pages = pages_in(reader);
    const std::string once = written_again(folder / "two", reader.head(), pages, reader.whole_from());
    store::PagesFileReader second(folder / "two", std::nullopt);
    expect(pages_in(second) == pages, "pages are written and read again");
    expect(written_again(folder / "three", second.head(), pages, second.whole_from()) == once,
           "what a file of pages begins with is written and read again");
    expect(once == bytes_in(folder / "one"), "a file of pages has one spelling");
  } catch (const store::BackupDamaged&) {
  }
}

// The parts are a base and the segments behind it, each after the digest of the one before.
void put_followed(const fs::path& folder, std::string_view input) {
  constexpr std::string_view kFollows = "\nfollows ";
  std::string before(64, '0');
  for (int number = 0; !input.empty() && number < 4; ++number) {
    std::string part(cut_off(input, "\n====\n"));
    const std::size_t follows = part.find(kFollows);
    if (follows != std::string::npos && part.size() >= follows + kFollows.size() + 64)
      part.replace(follows + kFollows.size(), 64, before);
    if (number > 0) before = store::sha256_hex(part);
    part += digest_bytes(part);
    put(folder / ((number == 0 ? "base-000000000" : "segment-000000000") + std::to_string(number)), part);
  }
}

void try_followed(std::string_view input) {
  const fs::path folder = files_folder().fresh("followed");
  put_followed(folder, input);
  put(folder / "followed", "motcua follow 1\nepoch 1\nkey none\n");
  const fs::path made = files_folder().fresh("brought") / "db";
  try {
    const store::FollowedBack back = store::bring_back(folder, std::nullopt, made);
    const std::uint64_t page_size = back.standing.page_size;
    expect(fs::file_size(made) == back.standing.pages * page_size,
           "a database has the size that its head says");
    std::map<std::uint32_t, std::string> wanted;
    for (std::uint32_t i = 0; i <= back.segments; ++i) {
      store::PagesFileReader reader(
          folder / ((i == 0 ? "base-000000000" : "segment-000000000") + std::to_string(i)), std::nullopt);
      for (auto& [page, content] : pages_in(reader)) wanted[page] = std::move(content);
    }
    std::ifstream in(made, std::ios::binary);
    for (const auto& [page, content] : wanted) {
      if (page > back.standing.pages) continue;
      std::string held(content.size(), '\0');
      in.seekg(static_cast<std::streamoff>((page - 1) * page_size));
      in.read(held.data(), static_cast<std::streamsize>(held.size()));
      expect(held == content, "a page is the last one that was followed");
    }
  } catch (const store::StoreError&) {
    expect(!fs::exists(made), "of what cannot be brought back nothing is left");
  }
  try {
    const store::FollowDir taken_up(folder, 1, std::nullopt);
  } catch (const store::StoreError&) {
  }
}

// Seals of three heads over six events.
struct SealFixture {
  static constexpr std::int64_t kEpoch = 5;
  std::array<std::uint8_t, 32> seed{9};
  run::Ed25519Public key = run::ed25519_public(seed);
  std::string heads, entries;
  std::vector<std::string> texts;

  SealFixture() {
    const fs::path folder = files_folder().fresh("made");
    run::SealLog log(folder, kEpoch, key);
    for (std::uint8_t count = 1; count <= 3; ++count) {
      std::vector<store::Hash> more(count);
      for (std::uint8_t i = 0; i < count; ++i) more[i].fill(static_cast<std::uint8_t>(count * 16 + i));
      run::SealedHead head = log.next(more, store::AccessMark{count, {}}, core::Instant{count});
      head.signature = run::ed25519_sign(seed, head.text());
      texts.push_back(head.text());
      log.add(more, head);
    }
    heads = bytes_in(run::SealLog::heads_file(folder, kEpoch));
    entries = bytes_in(run::SealLog::entries_file(folder, kEpoch));
  }
};

void try_seals(std::string_view changes) {
  static const SealFixture fixture;
  std::string heads = fixture.heads;
  std::string entries = fixture.entries;
  const bool changed = change(changes, {&heads, &entries});
  const fs::path folder = files_folder().fresh("seals");
  put(run::SealLog::heads_file(folder, SealFixture::kEpoch), heads);
  put(run::SealLog::entries_file(folder, SealFixture::kEpoch), entries);
  try {
    api::SealCopy(folder, files_folder().fresh("copied"), SealFixture::kEpoch).copy();
  } catch (const store::StoreError&) {
    expect(changed, "seals that nobody changed are copied");
  }
  try {
    run::SealLog log(folder, SealFixture::kEpoch, fixture.key);
    const std::vector<store::Hash> surplus = log.surplus();
    if (log.last()) {
      const auto& texts = fixture.texts;
      expect(std::find(texts.begin(), texts.end(), log.last()->text()) != texts.end(),
             "the last head is one that was signed");
      expect(log.size() == log.last()->size, "a head speaks of all that is sealed");
      log.last_entry();
    }
    log.forget_surplus();
    expect(log.surplus().empty(), "what is forgotten is gone");
  } catch (const run::SealError&) {
    expect(changed, "seals that nobody changed are opened");
  }
}

void try_kept_head(std::string_view text) {
  const fs::path file = files_folder().fresh("kept") / "head.json";
  put(file, text);
  std::string fault;
  const auto head = api::read_kept_head(file, fault);
  expect(head.has_value() == fault.empty(), "a kept head is read, or has a fault");
  if (const auto key = api::read_public_key(text))
    expect(run::base64(*key) == text, "a public key has one spelling");
}

void try_export_head(std::string_view text) {
  bool given = false;
  std::string fault;
  const auto next = [&](std::string& line) {
    line = text;
    return !std::exchange(given, true);
  };
  const auto document = api::recomputed_document(next, fault);
  expect(document.has_value() == fault.empty(), "an export is counted, or has a fault");
}

}  // namespace

void fuzz_files(std::string_view input) {
  if (input.empty()) return;
  const std::string_view rest = input.substr(1);
  switch (input.front()) {
    case 'l':
      return try_ledger(rest);
    case 'L':
      return try_mended_ledger(rest);
    case 'v':
      return try_keys_file(rest);
    case 'b':
      return try_backup(rest);
    case 'B':
      return try_sealed_backup(rest);
    case 'p':
      return try_pages(rest);
    case 'f':
      return try_followed(rest);
    case 's':
      return try_seals(rest);
    case 'k':
      return try_kept_head(rest);
    case 'x':
      return try_export_head(rest);
    default:
      return;
  }
}

}  // namespace motcua::fuzz
