// Stay in the region: its accounts go before better levels elsewhere, the least loaded of them first.

import { pickLeastLoaded, shareLeastLoaded } from './least-loaded.ts'
import type { Strategy } from './strategy.ts'

export const geo: Strategy = {
  name: 'geo',
  regionFirst: true,
  spills: true,
  pick: pickLeastLoaded,
  shares: shareLeastLoaded,
}
