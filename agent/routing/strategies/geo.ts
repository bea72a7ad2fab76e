// Stay in the region: its accounts go before better levels elsewhere, and among them it is as with `least-loaded`.

import { shareLeastLoaded } from './least-loaded.ts'
import type { Strategy } from './strategy.ts'

export const geo: Strategy = {
  name: 'geo',
  regionFirst: true,
  spreads: true,
  shares: shareLeastLoaded,
}
