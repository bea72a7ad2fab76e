// Step 4: the region that a caller asked for is known for as long as its message waits, and the age of an account is that of its phone.

export const step4: readonly string[] = [
  // Null where none was asked for, and for what an earlier version accepted.
  'ALTER TABLE message ADD COLUMN region TEXT',
  // Null for what an earlier version wrote, until the account is open again.
  'ALTER TABLE account_age ADD COLUMN phone TEXT',
]
