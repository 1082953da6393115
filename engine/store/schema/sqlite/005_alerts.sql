-- Alerts (cảnh báo). All of it is truth: what was told to whom, and what became of it.

-- New ones go to the end. `due` is what the rung was measured from, the start for one that has none; `rung_at` when it was to fire, and
-- `fired_at` when it did: later where the service was down. `recipients`: recipients_text.h, officers and agencies, never names. `state`: core::AlertState.
CREATE TABLE alert(
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  dossier INTEGER NOT NULL REFERENCES dossier(key),
  clock INTEGER NOT NULL,
  due INTEGER NOT NULL,
  rung INTEGER NOT NULL,
  severity INTEGER NOT NULL,
  owing INTEGER NOT NULL,
  rung_at INTEGER NOT NULL,
  fired_at INTEGER NOT NULL,
  escalated_from INTEGER NOT NULL,
  recipients TEXT NOT NULL,
  mail INTEGER NOT NULL,
  state INTEGER NOT NULL,
  review_at INTEGER NOT NULL
) STRICT;

-- Open and snoozed ones by each officer and agency they were for; generations as of belongs (key >> 11).
CREATE TABLE alert_for(
  generation INTEGER NOT NULL,
  word INTEGER NOT NULL,
  alert INTEGER NOT NULL,
  PRIMARY KEY(generation, word, alert)
) STRICT, WITHOUT ROWID;

-- When an open one is looked at again: to escalate, to wake from a snooze, or to be closed with its clock.
CREATE TABLE alert_review(
  at INTEGER NOT NULL,
  alert INTEGER NOT NULL,
  PRIMARY KEY(at, alert)
) STRICT, WITHOUT ROWID;

-- What persons did with one. `sealed`: the reason of a snooze.
CREATE TABLE alert_act(
  alert INTEGER NOT NULL REFERENCES alert(key),
  number INTEGER NOT NULL,
  act INTEGER NOT NULL,
  at INTEGER NOT NULL,
  officer TEXT NOT NULL,
  caller TEXT NOT NULL,
  until INTEGER,
  sealed BLOB NOT NULL,
  PRIMARY KEY(alert, number)
) STRICT, WITHOUT ROWID;

-- Up to which place in the order (due, dossier) of open_clock each rung has fired, by the agency that owes; agency 0 stands for those without
-- a row of their own.
CREATE TABLE rung_mark(
  rung TEXT NOT NULL,
  agency INTEGER NOT NULL,
  due INTEGER NOT NULL,
  dossier INTEGER NOT NULL,
  PRIMARY KEY(rung, agency)
) STRICT, WITHOUT ROWID;

-- The morning's digest of each supervisor, as counted when it was made.
CREATE TABLE digest(
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  agency INTEGER NOT NULL,
  day INTEGER NOT NULL,
  at INTEGER NOT NULL,
  fired_at INTEGER NOT NULL,
  recipients TEXT NOT NULL,
  late INTEGER NOT NULL,
  due_today INTEGER NOT NULL,
  due_tomorrow INTEGER NOT NULL,
  acceptance_due_today INTEGER NOT NULL,
  UNIQUE(agency, day)
) STRICT;
