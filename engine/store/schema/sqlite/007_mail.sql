-- Letters to send, in the order in which they were queued. Ids only: a letter is written when it is sent. Truth, as
-- is the ledger of attempts; how far the journal was followed stands in meta (mail_followed), written with them.
CREATE TABLE letter(
  key INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  source BLOB NOT NULL CHECK (length(source) = 16),
  dossier BLOB NOT NULL CHECK (length(dossier) = 16),
  version INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  next_at INTEGER NOT NULL
) STRICT;
CREATE INDEX letter_waiting ON letter(next_at, key) WHERE state = 0;
CREATE INDEX letter_by_dossier ON letter(dossier, version);

CREATE TABLE letter_attempt(
  letter INTEGER NOT NULL REFERENCES letter(key) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  reply INTEGER NOT NULL,
  PRIMARY KEY(letter, number)
) STRICT, WITHOUT ROWID;
