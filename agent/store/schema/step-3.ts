// Step 3: from which addresses each admin token has been used.

export const step3: readonly string[] = [
  // `token` is the id of the token, which opens nothing; at most fifty rows for each.
  `CREATE TABLE token_address (
     token   TEXT NOT NULL,
     address TEXT NOT NULL,
     seen_at BIGINT NOT NULL,
     PRIMARY KEY (token, address)
   )`,
  'CREATE INDEX token_address_seen ON token_address (seen_at)',
]
