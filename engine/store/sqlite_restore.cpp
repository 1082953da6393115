#include "engine/store/sqlite_restore.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "engine/store/snapshot_codec.h"
#include "engine/store/sqlite_backup.h"
#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_events.h"
#include "engine/store/sqlite_publications.h"
#include "engine/store/sqlite_schema.h"

namespace motcua::store {
namespace sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kListsJump = 100;  // more documents than a month and scope gets in a day

void refuse_what_is_in_the_way(const std::string& path) {
  // A log without its database would be taken for the log of the one that comes.
  for (const std::string& file : {path, path + "-wal", path + "-shm"}) {
    if (fs::exists(fs::symlink_status(file))) {
      throw StoreError(file + " is there: move it away, with " + path + "-wal and " + path +
                       "-shm, before a backup takes its place");
    }
  }
}

void check_whole(Connection& connection, const std::string& backup) {
  Statement check(connection, "PRAGMA integrity_check(1)");
  Rows rows = check.rows();
  const bool answered = rows.next();
  if (answered && rows.text(0) == "ok") return;
  throw StoreError(backup + " is damaged: " + std::string(answered ? rows.text(0) : "it does not answer"));
}

void check_key(Connection& connection, const std::string& backup, const std::string& key_name) {
  const std::string known = key_name_of(connection);
  if (!known.empty() && known != key_name)
    throw StoreError(backup + " was sealed by another master key: put that one beside it first");
}

void sync_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (!synced) throw StoreError("cannot sync " + path + ": " + std::strerror(error));
}

void remove_part(const std::string& part) {
  std::error_code ignored;
  for (const char* suffix : {"", ".part", "-wal", "-shm"}) fs::remove(part + suffix, ignored);
}

// In the log's place the database gets everything, so that the file may be renamed alone.
void write_log_back(Connection& connection, const std::string& part) {
  if (connection.number("PRAGMA wal_checkpoint(TRUNCATE)") != 0)
    throw StoreError("cannot write the log of " + part + " back");
}

// Both ways in which a pattern may begin a key of the counters, which are kept day first.
std::array<std::string, 2> days_of_key(core::Date date) {
  const core::YearMonthDay ymd = core::year_month_day(date);
  char text[16];
  std::snprintf(text, sizeof text, "%04d%02d%02d", ymd.year, ymd.month, ymd.day);
  return {std::string(text), std::string(text + 2)};
}

// Counters of those days go on behind any number that may have been given. A row that is the day alone is the
// least of every counter of it (Writer::last_number).
void move_numbers(Connection& connection, const RestoreMark& mark) {
  // From the day alone to the last that has "-" behind it.
  Statement most(connection, "SELECT max(value) FROM counter WHERE key >= ?1 AND key < ?1 || '.'");
  Statement raise(connection, "UPDATE counter SET value = ?2 WHERE key >= ?1 AND key < ?1 || '.'");
  Statement floor(connection, "INSERT OR REPLACE INTO counter VALUES(?1, ?2)");
  for (core::Date day = mark.numbers_from; day <= mark.numbers_until; day = day + 1) {
    for (const std::string& key : days_of_key(day)) {
      std::int64_t value = mark.body.number_jump;
      {
        Rows rows = most.rows(key);
        if (rows.next()) value += rows.integer(0);
      }
      raise.run(key, value);
      floor.run(key, value);
    }
  }
}

// The lists of the months that were over may have been published, and theirs go on as well.
void move_list_numbers(Connection& connection, const RestoreMark& mark) {
  const core::YearMonthDay ymd = core::year_month_day(core::local_date(mark.at, core::kVietnamOffsetMinutes));
  char month[16];
  std::snprintf(month, sizeof month, "%04d-%02d", ymd.year, ymd.month);
  Statement move(connection,
                 "INSERT OR REPLACE INTO counter SELECT ?1, ?2 + coalesce(max(value), 0) FROM counter WHERE "
                 "key >= ?3 AND key < ?4");
  move.run(kLostLists + month, kListsJump, kLostLists, kLostLists + "~");
}

// The history of the journal itself: under a key that no list, count or page goes through.
void add_journal_event(Connection& connection, const RestoreMark& mark, std::int64_t old_epoch) {
  core::Event event;
  event.id = mark.event_id;
  event.dossier = core::kJournal;
  event.occurred_at = event.recorded_at = mark.at;
  event.caller = core::Code("system");
  event.cause = core::CauseKind::restore;
  core::JournalRestored body = mark.body;
  body.old_epoch = core::Code(std::to_string(old_epoch));
  body.new_epoch = core::Code(std::to_string(epoch_of(connection, false)));
  Words words(connection);
  EventWriter writer(connection, words);
  Link last;
  core::Dossier journal;
  {
    Statement known(connection, "SELECT version, last_event, head FROM dossier WHERE key = ?1");
    Rows rows = known.rows(kJournalKey);
    if (rows.next()) {
      journal.version = static_cast<std::uint32_t>(rows.integer(0));
      last.position = rows.integer(1);
      rows.copy(2, last.hash);
    }
  }
  event.version = journal.version + 1;
  event.body = body;
  journal.id = core::kJournal;
  journal.version = event.version;
  const std::vector<core::Event> events{event};
  const auto linked = link_events(last, events, writer.last_position() + 1);
  std::string snapshot;
  encode_snapshot(journal, snapshot);
  Statement put(connection,
                "INSERT INTO dossier(key, id, version, state, channel, procedure, receiving, competent, "
                "received_at, last_event, head, snapshot) VALUES(?1, ?2, ?3, 0, 0, 0, 0, 0, 0, ?4, ?5, ?6) "
                "ON CONFLICT(key) DO UPDATE SET version = excluded.version, last_event = "
                "excluded.last_event, head = excluded.head, snapshot = excluded.snapshot");
  const Link& link = linked.front().link;
  put.run(kJournalKey, blob(journal.id), journal.version, link.position, blob(link.hash), blob(snapshot));
  writer.add(kJournalKey, linked.front());
}

}  // namespace
}  // namespace sqlite

using namespace sqlite;

Restoring::Restoring(const SqliteOptions& options)
    : options_(options), part_(options.path + ".restoring"), lock_(options.path + ".lock") {
  refuse_what_is_in_the_way(options.path);
  remove_part(part_);  // of a restore that was cut
}

Restoring::~Restoring() { remove_part(part_); }

void Restoring::check(const std::string& told_as, const std::string& key_name) {
  SqliteOptions of_part = options_;
  of_part.path = told_as;
  of_part.create = false;
  Connection connection(part_, SQLITE_OPEN_READWRITE);
  connection.run("PRAGMA synchronous = FULL");
  check_whole(connection, told_as);
  prepare_schema(connection, of_part);
  check_key(connection, told_as, key_name);
  write_log_back(connection, part_);
}

void Restoring::begin_epoch(const RestoreMark& mark) {
  Connection connection(part_, SQLITE_OPEN_READWRITE);
  connection.run("PRAGMA synchronous = FULL");
  connection.run("PRAGMA foreign_keys = ON");
  {
    Transaction transaction(connection, "BEGIN IMMEDIATE");
    const std::int64_t old_epoch = epoch_of(connection, false);
    renew_epoch(connection);
    move_numbers(connection, mark);
    move_list_numbers(connection, mark);
    add_journal_event(connection, mark, old_epoch);
    transaction.commit();
  }
  write_log_back(connection, part_);
}

void Restoring::put_in_place() {
  {
    Connection connection(part_, SQLITE_OPEN_READWRITE);
    write_log_back(connection, part_);
  }
  std::error_code none;
  const auto log = fs::file_size(part_ + "-wal", none);
  if (!none && log > 0) throw StoreError(part_ + " still has a log: another program has it open");
  for (const char* suffix : {"-wal", "-shm"}) fs::remove(part_ + suffix, none);
  sync_file(part_);
  fs::rename(part_, options_.path);
  sync_directory_of(options_.path);
}

}  // namespace motcua::store
