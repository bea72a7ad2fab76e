// Cases of the alerts on error budgets, through the recorded series that they rest on.

import { account, born, of, ofAccount, type Trials, without } from './case.ts'

const job = { job: 'linda' }
const messages = (acked: string, ended: string) => ({
  [ofAccount('whatsapp_messages_acked_total')]: acked,
  [of('whatsapp_outbox_ended_total', { pool: 'sales', state: 'failed' })]: ended,
})
const agentUp = { [of('up')]: '1x5000', [of('process_start_time_seconds')]: '0x5000' }
const refused = of('whatsapp_messages_failed_total', { account: 'p1', code: 'not-on-whatsapp' })
const burning = (value: string, ...tiers: string[]) => tiers.map((tier) => ({ tier, labels: job, value }))

export const sloCases: Trials = {
  SessionBudgetBurning: {
    fires: [
      // One of two is down: half of the time, which is a hundred times what is allowed.
      {
        series: { ...account('open', '1x500'), ...account('connecting', '0x500', { id: 'p2' }) },
        every: '1m',
        at: '5h',
        told: burning('50%', '1', '2', '3', '4'),
        // A hundred times the budget of 0.005.
        recorded: {
          'linda:session_errors:ratio_30d': 0.5,
          'linda:session_error_budget:left': -99,
          'linda:pool_session_errors:ratio_1h': 0.5,
        },
      },
      // Its agent is dead: the account is as down as it can be.
      {
        series: {
          ...Object.fromEntries(Object.keys(account('open', '')).map((key) => [key, '1x30 stale'])),
          [ofAccount('whatsapp_session_state', { state: 'open' })]: '1x30 stale',
          [of('up')]: '1x30 0x500',
        },
        every: '1m',
        at: '70m',
        told: [...burning('56.34%', '3'), ...burning('65.57%', '4')],
      },
    ],
    quiet: [
      {
        series: account('open', '1x500'),
        every: '1m',
        at: '5h',
        recorded: { 'linda:session_errors:ratio_1h': 0, 'linda:session_error_budget:left': 1 },
      },
      // A fleet of three that starts together with Prometheus; one takes three minutes.
      ...['4m', '20m'].map((at) => ({
        series: {
          ...account('open', '1x500'),
          ...account('open', '1x500', { id: 'p2' }),
          ...account('connecting', '0x5 1x500', { id: 'p3' }),
        },
        every: '30s',
        at,
      })),
      // Neither linked, nor what WhatsApp has ended, nor taken out by a person.
      {
        series: {
          ...account('open', '1x500'),
          ...account('waiting', '0x500', { id: 'n1' }),
          ...account('logged-out', '0x500', { id: 'p2' }),
          ...account('connecting', '0x500', { id: 'p3', mode: 'maintenance' }),
        },
        every: '1m',
        at: '5h',
      },
    ],
    missing: {
      series: without(account('connecting', '0x500'), 'whatsapp_account_info'),
      every: '1m',
      at: '5h',
    },
  },
  MessageBudgetBurning: {
    fires: {
      series: { ...agentUp, ...messages('0+90x500', '0+10x500') },
      every: '1m',
      at: '5h',
      told: burning('10%', '1', '2', '3', '4'),
      recorded: { 'linda:message_error_budget:left': -99 },
    },
    quiet: [
      // Repeated attempts are no lost messages.
      {
        series: {
          ...agentUp,
          ...messages('0+90x500', '0x500'),
          [of('whatsapp_messages_failed_total', { account: 'p1', code: 'ack-timeout' })]: '0+30x500',
        },
        every: '1m',
        at: '5h',
      },
      // Nobody's failure.
      {
        series: { ...agentUp, ...messages('0+90x500', '0+10x500'), [refused]: '0+10x500' },
        every: '1m',
        at: '5h',
      },
      // One of twenty-one in the first minutes of a Prometheus.
      ...['7m', '20m'].map((at) => ({
        series: { ...agentUp, ...messages('0 0 1 2 4 6 8 10 12 14 16 18 20x500', '0x3 1x500') },
        every: '30s',
        at,
      })),
      // One of very few.
      { series: { ...agentUp, ...messages('0x500', born(1)) }, every: '1m', at: '1h' },
    ],
    missing: {
      series: { ...agentUp, [ofAccount('whatsapp_messages_acked_total')]: '0+9x500' },
      every: '1m',
      at: '5h',
    },
  },
}
