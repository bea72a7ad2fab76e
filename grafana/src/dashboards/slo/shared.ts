// What several panels of this dashboard ask with.

import { falling, type Steps } from '../../look/colours.ts'

export const early = { mayBeEmpty: 'There is no share while no message was sent.' }

export const leftSteps: Steps = falling(0.000001, 0.25)
