// Whose word about an account is taken: an agent that died says nothing of its accounts, and one from which they were taken still has a copy. Both are recorded because they are nearly always nothing, which costs a panel nothing.

import type { Recorded } from '../alert.ts'
import { me } from '../promql.ts'

const info = 'whatsapp_account_info'
const sessionUp = 'whatsapp_session_up'
const epoch = 'linda_lease_epoch'

/** The accounts of agents that do not answer, with all labels of whatsapp_account_info. */
export const silent = 'linda:account_info:silent'
/** Copies of accounts that another agent has. */
export const elsewhere = 'linda:session_up:elsewhere'
/** 0 or 1 for each account that is configured, whichever agent has it: its mean over a time is the share in which it was up. */
export const anywhere = 'linda:session_up:anywhere'

export const accountRecords: readonly Recorded[] = [
  {
    // As they were seen last, until the agent answers, another agent has them, or the agent is no target any more.
    record: silent,
    expr: `(
  (last_over_time(${info}[5m]) or last_over_time(${silent}[5m]))
  and on (job, instance) up == 0
) unless on (job, account) ${info}`,
  },
  {
    // It is up there, or was taken later. Agents with stores of their own have epochs that cannot be compared, so being up decides first.
    record: elsewhere,
    expr: `(${sessionUp} == 0 and on (job, account) ${sessionUp} == 1)
or
(
  ${sessionUp}
  and on ${me} ${epoch} < on (job, account) group_left () max by (job, account) (${epoch})
  unless on ${me} ${sessionUp} == 1
)`,
  },
  {
    record: anywhere,
    expr: `max by (job, account) (${sessionUp})
or
0 * max by (job, account) (${silent})`,
  },
]
