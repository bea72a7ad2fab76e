// Step 5: what was decrypted is kept beside the ratchet that it moved, until it is an inbound message.

export const step5: readonly string[] = [
  // A ciphertext can be opened once. `hash` is its SHA-256; the value, sealed with the account's key, is the plaintext and what the
  // server said of the message.
  `CREATE TABLE decrypted (
     account   TEXT NOT NULL,
     hash      TEXT NOT NULL,
     value     BYTEA NOT NULL,
     epoch     BIGINT NOT NULL,
     opened_at BIGINT NOT NULL,
     PRIMARY KEY (account, hash)
   )`,
]
