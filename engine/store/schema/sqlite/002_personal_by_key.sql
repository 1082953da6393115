-- Typed texts by one key, dossier << 20 | version: rows this long made a tree by two columns, which keeps whole
-- rows in its inner pages, six levels deep.
CREATE TABLE personal_by_key(
  key INTEGER PRIMARY KEY,
  sealed BLOB NOT NULL
) STRICT;
INSERT INTO personal_by_key SELECT dossier << 20 | version, sealed FROM personal ORDER BY dossier, version;
DROP TABLE personal;
ALTER TABLE personal_by_key RENAME TO personal;
