// `linda-pager` as an operator meets it: one line for each mistake, a test page that says what became of it, and a clean stop.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkConfig } from '../../alertmanager/pager/cli/check-config.ts'
import { sendTest } from '../../alertmanager/pager/cli/test.ts'
import { runPager, writePagerConfig } from '../harness/pager-process.ts'
import { startTwilio, type Twilio } from '../harness/providers/twilio.ts'
import { until } from '../harness/until.ts'

const directory = mkdtempSync(join(tmpdir(), 'linda-pager-cli-'))
let twilio: Twilio

beforeAll(async () => {
  twilio = await startTwilio()
  writePagerConfig(
    directory,
    { twilio },
    {
      retries: { again: '1h' },
      recipients: { alice: { phone: '+971505760056' }, bob: { phone: '+5511912345678' } },
      receivers: { default: { channels: ['sms'], recipients: ['alice', 'bob'] } },
    },
  )
})
afterAll(async () => {
  await twilio.close()
  rmSync(directory, { recursive: true })
})

function io(env: Record<string, string> = {}) {
  const said = { out: '', err: '' }
  const to =
    (name: 'out' | 'err') =>
    (text: string): void => {
      said[name] += text
    }
  return { said, io: { out: to('out'), err: to('err'), screen: false, env, cwd: directory } }
}

it('checks a configuration', () => {
  const good = io()
  expect(checkConfig(undefined, good.io)).toBe(0)
  expect(good.said.out).toContain('pager.yaml: ok, 1 receiver, 2 recipients')
  const bad = io({ PAGER_RETRIES__COUNT: 'many' })
  expect(checkConfig(undefined, bad.io)).toBe(2)
  expect(bad.said.err).toBe(
    'PAGER_RETRIES__COUNT: retries.count: found "many", allowed: a whole number from 0 to 10\n',
  )
  const none = io()
  expect(checkConfig('none.yaml', none.io)).toBe(2)
  expect(none.said.err).toContain('none.yaml: found no such file')
})

it('runs, sends test pages and stops', async () => {
  const pager = runPager(['run'], directory)
  const { apiUrl, metricsUrl } = await pager.listening()
  expect(await (await fetch(`${metricsUrl}/readyz`)).text()).toBe('ready\n')
  const good = io()
  expect(await sendTest('default', { url: apiUrl }, good.io)).toBe(0)
  expect(good.said.out).toBe('alice: sms sent, 1 attempt\nbob: sms sent, 1 attempt\n')
  expect(twilio.taken[0]?.text).toContain('this is a test')
  twilio.manner = ({ to }) => (to === '+5511912345678' ? { status: 400, code: 21610 } : 'accept')
  const bad = io()
  expect(await sendTest('default', { url: apiUrl }, bad.io)).toBe(1)
  expect(bad.said.out).toContain('bob: sms failed, 1 attempt\n')
  const unknown = io()
  expect(await sendTest('nobody', { url: apiUrl }, unknown.io)).toBe(2)
  expect(unknown.said.err).toContain('allowed: one of receivers: default')
  pager.child.kill('SIGTERM')
  expect(await pager.ended).toBe(0)
  await until('it says so', () => pager.printed().includes('"msg":"pager.stopped"'))
  const gone = io()
  expect(await sendTest('default', { url: apiUrl }, gone.io)).toBe(1)
  expect(gone.said.err).toContain('cannot be asked: ECONNREFUSED')
})

it('answers a mistake on the command line with status 2 and one line', async () => {
  const wrong = runPager(['run', '--config', 'none.yaml'], directory)
  expect(await wrong.ended).toBe(2)
  expect(wrong.printed().trim().split('\n')).toHaveLength(1)
})
