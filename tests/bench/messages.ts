// Accepting over HTTP at a given rate, messages end to end beside bare Baileys in the same run, and claims out of a deep backlog.

import { table } from '../../agent/cli/table.ts'
import { mintMessageId } from '../../agent/session/message-id.ts'
import { openScene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'
import { spawnSimulator } from '../simulator/index.ts'
import { authOf, Bare } from '../simulator/tests/bare.ts'
import { type Load, load } from './load.ts'
import { benchBacklog } from './messages-backlog.ts'

const RATE = 1_000
const RATE_SECONDS = 5
const ACCOUNTS = 10
/** People that each account writes to: the first message to somebody is dearer, and no part of the measure. */
const PEOPLE = 20
const EACH = 200

const number = (account: number, person: number): string => `44794${account}${String(10_000 + person)}`
const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? 0

/** Nobody is linked: what is accepted stays in the store. */
async function accepting(): Promise<string> {
  const scene = await openScene({ unpaired: 1, config: { outbox: { limit: 1_000_000 } } })
  try {
    const bodies = Array.from({ length: RATE * RATE_SECONDS }, (_, i) =>
      JSON.stringify({
        account: 'n1',
        to: `+44794${String(1_000_000 + (i % 5_000))}`,
        text: `hello number ${i}`,
      }),
    )
    const target = { url: scene.agent.adminUrl, token: scene.token }
    const of: Load = { ...target, bodies, perSecond: RATE, abreast: 64 }
    await load({
      ...of,
      bodies: bodies.slice(0, 500).map((body) => body.replace('hello', 'warm')),
      perSecond: 500,
    })
    const fixed = await load({ ...of, bodies: bodies.map((b) => b.replace('hello', 'again')) })
    const [row] = await scene.context.sql.query<{ n: number }>('SELECT count(*) AS n FROM message')
    return `accept at ${RATE} a second for ${RATE_SECONDS} s: p50 ${quantile(fixed.tookMs, 0.5).toFixed(1)} ms, p99 ${quantile(fixed.tookMs, 0.99).toFixed(1)} ms, refused ${fixed.refused}, ${(fixed.tookMs.length / fixed.seconds).toFixed(0)} a second answered, ${row?.n} in the store\n`
  } finally {
    await scene.close()
  }
}

async function throughLinda(): Promise<number> {
  const scene = await openScene({ paired: ACCOUNTS })
  try {
    await scene.allUp(30_000)
    const target = { url: scene.agent.adminUrl, token: scene.token, perSecond: null, abreast: 64 }
    const bodies = (times: number, word: string): string[] =>
      Array.from({ length: ACCOUNTS * times }, (_, i) =>
        JSON.stringify({
          account: `p${(i % ACCOUNTS) + 1}`,
          to: `+${number(i % ACCOUNTS, Math.floor(i / ACCOUNTS) % PEOPLE)}`,
          text: `${word} ${i}`,
        }),
      )
    let acked = 0
    scene.context.bus.on('message.acked', () => {
      acked += 1
    })
    const all = async (count: number): Promise<void> => {
      await until(
        () => `${count} acknowledged; ${acked} are`,
        () => acked >= count,
        120_000,
      )
    }
    await load({ ...target, bodies: bodies(PEOPLE, 'warm') })
    await all(ACCOUNTS * PEOPLE)
    const startedAt = performance.now()
    const { refused } = await load({
      ...target,
      bodies: bodies(EACH, 'n').map((b) => b.replace('"n ', '"message ')),
    })
    if (refused > 0) throw new Error(`${refused} were refused`)
    await all(ACCOUNTS * (PEOPLE + EACH))
    return (ACCOUNTS * EACH * 1000) / (performance.now() - startedAt)
  } finally {
    await scene.close()
  }
}

/** Ten sockets on keys in memory, sixteen messages of each on their way, nothing durable. */
async function bare(): Promise<number> {
  const simulator = await spawnSimulator({})
  const accounts = await simulator.client.createAccounts({ count: ACCOUNTS })
  const sockets = accounts.map((account) => new Bare(simulator.url, authOf(account)))
  try {
    await Promise.all(sockets.map((socket) => socket.open()))
    const waiting = new Map<string, () => void>()
    for (const { sock } of sockets)
      sock.ws.on('CB:ack,class:message', ({ attrs }: { attrs: Record<string, string> }) =>
        waiting.get(attrs.id ?? '')?.(),
      )
    const send = async (account: number, person: number, text: string): Promise<void> => {
      const messageId = mintMessageId()
      const acked = new Promise<void>((resolve) => waiting.set(messageId, resolve))
      const to = `${number(account, person)}@s.whatsapp.net`
      await (sockets[account] as Bare).sock.relayMessage(to, { conversation: text }, { messageId })
      await acked
      waiting.delete(messageId)
    }
    const round = (times: number) =>
      Promise.all(
        sockets.flatMap((_, account) => {
          let next = 0
          const lane = async (): Promise<void> => {
            while (next < times) {
              const n = next++
              await send(account, n % PEOPLE, `n ${n}`)
            }
          }
          return Array.from({ length: 16 }, lane)
        }),
      )
    await round(PEOPLE)
    const startedAt = performance.now()
    await round(EACH)
    return (ACCOUNTS * EACH * 1000) / (performance.now() - startedAt)
  } finally {
    for (const socket of sockets) await socket.end()
    await simulator.close()
  }
}

export async function benchMessages(): Promise<string> {
  const only = process.argv[3]
  let text = ''
  if (!only || only === 'accept') text += await accepting()
  if (!only || only === 'end-to-end') {
    const bareRate = await bare()
    const rate = await throughLinda()
    const head = ['end to end', 'messages a second', 'of bare']
    text += `\n${table(head, [
      ['bare Baileys, in memory', bareRate.toFixed(0), '1'],
      ['HTTP, durable, sent, acknowledged', rate.toFixed(0), (rate / bareRate).toFixed(2)],
    ])}`
  }
  if (!only || only === 'backlog') text += `\n${await benchBacklog()}`
  return text
}
