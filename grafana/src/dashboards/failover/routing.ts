import { rising } from '../../look/colours.ts'
import { events, lines } from '../../panels/graphs.ts'
import { each, mine } from '../../queries/accounts.ts'
import { range } from '../../queries/query.ts'
import { account, grew, of, pool, quantile, rate } from '../../queries/selectors.ts'

export const routing = [
  lines({
    title: 'Distribution',
    what: 'Messages given to each account per second.',
    whenBad: 'one account far above the rest of its pool: look at the strategy, its weights and the pins.',
    width: 10,
    unit: 'mps',
    stacked: true,
    noValue: 'no message yet',
    queries: [
      range(
        '{{account}}',
        `topk(20, ${rate('account', account('whatsapp_route_decisions_total', 'account!=""'))})`,
      ),
    ],
  }),
  lines({
    title: 'Reasons',
    what: 'Why messages went where they went, per second, by strategy. Nobody, bound-away and empty park the message.',
    whenBad: 'spill-over: too few are left of a better level. Nobody: the pool is down.',
    width: 8,
    unit: 'mps',
    stacked: true,
    noValue: 'no message yet',
    queries: [
      range('{{strategy}}: {{reason}}', rate('strategy, reason', pool('whatsapp_route_decisions_total'))),
    ],
  }),
  lines({
    title: 'Time of a decision',
    what: 'What 99% of the decisions do not exceed.',
    whenBad: 'promised are 5 ms: a large pool on a busy machine; look at the event loop on Agent.',
    width: 6,
    unit: 's',
    steps: rising(0.005, 0.01),
    noValue: 'no message yet',
    queries: [range('99% {{strategy}}', quantile(0.99, 'whatsapp_route_decision_seconds', 'strategy'))],
  }),
]

export const ownership = [
  lines({
    title: 'Sessions by agent',
    what: 'Accounts that each agent holds.',
    whenBad: 'a step down at one agent and up at another is a node that was lost; the sum must not fall.',
    width: 8,
    unit: 'none',
    stacked: true,
    noValue: 'no agent answers',
    queries: [range('{{instance}}', `sum by (instance) (${of('linda_leases_held')})`)],
  }),
  lines({
    title: 'Epochs',
    what: 'The epoch under which each account is held; it grows by one with every new owner.',
    whenBad: 'one that climbs is an account that two agents fight for.',
    width: 8,
    unit: 'none',
    noValue: 'no agent answers',
    queries: [range('{{account}}', `topk(20, max by (account) (${each('linda_lease_epoch')}))`)],
  }),
  events({
    title: 'Refused writes',
    what: 'Writes that were refused because another process has taken the account.',
    whenBad: 'stop the agent that should not run: see OwnershipConflict.',
    width: 8,
    unit: 'short',
    noValue: 'none',
    queries: [
      range(
        '{{account}}',
        `sum by (account) (${mine(grew(account('linda_store_writes_fenced_total')))}) > 0`,
        {
          mayBeEmpty: 'No other process took an account.',
        },
      ),
    ],
  }),
]
