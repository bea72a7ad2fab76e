// The gauge that shows what was decided about each account: its mode, as the routing sees it at the moment of the scrape.

import { fillWhenRead, type Instruments } from './instruments.ts'

export function followModes(
  to: Instruments,
  accounts: () => Iterable<{ account: string; mode: string }>,
): void {
  fillWhenRead(to.gauge('accountMode'), (gauge) => {
    for (const { account, mode } of accounts()) gauge.set({ account, mode }, 1)
  })
}
