// The books of a chaos run: what the agents said in their logs, held against what the simulator's ledger knows.

import type { InboundRecord, MessageRecord } from '../../simulator/index.ts'
import type { ChaosAgent } from './agents.ts'

export class Books {
  /** Sessions that opened after a kill, once for each account and agent. */
  resumed = 0
  pairings = 0
  fenced = 0
  readonly received = new Set<string>()
  readonly undecrypted = new Set<string>()
  readonly stale: string[] = []

  /** Takes in the log of an agent that has ended. */
  read(agent: ChaosAgent, first: boolean): void {
    if (!first) this.resumed += agent.opened().size
    for (const { msg, account, messageId } of agent.lines()) {
      if (msg === 'pairing.started') this.pairings += 1
      if (msg === 'store.write-fenced') this.fenced += 1
      if (msg === 'message.received') this.received.add(`${account}/${messageId}`)
      if (msg === 'message.undecryptable') this.undecrypted.add(`${account}/${messageId}`)
    }
  }

  /** The epoch under which a running agent holds its accounts. */
  epochOf(agent: ChaosAgent): number {
    return agent.lines().find(({ msg }) => msg === 'session.opened')?.epoch ?? 0
  }
}

/** What could not be read in the end, how often it took more than one try, and what had a receipt and reached no handler. */
export function readable(
  { received, undecrypted }: Books,
  { inbound, messages }: { inbound: readonly InboundRecord[]; messages: readonly MessageRecord[] },
): { undecryptable: string[]; firstTry: number; unseen: number } {
  const seen = new Set([...received].map((place) => place.split('/')[1]))
  const toUs = [...undecrypted].filter((place) => !received.has(place))
  const fromUs = messages.filter(
    ({ to, texts }) => !Object.keys(texts).some((phone) => to.startsWith(phone.replace('+', ''))),
  )
  return {
    undecryptable: [...toUs, ...fromUs.map(({ account, id }) => `${account}/${id}`)],
    firstTry:
      undecrypted.size + messages.filter(({ failed, resends }) => failed.length > 0 || resends > 0).length,
    unseen: inbound.filter(({ id, receiptedAt }) => receiptedAt !== null && !seen.has(id)).length,
  }
}
