-- A dossier may stand in a list for two agencies at once (two consulted, two parallel steps): who owes is part of
-- the place. Derived tables, filled again from what they held.
CREATE TABLE open_clock_by_owing(
  view INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  due INTEGER NOT NULL,
  dossier INTEGER NOT NULL,
  role INTEGER NOT NULL,
  from_at INTEGER NOT NULL,
  owing INTEGER NOT NULL,
  procedure INTEGER NOT NULL,
  PRIMARY KEY(view, kind, due, dossier, role, owing)
) STRICT, WITHOUT ROWID;
INSERT INTO open_clock_by_owing SELECT * FROM open_clock;
DROP TABLE open_clock;
ALTER TABLE open_clock_by_owing RENAME TO open_clock;

CREATE TABLE standing_by_owing(
  view INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  node INTEGER NOT NULL,
  due INTEGER NOT NULL,
  dossier INTEGER NOT NULL,
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  owing INTEGER NOT NULL,
  procedure INTEGER NOT NULL,
  PRIMARY KEY(view, kind, node, due, dossier, from_at, owing)
) STRICT, WITHOUT ROWID;
INSERT INTO standing_by_owing SELECT * FROM standing;
DROP TABLE standing;
ALTER TABLE standing_by_owing RENAME TO standing;
