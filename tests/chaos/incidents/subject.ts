// One account to which one incident happens: what a story can do to it, and the people who write to it, read it and hold its phone.

import { setTimeout as sleep } from 'node:timers/promises'
import type { CapName } from '../../../agent/health/caps.ts'
import { mintMessageId } from '../../../agent/session/message-id.ts'
import type { Session } from '../../../agent/session/session.ts'
import type { Scene } from '../../harness/scene.ts'
import { until } from '../../harness/until.ts'
import type { Fault, FaultRequest } from '../../simulator/types.ts'
import type { Draw } from './draw.ts'

const PEERS = 3
/** A page asks for the code as often as the real one. */
const LOOK_EVERY_MS = 1_000

export interface SubjectParts {
  scene: Scene
  account: string
  /** Position among the accounts of the stage: everybody has correspondents of their own. */
  index: number
  draw: Draw
  /** Ends when the incident is judged. */
  over: AbortSignal
  /** What happens to all accounts of the stage is done by the first who asks. */
  together: Map<string, Promise<unknown>>
}

export class Subject {
  readonly account: string
  readonly draw: Draw
  readonly scene: Scene
  #index: number
  #over: AbortSignal
  #together: Map<string, Promise<unknown>>

  constructor({ scene, account, index, draw, over, together }: SubjectParts) {
    this.scene = scene
    this.account = account
    this.draw = draw
    this.#index = index
    this.#over = over
    this.#together = together
  }

  get phone(): string {
    return this.scene.phones.get(this.account) as string
  }

  get session(): Session {
    const session = this.scene.context.fleet.find(this.account)?.session
    if (!session) throw new Error(`${this.account} is not in the fleet`)
    return session
  }

  get over(): boolean {
    return this.#over.aborted
  }

  /** Returns early, by a rejection that ends the story, when the incident is judged. */
  async wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#over })
  }

  async up(withinMs = 60_000): Promise<void> {
    const what = () => `${this.account} is open; it is ${this.session.state}`
    await until(what, () => this.over || this.session.state === 'open', withinMs)
  }

  /** A fault that waits for its moment or lasts. */
  async fault(fault: Fault, more: Omit<FaultRequest, 'account' | 'fault'> = {}): Promise<string> {
    return (await this.scene.simulator.client.fault({ account: this.phone, fault, ...more })).id
  }

  /** A fault that must strike the open connection at once. */
  async strike(fault: Fault, more: Omit<FaultRequest, 'account' | 'fault'> = {}): Promise<void> {
    const { applied } = await this.scene.simulator.client.fault({ account: this.phone, fault, ...more })
    if (applied === 0) throw new Error(`${fault.kind} struck nothing of ${this.account}`)
  }

  /** A fault that meets everybody on the stage. */
  async faultAll(fault: Fault, forMs: number): Promise<void> {
    const first = this.#together.get(fault.kind) ?? this.scene.simulator.client.fault({ fault, forMs })
    this.#together.set(fault.kind, first)
    await first
  }

  /** Strikes again and again, each time when the session is open and has been for a while. */
  async strikeAgain(times: number, fault: Fault): Promise<void> {
    for (let n = 1; n <= times; n++) {
      await this.up()
      await this.wait(this.draw.between(3_000, 12_000, `open ${n}`))
      await this.up()
      await this.strike(fault)
      await this.closed()
    }
  }

  /** Resolves when the session has heard that its connection is gone. */
  async closed(): Promise<void> {
    await until(`${this.account} is not open`, () => this.over || this.session.state !== 'open', 60_000)
  }

  /** Resolves when the cap is told of; what the judgement cuts short is judged by its diagnoses. */
  async capped(cap: CapName, withinMs: number): Promise<void> {
    const caps = () => this.scene.context.monitor.report(this.account)?.caps ?? []
    const what = () => `the cap ${cap} of ${this.account}; it has ${caps().map(({ name }) => name)}`
    await until(what, () => this.over || caps().some(({ name }) => name === cap), withinMs)
  }

  reader(n: number): string {
    return `4479470${10_000 + 10 * this.#index + (n % PEERS)}`
  }

  /** Others than the readers: where both write at once, the library itself loses a message now and then. */
  writer(n: number): string {
    return `4479480${10_000 + 10 * this.#index + (n % PEERS)}`
  }

  /** Sends texts in even steps; what becomes of them is not waited for. */
  async talk(count: number, everyMs: number): Promise<void> {
    for (let n = 0; n < count && !this.over; n++) {
      const messageId = mintMessageId()
      const text = `${this.account} says ${n} of ${count}`
      void this.session.send({ messageId, to: `${this.reader(n)}@s.whatsapp.net`, text }).catch(() => {})
      await this.wait(everyMs)
    }
  }

  /** Others write to the account. */
  async hear(
    count: number,
    everyMs: number,
    how: { corrupt?: boolean; resends?: boolean } = {},
  ): Promise<void> {
    for (let n = 0; n < count && !this.over; n++) {
      const text = `to ${this.account} ${n} of ${count}`
      await this.scene.simulator.client.send({ from: this.writer(n), to: this.phone, text, ...how })
      if (everyMs > 0) await this.wait(everyMs)
    }
  }

  /** One writer sends so many texts in one go, each unreadable until it is asked for again. */
  async burst(count: number): Promise<void> {
    const text = `all at once to ${this.account}`
    await this.scene.simulator.client.send({
      from: this.writer(0),
      to: this.phone,
      text,
      count,
      corrupt: true,
    })
  }

  /** A page is open: every code is shown to whoever holds the phone, until the condition holds or it is judged. */
  async look(phone: string, enough: () => boolean): Promise<void> {
    let shown = ''
    while (!this.over && !enough()) {
      const code = this.session.viewCode()
      if (code && code.method === 'qr' && code.code !== shown) {
        shown = code.code
        await this.scene.simulator.client.look(phone, shown)
      }
      await this.wait(LOOK_EVERY_MS)
    }
  }
}

/** What is done to one account, from the moment of the injection. */
export type Story = (subject: Subject) => Promise<void>
