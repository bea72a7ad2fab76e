// Series of agents and accounts in promtool's notation, a value each minute: what a story about a fleet is made of.

export type Series = Readonly<Record<string, string>>

export const of = (name: string, instance: string, more = '', job = 'linda'): string =>
  `${name}{job="${job}",instance="${instance}"${more}}`

/** An agent that lives for some of the time; `up` stays when it is dead. */
export const agent = (instance: string, up: string, started = '0x2000', build = '1x2000'): Series => ({
  [of('up', instance)]: up,
  [of('process_start_time_seconds', instance)]: started,
  [of('linda_build_info', instance, ',version="1"')]: build,
})

/** A copy of an account as an agent shows it; every series has the same times, so `shape` makes them from a value. */
export const copy = (
  account: string,
  instance: string,
  { state = 'open', code = 3, up = 1, score = 98, epoch = 1 } = {},
  shape = (value: number): string => `${value}x2000`,
): Series => {
  const its = (name: string, more = ''): string => of(name, instance, `,account="${account}"${more}`)
  return {
    [its('whatsapp_account_info', ',pool="p",role="primary",region="r"')]: shape(1),
    [its('whatsapp_session_up')]: shape(up),
    [its('whatsapp_session_state', `,state="${state}"`)]: shape(1),
    [its('whatsapp_session_state_code')]: shape(code),
    [its('whatsapp_health_score')]: shape(score),
    [its('linda_lease_epoch')]: shape(epoch),
    [its('whatsapp_account_mode', ',mode="up"')]: shape(1),
  }
}
export const replaced = { state: 'replaced', code: 7, up: 0, score: 0 }

/** There from the first to the last minute. */
export const during =
  (first: number, last: number) =>
  (value: number): string =>
    `${first > 0 ? `_x${first - 1} ` : ''}${value}x${last - first} stale`

/** Everybody else that Prometheus scrapes, as processes are. */
export const others: Series = Object.fromEntries(
  ['prometheus', 'alertmanager', 'linda-pager'].flatMap((job) =>
    ['up', 'process_start_time_seconds', 'nodejs_eventloop_lag_p99_seconds'].map((name) => [
      of(name, `${job}:1`, '', job),
      '1x2000',
    ]),
  ),
)
