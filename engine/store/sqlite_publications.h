#pragma once

#include <functional>
#include <span>
#include <vector>

#include "engine/store/publications.h"
#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_snapshot.h"
#include "engine/store/sqlite_store.h"

namespace motcua::store::sqlite {

// Keys of counters with the month of a restore behind it: up to which number lists of the months before it
// may have been published and lost.
inline const std::string kLostLists = "list ";

// What changes in the tables of publications. On the writer's connection, inside its transaction.
class PublicationWriter {
 public:
  explicit PublicationWriter(Connection& connection);
  // False, before anything is written, when a list is no longer in the state that a write was decided on.
  bool apply(std::span<const PublicationWrite> writes);

 private:
  bool stands(const PublicationWrite& write);
  void apply(const AddPublication& write);
  void apply(const SetPublication& write);
  void apply(const PutPart& write);
  void apply(const PutFile& write);
  void apply(const ClearPublication& write);

  Statement state_, taken_, add_, set_, put_part_, put_file_, clear_parts_, clear_files_;
};

// Publications on a connection of its own for the reads, which come from several threads and are few.
class SqlitePublications : public Publications {
 public:
  using Write = std::function<Verdict(std::span<const PublicationWrite>, const Outcome*)>;
  SqlitePublications(const SqliteOptions& options, std::shared_ptr<LogSync> log, Write write);
  std::optional<Publication> find(const core::Uuid& id) override;
  std::vector<Publication> page(const PublicationQuery& query) override;
  std::vector<core::Code> parts(std::int64_t publication) override;
  int next_number(const std::string& month, const core::Code& scope) override;
  std::optional<PublicationPart> part(std::int64_t publication, int part) override;
  std::vector<std::string> files(std::int64_t publication) override;
  std::optional<PublicationFile> file(std::int64_t publication, const std::string& name) override;
  Verdict write(std::span<const PublicationWrite> writes, const Outcome* outcome) override {
    return write_(writes, outcome);
  }

 private:
  const Write write_;
  SharedReads reads_;
  Statement find_, page_, number_, lost_, parts_, part_, files_, file_;
};

}  // namespace motcua::store::sqlite
