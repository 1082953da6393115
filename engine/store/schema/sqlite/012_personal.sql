-- Personal data: who read it, and what was erased. Both are truth.

-- Who read unmasked what persons typed of a dossier, and why. Only ever added to. `what`: AccessKind; `sealed`: the reason, whose key goes with those of
-- the dossier's texts when these are erased; `hash`: of the row and the hash before it.
CREATE TABLE access(
  position INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  request BLOB NOT NULL CHECK (length(request) = 16),
  caller INTEGER NOT NULL,
  officer INTEGER NOT NULL,
  dossier INTEGER NOT NULL REFERENCES dossier(key),
  what INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX access_of_dossier ON access(dossier, position);

-- Erasures, by the dossier. done_at: when its keys were destroyed; null: they are still to be.
CREATE TABLE erasure(
  dossier INTEGER PRIMARY KEY REFERENCES dossier(key),
  decided_at INTEGER NOT NULL,
  ground INTEGER NOT NULL,
  done_at INTEGER
) STRICT;
CREATE INDEX erasure_to_do ON erasure(dossier) WHERE done_at IS NULL;
