#include "engine/store/sqlite_mail.h"

namespace motcua::store::sqlite {
namespace {

constexpr std::string_view kMailFollowed = "mail_followed";

Letter letter_of(const Rows& rows) {
  Letter letter;
  letter.key = rows.integer(0);
  letter.kind = static_cast<LetterKind>(rows.integer(1));
  rows.copy(2, letter.source.bytes);
  rows.copy(3, letter.dossier.bytes);
  letter.version = static_cast<std::uint32_t>(rows.integer(4));
  letter.recipient = core::Code(rows.text(5));
  letter.state = static_cast<LetterState>(rows.integer(6));
  letter.attempts = static_cast<int>(rows.integer(7));
  letter.queued_at = core::Instant{rows.integer(8)};
  letter.next_at = core::Instant{rows.integer(9)};
  return letter;
}

}  // namespace

MailTables::MailTables(Connection& connection)
    : followed_(connection, "SELECT value FROM meta WHERE name = ?1"),
      due_(connection,
           "SELECT key, kind, source, dossier, version, recipient, state, attempts, queued_at, next_at FROM "
           "letter WHERE state = 0 AND next_at <= ?1 ORDER BY next_at, key LIMIT ?2"),
      of_(connection,
          "SELECT key, kind, source, dossier, version, recipient, state, attempts, queued_at, next_at FROM "
          "letter WHERE dossier = ?1 AND version BETWEEN ?2 AND ?3 ORDER BY version, key"),
      attempts_of_(connection,
                   "SELECT at, outcome, reply FROM letter_attempt WHERE letter = ?1 ORDER BY number"),
      follow_(connection, "INSERT OR REPLACE INTO meta VALUES(?1, ?2)"),
      forget_(connection, "DELETE FROM meta WHERE name = ?1"),
      add_(connection,
           "INSERT INTO letter(kind, source, dossier, version, recipient, state, attempts, queued_at, "
           "next_at) VALUES(?1, ?2, ?3, ?4, ?5, 0, 0, ?6, ?7)"),
      move_(
          connection,
          "UPDATE letter SET state = ?2, attempts = attempts + 1, next_at = ?3 WHERE key = ?1 AND state = 0"),
      add_attempt_(connection,
                   "INSERT INTO letter_attempt SELECT key, attempts, ?2, ?3, ?4 FROM letter WHERE key = ?1"),
      prune_(connection,
             "DELETE FROM letter WHERE key IN (SELECT key FROM (SELECT key, state, queued_at FROM letter "
             "ORDER BY key LIMIT ?2) WHERE state <> 0 AND queued_at < ?1)") {}

std::optional<std::int64_t> MailTables::followed() {
  Rows rows = followed_.rows(kMailFollowed);
  if (!rows.next()) return std::nullopt;
  return rows.integer(0);
}

std::vector<Letter> MailTables::due(core::Instant now, int limit) {
  std::vector<Letter> letters;
  Rows rows = due_.rows(now.ms, limit);
  while (rows.next()) letters.push_back(letter_of(rows));
  return letters;
}

std::vector<LetterHistory> MailTables::of(const core::Uuid& dossier, std::uint32_t first,
                                          std::uint32_t last) {
  std::vector<LetterHistory> letters;
  {
    Rows rows = of_.rows(blob(dossier), std::int64_t{first}, std::int64_t{last});
    while (rows.next()) letters.push_back({letter_of(rows), {}});
  }
  for (LetterHistory& one : letters) {
    Rows rows = attempts_of_.rows(one.letter.key);
    while (rows.next()) {
      one.attempts.push_back({core::Instant{rows.integer(0)}, static_cast<LetterOutcome>(rows.integer(1)),
                              static_cast<int>(rows.integer(2))});
    }
  }
  return letters;
}

void MailTables::add(const Letter& letter) {
  add_.run(static_cast<std::int64_t>(letter.kind), blob(letter.source), blob(letter.dossier),
           std::int64_t{letter.version}, letter.recipient.text, letter.queued_at.ms, letter.next_at.ms);
}

void MailTables::add_for(const Alert& alert) {
  if (alert.letters_to.empty() || !followed()) return;
  for (const core::Code& officer : alert.letters_to) {
    Letter letter;
    letter.kind = LetterKind::alert;
    letter.source = alert.id;
    letter.dossier = alert.dossier;
    letter.recipient = officer;
    letter.queued_at = alert.fired_at;
    letter.next_at = alert.fired_at;
    add(letter);
  }
}

void MailTables::queue(std::span<const Letter> letters, std::optional<std::int64_t> followed) {
  for (const Letter& letter : letters) add(letter);
  if (followed) {
    follow_.run(kMailFollowed, *followed);
  } else {
    forget_.run(kMailFollowed);
  }
}

void MailTables::record(std::span<const LetterTried> tried) {
  for (const LetterTried& one : tried) {
    // A letter that is over already keeps the ledger that it has.
    if (move_.run(one.letter, static_cast<std::int64_t>(one.state), one.next_at.ms) == 0) continue;
    add_attempt_.run(one.letter, one.attempt.at.ms, static_cast<std::int64_t>(one.attempt.outcome),
                     std::int64_t{one.attempt.reply});
  }
}

void MailTables::prune(core::Instant queued_before, int limit) { prune_.run(queued_before.ms, limit); }

}  // namespace motcua::store::sqlite
