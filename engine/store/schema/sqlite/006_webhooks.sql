-- Who is told of events over HTTP, and what was told. All of it is truth but `pending`, which counts rows of
-- webhook_delivery.
CREATE TABLE webhook(
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  url TEXT NOT NULL,
  types TEXT NOT NULL,
  agency TEXT NOT NULL,
  scope TEXT NOT NULL,
  made_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  ed25519 INTEGER NOT NULL,
  state INTEGER NOT NULL,
  state_at INTEGER NOT NULL,
  position INTEGER NOT NULL,
  secret BLOB NOT NULL,
  generation INTEGER NOT NULL,
  earlier_secret BLOB NOT NULL,
  earlier_until INTEGER NOT NULL,
  dead_in_row INTEGER NOT NULL,
  failing INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  removed INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The last number given to each dossier of a subscription.
CREATE TABLE webhook_lane(
  webhook INTEGER NOT NULL REFERENCES webhook(key),
  dossier BLOB NOT NULL CHECK (length(dossier) = 16),
  sequence INTEGER NOT NULL,
  PRIMARY KEY (webhook, dossier)
) STRICT, WITHOUT ROWID;

-- One event for one subscription. `turn` marks the first pending one of its lane: the only one that may go out.
CREATE TABLE webhook_delivery(
  key INTEGER PRIMARY KEY,
  webhook INTEGER NOT NULL REFERENCES webhook(key),
  event BLOB NOT NULL CHECK (length(event) = 16),
  type TEXT NOT NULL,
  time INTEGER NOT NULL,
  dossier BLOB NOT NULL CHECK (length(dossier) = 16),
  code TEXT NOT NULL,
  version INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  state INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  outcome INTEGER,
  status INTEGER NOT NULL,
  done_at INTEGER,
  UNIQUE (webhook, event)
) STRICT;
CREATE INDEX webhook_turn ON webhook_delivery(webhook, next_at) WHERE turn = 1;
CREATE INDEX webhook_waiting ON webhook_delivery(webhook, dossier, key) WHERE state = 0;
CREATE INDEX webhook_oldest ON webhook_delivery(queued_at) WHERE state = 0;
CREATE INDEX webhook_done ON webhook_delivery(done_at) WHERE done_at IS NOT NULL;
CREATE INDEX webhook_dead ON webhook_delivery(webhook, key) WHERE state = 2;
CREATE INDEX webhook_page ON webhook_delivery(webhook, key);

CREATE TABLE webhook_attempt(
  key INTEGER PRIMARY KEY,
  delivery INTEGER NOT NULL REFERENCES webhook_delivery(key),
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  status INTEGER NOT NULL,
  took_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_attempt_of ON webhook_attempt(delivery);
