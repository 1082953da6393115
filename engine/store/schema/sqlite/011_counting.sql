-- What is kept for counting, in a shape that a month's draft passes over in one read of each row: `counted` is the
-- row's instants and its tally as compact bytes (store/tally_codec). The rows before it were derived, as these are;
-- they are made anew when the database is opened. Kinds: store::TallyRow::Kind.
DROP TABLE tally;
CREATE TABLE tally(
  position INTEGER PRIMARY KEY,
  dossier INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  counted BLOB NOT NULL
) STRICT;
CREATE INDEX tally_looked_at ON tally(position, dossier, kind) WHERE kind >= 2;

-- Of the rows of an end those of late dossiers, for the twelve months before a list.
CREATE TABLE late_end(
  position INTEGER PRIMARY KEY,
  dossier INTEGER NOT NULL,
  occurred_at INTEGER NOT NULL,
  competent INTEGER NOT NULL,
  unit INTEGER NOT NULL,
  missed_since INTEGER NOT NULL
) STRICT;
DELETE FROM meta WHERE name = 'tallies_filled';
