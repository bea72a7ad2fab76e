// A stream of codes ends soon after the token that opened it has been taken back.

import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { adminStage } from '../stage.ts'
import { follow } from './reader.ts'

it('an operator whose token is taken back sees no further code', async () => {
  const { ask, server, tokensFile } = await adminStage()
  const reader = follow(await ask('/api/dashboard/connections/uae-1/linking'))
  await reader.sees('waiting')
  writeFileSync(tokensFile, stringify({ tokens: [] }))
  server.last.to.code('2@SECRET', 60_000)
  await reader.end()
  expect(JSON.stringify(reader.frames)).not.toContain('SECRET')
})
