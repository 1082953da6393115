#pragma once

#include <span>
#include <vector>

#include "engine/store/personal.h"
#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_record_keys.h"
#include "engine/store/sqlite_snapshot.h"
#include "engine/store/sqlite_store.h"
#include "engine/store/sqlite_words.h"

namespace motcua::store::sqlite {

class Writer;

// What changes in the tables of personal data. On the writer's connection, inside its transaction.
class PersonalWriter {
 public:
  PersonalWriter(Connection& connection, Words& words);
  void note(std::span<const Access> entries);
  bool is_erased(const core::Uuid& dossier);
  // The dossier is not found by its owner any more, and waits for its keys to be destroyed.
  void erase(std::int64_t dossier, core::Instant at, core::ErasureGround ground);
  void finish(std::span<const core::Uuid> dossiers, core::Instant at);
  void seal_again(std::span<const SealedRecord> records, bool whole);

 private:
  Words& words_;
  RecordKeysEnd keys_end_;
  Statement last_, dossier_, note_, erase_, drop_tokens_, finish_, drop_records_, drop_acts_, seal_again_,
      sealed_anew_, is_erased_;
};

// Personal data on a connection of its own for the reads, which are few.
class SqlitePersonalData : public PersonalData {
 public:
  // The writer is null in a store that only reads.
  SqlitePersonalData(const SqliteOptions& options, std::shared_ptr<LogSync> log, Writer* writer);
  void note(std::span<const Access> entries) override;
  bool is_erased(const core::Uuid& dossier) override;
  std::vector<Erasure> erased() override;
  AccessPage accesses(const AccessQuery& query) override;
  std::optional<std::int64_t> broken_access() override;
  AccessMark access_end() override;
  std::optional<AccessMark> access_at(std::int64_t position) override;
  std::vector<Erasure> to_erase(int limit) override;
  std::int64_t count_to_erase() override;
  void finish_erasures(std::span<const core::Uuid> dossiers, core::Instant at) override;
  bool empty_log() override;
  std::vector<SealedRecord> sealed_as(char format, std::int64_t after, std::int64_t& last) override;
  void seal_again(std::span<const SealedRecord> records, bool whole) override;
  bool is_sealed_anew() override;

 private:
  Writer& writer();
  Access access_in(const Rows& rows);

  Writer* const writer_;
  SharedReads reads_;
  Words words_;
  Statement log_, log_of_dossier_, before_, dossier_, to_erase_, count_, records_, reasons_, acts_, old_,
      sealed_, sealed_anew_, erased_, access_end_, access_at_;
};

}  // namespace motcua::store::sqlite
