-- Who asked for a person of whom nothing was found has read that: such an entry names no dossier.
CREATE TABLE access_anew(
  position INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  request BLOB NOT NULL CHECK (length(request) = 16),
  caller INTEGER NOT NULL,
  officer INTEGER NOT NULL,
  dossier INTEGER REFERENCES dossier(key),
  what INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
INSERT INTO access_anew SELECT * FROM access;
DROP TABLE access;
ALTER TABLE access_anew RENAME TO access;
CREATE INDEX access_of_dossier ON access(dossier, position) WHERE dossier IS NOT NULL;
