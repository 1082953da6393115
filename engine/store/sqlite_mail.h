#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/store/alert.h"
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
  // A letter to each officer whom the alert is to reach by mail; none where no mail is sent.
  void add_for(const Alert& alert);
  void queue(std::span<const Letter> letters, std::optional<std::int64_t> followed);
  void record(std::span<const LetterTried> tried);
  void prune(core::Instant queued_before, int limit);

 private:
  void add(const Letter& letter);
  Statement followed_, due_, of_, attempts_of_;
  Statement follow_, forget_, add_, move_, add_attempt_, prune_;
};

}  // namespace motcua::store::sqlite
