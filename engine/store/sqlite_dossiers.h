#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/sqlite_counts.h"
#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_events.h"
#include "engine/store/sqlite_rows.h"
#include "engine/store/sqlite_words.h"
#include "engine/store/store.h"

namespace motcua::store::sqlite {

// Rows of some tables are grouped by the time at which their dossiers were made (001_first.sql).
constexpr int kGenerationBits = 11;
constexpr int kBlockBits = 8;
constexpr std::int64_t kBlockSize = std::int64_t{1} << kBlockBits;

// What of a dossier's row a writer needs.
struct Present {
  std::int64_t key = 0;
  std::uint32_t version = 0;
  Link last;
};

// Writes everything that is one row per dossier, or is derived from it. Checks first, writes after: each
// write of a group is judged wholly before its first row, so that no savepoint is needed to take a half back.
class DossierWriter {
 public:
  DossierWriter(Connection& connection, Words& words);
  std::optional<Present> find(const core::Uuid& id);
  bool code_is_free(const core::Code& code);
  std::optional<core::Uuid> holder_of(const core::Code& source, const core::Code& reference);
  std::int64_t last_key();

  // Requires that find() answered nothing, and that the code and the reference are free.
  void insert(std::int64_t key, const core::Dossier& after, const Link& last);
  // Requires that `before` is what the row holds.
  void update(std::int64_t key, const core::Dossier& before, const core::Dossier& after, const Link& last);
  void add_tokens(std::int64_t key, const std::vector<std::uint64_t>& tokens);
  // Writes what was gathered since the last call: blocks that many dossiers of a group share. Before each
  // commit.
  void finish_group();
  // Forgets it instead: the transaction was rolled back.
  void drop_group() {
    blocks_.clear();
    open_change_ = {};
  }
  // How many clocks of each kind the writes since the last call have opened, less those that they closed.
  OpenByKind take_open_change() { return std::exchange(open_change_, {}); }

 private:
  struct Block {
    std::string states;
    std::int64_t received_min = 0;
    std::int64_t received_max = 0;
  };
  void count_open_rows(const FiledRows& rows, std::int64_t by);
  // Puts a dossier's state and receipt into its block.
  void note_in_block(std::int64_t key, const core::Dossier& dossier);
  Block read_block(std::int64_t block, const core::Dossier& dossier);

  Words& words_;
  RowFiler filer_;
  Statement find_, code_, reference_, last_key_;
  Statement insert_, update_, add_code_, drop_code_, add_reference_, belongs_, belong_, token_, tokens_;
  Statement read_block_, write_block_;
  std::string snapshot_;
  std::map<std::int64_t, Block> blocks_;
  OpenByKind open_change_{};
};

}  // namespace motcua::store::sqlite
