// Whatever holds the store: neither the secret nor what is told leaves by another door than the signed request.

import { expect, it } from 'vitest'
import { createLogger, logEvents } from '../../agent/telemetry/logging.ts'
import { onBothDrivers } from './drivers.ts'
import { notice, SECRET, stage } from './webhooks.ts'

const WORDS = 'a very private text'
const PHONE = '971501234567'

onBothDrivers((driver) => {
  it('not by logs, events, errors, the store or what operators see', async () => {
    const ways = [500, 'reset', 410, 204] as const
    const made = await stage(driver, {
      target: { url: '' },
      settings: { attempts: 3 },
      answer: ({ body }) => ways[body.data.n] ?? 204,
      idle: true,
    })
    const target = { ...made.target, url: `${made.receiver.url}?token=hidden-in-the-url` }
    const lines: string[] = []
    logEvents(made.bus, createLogger('trace', { write: (line) => void lines.push(line) }))
    const webhooks = await made.another(target)
    const put = async (n: number): Promise<void> => {
      const data = { lane: `c${n}`, n, text: WORDS, from: PHONE }
      const rows = await webhooks.prepare([notice(`c${n}`, n, { data })])
      await made.sql.transaction((tx) => webhooks.insert(tx, rows))
      webhooks.wake()
    }
    for (const n of [0, 1, 2, 3]) await put(n)
    const stored = await made.sql.query('SELECT * FROM webhook_delivery')
    await made.settled()
    expect(made.receiver.received.some(({ raw }) => raw.includes(WORDS) && raw.includes(PHONE))).toBe(true)
    expect(made.receiver.received.every(({ path }) => path.endsWith('hidden-in-the-url'))).toBe(true)
    const shown = [
      ...lines,
      JSON.stringify(made.events.events),
      JSON.stringify(webhooks.views()),
      JSON.stringify(await webhooks.deliveries('crm', { state: 'dead', limit: 10 })),
      ...[...stored, ...(await made.sql.query('SELECT * FROM webhook_delivery'))].map((row) =>
        Object.values(row)
          .map((value) =>
            value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value),
          )
          .join(' '),
      ),
      JSON.stringify(made.receiver.received.map(({ headers, raw }) => [headers, raw]))
        .replaceAll(WORDS, '')
        .replaceAll(PHONE, ''),
    ].join('\n')
    for (const hidden of [SECRET, WORDS, PHONE, 'hidden-in-the-url']) expect(shown).not.toContain(hidden)
    expect(lines.join('')).toContain('webhook.dead')
  })
})
