#include "engine/store/sqlite_personal.h"

#include <algorithm>

#include "engine/store/digest.h"
#include "engine/store/sqlite_rows.h"
#include "engine/store/sqlite_writer.h"
#include "engine/store/store.h"

namespace motcua::store::sqlite {
namespace {

constexpr int kVersionBits = 20;
constexpr std::int64_t kLookedAtMax = 5'000;
constexpr std::int64_t kUnboundedKey = std::numeric_limits<std::int64_t>::max();

void put(std::string& out, std::uint64_t number) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>(number >> (8 * i));
}
void put(std::string& out, std::string_view text) {
  put(out, std::uint64_t{text.size()});
  out += text;
}
std::string_view view(const core::Uuid& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

std::array<std::uint8_t, 32> hash_of(const Access& entry) {
  std::string bytes(reinterpret_cast<const char*>(entry.before.data()), entry.before.size());
  put(bytes, static_cast<std::uint64_t>(entry.position));
  put(bytes, static_cast<std::uint64_t>(entry.at.ms));
  put(bytes, view(entry.request));
  put(bytes, entry.caller.text);
  put(bytes, entry.officer.text);
  put(bytes, view(entry.dossier.value_or(core::Uuid{})));
  put(bytes, static_cast<std::uint64_t>(entry.what));
  put(bytes, entry.sealed);
  return sha256(bytes);
}

}  // namespace

PersonalWriter::PersonalWriter(Connection& connection, Words& words)
    : words_(words),
      keys_end_(connection),
      last_(connection, "SELECT position, hash FROM access ORDER BY position DESC LIMIT 1"),
      dossier_(connection, "SELECT key FROM dossier WHERE id = ?1"),
      note_(connection, "INSERT INTO access VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
      erase_(connection, "INSERT INTO erasure VALUES(?1, ?2, ?3, NULL) ON CONFLICT DO NOTHING"),
      drop_tokens_(connection, "DELETE FROM search_token WHERE generation = ?1 AND dossier = ?2"),
      finish_(connection, "UPDATE erasure SET done_at = ?2 WHERE dossier = ?1"),
      drop_records_(connection, "DELETE FROM personal WHERE key BETWEEN ?1 AND ?2"),
      drop_acts_(connection,
                 "UPDATE alert_act SET sealed = x'' WHERE sealed <> x'' AND alert IN (SELECT key FROM alert "
                 "WHERE key = alert_act.alert AND dossier = ?1)"),
      seal_again_(connection, "UPDATE personal SET sealed = ?2 WHERE key = ?1"),
      sealed_anew_(connection, "INSERT OR REPLACE INTO meta VALUES('sealed_anew', 1)"),
      is_erased_(connection, "SELECT 1 FROM erasure e JOIN dossier d ON d.key = e.dossier WHERE d.id = ?1") {}

void PersonalWriter::note(std::span<const Access> entries) {
  Access one;
  {
    Rows rows = last_.rows();
    if (rows.next()) {
      one.position = rows.integer(0);
      rows.copy(1, one.hash);
    }
  }
  for (const Access& entry : entries) {
    const std::int64_t position = one.position + 1;
    const auto before = one.hash;
    one = entry;
    one.position = position;
    one.before = before;
    one.hash = hash_of(one);
    std::optional<std::int64_t> dossier;
    if (one.dossier) {
      Rows rows = dossier_.rows(blob(*one.dossier));
      if (!rows.next()) throw StoreError("an entry of the access log names a dossier that is none");
      dossier = rows.integer(0);
    }
    keys_end_.note(one.sealed);
    note_.run(one.position, one.at.ms, blob(one.request), words_.intern(Vocabulary::caller, one.caller.text),
              words_.intern(Vocabulary::officer, one.officer.text), dossier, static_cast<int>(one.what),
              blob(one.sealed), blob(one.hash));
  }
}

bool PersonalWriter::is_erased(const core::Uuid& dossier) { return is_erased_.rows(blob(dossier)).next(); }

void PersonalWriter::erase(std::int64_t dossier, core::Instant at, core::ErasureGround ground) {
  drop_tokens_.run(dossier >> kGenerationBits, dossier);
  erase_.run(dossier, at.ms, static_cast<int>(ground));
}

void PersonalWriter::finish(std::span<const core::Uuid> dossiers, core::Instant at) {
  for (const core::Uuid& id : dossiers) {
    std::int64_t dossier = 0;
    {
      Rows rows = dossier_.rows(blob(id));
      if (!rows.next()) continue;
      dossier = rows.integer(0);
    }
    drop_records_.run(dossier << kVersionBits, ((dossier + 1) << kVersionBits) - 1);
    drop_acts_.run(dossier);
    finish_.run(dossier, at.ms);
  }
}

void PersonalWriter::seal_again(std::span<const SealedRecord> records, bool whole) {
  for (const SealedRecord& record : records) {
    keys_end_.note(record.sealed);
    seal_again_.run(record.key, blob(record.sealed));
  }
  if (whole) sealed_anew_.run();
}

SqlitePersonalData::SqlitePersonalData(const SqliteOptions& options, std::shared_ptr<LogSync> log,
                                       Writer* writer)
    : writer_(writer),
      reads_(options.path, std::move(log)),
      words_(reads_),
      log_(reads_,
           "SELECT a.position, a.at, a.request, a.caller, a.officer, d.id, a.what, a.sealed, a.hash FROM "
           "access "
           "a LEFT JOIN dossier d ON d.key = a.dossier WHERE a.position < ?1 ORDER BY a.position DESC LIMIT "
           "?2"),
      log_of_dossier_(
          reads_,
          "SELECT a.position, a.at, a.request, a.caller, a.officer, d.id, a.what, a.sealed, a.hash "
          "FROM access a JOIN dossier d ON d.key = a.dossier WHERE a.dossier = ?3 AND a.position < "
          "?1 ORDER BY a.position DESC LIMIT ?2"),
      before_(reads_,
              "SELECT a.position, a.at, a.request, a.caller, a.officer, d.id, a.what, a.sealed, a.hash FROM "
              "access a LEFT JOIN dossier d ON d.key = a.dossier WHERE a.position > ?1 ORDER BY a.position "
              "LIMIT ?2"),
      dossier_(reads_, "SELECT key FROM dossier WHERE id = ?1"),
      to_erase_(reads_,
                "SELECT e.dossier, d.id, e.decided_at, e.ground FROM erasure e JOIN dossier d ON d.key = "
                "e.dossier WHERE e.done_at IS NULL ORDER BY e.dossier LIMIT ?1"),
      count_(reads_, "SELECT count(*) FROM erasure WHERE done_at IS NULL"),
      records_(reads_, "SELECT sealed FROM personal WHERE key BETWEEN ?1 AND ?2"),
      reasons_(reads_, "SELECT sealed FROM access WHERE dossier = ?1"),
      acts_(reads_,
            "SELECT c.sealed FROM alert_act c JOIN alert a ON a.key = c.alert WHERE c.sealed <> x'' AND "
            "a.dossier = ?1"),
      old_(reads_,
           "SELECT p.key, substr(p.sealed, 1, 1) FROM personal p WHERE p.key > ?1 ORDER BY p.key LIMIT ?2"),
      sealed_(reads_,
              "SELECT d.id, p.sealed FROM personal p JOIN dossier d ON d.key = p.key >> 20 WHERE p.key = ?1"),
      sealed_anew_(reads_, "SELECT 1 FROM meta WHERE name = 'sealed_anew'"),
      erased_(reads_,
              "SELECT d.id, e.decided_at, e.ground FROM erasure e JOIN dossier d ON d.key = e.dossier WHERE "
              "e.done_at IS NOT NULL ORDER BY e.done_at"),
      access_end_(reads_, "SELECT position, hash FROM access ORDER BY position DESC LIMIT 1"),
      access_at_(reads_, "SELECT position, hash FROM access WHERE position = ?1") {}

Writer& SqlitePersonalData::writer() {
  if (writer_ == nullptr) throw StoreError("the database is open for reading only");
  return *writer_;
}

void SqlitePersonalData::note(std::span<const Access> entries) {
  writer().write_personal([&](PersonalWriter& to) { to.note(entries); });
}

bool SqlitePersonalData::is_erased(const core::Uuid& dossier) { return writer().is_erased(dossier); }

std::vector<Erasure> SqlitePersonalData::erased() {
  const SharedReads::Call call(reads_);
  std::vector<Erasure> found;
  Rows rows = erased_.rows();
  while (rows.next()) {
    Erasure& one = found.emplace_back();
    rows.copy(0, one.dossier.bytes);
    one.decided_at.ms = rows.integer(1);
    one.ground = static_cast<core::ErasureGround>(rows.integer(2));
  }
  return found;
}

Access SqlitePersonalData::access_in(const Rows& rows) {
  Access one;
  one.position = rows.integer(0);
  one.at.ms = rows.integer(1);
  rows.copy(2, one.request.bytes);
  one.caller.text = words_.text(rows.integer(3));
  one.officer.text = words_.text(rows.integer(4));
  if (!rows.is_null(5)) rows.copy(5, one.dossier.emplace().bytes);
  one.what = static_cast<AccessKind>(
      std::clamp<std::int64_t>(rows.integer(6), 0, std::size(core::EnumWords<AccessKind>::words) - 1));
  one.sealed = rows.bytes(7);
  rows.copy(8, one.hash);
  return one;
}

AccessPage SqlitePersonalData::accesses(const AccessQuery& query) {
  const SharedReads::Call call(reads_);
  AccessPage page;
  std::int64_t dossier = 0;
  if (query.dossier) {
    Rows rows = dossier_.rows(blob(*query.dossier));
    if (!rows.next()) return page;
    dossier = rows.integer(0);
  }
  Rows rows = query.dossier ? log_of_dossier_.rows(query.before, kLookedAtMax, dossier)
                            : log_.rows(query.before, kLookedAtMax);
  std::int64_t looked = 0;
  while (rows.next()) {
    if (page.entries.size() == static_cast<std::size_t>(query.limit)) {
      page.more = true;
      return page;
    }
    Access one = access_in(rows);
    page.last = one.position;
    ++looked;
    // Instants of the log never go back.
    if (query.from && one.at < *query.from) return page;
    const bool wanted = (query.caller.empty() || one.caller == query.caller) &&
                        (query.officer.empty() || one.officer == query.officer) &&
                        (!query.until || one.at < *query.until);
    if (wanted) page.entries.push_back(std::move(one));
  }
  page.more = looked == kLookedAtMax;
  return page;
}

std::optional<std::int64_t> SqlitePersonalData::broken_access() {
  Access before;
  for (bool more = true; more;) {
    more = false;
    const SharedReads::Call call(reads_);  // of a slice: the log of the database is not held for all of them
    Rows rows = before_.rows(before.position, kLookedAtMax);
    while (rows.next()) {
      more = true;
      Access one = access_in(rows);
      one.before = before.hash;
      if (one.position != before.position + 1 || hash_of(one) != one.hash) return before.position + 1;
      before = std::move(one);
    }
  }
  return std::nullopt;
}

AccessMark SqlitePersonalData::access_end() {
  const SharedReads::Call call(reads_);
  AccessMark mark;
  Rows rows = access_end_.rows();
  if (!rows.next()) return mark;
  mark.position = rows.integer(0);
  rows.copy(1, mark.hash);
  return mark;
}

std::optional<AccessMark> SqlitePersonalData::access_at(std::int64_t position) {
  const SharedReads::Call call(reads_);
  Rows rows = access_at_.rows(position);
  if (!rows.next()) return std::nullopt;
  AccessMark mark{position, {}};
  rows.copy(1, mark.hash);
  return mark;
}

std::vector<Erasure> SqlitePersonalData::to_erase(int limit) {
  const SharedReads::Call call(reads_);
  std::vector<Erasure> found;
  Rows rows = to_erase_.rows(limit);
  while (rows.next()) {
    const std::int64_t key = rows.integer(0);
    Erasure& one = found.emplace_back();
    rows.copy(1, one.dossier.bytes);
    one.decided_at.ms = rows.integer(2);
    one.ground = static_cast<core::ErasureGround>(rows.integer(3));
    const auto take = [&](Rows sealed) {
      while (sealed.next()) one.sealed.emplace_back(sealed.bytes(0));
    };
    take(records_.rows(key << kVersionBits, ((key + 1) << kVersionBits) - 1));
    take(reasons_.rows(key));
    take(acts_.rows(key));
  }
  return found;
}

std::int64_t SqlitePersonalData::count_to_erase() {
  const SharedReads::Call call(reads_);
  Rows rows = count_.rows();
  return rows.next() ? rows.integer(0) : 0;
}

void SqlitePersonalData::finish_erasures(std::span<const core::Uuid> dossiers, core::Instant at) {
  writer().write_personal([&](PersonalWriter& to) { to.finish(dossiers, at); });
}

bool SqlitePersonalData::empty_log() { return writer().empty_log(); }

std::vector<SealedRecord> SqlitePersonalData::sealed_as(char format, std::int64_t after, std::int64_t& last) {
  const SharedReads::Call call(reads_);
  std::vector<std::int64_t> keys;
  last = kUnboundedKey;
  {
    std::int64_t looked = 0;
    Rows rows = old_.rows(after, kLookedAtMax);
    while (rows.next()) {
      if (rows.bytes(1) == std::string_view(&format, 1)) keys.push_back(rows.integer(0));
      if (++looked == kLookedAtMax) last = rows.integer(0);
    }
  }
  std::vector<SealedRecord> found;
  for (const std::int64_t key : keys) {
    Rows rows = sealed_.rows(key);
    if (!rows.next()) continue;
    SealedRecord& record = found.emplace_back();
    record.key = key;
    rows.copy(0, record.dossier.bytes);
    record.version = static_cast<std::uint32_t>(key & ((1 << kVersionBits) - 1));
    record.sealed = rows.bytes(1);
  }
  return found;
}

void SqlitePersonalData::seal_again(std::span<const SealedRecord> records, bool whole) {
  writer().write_personal([&](PersonalWriter& to) { to.seal_again(records, whole); });
}

bool SqlitePersonalData::is_sealed_anew() {
  const SharedReads::Call call(reads_);
  return sealed_anew_.rows().next();
}

}  // namespace motcua::store::sqlite
