// Tests between accounts: every one that is sent has one outcome, said of the account that it speaks of, and a suspicion is followed up at once.

import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { CanaryBook } from '../../../../agent/health/canary/book.ts'
import { Canary, type CanaryMember } from '../../../../agent/health/canary/canary.ts'
import { isCanaryText } from '../../../../agent/health/canary/text.ts'
import { type Outgoing, SendError } from '../../../../agent/session/socket.ts'
import type { SendFailure, SendOutcome } from '../../../../agent/words.ts'
import { phoneWriter } from '../../../harness/phone-writer.ts'
import { hear } from '../../events/heard.ts'

const MINUTE = 60_000
const settings = { intervalMs: 15 * MINUTE, spacingMs: MINUTE, deadlineMs: 30_000, lookEveryMs: 5_000 }

beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }))
afterEach(() => void vi.useRealTimers())

type Member = CanaryMember & { state: CanaryMember['state']; openedAt: number | null; probes: number }

function stage(accounts = 2) {
  const heard = hear()
  const book = new CanaryBook(heard.bus, [])
  const sent: (Outgoing & { from: string; at: number })[] = []
  /** What becomes of a message; the test puts its own in place. */
  let fate: (message: Outgoing, to: Member) => Promise<number> = async () => 80
  const members: Member[] = Array.from({ length: accounts }, (_, i) => ({
    account: `a-${i + 1}`,
    phone: `+97150000000${i + 1}`,
    pool: 'sales',
    state: 'open',
    openedAt: 1,
    probes: 0,
    send(message) {
      sent.push({ ...message, from: this.account, at: Date.now() })
      const to = members.find(({ phone }) => message.to.startsWith(phone.slice(1))) as Member
      return fate(message, to)
    },
    async probe() {
      this.probes += 1
      return true
    },
  }))
  const arrives = (messageId: string, to: Member) => {
    const taken = book.swallow(to.account, {
      messageId,
      ...phoneWriter('1'),
      text: null,
      kind: 'text',
      refersTo: null,
      atMs: 1,
      offline: false,
    })
    if (!taken) throw new Error(`${messageId} is no test`)
  }
  const canary = new Canary({ bus: heard.bus, book, members: () => members, settings, random: () => 0.5 })
  const stop = canary.start()
  onTestFinished(stop)
  return {
    ...heard,
    book,
    members,
    sent,
    stop,
    arrives,
    pass: (ms: number) => vi.advanceTimersByTimeAsync(ms),
    becomes: (what: typeof fate) => (fate = what),
  }
}

/** Acknowledged, and there after so many milliseconds. */
const after =
  (ms: number, arrives: (messageId: string, to: Member) => void) =>
  async ({ messageId }: Outgoing, to: Member) => {
    setTimeout(() => arrives(messageId, to), ms)
    return 80
  }
const rejects = (code: SendFailure, outcome: SendOutcome) => () =>
  Promise.reject(new SendError(code, outcome))

describe('a test', () => {
  it('that arrives is received, with the time from end to end, and each account has its turn', async () => {
    const { becomes, arrives, pass, of, sent, members } = stage()
    becomes(after(700, arrives))
    await pass(14 * MINUTE)
    expect(sent).toEqual([])
    await pass(3 * MINUTE)
    expect(of('canary.probed').map(({ account, from, outcome, ms }) => [from, account, outcome, ms])).toEqual(
      [
        ['a-2', 'a-1', 'received', 700],
        ['a-1', 'a-2', 'received', 700],
      ],
    )
    expect(sent.every(({ text }) => isCanaryText(text))).toBe(true)
    expect(sent[0]?.to).toBe('971500000001@s.whatsapp.net')
    await pass(15 * MINUTE)
    expect(of('canary.probed')).toHaveLength(4)
    expect(members.map(({ probes }) => probes)).toEqual([0, 0])
  })

  it('that the server takes and that never comes is held against the receiver, who is asked for a sign of life at once and tested again soon', async () => {
    const { becomes, arrives, pass, of, members, sent } = stage(3)
    becomes(async (message, to) => (to === members[0] ? 80 : after(100, arrives)(message, to)))
    await pass(15 * MINUTE + 31_000)
    expect(of('canary.probed')).toMatchObject([{ account: 'a-1', outcome: 'not-received', ms: 30_000 }])
    expect(members[0]?.probes).toBe(1)
    await pass(3 * MINUTE)
    const probed = of('canary.probed').filter(({ account }) => account === 'a-1')
    expect(probed.map(({ account, outcome }) => [account, outcome])).toEqual([
      ['a-1', 'not-received'],
      ['a-1', 'not-received'],
    ])
    expect(probed[0]?.from).not.toBe(probed[1]?.from)
    expect(members[0]?.probes).toBe(1)
    const again = sent.filter(({ to }) => to.includes('971500000001'))
    await pass(10 * MINUTE)
    expect(sent.filter(({ to }) => to.includes('971500000001'))).toHaveLength(again.length)
  })

  it('that comes late is swallowed and proves that the receiver hears', async () => {
    const { becomes, arrives, pass, of } = stage()
    becomes(after(40_000, arrives))
    await pass(18 * MINUTE)
    expect(of('canary.probed').every(({ outcome }) => outcome === 'not-received')).toBe(true)
    expect(of('canary.strayed').length).toBeGreaterThan(0)
  })

  it.each([
    ['ack-timeout', 'unknown', 'not-acked'],
    ['connection-closed', 'unknown', 'not-acked'],
    ['nack-463', 'failed', 'failed'],
    ['query-unanswered', 'failed', 'failed'],
  ] as const)('that ends with %s (%s) is %s, and says it of the sender', async (code, outcome, said) => {
    const { becomes, pass, of, members } = stage()
    becomes(rejects(code, outcome))
    await pass(15 * MINUTE + 1_000)
    expect(of('canary.probed')).toMatchObject([{ account: 'a-2', from: 'a-2', outcome: said }])
    expect(members.map(({ probes }) => probes)).toEqual([0, 0])
  })

  it('that arrives although its acknowledgement never does is received', async () => {
    const { becomes, arrives, pass, of } = stage()
    becomes(async ({ messageId }, to) => {
      setTimeout(() => arrives(messageId, to), 500)
      await new Promise((resolve) => setTimeout(resolve, 30_000))
      throw new SendError('ack-timeout', 'unknown')
    })
    await pass(15 * MINUTE + 40_000)
    expect(of('canary.probed')).toMatchObject([{ account: 'a-1', outcome: 'received', ms: 500 }])
  })

  it('whose receiver lost its connection meanwhile proves nothing', async () => {
    const { pass, of, members } = stage()
    await pass(15 * MINUTE + 10_000)
    Object.assign(members[0] as Member, { openedAt: 2 })
    await pass(25_000)
    expect(of('canary.probed')).toEqual([])
    expect(members[0]?.probes).toBe(0)
  })
})

describe('who is tested', () => {
  it('nobody who is in use: what was sent, acknowledged or received counts, and tests do not', async () => {
    const { becomes, arrives, pass, of, bus, sent } = stage()
    becomes(async ({ messageId }, to) => {
      bus.emit('message.sent', { messageId }, { account: 'a-2' })
      bus.emit('message.acked', { messageId, ms: 1 }, { account: 'a-2' })
      setTimeout(() => arrives(messageId, to), 100)
      return 1
    })
    for (let n = 0; n < 6; n++) {
      const type = (['message.sent', 'message.acked', 'message.received'] as const)[n % 3]
      const data = { messageId: `m${n}`, ms: 1, offline: false }
      if (type) bus.emit(type, data, { account: 'a-1' })
      await pass(14 * MINUTE)
    }
    expect(of('canary.probed').every(({ account }) => account === 'a-2')).toBe(true)
    const before = sent.length
    expect(before).toBeGreaterThanOrEqual(4)
    await pass(3 * MINUTE)
    expect(of('canary.probed').at(-1)?.account).toBe('a-1')
  })

  it('nobody who is not open, and nobody by nobody', async () => {
    const { pass, sent, members } = stage(3)
    Object.assign(members[0] as Member, { state: 'restricted' })
    Object.assign(members[1] as Member, { state: 'connecting', openedAt: null })
    await pass(60 * MINUTE)
    expect(sent).toEqual([])
  })

  it('one a minute at most, however many are due', async () => {
    const { becomes, arrives, pass, sent } = stage(9)
    becomes(after(50, arrives))
    await pass(60 * MINUTE)
    const times = sent.map(({ at }) => at)
    expect(times.length).toBeGreaterThan(15)
    for (const [i, at] of times.entries())
      if (i > 0) expect(at - (times[i - 1] as number)).toBeGreaterThanOrEqual(MINUTE)
  })

  it('after the end nothing is sent and nothing said', async () => {
    const { pass, sent, stop, of } = stage()
    await pass(15 * MINUTE + 10_000)
    expect(sent).toHaveLength(1)
    stop()
    await pass(60 * MINUTE)
    expect(sent).toHaveLength(1)
    expect(of('canary.probed')).toEqual([])
  })
})
