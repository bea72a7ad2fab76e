// Every strategy by its name; a name without one does not compile.

import type { StrategyName } from '../../words.ts'
import { geo } from './geo.ts'
import { leastLoaded } from './least-loaded.ts'
import { priority } from './priority.ts'
import { roundRobin } from './round-robin.ts'
import type { Strategy } from './strategy.ts'

export const strategies: Readonly<Record<StrategyName, Strategy>> = {
  'least-loaded': leastLoaded,
  'round-robin': roundRobin,
  priority,
  geo,
}
