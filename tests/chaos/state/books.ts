// The books of a chaos run: what the agents said in their logs, held against what the simulator's ledger knows.

import type { InboundRecord, MessageRecord } from '../../simulator/index.ts'
import type { ChaosAgent } from './agents.ts'

export interface Wire {
  inbound: readonly InboundRecord[]
  messages: readonly MessageRecord[]
}

export class Books {
  /** Sessions that opened after a kill, once for each account and agent. */
  resumed = 0
  pairings = 0
  readonly received = new Set<string>()
  readonly undecrypted = new Set<string>()

  constructor(agents: readonly ChaosAgent[]) {
    for (const [i, agent] of agents.entries()) this.#read(agent, i === 0)
  }

  #read(agent: ChaosAgent, first: boolean): void {
    if (!first) this.resumed += agent.opened().size
    for (const { msg, messageId } of agent.lines()) {
      if (msg === 'pairing.started') this.pairings += 1
      if (msg === 'message.received' && messageId) this.received.add(messageId)
      if (msg === 'message.undecryptable' && messageId) this.undecrypted.add(messageId)
    }
  }
}

/** Ids of messages that one side or the other could not read when they first came, as the server saw it. */
export function unreadAtFirst({ inbound, messages }: Wire): Set<string> {
  const toUs = inbound.filter(({ receipts }) => receipts.includes('retry'))
  const fromUs = messages.filter(({ failed, resends }) => failed.length > 0 || resends > 0)
  return new Set([...toUs, ...fromUs].map(({ id }) => id))
}

/** What could not be read in the end, what took more than one try, and what WhatsApp has a receipt for. */
export function readable(
  { undecrypted }: Books,
  wire: Wire,
  kept: ReadonlySet<string>,
): { undecryptable: string[]; firstTry: string[]; receipted: string[] } {
  const firstTry = new Set([...unreadAtFirst(wire), ...undecrypted])
  const toUs = [...firstTry].filter((id) => wire.inbound.some((m) => m.id === id) && !kept.has(id))
  const fromUs = wire.messages.filter(
    ({ to, texts }) => !Object.keys(texts).some((phone) => to.startsWith(phone.replace('+', ''))),
  )
  return {
    undecryptable: [...toUs, ...fromUs.map(({ id }) => id)],
    firstTry: [...firstTry],
    receipted: wire.inbound.filter(({ receiptedAt }) => receiptedAt !== null).map(({ id }) => id),
  }
}
