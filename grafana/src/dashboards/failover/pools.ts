// Whether failover is on, and who is left in each pool.

import { byField, cellActions } from '../../actions.ts'
import { none, plain, rising } from '../../look/colours.ts'
import { failoverSeconds } from '../../look/limits.ts'
import { toAccount } from '../../look/links.ts'
import { modes, onOff, states } from '../../look/mappings.ts'
import { bars, figure } from '../../panels/figures.ts'
import { lines } from '../../panels/graphs.ts'
import { table } from '../../panels/table.ts'
import { steps } from '../../panels/tile.ts'
import { answering, chosen, each, held, orZero, silent, stateCode } from '../../queries/accounts.ts'
import { noEvent, now, range, rows } from '../../queries/query.ts'
import { account, grewInRange, of, pool, quantileOf } from '../../queries/selectors.ts'

/** Up, and given new conversations by the routing, as in the alerts PoolDown and PoolWithoutBackup. */
const fit = `${held(`${account('whatsapp_session_up')} == 1`)}
  unless on (job, instance, account) (${account('whatsapp_account_eligible')} == 0)`

const withInfo = (label: string, expr: string): string =>
  `(${expr}) * on (job, instance, account) group_left (${label}) ${answering}`

export const head = [
  figure({
    title: 'Automatic failover',
    what: 'Whether automatic failover is on, at the agent where it is off.',
    whenBad: '`linda failover on`, unless somebody switched it off for a reason.',
    width: 4,
    unit: 'none',
    mappings: onOff,
    noValue: 'no agent answers',
    queries: [now('automatic', `min(${of('linda_failover_enabled')})`)],
  }),
  figure({
    title: 'Under way',
    what: 'Failovers that have begun and not ended, on all agents.',
    whenBad: 'one that lasts minutes is stuck: `linda failover list` shows its step.',
    width: 4,
    unit: 'none',
    steps: none('warning'),
    noValue: 'no agent answers',
    queries: [now('open', `max(${of('whatsapp_failovers_open')})`)],
  }),
  figure({
    title: 'Done and failed',
    what: 'Failovers of the time range that ended with another account at work, and those that did not.',
    whenBad:
      'parked: the messages wait; rolled back: the first account kept its work. `linda failover show ID` says why of each candidate.',
    width: 6,
    unit: 'none',
    decimals: 0,
    steps: none(),
    overrides: [steps('done', plain)],
    noValue: 'no agent answers',
    queries: [
      now('done', orZero(`sum(${grewInRange(pool('whatsapp_failovers_total', 'outcome="active"'))})`)),
      now('failed', orZero(`sum(${grewInRange(pool('whatsapp_failovers_total', 'outcome!="active"'))})`)),
    ],
  }),
  figure({
    title: 'Held back',
    what: 'Faults in the time range that were not failed over: switched off, damped, nobody fit, or the trouble is of the machine.',
    whenBad:
      'the event `failover.held` says which; clear the damping or decide by hand: `linda failover --from`.',
    width: 5,
    unit: 'none',
    decimals: 0,
    steps: none('warning'),
    noValue: 'no agent answers',
    queries: [now('held', orZero(`sum(${grewInRange(pool('whatsapp_failovers_held_total'))})`))],
  }),
  figure({
    title: 'Slowest end in 95%',
    what: 'Time from the fault to the end of a failover that 95% do not exceed.',
    whenBad:
      'see the phases: detection is evidence, transfer is the store, the rest is the account that takes over.',
    width: 5,
    unit: 's',
    decimals: 1,
    steps: rising(failoverSeconds.end, 2 * failoverSeconds.end),
    noValue: 'no failover',
    queries: [
      now(
        'end',
        quantileOf(0.95, grewInRange(of('whatsapp_failover_phase_seconds_bucket', 'phase="end"'))),
        noEvent('There was no failover'),
      ),
    ],
  }),
]

const out = each('whatsapp_account_mode', 'mode!="up"', 'mode')

export const pools = [
  bars({
    title: 'Fit to send',
    what: 'Accounts of each pool that take new conversations: up, healthy, neither restricted nor ejected, their day not spent.',
    whenBad: '1 is a pool without a backup, 0 is a pool that is down.',
    width: 8,
    unit: 'none',
    min: 0,
    steps: [
      [null, 'bad'],
      [1, 'warning'],
      [2, 'good'],
    ],
    noValue: 'nobody may send',
    queries: [
      now('{{pool}}', `count by (pool) (${withInfo('pool', fit)}) or 0 * count by (pool) (${chosen})`),
    ],
  }),
  lines({
    title: 'Accounts by state',
    what: 'Accounts of the chosen pools by role and state, each once; those of an agent that does not answer are in no state.',
    whenBad: 'primaries that leave open together are one cause.',
    width: 8,
    height: 7,
    unit: 'none',
    stacked: true,
    noValue: 'no agent answers',
    queries: [
      range(
        '{{role}} {{state}}',
        `count by (role, state) (${withInfo('role', held(account('whatsapp_session_state')))})`,
      ),
      range('{{role}} agent down', `count by (role) (${silent})`, {
        mayBeEmpty: 'Every agent answers.',
      }),
    ],
  }),
  table({
    title: 'Who is out of the routing',
    what: 'Accounts that take no new conversations, and their state. Out is what a failover decided, maintenance and draining what a person did.',
    whenBad:
      'put an account back when its fault is mended; clear the damping when it is to fail over again before its time.',
    width: 8,
    height: 7,
    noValue: 'everybody is in',
    join: 'account',
    queries: [
      rows('mode', `max by (account, mode) (${out})`, {
        mayBeEmpty: 'Every account takes conversations.',
      }),
      rows('state', `max by (account) (${stateCode} and on (job, account) ${out})`, {
        mayBeEmpty: 'Every account takes conversations.',
      }),
    ],
    columns: [
      { from: 'account', name: 'Account', links: [toAccount] },
      { from: 'mode', name: 'Mode', mappings: modes, cell: 'text' },
      { from: 'Value #B', name: 'State', mappings: states, cell: 'background' },
      {
        from: 'Value #A',
        name: 'Do',
        more: cellActions(['putBack', 'clearDamping'], byField('Account')),
      },
    ],
  }),
]
