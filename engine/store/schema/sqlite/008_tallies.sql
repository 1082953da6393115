-- What counting needs of a dossier that is over (core::Tally): lists and reports of a period read these rows in the
-- order in which they came, and open only the dossiers that they print. A row for each end, and for each later event
-- that changes what is counted (`again`): the newest row at or before a place of the journal holds there. Derived.
CREATE TABLE tally(
  position INTEGER PRIMARY KEY,
  dossier INTEGER NOT NULL,
  again INTEGER NOT NULL,
  occurred_at INTEGER NOT NULL,
  procedure INTEGER NOT NULL,
  variant INTEGER NOT NULL,
  receiving INTEGER NOT NULL,
  competent INTEGER NOT NULL,
  unit INTEGER NOT NULL,
  state INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  accepted_at INTEGER,
  ended_at INTEGER,
  due_at INTEGER,
  missed_since INTEGER,
  supplements INTEGER NOT NULL,
  supplement_asked_at INTEGER,
  promised_again INTEGER,
  acceptance_due INTEGER,
  acceptance_missed_since INTEGER,
  papers INTEGER NOT NULL,
  papers_digitised INTEGER NOT NULL,
  papers_reused INTEGER NOT NULL,
  steady_from INTEGER NOT NULL,
  paused_at INTEGER
) STRICT;
CREATE INDEX tally_again ON tally(position, dossier) WHERE again = 1;
CREATE INDEX tally_late ON tally(position, dossier, occurred_at, competent, unit, missed_since)
  WHERE missed_since IS NOT NULL;
