// The text of a test message: a person who finds it on a phone sees what it is, and the agent knows it again after a restart.

import { randomBytes } from 'node:crypto'

const form = /^Linda canary [0-9a-f]{32}$/

export function canaryText(): string {
  return `Linda canary ${randomBytes(16).toString('hex')}`
}

/** Exactly such a text; a person who quotes one has written more than that. */
export function isCanaryText(text: string | null): boolean {
  return text !== null && form.test(text)
}
