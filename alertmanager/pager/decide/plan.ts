// Whom a receiver tells by what, now: its recipients, whoever is on call, each by each of its channels.

import { type PagerConfig, type Receiver, reaches } from '../config/schema.ts'
import type { ChannelName } from '../words.ts'
import { type Course, courseOf } from './course.ts'
import { onCall } from './on-call.ts'

export interface Planned {
  recipient: string
  channel: ChannelName
  /** Null where none of the channels reaches him. */
  course: Course | null
}

type People = Pick<PagerConfig, 'recipients' | 'schedules' | 'channels'>

export function planOf(receiver: Receiver, people: People, now: number): Planned[] {
  const schedule = receiver.schedule === null ? undefined : people.schedules[receiver.schedule]
  const names = new Set([...receiver.recipients, ...(schedule ? onCall(schedule, now) : [])])
  return [...names].flatMap((recipient) => {
    const to = people.recipients[recipient]
    if (!to) return []
    const can = (channel: ChannelName): boolean => reaches(people, to, channel)
    const planned = receiver.channels.map(
      (channel): Planned => ({
        recipient,
        channel,
        course: courseOf(channel, receiver.fallback, can),
      }),
    )
    return withoutTwins(planned)
  })
}

/** Who has no phone is told by one push message, not by one for each channel that needs a phone. */
function withoutTwins(planned: readonly Planned[]): Planned[] {
  const direct = planned.filter(({ channel, course }) => course?.channel === channel)
  const others = planned.filter((each) => !direct.includes(each))
  const taken = new Set(direct.map(({ channel }) => channel))
  for (const each of others) {
    if (each.course === null) continue
    if (taken.has(each.course.channel)) continue
    taken.add(each.course.channel)
    direct.push(each)
  }
  // Nobody is left out without a word: what reaches him by nothing at all is said as a failure.
  return direct.length > 0 ? direct : planned.slice(0, 1)
}
