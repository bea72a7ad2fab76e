// Everything that happened on a bus, in order, so that a test can wait for what it expects and look at what led to it.

import type { AnyEvent, Bus, EventOf, EventType } from '../../agent/events.ts'
import { until } from './until.ts'

export class Recorder {
  readonly events: AnyEvent[] = []

  constructor(bus: Bus) {
    bus.onAny((event) => {
      if (event.type !== 'store.queried') this.events.push(event)
    })
  }

  /** All events of a type, of one account where it is named. */
  of<T extends EventType>(type: T, account?: string): EventOf<T>[] {
    return this.events.filter(
      (event) => event.type === type && (account === undefined || event.account === account),
    ) as EventOf<T>[]
  }

  /** The first event of the type that fits, past or to come. */
  async first<T extends EventType>(
    type: T,
    {
      account,
      where = () => true,
      withinMs,
    }: { account?: string; where?: (e: EventOf<T>) => boolean; withinMs?: number } = {},
  ): Promise<EventOf<T>> {
    const what = () => `${type} of ${account ?? 'anybody'}; seen: ${this.story(account)}`
    return (await until(what, () => this.of(type, account).find(where), withinMs)) as EventOf<T>
  }

  /** What happened to an account, for the message of a test that failed. */
  story(account?: string): string {
    return this.events
      .filter((event) => account === undefined || event.account === account)
      .slice(-25)
      .map(
        ({ type, id: _id, v: _v, at: _at, node: _node, account: _account, epoch: _epoch, ...rest }) =>
          `${type} ${JSON.stringify(rest)}`,
      )
      .join('\n  ')
  }
}
