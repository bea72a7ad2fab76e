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

/** What fires is known by alert, each with its severity, and who acknowledged is kept with what he read. */
const step2: readonly string[] = [
  "ALTER TABLE page_group ADD COLUMN alerts TEXT NOT NULL DEFAULT '[]'",
  'ALTER TABLE page_group ADD COLUMN truncated BIGINT NOT NULL DEFAULT 0',
  'ALTER TABLE page_group ADD COLUMN forget_ms BIGINT NOT NULL DEFAULT 0',
  `UPDATE page_group SET forget_ms = p.forget_ms, alerts = (
     SELECT json_group_array(json_object(
       'fingerprint', substr(o.value, 1, instr(o.value, '@') - 1),
       'startsAt', CAST(ROUND((julianday(substr(o.value, instr(o.value, '@') + 1)) - 2440587.5) * 86400000) AS INTEGER),
       'severity', page_group.severity,
       'heardAt', page_group.heard_at,
       'taken', json(CASE WHEN p.acknowledged_at IS NULL THEN 'false' ELSE 'true' END)))
     FROM json_each(page_group.occurrences) o)
   FROM page p WHERE p.id = page_group.page AND page_group.firing = 1`,
  "DELETE FROM page_group WHERE alerts = '[]'",
  'ALTER TABLE page_group DROP COLUMN firing',
  'ALTER TABLE page_group DROP COLUMN severity',
  'ALTER TABLE page_group DROP COLUMN occurrences',
  'ALTER TABLE page DROP COLUMN forget_ms',
  'ALTER TABLE notice ADD COLUMN read_by TEXT',
  `UPDATE notice SET read_by = (SELECT acknowledged_by FROM page WHERE page.id = notice.page)
   WHERE read_at IS NOT NULL`,
]

/** Step N stands at index N-1. */
export const steps: readonly (readonly string[])[] = [step1, step2]
