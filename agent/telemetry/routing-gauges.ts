// The gauges that show what was decided about each account: its mode, and whether it gets new conversations, as the routing sees it at the moment of the scrape.

import { fillWhenRead, type Instruments } from './instruments.ts'

/** @param accounts `since` in milliseconds since the epoch; null where nobody has said anything of its mode */
export function followModes(
  to: Instruments,
  accounts: () => Iterable<{ account: string; mode: string; since: number | null }>,
): void {
  fillWhenRead(to.gauge('accountMode'), (gauge) => {
    for (const { account, mode } of accounts()) gauge.set({ account, mode }, 1)
  })
  fillWhenRead(to.gauge('accountModeSince'), (gauge) => {
    for (const { account, since } of accounts()) if (since !== null) gauge.set({ account }, since / 1000)
  })
}

export function followEligible(
  to: Instruments,
  accounts: () => Iterable<{ account: string; eligible: boolean }>,
): void {
  fillWhenRead(to.gauge('accountEligible'), (gauge) => {
    for (const { account, eligible } of accounts()) gauge.set({ account }, eligible ? 1 : 0)
  })
}
