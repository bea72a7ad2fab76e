// Cases of the alerts on failover and on who is left.

import { account, born, day, jia, jp, of, ofAccount, runs, type Trials, without } from './case.ts'

const ended = (outcome: string, trigger = 'banned', count = 1) => ({
  ...runs,
  [of('whatsapp_failovers_total', { pool: 'sales', trigger, outcome })]: born(count),
})
const held = { ...runs, [of('whatsapp_failovers_held_total', { pool: 'sales', trigger: 'zombie' })]: born(1) }
/** Put into its mode at 0. */
const leftOut = (mode: string) => ({
  ...account('open', '1x500', { mode }),
  [ofAccount('whatsapp_account_mode_since_timestamp_seconds')]: '0x500',
})
const two = { ...account('open', '1x500'), ...account('open', '1x500', { id: 'p2' }) }
const refusing = (id: string) => account('open', '1x500', { id, eligible: '0x500' })
const oneLeft = { ...account('open', '1x500'), ...account('logged-out', '0x500', { id: 'p2' }) }

export const failoverCases: Trials = {
  FailoverHappened: {
    fires: {
      series: ended('active'),
      at: '5m',
      told: [{ labels: { ...jp, trigger: 'banned' }, value: '1' }],
    },
    quiet: { series: { ...ended('active', 'asked'), ...ended('parked') }, at: '5m' },
    missing: { series: runs, at: '5m' },
  },
  FailoverFailed: {
    fires: {
      series: { ...ended('parked'), ...ended('parked', 'zombie') },
      at: '5m',
      told: [{ labels: { ...jp, outcome: 'parked' }, value: '2' }],
    },
    // The second one only blinked: it has its work, and nothing waits.
    quiet: { series: { ...ended('active'), ...ended('rolled-back', 'zombie') }, at: '5m' },
    missing: { series: runs, at: '5m' },
  },
  FailoverCalledOff: {
    fires: {
      series: { ...ended('rolled-back', 'zombie'), ...ended('parked') },
      at: '5m',
      told: [{ labels: { ...jp, trigger: 'zombie' }, value: '1' }],
    },
    quiet: { series: { ...ended('active'), ...ended('rolled-back', 'asked') }, at: '5m' },
    missing: { series: runs, at: '5m' },
  },
  FailoverHeld: {
    fires: {
      series: { ...held, ...two },
      at: '5m',
      told: [{ labels: { ...jp, trigger: 'zombie' }, value: '1' }],
    },
    // A pool of one.
    quiet: { series: { ...held, ...account('open', '1x500') }, at: '5m' },
    missing: { series: held, at: '5m', told: [{ labels: { ...jp, trigger: 'zombie' }, value: '1' }] },
  },
  FailoverStuck: {
    fires: {
      // Two agents of one store, and one failover.
      series: {
        [of('whatsapp_failovers_open')]: '1x100',
        [of('whatsapp_failovers_open', { instance: 'b:9464' })]: '1x100',
      },
      at: '12m',
      told: [{ labels: { job: 'linda' }, value: '1' }],
    },
    quiet: { series: { [of('whatsapp_failovers_open')]: '1x20 0x100' }, at: '12m' },
    missing: { series: runs, at: '12m' },
  },
  FailoverSwitchedOff: {
    fires: {
      series: { [of('linda_failover_enabled')]: '0x500' },
      at: '65m',
      told: [{ labels: { job: 'linda' }, value: '0' }],
    },
    quiet: { series: { [of('linda_failover_enabled')]: '0x200 1x300' }, at: '65m' },
    missing: { series: runs, at: '65m' },
  },
  AccountLeftOut: {
    fires: {
      series: leftOut('maintenance'),
      every: '5m',
      at: '25h',
      told: [{ labels: { ...jia, pool: 'sales' }, value: '1d 1h 0m 0s' }],
    },
    quiet: [
      { series: leftOut('maintenance'), every: '5m', at: '23h' },
      // It came back, and that is a day ago.
      { series: leftOut('up'), every: '5m', at: '25h' },
    ],
    missing: [
      // It is told, only without its pool.
      {
        series: without(leftOut('out'), 'whatsapp_account_info'),
        every: '5m',
        at: '25h',
        told: [{ labels: jia, value: '1d 1h 0m 0s' }],
      },
      {
        series: without(leftOut('out'), 'whatsapp_account_mode_since_timestamp_seconds'),
        every: '5m',
        at: '25h',
      },
    ],
  },
  PoolWithoutBackup: {
    fires: [
      { series: oneLeft, at: '8m', told: [{ labels: jp, value: '1' }] },
      {
        series: { ...account('open', '1x500'), ...account('open', '1x500', { id: 'p2', mode: 'draining' }) },
        at: '8m',
        told: [{ labels: jp, value: '1' }],
      },
      // It is up, and the routing gives it nothing: unhealthy, ejected, restricted or its day spent.
      { series: { ...two, ...refusing('p2') }, at: '8m', told: [{ labels: jp, value: '1' }] },
    ],
    quiet: [
      { series: two, at: '8m' },
      { series: account('open', '1x500'), at: '8m' },
      // One account, and the copy of the agent that it was taken from.
      {
        series: { ...account('open', '1x500'), ...account('replaced', '0x500', { instance: 'b:9464' }) },
        at: '8m',
      },
      // The other one was never linked.
      { series: { ...account('open', '1x500'), ...account('waiting', '0x500', { id: 'n1' }) }, at: '8m' },
    ],
    missing: { series: without(oneLeft, 'whatsapp_account_info'), at: '8m' },
  },
  PoolDown: {
    fires: [
      {
        series: { ...account('failed', '0x500'), ...account('logged-out', '0x500', { id: 'p2' }) },
        at: '4m',
        told: [{ labels: jp, value: '0' }],
      },
      { series: { ...refusing('p1'), ...refusing('p2') }, at: '4m', told: [{ labels: jp, value: '0' }] },
    ],
    quiet: [
      { series: oneLeft, at: '4m' },
      // The one that is well has used its limit of the day.
      {
        series: { ...refusing('p1'), ...day('60x500'), ...account('failed', '0x500', { id: 'p2' }) },
        at: '4m',
      },
      { series: { ...account('waiting', '0x500'), ...account('pairing', '0x500', { id: 'p2' }) }, at: '4m' },
    ],
    missing: {
      // Nothing speaks against it where its agent does not say what the routing gives it.
      series: without(account('open', '1x500'), 'whatsapp_account_eligible'),
      at: '4m',
    },
  },
}
