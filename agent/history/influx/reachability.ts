// Whether InfluxDB can be used is said once when it changes, and asked again until it can.

import type { Bus } from '../../events.ts'

/** Pause between two questions to a server that is away, in milliseconds; what has to be written asks more often. */
const ASK_EVERY_MS = 5_000

export class Reachability {
  #bus: Bus
  #probe: () => void
  #since: number | null = null
  #known = false
  #timer: NodeJS.Timeout | undefined
  #closed = false

  /** @param probe asks the server and tells `up` or `down` */
  constructor(bus: Bus, probe: () => void) {
    this.#bus = bus
    this.#probe = probe
  }

  up(): void {
    if (this.#closed || (this.#known && this.#since === null)) return
    const downMs = this.#since === null ? null : Math.round(performance.now() - this.#since)
    this.#known = true
    this.#since = null
    clearTimeout(this.#timer)
    this.#bus.emit('history.reachable', { driver: 'influx', downMs })
  }

  down(detail: string): void {
    if (this.#closed) return
    this.#known = true
    if (this.#since === null) {
      this.#since = performance.now()
      this.#bus.emit('history.unreachable', { driver: 'influx', detail })
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#probe, ASK_EVERY_MS).unref()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }
}
