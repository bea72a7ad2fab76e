// Step 1: who owns which account, the encrypted credentials, the list of accounts and the embedded history.

export const step1: readonly string[] = [
  `CREATE TABLE ownership (
     account TEXT PRIMARY KEY,
     node    TEXT NOT NULL,
     epoch   BIGINT NOT NULL
   )`,
  `CREATE TABLE master_key (
     one         BIGINT PRIMARY KEY,
     fingerprint TEXT NOT NULL
   )`,
  `CREATE TABLE data_key (
     account TEXT PRIMARY KEY,
     wrapped BYTEA NOT NULL
   )`,
  `CREATE TABLE auth (
     account TEXT NOT NULL,
     name    TEXT NOT NULL,
     value   BYTEA NOT NULL,
     epoch   BIGINT NOT NULL,
     PRIMARY KEY (account, name)
   )`,
  `CREATE TABLE account (
     id         TEXT PRIMARY KEY,
     node       TEXT NOT NULL,
     phone      TEXT NOT NULL,
     pool       TEXT NOT NULL,
     role       TEXT NOT NULL,
     priority   BIGINT NOT NULL,
     weight     TEXT NOT NULL,
     region     TEXT NOT NULL,
     retired    BIGINT NOT NULL,
     changed_at BIGINT NOT NULL
   )`,
  `CREATE TABLE event (
     id      TEXT PRIMARY KEY,
     at      BIGINT NOT NULL,
     type    TEXT NOT NULL,
     account TEXT,
     data    TEXT NOT NULL
   )`,
  'CREATE INDEX event_at ON event (at)',
  'CREATE INDEX event_account_at ON event (account, at)',
  'CREATE INDEX event_type_at ON event (type, at)',
]
