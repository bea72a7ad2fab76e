// A bus and everything that was said on it, in the order in which it was said.

import { type AnyEvent, Bus, type EventOf, type EventType } from '../../../agent/events.ts'

export interface Heard {
  bus: Bus
  events: AnyEvent[]
  of<T extends EventType>(type: T): EventOf<T>[]
  types(): EventType[]
}

export function hear(): Heard {
  const bus = new Bus('node-1')
  const events: AnyEvent[] = []
  bus.onAny((event) => events.push(event))
  return {
    bus,
    events,
    of: <T extends EventType>(type: T) =>
      events.filter((event) => event.type === type) as unknown as EventOf<T>[],
    types: () => events.map(({ type }) => type),
  }
}
