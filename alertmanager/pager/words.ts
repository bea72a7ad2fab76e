// The vocabulary of the pager: channels, severities and what pages, deliveries and attempts can be; one list per kind of word.

export const channelNames = ['sms', 'voice', 'push'] as const
export type ChannelName = (typeof channelNames)[number]

/** From the mildest to the gravest: the place in this list is the rank. */
export const severities = ['info', 'warning', 'critical'] as const
export type Severity = (typeof severities)[number]

export function rankOf(severity: Severity): number {
  return severities.indexOf(severity)
}

/** The gravest of them; `info` where there is none. */
export function gravest(list: readonly Severity[]): Severity {
  return list.reduce((worst, each) => (rankOf(each) > rankOf(worst) ? each : worst), 'info' as Severity)
}

export const deliveryStates = [
  'queued', // its turn comes
  'sending', // an attempt is under way
  'held', // it waits for the end of quiet hours, for budget, or for a provider that is out
  'sent', // a provider has taken it
  'failed', // nobody can be told by any channel
  'cancelled', // the page was acknowledged or is over
] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** Why a delivery is held. */
const holdReasons = ['quiet-hours', 'budget', 'out'] as const
export type HoldReason = (typeof holdReasons)[number]

/** How an attempt ended. */
export const attemptOutcomes = [
  'accepted', // the provider has it
  'refused', // it certainly has not, and will not
  'busy', // 429: it has not, later it may
  'unavailable', // it certainly has not: nobody answered, or it said that it failed
  'unknown', // the request was written and nobody knows what became of it
] as const
export type AttemptOutcome = (typeof attemptOutcomes)[number]

/** What became of a delivery on a channel; outcomes of pager_notifications_total. */
export const deliveryOutcomes = ['sent', 'fell-back', 'failed', 'cancelled'] as const
export type DeliveryOutcome = (typeof deliveryOutcomes)[number]

/** Why people are told. */
export const noticeKinds = ['firing', 'worse', 'repeat', 'resolved'] as const
export type NoticeKind = (typeof noticeKinds)[number]

/** How somebody acknowledged. */
export const ackWays = ['key', 'link', 'reply', 'api'] as const
export type AckWay = (typeof ackWays)[number]

export const locales = ['en', 'ar', 'es', 'pt', 'hi', 'id'] as const
export type Locale = (typeof locales)[number]

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
export type Weekday = (typeof weekdays)[number]

export function isSeverity(text: string | undefined): text is Severity {
  return severities.includes(text as Severity)
}
