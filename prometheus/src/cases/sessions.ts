// Cases of the alerts on sessions.

import { account, born, jia, of, ofAccount, runs, type Trials, without } from './case.ts'

const other = { instance: 'b:9464' }
const evidence = ofAccount('whatsapp_session_evidence_lost_total', { reason: 'stalled' })
const opened = ofAccount('whatsapp_session_reconnects_total', { outcome: 'opened' })
const banned = ofAccount('whatsapp_diagnosis_active', { issue: 'RESTRICTED_ACCOUNT', severity: 'CRITICAL' })
const lost = account('connecting', '1x6 0x500')
const pooled = { ...jia, pool: 'sales' }
/** The same until the scrapes of its agent fail. */
const gone = (series: Readonly<Record<string, string>>, after: number): Record<string, string> =>
  Object.fromEntries(
    Object.entries(series).map(([key, values]) => [key, `${values.replace(/x500$/, `x${after}`)} stale`]),
  )
const tiers = (labels: typeof jia, ...all: string[]) => all.map((tier) => ({ tier, labels, value: '0' }))

export const sessionCases: Trials = {
  ConnectionLost: {
    fires: [
      { series: lost, at: '1m30s', told: tiers(pooled, '1') },
      { series: lost, at: '8m', told: tiers(pooled, '1', '2') },
      { series: lost, at: '20m', told: tiers(pooled, '1', '2', '3') },
      // Lost again while the others of a big fleet still wait for their turn.
      {
        series: {
          ...lost,
          [of('linda_connects_waiting')]: '300x60',
          [of('process_start_time_seconds')]: '0x60',
          [ofAccount('whatsapp_session_last_evidence_timestamp_seconds')]: '50x60',
        },
        at: '2m',
        told: tiers(pooled, '1'),
      },
      // Its agent dies with it: nothing is known of it, and that is no all-clear before AgentDown speaks.
      { series: gone(lost, 120), at: '20m50s', told: tiers(pooled, '2', '3') },
      // Open, and the signs of life have stopped.
      { series: account('open', '0x500'), at: '1m', told: tiers(pooled, '1') },
    ],
    quiet: [
      // The restart after a pairing (515): one scrape.
      { series: account('connecting', '1x6 0 1x500'), at: '1m20s' },
      // Nobody has linked it.
      { series: account('pairing', '0x500'), at: '20m' },
      { series: account('waiting', '0x500'), at: '20m' },
      { series: account('stopped', '0x500'), at: '20m' },
      { series: account('connecting', '0x500', { codes: '6x500' }), at: '20m' },
      { series: account('connecting', '0x500', { mode: 'maintenance' }), at: '20m' },
      // Another agent has it.
      { series: { ...lost, ...account('open', '1x500', other) }, at: '20m' },
      // The account is configured no longer.
      { series: account('connecting', '0x6 stale'), at: '1m30s' },
      { series: gone(lost, 120), at: '21m40s' },
      // A big fleet that starts.
      {
        series: {
          ...lost,
          [of('linda_connects_waiting')]: '300x60',
          [of('process_start_time_seconds')]: '0x60',
        },
        at: '2m',
      },
    ],
    missing: [
      // Nobody knows whether it is wanted up.
      { series: without(lost, 'whatsapp_session_state'), at: '20m' },
      {
        series: without(lost, 'whatsapp_qr_codes_issued_total', 'whatsapp_account_mode'),
        at: '2m',
        told: tiers(pooled, '1'),
      },
      // Its pool is not known: it is told without.
      { series: without(lost, 'whatsapp_account_info'), at: '8m', told: tiers(jia, '1', '2') },
    ],
  },
  FleetSessionsDown: {
    fires: {
      series: {
        ...lost,
        ...account('connecting', '0x500', { id: 'p2' }),
        ...account('connecting', '0x500', { id: 'p3', instance: 'b:9464' }),
        ...account('open', '1x500', { id: 'p4' }),
      },
      at: '5m',
      told: [{ labels: { job: 'linda' }, value: '3' }],
    },
    quiet: [
      {
        series: {
          ...lost,
          ...account('connecting', '0x500', { id: 'p2' }),
          ...account('open', '1x500', { id: 'p3' }),
        },
        at: '5m',
      },
      // Three of seven.
      {
        series: Object.assign(
          {},
          ...[1, 2, 3, 4, 5, 6, 7].map((n) =>
            account(n > 3 ? 'open' : 'connecting', n > 3 ? '1x500' : '0x500', { id: `p${n}` }),
          ),
        ),
        at: '5m',
      },
      {
        series: {
          ...account('waiting', '0x500'),
          ...account('waiting', '0x500', { id: 'p2' }),
          ...account('waiting', '0x500', { id: 'p3' }),
        },
        at: '5m',
      },
    ],
    missing: { series: without(lost, 'whatsapp_session_state'), at: '5m' },
  },
  SessionZombie: {
    fires: [
      {
        series: { ...runs, [evidence]: born(1) },
        at: '5m',
        told: [{ tier: '1', labels: jia, value: '1' }],
      },
      {
        series: { ...runs, [evidence]: born(3) },
        at: '5m',
        told: [
          { tier: '1', labels: jia, value: '3' },
          { tier: '2', labels: jia, value: '3' },
        ],
      },
      // Four before a restart of the agent and one after it: the pattern goes on.
      {
        series: {
          [of('up')]: '1x120',
          [of('process_start_time_seconds')]: '-100000x100 6060x20',
          [evidence]: '_x64 1 1 2 2 3 3 4x28 stale _x9 1x10',
        },
        every: '1m',
        at: '112m',
        told: [
          { tier: '1', labels: jia, value: '1' },
          { tier: '2', labels: jia, value: '4.053' },
        ],
      },
      // One, and the process died of it.
      {
        series: { ...runs, [evidence]: '_x30 1x6 stale' },
        at: '12m5s',
        told: [{ tier: '1', labels: jia, value: '1' }],
      },
    ],
    quiet: { series: { ...runs, [evidence]: '_x3 1x200' }, at: '20m' },
    missing: { series: runs, at: '5m' },
  },
  SessionFlapping: {
    fires: {
      series: { ...runs, [opened]: born(4) },
      at: '5m',
      told: [{ labels: jia, value: '4' }],
    },
    quiet: { series: { ...runs, [opened]: born(3) }, at: '5m' },
    missing: { series: { ...runs, [ofAccount('whatsapp_session_reconnects_total')]: born(9) }, at: '5m' },
  },
  SessionLoggedOut: {
    fires: {
      series: account('logged-out', '0x500'),
      at: '1m',
      told: [{ labels: { ...jia, state: 'logged-out' }, value: '1' }],
    },
    quiet: { series: { ...account('logged-out', '0x500'), ...account('open', '1x500', other) }, at: '1m' },
    missing: { series: without(account('logged-out', '0x500'), 'whatsapp_session_state'), at: '1m' },
  },
  SessionReplaced: {
    fires: {
      series: account('replaced', '0x500'),
      at: '1m',
      told: [{ labels: { ...jia, state: 'replaced' }, value: '1' }],
    },
    // Taken over by another agent.
    quiet: { series: { ...account('replaced', '0x500'), ...account('open', '1x500', other) }, at: '2m' },
    missing: { series: without(account('replaced', '0x500'), 'whatsapp_session_state'), at: '2m' },
  },
  SessionFailed: {
    fires: {
      series: account('failed', '0x500'),
      at: '1m',
      told: [{ labels: { ...jia, state: 'failed' }, value: '1' }],
    },
    quiet: { series: account('connecting', '0x500'), at: '1m' },
    missing: { series: without(account('failed', '0x500'), 'whatsapp_session_state'), at: '1m' },
  },
  AccountRestricted: {
    fires: {
      series: { [ofAccount('whatsapp_account_restricted', { kind: 'reachout-timelock' })]: '1x30' },
      at: '1m',
      told: [{ labels: { ...jia, kind: 'reachout-timelock' }, value: '1' }],
    },
    quiet: { series: account('open', '1x500'), at: '1m' },
    missing: {
      series: { [ofAccount('whatsapp_account_restricted')]: '1x30' },
      at: '1m',
      told: [{ labels: jia, value: '1' }],
    },
  },
  AccountTemporarilyBanned: {
    fires: {
      series: { [banned]: '1x30' },
      at: '1m',
      told: [{ labels: { ...jia, issue: 'RESTRICTED_ACCOUNT' }, value: '1' }],
    },
    quiet: {
      series: {
        [ofAccount('whatsapp_diagnosis_active', { issue: 'RESTRICTED_ACCOUNT', severity: 'HIGH' })]: '1x30',
      },
      at: '1m',
    },
    missing: { series: runs, at: '1m' },
  },
}
