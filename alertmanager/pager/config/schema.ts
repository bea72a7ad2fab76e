// The shape of pager.yaml: every section once, from YAML with snake_case keys to what the pager reads.

import type { z } from 'zod'
import type { ChannelName } from '../words.ts'
import { receivers, recipients, schedules } from './people.ts'
import { budgets, channels, quiet_hours, retries } from './sending.ts'
import { api, callbacks, heartbeat, log, metrics, store } from './server.ts'

/** Every top-level key, in the order in which people read them. */
export const sections = {
  api: api.prefault({}),
  callbacks: callbacks.prefault({}),
  metrics: metrics.prefault({}),
  store: store.prefault({}),
  log: log.prefault({}),
  channels: channels.prefault({}),
  retries: retries.prefault({}),
  budgets: budgets.prefault({}),
  quiet_hours,
  heartbeat: heartbeat.prefault({}),
  recipients,
  schedules,
  receivers,
}

export type Parsed = { [S in keyof typeof sections]: z.output<(typeof sections)[S]> }

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T

/** Everything the operator decided, checked and frozen. Durations are milliseconds, times of day minutes. */
export type PagerConfig = Frozen<Parsed>
export type Recipient = PagerConfig['recipients'][string]
export type Schedule = PagerConfig['schedules'][string]
export type Receiver = PagerConfig['receivers'][string]
export type Retries = PagerConfig['retries']
export type Budgets = PagerConfig['budgets']
export type QuietHours = NonNullable<PagerConfig['quiet_hours']>
export type TwilioConfig = NonNullable<PagerConfig['channels']['twilio']>
export type FcmConfig = NonNullable<PagerConfig['channels']['fcm']>

/** Whether a channel can reach a recipient at all: it is configured and there is an address. */
export function reaches(
  { channels }: { channels: { twilio: unknown; fcm: unknown } },
  { phone, fcmToken }: { phone: string | null; fcmToken: string | null },
  channel: ChannelName,
): boolean {
  return channel === 'push'
    ? channels.fcm !== null && fcmToken !== null
    : channels.twilio !== null && phone !== null
}
