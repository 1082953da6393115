-- A digest for the heads of an agency, and one for those of each unit; what earlier releases did not count is NULL.
CREATE TABLE digest_by_unit(
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  agency INTEGER NOT NULL,
  unit TEXT NOT NULL,
  day INTEGER NOT NULL,
  at INTEGER NOT NULL,
  fired_at INTEGER NOT NULL,
  recipients TEXT NOT NULL,
  late INTEGER NOT NULL,
  due_today INTEGER NOT NULL,
  due_tomorrow INTEGER NOT NULL,
  acceptance_late INTEGER,
  acceptance_due_today INTEGER,
  steps_late INTEGER,
  steps_due_today INTEGER,
  explanations_missing INTEGER,
  UNIQUE(agency, day, unit)
) STRICT;
INSERT INTO digest_by_unit SELECT key, id, agency, '', day, at, fired_at, recipients, late, due_today, due_tomorrow,
  NULL, acceptance_due_today, NULL, NULL, NULL FROM digest;
DROP TABLE digest;
ALTER TABLE digest_by_unit RENAME TO digest;
