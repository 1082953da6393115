#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/value.h"

// A thin, owning layer over SQLite's C interface. Everything here throws StoreError, or one of its kinds.
namespace motcua::store::sqlite {

// Bytes to bind; a view, borrowed for the run.
struct Blob {
  const void* data = nullptr;
  std::size_t size = 0;
};
template <std::size_t N>
Blob blob(const std::array<std::uint8_t, N>& bytes) {
  return {bytes.data(), N};
}
inline Blob blob(const core::Uuid& id) { return blob(id.bytes); }
inline Blob blob(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

// Throws the kind of StoreError that the result code stands for.
[[noreturn]] void throw_failure(sqlite3* db, int code, std::string_view doing);

// An empty file that its owner alone may read and write, where there is none: what persons typed is sealed in
// a database, but whose dossier it is, and where it stands, is not. SQLite's files beside it take its mode.
void make_owned_file(const std::string& path);

// One connection. One thread at a time.
class Connection {
 public:
  // `flags` as of sqlite3_open_v2, without a mutex of its own; null is SQLite's default VFS.
  Connection(const std::string& path, int flags, const char* vfs = nullptr);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Statements without parameters and without an answer.
  void run(const std::string& sql);
  // The first column of the first row; 0 when there is none.
  std::int64_t number(const std::string& sql);
  // Cuts a call that works longer than `steps_max` steps of SQLite's machine: counted, not timed, so that it
  // needs no clock. Every call begins with begin_call().
  void limit_work(std::int64_t steps_max);
  void begin_call() { steps_left_ = steps_max_; }
  // Counts work that is done beside SQLite, in its steps. Throws ReadTooLong when that was too much.
  void count_work(std::int64_t steps);
  // Whether the log stays as it is where this connection is the last that closes the database. As SQLite has
  // it, it is copied back and removed.
  void keep_log(bool keep = true) {
    sqlite3_db_config(get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
  }
  bool in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }
  sqlite3* get() const { return db_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  static int on_progress(void* self);

  std::unique_ptr<sqlite3, Close> db_;
  std::int64_t steps_max_ = 0;
  std::int64_t steps_left_ = 0;
};

// The rows of one run; ends the run when it goes. Views end with the next step.
class Rows {
 public:
  explicit Rows(sqlite3_stmt* statement) : statement_(statement) {}
  ~Rows() { sqlite3_reset(statement_); }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  bool next();
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::string_view text(int column) const;
  std::string_view bytes(int column) const;
  template <std::size_t N>
  void copy(int column, std::array<std::uint8_t, N>& out) const {
    const std::string_view from = bytes(column);
    if (from.size() == N) std::copy(from.begin(), from.end(), reinterpret_cast<char*>(out.data()));
  }

 private:
  sqlite3_stmt* statement_;
};

// A statement prepared once. Borrows the connection's database.
class Statement {
 public:
  Statement(Connection& connection, std::string_view sql);
  Statement(Statement&& other) noexcept = default;

  // Binds ?1, ?2 … in order. What is bound must live until the rows are gone.
  template <class... Values>
  Rows rows(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
    return Rows(statement_.get());
  }
  // Runs to the end; the count of rows changed, where the statement changes any.
  template <class... Values>
  int run(const Values&... values) {
    {
      Rows all = rows(values...);
      while (all.next()) {
      }
    }
    return sqlite3_changes(sqlite3_db_handle(statement_.get()));
  }
  // The rowid that the last run inserted.
  std::int64_t inserted() const { return sqlite3_last_insert_rowid(sqlite3_db_handle(statement_.get())); }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  void bind(int index, std::int64_t value);
  void bind(int index, const std::optional<std::int64_t>& value);  // nothing: NULL
  void bind(int index, std::string_view text);
  void bind(int index, const Blob& bytes);

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// One transaction, rolled back unless committed. `begin` is "BEGIN" or "BEGIN IMMEDIATE".
class Transaction {
 public:
  Transaction(Connection& connection, const char* begin);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Connection& connection_;
};

}  // namespace motcua::store::sqlite
