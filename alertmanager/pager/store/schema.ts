// The pager's tables as numbered steps; a step that was released is never edited.

/** What schema_version says in its column `app`: the file of an agent is not taken for the pager's, nor the other way round. */
export const app = 'linda-pager'

const step1: readonly string[] = [
  // What is going on: one row from the first alert of a group until it is over.
  `CREATE TABLE page (
     id              TEXT PRIMARY KEY,
     key             TEXT NOT NULL,
     state           TEXT NOT NULL,
     level           TEXT NOT NULL,
     alert           TEXT NOT NULL,
     account         TEXT,
     receiver        TEXT NOT NULL,
     opened_at       BIGINT NOT NULL,
     heard_at        BIGINT NOT NULL,
     forget_ms       BIGINT NOT NULL,
     acknowledged_at BIGINT,
     acknowledged_by TEXT,
     ended_at        BIGINT,
     ended_why       TEXT
   )`,
  "CREATE UNIQUE INDEX page_open ON page (key) WHERE state = 'open'",
  "CREATE INDEX page_ended ON page (ended_at) WHERE state = 'over'",
  // Alertmanager's groups that belong to it: the tiers of an alert are several.
  `CREATE TABLE page_group (
     page        TEXT NOT NULL,
     key         TEXT NOT NULL,
     firing      BIGINT NOT NULL,
     severity    TEXT NOT NULL,
     occurrences TEXT NOT NULL,
     heard_at    BIGINT NOT NULL,
     PRIMARY KEY (page, key)
   )`,
  // What people are told at one time, and what the history shows.
  `CREATE TABLE notice (
     id         TEXT PRIMARY KEY,
     page       TEXT NOT NULL,
     kind       TEXT NOT NULL,
     severity   TEXT NOT NULL,
     receiver   TEXT NOT NULL,
     alert      TEXT NOT NULL,
     account    TEXT,
     content    TEXT NOT NULL,
     next_ms    BIGINT NOT NULL,
     started_at BIGINT NOT NULL,
     measured   BIGINT NOT NULL,
     created_at BIGINT NOT NULL,
     sent_at    BIGINT,
     sent_no    BIGINT,
     read_at    BIGINT
   )`,
  'CREATE INDEX notice_page ON notice (page)',
  'CREATE INDEX notice_created ON notice (created_at)',
  'CREATE UNIQUE INDEX notice_sent ON notice (sent_no)',
  // One recipient and the channel that he is to be told by first.
  `CREATE TABLE delivery (
     id            TEXT PRIMARY KEY,
     notice        TEXT NOT NULL,
     page          TEXT NOT NULL,
     recipient     TEXT NOT NULL,
     first_channel TEXT NOT NULL,
     channel       TEXT NOT NULL,
     course        TEXT NOT NULL,
     state         TEXT NOT NULL,
     why           TEXT,
     rank          BIGINT NOT NULL,
     next_at       BIGINT NOT NULL,
     attempts      BIGINT NOT NULL,
     doubtful      BIGINT NOT NULL,
     waited        BIGINT NOT NULL,
     code          TEXT NOT NULL,
     reply         TEXT,
     provider_id   TEXT,
     error         TEXT,
     created_at    BIGINT NOT NULL,
     ended_at      BIGINT,
     UNIQUE (notice, recipient, first_channel)
   )`,
  'CREATE UNIQUE INDEX delivery_code ON delivery (code)',
  'CREATE INDEX delivery_page ON delivery (page)',
  "CREATE INDEX delivery_due ON delivery (channel, next_at) WHERE state IN ('queued', 'held')",
  "CREATE INDEX delivery_sending ON delivery (id) WHERE state = 'sending'",
  `CREATE TABLE attempt (
     id         TEXT PRIMARY KEY,
     delivery   TEXT NOT NULL,
     channel    TEXT NOT NULL,
     recipient  TEXT NOT NULL,
     started_at BIGINT NOT NULL,
     ended_at   BIGINT,
     outcome    TEXT,
     code       TEXT
   )`,
  'CREATE INDEX attempt_spent ON attempt (channel, started_at)',
  'CREATE INDEX attempt_delivery ON attempt (delivery)',
  // What providers and people said afterwards.
  `CREATE TABLE callback (
     id       TEXT PRIMARY KEY,
     delivery TEXT NOT NULL,
     kind     TEXT NOT NULL,
     said     TEXT NOT NULL,
     at       BIGINT NOT NULL
   )`,
  'CREATE INDEX callback_delivery ON callback (delivery)',
  `CREATE TABLE setting (
     name  TEXT PRIMARY KEY,
     value TEXT NOT NULL
   )`,
]

/** Step N stands at index N-1. */
export const steps: readonly (readonly string[])[] = [step1]
