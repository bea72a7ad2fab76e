// To the account that has the most weight for each message that waits for it or is on its way; a draw decides between equals.

import { indexOf } from '../sound.ts'
import { type Member, type Picking, parts, type Strategy } from './strategy.ts'

const room = ({ weight, active }: Member): number => weight / (active + 1)

export function pickLeastLoaded(members: readonly Member[], { random }: Picking): number {
  let most = -1
  let first = 0
  let equals = 0
  for (let i = 0; i < members.length; i++) {
    const has = room(members[i] as Member)
    if (has > most) {
      most = has
      first = i
      equals = 1
    } else if (has === most) equals += 1
  }
  if (equals === 1) return first
  let skip = indexOf(random(), equals)
  for (let i = first; i < members.length; i++)
    if (room(members[i] as Member) === most && skip-- === 0) return i
  return first
}

export const shareLeastLoaded = (members: readonly Member[]): number[] => parts(members.map(room))

export const leastLoaded: Strategy = {
  name: 'least-loaded',
  regionFirst: false,
  spills: true,
  pick: pickLeastLoaded,
  shares: shareLeastLoaded,
}
