// A secret file holds one secret or two; anything else ends the start, with its name and without what is in it.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import type { WebhookConfig } from '../../../agent/config/schema.ts'
import { openTarget, WebhookError } from '../../../agent/webhooks/target.ts'
import { temporaryFolder } from '../store/folder.ts'

const config = (secretFile: string): WebhookConfig => ({
  id: 'crm',
  url: 'https://crm.example/hook',
  secretFile,
  events: [],
  pools: [],
  timeoutMs: 10_000,
  concurrency: 4,
  limit: 100_000,
})

function file(text: string): string {
  const path = join(temporaryFolder(), 'secret')
  writeFileSync(path, text)
  return path
}

it.each([
  ['0123456789abcdef\n', ['0123456789abcdef']],
  ['new-0123456789abcdef\r\nold-0123456789abcdef', ['new-0123456789abcdef', 'old-0123456789abcdef']],
])('%j is accepted and does not show itself', (text, secrets) => {
  const target = openTarget(config(file(text)))
  expect(target.secrets.map((secret) => secret.reveal())).toEqual(secrets)
  expect(inspect(target, { depth: 9 }) + JSON.stringify(target)).not.toContain('0123456789abcdef')
})

it.each([
  ['nothing', '', 0],
  ['a short one', 'hunter2', 1],
  ['one with a blank', 'correct horse battery staple', 1],
  ['one that is too long', 'x'.repeat(257), 1],
  ['three', 'a0123456789abcdef\nb0123456789abcdef\nc0123456789abcdef', 3],
])('%s is refused', (_, text, lines) => {
  const path = file(text)
  const open = () => openTarget(config(path))
  expect(open).toThrow(WebhookError)
  expect(open).toThrow(
    `webhooks: secret_file of crm: found ${path} with ${lines} lines, allowed: one or two lines`,
  )
  if (text !== '') expect(open).not.toThrow(text)
})

it('a file that is not there is refused by name', () => {
  const path = join(temporaryFolder(), 'absent')
  expect(() => openTarget(config(path))).toThrow(`webhooks: secret_file of crm: cannot read ${path} (ENOENT)`)
})
