// The gauge of the live stream: who reads at the moment of the scrape, by transport.

import { fillWhenRead, type Instruments } from './instruments.ts'

export function followLive(to: Instruments, readers: () => Readonly<Record<string, number>>): void {
  fillWhenRead(to.gauge('liveClients'), (gauge) => {
    for (const [transport, count] of Object.entries(readers())) gauge.set({ transport }, count)
  })
}
