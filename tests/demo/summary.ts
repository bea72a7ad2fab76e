// What the demo proved, from two independent books: the agent's metrics and the simulator's ledger.

import type { Stage } from './stage.ts'
import type { Traffic } from './traffic.ts'

export interface Summary {
  accounts: number
  up: number
  scans: number
  accepted: number
  acked: number
  written: number
  received: number
  faults: number
  lostOutbound: number
  /** Still in the outbox, or nobody could ask for them. */
  waiting: number
  lostInbound: number
  /** Texts that were sent under two ids, and those of them that the agent had marked. */
  duplicates: number
  marked: number
  failovers: number
  overlaps: number
}

export async function summarise(
  { agent, accounts, simulator }: Stage,
  traffic: Traffic,
  faults: number,
): Promise<Summary> {
  const [connections, ledger, messages] = await Promise.all([
    agent.connections(),
    simulator.client.summary(),
    simulator.client.messages(),
  ])
  const arrived = new Set(messages.flatMap(({ texts }) => Object.values(texts)))
  const received = await agent.metric('whatsapp_messages_received_total')
  const missing = [...traffic.ackedTexts].filter((text) => !arrived.has(text)).length
  return {
    accounts: accounts.length,
    up: connections.filter(({ up }) => up).length,
    scans: await agent.metric('whatsapp_qr_scans_total'),
    accepted: traffic.counts.accepted,
    acked: traffic.counts.acked,
    written: traffic.counts.written,
    received,
    faults,
    lostOutbound: traffic.counts.failed + missing,
    waiting: traffic.counts.accepted - traffic.counts.acked - traffic.counts.failed,
    lostInbound: Math.max(0, ledger.inbound.sent - received),
    ...doubled(messages, traffic),
    failovers: await agent.metric('whatsapp_failovers_total'),
    overlaps: ledger.overlaps,
  }
}

function doubled(
  messages: readonly { account: string; id: string; texts: Record<string, string> }[],
  { texts: own, markedTexts }: Pick<Traffic, 'texts' | 'markedTexts'>,
): { duplicates: number; marked: number } {
  const ways = new Map<string, Set<string>>()
  for (const { account, id, texts } of messages)
    for (const text of Object.values(texts).filter((each) => own.has(each)))
      ways.set(text, (ways.get(text) ?? new Set()).add(`${account}/${id}`))
  const twice = [...ways].filter(([, set]) => set.size > 1).map(([text]) => text)
  const marked = twice.filter((text) => markedTexts.has(text)).length
  return { duplicates: twice.length - marked, marked }
}

/** Why the demo counts as failed; empty when it does not. */
export function failures(s: Summary, agentStatus: number | null): string[] {
  const why: string[] = []
  if (s.up < s.accounts) why.push(`${s.accounts - s.up} of ${s.accounts} sessions are not up`)
  if (s.lostOutbound > 0) why.push(`${s.lostOutbound} sent messages lost`)
  if (s.waiting > 0) why.push(`${s.waiting} accepted messages were not sent by the end`)
  if (s.lostInbound > 0) why.push(`${s.lostInbound} received messages lost`)
  if (s.acked === 0) why.push('no message was acknowledged')
  if (s.received === 0) why.push('no message was received')
  if (s.duplicates > 0) why.push(`${s.duplicates} texts were sent twice and not marked`)
  if (s.overlaps > 0) why.push(`${s.overlaps} times an account was connected twice`)
  if (agentStatus !== 0) why.push(`the agent ended with ${agentStatus ?? 'a kill'}`)
  return why
}

export function table(s: Summary): string {
  const rows: [string, string][] = [
    ['sessions open', `${s.up} of ${s.accounts}`],
    ['codes scanned', String(s.scans)],
    ['messages sent', String(s.accepted)],
    ['  acknowledged', String(s.acked)],
    ['messages written to us', String(s.written)],
    ['  received', String(s.received)],
    ['faults survived', String(s.faults)],
    ['failovers', String(s.failovers)],
    ['sent twice, and marked so', String(s.marked)],
    ['sent twice, and not marked', String(s.duplicates)],
    ['connected twice at once', String(s.overlaps)],
    ['not sent yet', String(s.waiting)],
    ['lost', String(s.lostOutbound + s.lostInbound)],
  ]
  return rows.map(([what, figure]) => `  ${what.padEnd(26)}${figure.padStart(10)}\n`).join('')
}
