// Step 2: the message path: conversations, the outbox, what came in, webhook deliveries, routing, failovers, the audit trail.

export const step2: readonly string[] = [
  // The sums of the last 24 hours, by half hours; `begins` is in milliseconds since the epoch.
  `CREATE TABLE health_count (
     account TEXT NOT NULL,
     begins  BIGINT NOT NULL,
     counts  TEXT NOT NULL,
     PRIMARY KEY (account, begins)
   )`,
  // `id` is a keyed hash of pool and address; `account` is the pin: who spoke last speaks on.
  `CREATE TABLE conversation (
     id         TEXT PRIMARY KEY,
     pool       TEXT NOT NULL,
     account    TEXT,
     last_seq   BIGINT NOT NULL,
     moved_by   TEXT,
     changed_at BIGINT NOT NULL
   )`,
  'CREATE INDEX conversation_account ON conversation (account)',
  // `open` is 1 until nothing more will be done with it; `bound` is 1 where the caller named the account; `maybe_sent_by`
  // had an attempt without an answer; `refused_by` lists who must not try again; `moved_by` is the last failover that gave it to its account; `payload` is sealed: address and content.
  `CREATE TABLE message (
     id                 TEXT PRIMARY KEY,
     wa_id              TEXT NOT NULL UNIQUE,
     caller             TEXT NOT NULL,
     idempotency_key    TEXT,
     body_hash          TEXT NOT NULL,
     pool               TEXT NOT NULL,
     account            TEXT,
     bound              BIGINT NOT NULL,
     conversation       TEXT NOT NULL,
     seq                BIGINT NOT NULL,
     state              TEXT NOT NULL,
     open               BIGINT NOT NULL,
     attempts           BIGINT NOT NULL,
     errors             BIGINT NOT NULL DEFAULT 0,
     next_at            BIGINT,
     expires_at         BIGINT NOT NULL,
     epoch              BIGINT,
     accepted_at        BIGINT NOT NULL,
     acked_at           BIGINT,
     ended_at           BIGINT,
     code               TEXT,
     maybe_sent_by      TEXT,
     refused_by         TEXT NOT NULL,
     moved_by           TEXT,
     possible_duplicate BIGINT NOT NULL,
     trace              TEXT,
     payload            BYTEA NOT NULL,
     steps              TEXT NOT NULL,
     UNIQUE (conversation, seq)
   )`,
  'CREATE UNIQUE INDEX message_key ON message (caller, idempotency_key) WHERE idempotency_key IS NOT NULL',
  'CREATE INDEX message_due ON message (account, next_at) WHERE open = 1',
  // All that is ever asked about what is open at large is in here: the table itself is not read for it.
  'CREATE INDEX message_live ON message (pool, state, account, next_at, expires_at, accepted_at) WHERE open = 1',
  'CREATE INDEX message_in_the_way ON message (conversation, seq) WHERE open = 1',
  "CREATE INDEX message_flying ON message (conversation) WHERE open = 1 AND state IN ('claimed', 'sent')",
  // Which conversations of an account have anything, without reading all that each of them has. Every seq is above 0: only a
  // query that says so may use it, or planners without statistics take it for everything.
  'CREATE INDEX message_lines ON message (account, conversation) WHERE open = 1 AND seq > 0',
  'CREATE INDEX message_ended ON message (ended_at) WHERE ended_at IS NOT NULL',
  // `sender` is a keyed hash; `payload` is sealed: address and content.
  `CREATE TABLE inbound (
     id           TEXT PRIMARY KEY,
     account      TEXT NOT NULL,
     wa_id        TEXT NOT NULL,
     sender       TEXT NOT NULL,
     pool         TEXT NOT NULL,
     conversation TEXT NOT NULL,
     offline      BIGINT NOT NULL,
     sent_at      BIGINT NOT NULL,
     received_at  BIGINT NOT NULL,
     payload      BYTEA NOT NULL,
     UNIQUE (account, sender, wa_id)
   )`,
  'CREATE INDEX inbound_account_at ON inbound (account, received_at)',
  'CREATE INDEX inbound_at ON inbound (received_at)',
  // In order of `seq` within one lane of one webhook; `open` is 1 until it was delivered or is dead. `payload` is the sealed body.
  `CREATE TABLE webhook_delivery (
     id         TEXT PRIMARY KEY,
     webhook    TEXT NOT NULL,
     lane       TEXT NOT NULL,
     seq        BIGINT NOT NULL,
     type       TEXT NOT NULL,
     state      TEXT NOT NULL,
     open       BIGINT NOT NULL,
     attempts   BIGINT NOT NULL,
     created_at BIGINT NOT NULL,
     expires_at BIGINT NOT NULL,
     ended_at   BIGINT,
     error      TEXT,
     pool       TEXT NOT NULL,
     payload    BYTEA NOT NULL
   )`,
  'CREATE INDEX webhook_due ON webhook_delivery (webhook, lane, seq) WHERE open = 1',
  'CREATE INDEX webhook_state ON webhook_delivery (webhook, state, id)',
  'CREATE INDEX webhook_ended ON webhook_delivery (state, ended_at) WHERE ended_at IS NOT NULL',
  // One for each lane with open deliveries, and the lock of it: who adds to a lane, takes its head or ends one holds the row.
  `CREATE TABLE webhook_lane (
     webhook    TEXT NOT NULL,
     lane       TEXT NOT NULL,
     next_at    BIGINT NOT NULL,
     held_until BIGINT NOT NULL,
     last_seq   BIGINT NOT NULL,
     PRIMARY KEY (webhook, lane)
   )`,
  'CREATE INDEX webhook_lane_due ON webhook_lane (webhook, next_at, lane)',
  // When an account was first seen open: what is young sends little.
  `CREATE TABLE account_age (
     account TEXT PRIMARY KEY,
     since   BIGINT NOT NULL
   )`,
  // What a person or a failover decided about an account; an account without a row is up.
  `CREATE TABLE account_mode (
     account       TEXT PRIMARY KEY,
     mode          TEXT NOT NULL,
     why           TEXT NOT NULL,
     since         BIGINT NOT NULL,
     failovers     BIGINT NOT NULL,
     blocked_until BIGINT NOT NULL,
     returned_at   BIGINT NOT NULL
   )`,
  // What was changed at run time; it wins over the configuration until it is taken back.
  `CREATE TABLE routing_setting (
     scope      TEXT NOT NULL,
     id         TEXT NOT NULL,
     name       TEXT NOT NULL,
     value      TEXT NOT NULL,
     changed_at BIGINT NOT NULL,
     PRIMARY KEY (scope, id, name)
   )`,
  // What the node that holds an account says of it, for the other nodes.
  `CREATE TABLE standing (
     account TEXT PRIMARY KEY,
     node    TEXT NOT NULL,
     epoch   BIGINT NOT NULL,
     at      BIGINT NOT NULL,
     data    TEXT NOT NULL
   )`,
  // One at a time for each account; `data` is its plan and its steps as JSON.
  `CREATE TABLE failover (
     id         TEXT PRIMARY KEY,
     pool       TEXT NOT NULL,
     account    TEXT NOT NULL,
     chosen     TEXT,
     kind       TEXT NOT NULL,
     cause      TEXT NOT NULL,
     state      TEXT NOT NULL,
     open       BIGINT NOT NULL,
     node       TEXT NOT NULL,
     fault_at   BIGINT NOT NULL,
     started_at BIGINT NOT NULL,
     changed_at BIGINT NOT NULL,
     ended_at   BIGINT,
     data       TEXT NOT NULL
   )`,
  'CREATE UNIQUE INDEX failover_open ON failover (account) WHERE open = 1',
  'CREATE INDEX failover_started ON failover (started_at)',
  // The last report of each type that an agent took upon itself to send; `period` is the time at which it was due.
  `CREATE TABLE report_run (
     type   TEXT PRIMARY KEY,
     period BIGINT NOT NULL,
     node   TEXT NOT NULL,
     state  TEXT NOT NULL,
     at     BIGINT NOT NULL
   )`,
  // Append-only; each row carries the hash of the one before it. `audit_head` is the end of the chain and its lock.
  `CREATE TABLE audit (
     seq      BIGINT PRIMARY KEY,
     at       BIGINT NOT NULL,
     who      TEXT NOT NULL,
     what     TEXT NOT NULL,
     pool     TEXT,
     account  TEXT,
     origin   TEXT NOT NULL,
     outcome  TEXT NOT NULL,
     data     TEXT NOT NULL,
     previous TEXT NOT NULL,
     hash     TEXT NOT NULL
   )`,
  `CREATE TABLE audit_head (
     one  BIGINT PRIMARY KEY,
     seq  BIGINT NOT NULL,
     hash TEXT NOT NULL
   )`,
]
