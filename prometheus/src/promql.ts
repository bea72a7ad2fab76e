// The pieces of PromQL that several rules need, each with the trap that it avoids.

/** The job that scrapes agents. */
export const agents = 'job="linda"'
export const pagers = 'job="linda-pager"'

/** What tells one account of one agent. */
export const me = '(job, instance, account)'

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** Seconds of a duration such as `90s` or `30d`. */
export function secondsOf(duration: string): number {
  const [, number, unit] = /^(\d+)([smhd])$/.exec(duration) ?? []
  const seconds = unitSeconds[unit ?? '']
  if (number === undefined || seconds === undefined) throw new Error(`${duration} is no duration such as 90s`)
  return Number(number) * seconds
}

/**
 * By how much a counter grew: the most that one of three ways can prove. `increase()` alone is blind to the first event of a series that
 * begins with it, as every counter with a reason or an outcome does, and to a restart after which the counter is not smaller than before.
 * A series that was not there at the beginning of the window has grown by all that it last showed. That is believed only where the agent
 * was being scraped then: otherwise a counter of last week would look like news when Prometheus comes back after an outage. What an agent
 * shows that has started within the window is all of the window. Where a series both began and was reset in it, its first value is lost.
 * @param seconds the window again, as a number
 * @param targets matchers of the targets that are meant; all where it is left out
 */
export function increased(
  series: string,
  window: string,
  seconds: number | string = secondsOf(window),
  targets = '',
): string {
  const of = (metric: string): string => metric + (targets && `{${targets}}`)
  const begun = `last_over_time(${series}[${window}]) unless ${series} offset ${window} and on (job, instance) ${of('up')} offset ${window} == 1`
  const restarted = `${series} and on (job, instance) ${of('process_start_time_seconds')} > time() - ${seconds}`
  return `max without (way) (
    label_replace(${begun}, "way", "begun", "", "")
    or label_replace(${restarted}, "way", "restarted", "", "")
    or increase(${series}[${window}])
  )`
}

/** The same, added up. */
export function grown(by: string, series: string, window: string): string {
  return `sum by (${by}) (
  ${increased(series, window)}
)`
}

/** Sessions that somebody wants up and that nothing but the way to WhatsApp keeps from it. */
export const wanted = 'whatsapp_session_state{state=~"connecting|open|restricted"}'

/**
 * Accounts that nobody has linked yet: this process was given codes for them and no scan. They are `connecting` for a moment between two
 * connections, and for as long as WhatsApp cannot be reached.
 */
export const unlinked = `(whatsapp_qr_codes_issued_total > 0 and on ${me} whatsapp_qr_scans_total == 0)`

/** A person took it out, and knows. */
export const maintained = 'whatsapp_account_mode{mode="maintenance"}'

/** The state of another node's copy says nothing where the account is up somewhere. */
export const upSomewhere = '(whatsapp_session_up == 1)'

/** Linked, wanted, and not up. Nothing where the state has no series: then it is not known whether it is wanted. */
export const lost = `whatsapp_session_up == 0
  and on ${me} ${wanted}
  unless on ${me} ${unlinked}
  unless on ${me} ${maintained}
  unless on (job, account) ${upSomewhere}`

/** Accounts with the label `pool`, and without it where the pool is not known: an alert is not lost for want of a label. */
export function withPool(expr: string): string {
  return `(
  ${expr}
) * on ${me} group_left (pool) (whatsapp_account_info or on ${me} whatsapp_session_up >= bool 0)`
}

/** Pools in which an account is well and has used its limit of the day: what waits in them waits for that, which was asked for. */
export const spentPools = `count by (job, pool) (
    (
      whatsapp_session_up == 1
      and on ${me} (whatsapp_account_day_messages >= whatsapp_account_day_limit)
      unless on ${me} whatsapp_account_mode{mode=~"draining|maintenance|out"}
      unless on ${me} (whatsapp_account_restricted == 1)
    ) * on ${me} group_left (pool) whatsapp_account_info
  )`

/** Open messages of a pool. Every agent on one store counts the same rows: the largest count is the count, the sum would be double. */
export function openMessages(states?: string, offset = ''): string {
  const selector = states === undefined ? '' : `{state=~"${states}"}`
  return `sum by (job, pool) (max by (job, pool, state) (whatsapp_outbox_messages${selector}${offset && ` offset ${offset}`}))`
}
