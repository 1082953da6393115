-- Monthly lists of late dossiers. Truth: what was published is the province's word, and never changes; the triggers
-- hold that against every writer.
CREATE TABLE publication(
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  month TEXT NOT NULL,
  scope TEXT NOT NULL,
  number INTEGER NOT NULL,
  state INTEGER NOT NULL,
  state_at INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  made_by TEXT NOT NULL,
  drafted_by TEXT NOT NULL,
  reviewed_by TEXT NOT NULL,
  published_by TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  corrects BLOB NOT NULL,
  corrected_code TEXT NOT NULL,
  reason TEXT NOT NULL,
  trouble TEXT NOT NULL,
  cutoff_position INTEGER NOT NULL,
  cutoff_recorded_at INTEGER NOT NULL,
  head TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  signature TEXT NOT NULL,
  public_key TEXT NOT NULL,
  UNIQUE(month, scope, number)
) STRICT;

-- The canonical JSON of each agency's section.
CREATE TABLE publication_part(
  publication INTEGER NOT NULL REFERENCES publication(key),
  part INTEGER NOT NULL,
  agency TEXT NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY(publication, part)
) STRICT;

-- What the public downloads, made once.
CREATE TABLE publication_file(
  publication INTEGER NOT NULL REFERENCES publication(key),
  name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY(publication, name)
) STRICT;

-- 4: published.
CREATE TRIGGER publication_stays BEFORE UPDATE ON publication WHEN OLD.state = 4
BEGIN SELECT RAISE(ABORT, 'a published list never changes'); END;
CREATE TRIGGER publication_is_kept BEFORE DELETE ON publication WHEN OLD.state = 4
BEGIN SELECT RAISE(ABORT, 'a published list is never removed'); END;
CREATE TRIGGER part_stays BEFORE UPDATE ON publication_part
BEGIN SELECT RAISE(ABORT, 'a section is written once'); END;
CREATE TRIGGER part_is_kept BEFORE DELETE ON publication_part
WHEN (SELECT state FROM publication WHERE key = OLD.publication) = 4
BEGIN SELECT RAISE(ABORT, 'a published list never changes'); END;
CREATE TRIGGER part_is_early BEFORE INSERT ON publication_part
WHEN (SELECT state FROM publication WHERE key = NEW.publication) = 4
BEGIN SELECT RAISE(ABORT, 'a published list never changes'); END;
CREATE TRIGGER file_is_kept BEFORE DELETE ON publication_file
WHEN (SELECT state FROM publication WHERE key = OLD.publication) = 4
BEGIN SELECT RAISE(ABORT, 'a published list never changes'); END;
CREATE TRIGGER file_is_early BEFORE INSERT ON publication_file
WHEN (SELECT state FROM publication WHERE key = NEW.publication) = 4
BEGIN SELECT RAISE(ABORT, 'a published list never changes'); END;
CREATE TRIGGER file_stays BEFORE UPDATE ON publication_file
BEGIN SELECT RAISE(ABORT, 'a file is written once'); END;
