// The faults in force: who they are for, how often they may still strike and when they end. What they do is in actions.ts.
import type { Ledger } from '../ledger/ledger.ts'
import type { ActiveFault, Fault, FaultKind, FaultRequest, Stage } from '../types.ts'
import type { Connection } from '../wire/connection.ts'

/** What a fault is matched against; a connection is one, and the door before there is a connection is another. */
export type Target = Pick<Connection, 'account' | 'stage'> & { id?: number }
export type Undo = () => void

type Entry = ActiveFault & {
  undo: Map<number, Undo>
  onEnd: (() => void | Promise<void>)[]
  timer: NodeJS.Timeout | undefined
  met: Set<number>
}

/** Kinds that go on after they were applied: being spent, they take nobody new, and stay until they are ended. */
const lasting = new Set<FaultKind>(['stall', 'half-open', 'timelock', 'refuse'])

const view = ({ id, account, stage, fault, since, until, remaining, applied, name }: Entry): ActiveFault => ({
  id,
  account,
  stage,
  fault,
  since,
  until,
  remaining,
  applied,
  name,
})

export class Faults {
  readonly #ledger: Ledger
  readonly #entries = new Map<string, Entry>()
  #last = 0

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  add(request: FaultRequest, name: string | null = null): ActiveFault {
    const id = `fault-${++this.#last}`
    const entry: Entry = {
      id,
      account: request.account ?? null,
      stage: request.stage ?? 'any',
      fault: request.fault,
      since: Date.now(),
      until: request.forMs === undefined ? null : Date.now() + request.forMs,
      remaining: request.count ?? null,
      applied: 0,
      name,
      undo: new Map(),
      onEnd: [],
      timer: undefined,
      met: new Set(),
    }
    if (request.forMs !== undefined) entry.timer = setTimeout(() => void this.end(id), request.forMs)
    this.#entries.set(id, entry)
    this.#ledger.add({ kind: 'fault', id, fault: request.fault, account: entry.account, name })
    return view(entry)
  }

  list(): ActiveFault[] {
    return [...this.#entries.values()].map(view)
  }

  has(id: string): boolean {
    return this.#entries.has(id)
  }

  /** The first fault of this kind that is meant for the target and not spent, without using it. */
  find<K extends FaultKind>(
    kind: K,
    target: Target,
  ): (ActiveFault & { fault: Extract<Fault, { kind: K }> }) | undefined {
    for (const entry of this.#entries.values()) {
      if (entry.fault.kind === kind && entry.remaining !== 0 && matches(entry, target)) {
        return entry as unknown as ActiveFault & { fault: Extract<Fault, { kind: K }> }
      }
    }
    return undefined
  }

  /** Finds a fault and counts it as applied to the target. */
  use<K extends FaultKind>(kind: K, target: Target): Extract<Fault, { kind: K }> | undefined {
    const found = this.find(kind, target)
    if (found) this.applied(found.id, target)
    return found?.fault
  }

  /** An undo belongs to a fault that lasts on this connection; it runs when the fault ends. */
  applied(id: string, target: Target, undo?: Undo): void {
    const entry = this.#entries.get(id)
    if (!entry) return
    entry.applied++
    if (entry.remaining !== null) entry.remaining--
    if (undo && target.id !== undefined) entry.undo.set(target.id, undo)
    const again = target.id !== undefined && entry.met.has(target.id)
    if (target.id !== undefined) entry.met.add(target.id)
    const conn = target.id ?? null
    if (!again) {
      this.#ledger.add({ kind: 'fault-applied', id, fault: entry.fault.kind, conn, account: target.account })
    }
    if (entry.remaining === 0 && !lasting.has(entry.fault.kind)) void this.end(id)
  }

  met(id: string, connection: number): boolean {
    return this.#entries.get(id)?.met.has(connection) ?? false
  }

  onEnd(id: string, action: () => void | Promise<void>): void {
    this.#entries.get(id)?.onEnd.push(action)
  }

  get(id: string): ActiveFault | undefined {
    const entry = this.#entries.get(id)
    return entry && view(entry)
  }

  /** Answers false when there is no such fault; resolves when everything is undone. */
  async end(id: string): Promise<boolean> {
    const entry = this.#entries.get(id)
    if (!entry) return false
    clearTimeout(entry.timer)
    this.#entries.delete(id)
    this.#ledger.add({ kind: 'fault-ended', id, fault: entry.fault.kind })
    for (const undo of entry.undo.values()) undo()
    for (const action of entry.onEnd) await action()
    return true
  }

  async endAll(): Promise<void> {
    for (const id of [...this.#entries.keys()]) await this.end(id)
  }

  /** At shutdown nothing is undone and nothing may keep the process alive. */
  stop(): void {
    for (const entry of this.#entries.values()) clearTimeout(entry.timer)
    this.#entries.clear()
  }
}

export function matches(
  { account, stage }: { account: string | null; stage: Stage },
  target: Target,
): boolean {
  if (account !== null && account !== target.account) return false
  return stage === 'any' || stage === target.stage
}
