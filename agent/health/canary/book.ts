// Which messages are Linda's own tests: they are taken out of what comes in before anybody else sees them.

import { LRUCache } from 'lru-cache'
import type { Bus } from '../../events.ts'
import { samePhone } from '../../session/phone.ts'
import type { Inbound } from '../../session/socket.ts'
import { isCanaryText } from './text.ts'

/** Tests that are over and whose message may still come; older ones are known by their text. */
const REMEMBERED = 1_000

interface UnderWay {
  to: string
  arrived(): void
}

export class CanaryBook {
  #bus: Bus
  #phones: readonly string[]
  #underWay = new Map<string, UnderWay>()
  #over = new LRUCache<string, true>({ max: REMEMBERED })

  /** @param phones of every configured account, E.164: nobody else's text is taken for a test */
  constructor(bus: Bus, phones: readonly string[]) {
    this.#bus = bus
    this.#phones = phones
  }

  /** Whether the message is a test that this process has sent lately. */
  knows(messageId: string): boolean {
    return this.#underWay.has(messageId) || this.#over.has(messageId)
  }

  begin(messageId: string, underWay: UnderWay): void {
    this.#underWay.set(messageId, underWay)
  }

  end(messageId: string): void {
    if (this.#underWay.delete(messageId)) this.#over.set(messageId, true)
  }

  /** True when the message is a test, which is nobody's to handle. @param account whom it came to */
  swallow(account: string, { messageId, text, from }: Inbound): boolean {
    const underWay = this.#underWay.get(messageId)
    if (underWay?.to === account) {
      underWay.arrived()
      return true
    }
    // Late, repeated, or sent before a restart.
    const ours = isCanaryText(text) && from !== null && this.#phones.some((phone) => samePhone(phone, from))
    if (!ours && !this.#over.has(messageId)) return false
    this.#bus.emit('canary.strayed', { messageId }, { account })
    return true
  }
}
