-- The first schema. Truth: word, dossier(key, id), event, personal, search_token, counter, idempotency,
-- definition, meta. Derived from it, and made anew by `rebuild`: all else.
--
-- What a command costs is the count of pages it dirties. New rows go to the end of their table or of a group of
-- 2048 dossiers (a generation: key >> 11) that were made at about the same time; only what a query must find in
-- another order lies elsewhere.

-- Words that repeat, by number. vocabulary: see Vocabulary in sqlite_words.h.
CREATE TABLE word(
  id INTEGER PRIMARY KEY,
  vocabulary INTEGER NOT NULL,
  text TEXT NOT NULL,
  UNIQUE(vocabulary, text)
) STRICT;

-- The present state. Numbers stand before the snapshot, so that a filter reads no more than it needs.
CREATE TABLE dossier(
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  version INTEGER NOT NULL,
  state INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  procedure INTEGER NOT NULL,
  receiving INTEGER NOT NULL,
  competent INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  last_event INTEGER NOT NULL,
  head BLOB NOT NULL,
  snapshot BLOB NOT NULL
) STRICT;

-- "260821-0001-H32.19": the agency stands last, so that the codes of one day lie together.
CREATE TABLE dossier_code(
  code TEXT PRIMARY KEY,
  dossier INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE external_ref(
  source TEXT NOT NULL,
  reference TEXT NOT NULL,
  dossier INTEGER NOT NULL,
  PRIMARY KEY(source, reference)
) STRICT, WITHOUT ROWID;

-- The record. Only ever added to. `previous` is the position of the dossier's event before this one, 0 for the
-- first: history is read along it, and no index has to be touched where an old dossier's events lie. A dossier's
-- row names its last event, and moves on only from the version that a writer knew: so a version is there once.
CREATE TABLE event(
  position INTEGER PRIMARY KEY,
  dossier INTEGER NOT NULL REFERENCES dossier(key),
  version INTEGER NOT NULL,
  previous INTEGER NOT NULL,
  event_id BLOB NOT NULL UNIQUE CHECK (length(event_id) = 16),
  type INTEGER NOT NULL,
  type_version INTEGER NOT NULL,
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  caller INTEGER NOT NULL,
  on_behalf_of INTEGER NOT NULL,
  cause INTEGER NOT NULL,
  cause_id BLOB NOT NULL CHECK (length(cause_id) = 16),
  procedure_version INTEGER NOT NULL,
  rulebook_version INTEGER NOT NULL,
  prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  body BLOB NOT NULL
) STRICT;

-- What persons typed, sealed, by the version that wrote it: found without walking along the history.
CREATE TABLE personal(
  dossier INTEGER NOT NULL REFERENCES dossier(key),
  version INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY(dossier, version)
) STRICT, WITHOUT ROWID;

-- Keyed digests of the words of names and numbers.
CREATE TABLE search_token(
  generation INTEGER NOT NULL,
  token INTEGER NOT NULL,
  dossier INTEGER NOT NULL,
  PRIMARY KEY(generation, token, dossier)
) STRICT, WITHOUT ROWID;

-- Which dossiers belong to a word: an agency that takes part (so may see them), or the procedure.
CREATE TABLE belongs(
  generation INTEGER NOT NULL,
  word INTEGER NOT NULL,
  dossier INTEGER NOT NULL,
  PRIMARY KEY(generation, word, dossier)
) STRICT, WITHOUT ROWID;

-- The states of 256 dossiers (key >> 8), a byte each, 0 for none, and the window in which they were received:
-- what a filter by state or window may pass over. An index by state would dirty two pages per transition.
CREATE TABLE dossier_block(
  block INTEGER PRIMARY KEY,
  received_min INTEGER NOT NULL,
  received_max INTEGER NOT NULL,
  states BLOB NOT NULL
) STRICT;

-- Clocks that are owed now (core::OpenRow). `view` is 2 * agency for the agency that owes, 2 * agency + 1 for
-- another one that takes part; the first gives the list of an agency, both what it may see, and all the even
-- ones merged the list of everybody.
CREATE TABLE open_clock(
  view INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  due INTEGER NOT NULL,
  dossier INTEGER NOT NULL,
  role INTEGER NOT NULL,
  from_at INTEGER NOT NULL,
  owing INTEGER NOT NULL,
  procedure INTEGER NOT NULL,
  PRIMARY KEY(view, kind, due, dossier, role)
) STRICT, WITHOUT ROWID;

-- Stretches that are over (core::ClosedRow), for what was due soon at a past instant.
CREATE TABLE closed_clock(
  view INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  due INTEGER NOT NULL,
  dossier INTEGER NOT NULL,
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  owing INTEGER NOT NULL,
  procedure INTEGER NOT NULL,
  PRIMARY KEY(view, kind, due, dossier, from_at)
) STRICT, WITHOUT ROWID;

-- Intervals in the late or untimed list that are over (core::StandingRow), each cut into the nodes of a binary
-- tree over time (sqlite_rows.h). An instant lies in one node per level, and in each the rows stand in the order
-- of the list: so a past list is a merge of a few ranges. View 0 holds every interval once more. `due` is the
-- instant since when, or the largest number in the untimed list.
CREATE TABLE standing(
  view INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  node INTEGER NOT NULL,
  due INTEGER NOT NULL,
  dossier INTEGER NOT NULL,
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  owing INTEGER NOT NULL,
  procedure INTEGER NOT NULL,
  PRIMARY KEY(view, kind, node, due, dossier, from_at)
) STRICT, WITHOUT ROWID;

-- When a dossier's own clock acts (core::runs_out_at).
CREATE TABLE timer(
  at INTEGER NOT NULL,
  dossier INTEGER NOT NULL,
  PRIMARY KEY(at, dossier)
) STRICT, WITHOUT ROWID;

-- Dossiers with a date that a newer calendar will move.
CREATE TABLE rederive(
  dossier INTEGER PRIMARY KEY
) STRICT;

-- Answered requests, in the order of their answers; found by a map in memory.
CREATE TABLE idempotency(
  position INTEGER PRIMARY KEY,
  key BLOB NOT NULL CHECK (length(key) = 16),
  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 16),
  answered_at INTEGER NOT NULL,
  status INTEGER NOT NULL,
  dossier BLOB NOT NULL,
  version INTEGER NOT NULL,
  rejection TEXT NOT NULL
) STRICT;

-- The last number given; keys are turned like codes.
CREATE TABLE counter(
  key TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `seq` is the order of application: an older text that is applied again moves to the end.
CREATE TABLE definition(
  seq INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  key TEXT NOT NULL,
  version TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  text TEXT NOT NULL,
  applied_at INTEGER NOT NULL,
  UNIQUE(kind, key, sha256)
) STRICT;

CREATE TABLE meta(
  name TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;
