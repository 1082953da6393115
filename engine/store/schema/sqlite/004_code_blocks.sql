-- Codes that a counter drew in advance, to print receipts while it is offline. Both are truth; which code is used
-- stands in dossier_code.
CREATE TABLE code_block(
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  agency TEXT NOT NULL,
  day INTEGER NOT NULL,
  drawn_at INTEGER NOT NULL,
  drawn_by TEXT NOT NULL,
  returned_at INTEGER
) STRICT;
CREATE INDEX code_block_by_agency ON code_block(agency, day);

CREATE TABLE drawn_code(
  code TEXT PRIMARY KEY,
  block INTEGER NOT NULL REFERENCES code_block(key),
  number INTEGER NOT NULL,
  voided_at INTEGER,
  UNIQUE(block, number)
) STRICT, WITHOUT ROWID;
