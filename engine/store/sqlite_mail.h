#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/store/mail.h"
#include "engine/store/sqlite_db.h"

namespace motcua::store::sqlite {

// The tables of letters, for the writer and for readers.
class MailTables {
 public:
  explicit MailTables(Connection& connection);
  std::optional<std::int64_t> followed();
  std::vector<Letter> due(core::Instant now, int limit);
  std::vector<LetterHistory> of(const core::Uuid& dossier, std::uint32_t first, std::uint32_t last);

  // Inside a transaction.
  void queue(std::span<const Letter> letters, std::optional<std::int64_t> followed);
  void record(std::span<const LetterTried> tried);
  void prune(core::Instant queued_before, int limit);

 private:
  Statement followed_, due_, of_, attempts_of_;
  Statement follow_, forget_, add_, move_, add_attempt_, prune_;
};

}  // namespace motcua::store::sqlite
