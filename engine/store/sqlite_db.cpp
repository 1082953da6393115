#include "engine/store/sqlite_db.h"

#include <fcntl.h>
#include <unistd.h>

#include <limits>

#include "engine/store/store.h"

namespace motcua::store::sqlite {
namespace {

constexpr int kStepsPerCheck = 10'000;

}  // namespace

void throw_failure(sqlite3* db, int code, std::string_view doing) {
  std::string message = std::string(doing) + ": " +
                        (db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db)) + " (" +
                        std::to_string(db == nullptr ? code : sqlite3_extended_errcode(db)) + ")";
  switch (code & 0xff) {
    case SQLITE_FULL:
      throw StoreFull(message);
    case SQLITE_INTERRUPT:
      throw ReadTooLong(message);
  }
  throw StoreError(message);
}

void make_owned_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) ::close(fd);
}

Connection::Connection(const std::string& path, int flags, const char* vfs) {
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &db, flags | SQLITE_OPEN_NOMUTEX, vfs);
  db_.reset(db);
  if (code != SQLITE_OK) throw_failure(db, code, "cannot open " + path);
  sqlite3_extended_result_codes(db, 1);
}

void Connection::run(const std::string& sql) {
  const int code = sqlite3_exec(get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw_failure(get(), code, sql.substr(0, 60));
}

std::int64_t Connection::number(const std::string& sql) {
  Statement statement(*this, sql);
  Rows rows = statement.rows();
  return rows.next() ? rows.integer(0) : 0;
}

void Connection::limit_work(std::int64_t steps_max) {
  steps_max_ = steps_max;
  begin_call();
  sqlite3_progress_handler(get(), kStepsPerCheck, on_progress, this);
}

int Connection::on_progress(void* self) {
  auto& left = static_cast<Connection*>(self)->steps_left_;
  left -= kStepsPerCheck;
  return left < 0 ? 1 : 0;
}

void Connection::count_work(std::int64_t steps) {
  steps_left_ -= steps;
  if (steps_max_ > 0 && steps_left_ < 0) throw ReadTooLong("the read passes over too much");
}

bool Rows::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  throw_failure(sqlite3_db_handle(statement_), code, sqlite3_sql(statement_));
}

std::string_view Rows::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return {text == nullptr ? "" : text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view Rows::bytes(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return {bytes == nullptr ? "" : bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Statement::Statement(Connection& connection, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
  if (code != SQLITE_OK) throw_failure(connection.get(), code, sql);
}

void Statement::bind(int index, std::int64_t value) { sqlite3_bind_int64(statement_.get(), index, value); }

void Statement::bind(int index, const std::optional<std::int64_t>& value) {
  if (value) return bind(index, *value);
  sqlite3_bind_null(statement_.get(), index);
}

void Statement::bind(int index, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), index, text.data() == nullptr ? "" : text.data(), text.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bind(int index, const Blob& bytes) {
  sqlite3_bind_blob64(statement_.get(), index, bytes.data == nullptr ? "" : bytes.data, bytes.size,
                      SQLITE_STATIC);
}

Transaction::Transaction(Connection& connection, const char* begin) : connection_(connection) {
  connection_.run(begin);
}

Transaction::~Transaction() {
  // A failed statement may have ended the transaction by itself.
  if (connection_.in_transaction()) sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() { connection_.run("COMMIT"); }

}  // namespace motcua::store::sqlite
