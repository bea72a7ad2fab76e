// Which accounts are meant, and which agent's word about an account is taken: one that died says nothing of its accounts, and one from which they were taken still has a copy.

import { anywhere, elsewhere, silent as silentInfo } from '../../../prometheus/src/groups/account-records.ts'
import { lost as lostOfAlerts, me } from '../../../prometheus/src/promql.ts'
import { account } from './selectors.ts'

/** 0 or 1 for what is wanted up; where its agent does not answer, 0. */
export const sessionWanted = 'linda:session_up:wanted'

const where = 'pool=~"$pool", region=~"$region"'

/** The chosen accounts of the agents that answer; only this series knows pool and region. */
export const answering = account('whatsapp_account_info', where)

/** The chosen accounts whose agent does not answer, and that no other agent has. */
export const silent = account(silentInfo, where)

/** Every chosen account that is configured, also while its agent does not answer. */
export const chosen = `(${answering} or ${silent})`

/**
 * Keeps the series of the chosen accounts, whichever agent has them or had them: for what was counted. A pool or region of an account is
 * not in its other series, and a list of 1,000 ids fits in no query.
 */
export function mine(expr: string): string {
  return `(${expr}) and on (job, account) ${chosen}`
}

/** The same without the copies of agents from which the account was taken: for what is. */
export function held(expr: string): string {
  return `${mine(expr)} unless on ${me} ${account(elsewhere)}`
}

/** One series for each chosen account, from a gauge of the agent that has it. */
export function each(metric: string, matchers = '', by = ''): string {
  return `max by (job, account${by && `, ${by}`}) (${held(account(metric, matchers))})`
}

/** Up anywhere is up, and nowhere is down. */
export const up = `(max by (job, account) (${mine(account('whatsapp_session_up'))}) or 0 * max by (job, account) (${silent}))`

/** Share of the time in which each account was up; what is not answered for counts as down. */
export function uptime(time: string): string {
  return `avg_over_time(${account(anywhere)}[${time}])`
}

/** The number of the state of each account; -1 while its agent does not answer. */
export const stateCode = `(
  ${each('whatsapp_session_state_code')}
  or 0 * max by (job, account) (${silent}) - 1
)`

/** Linked, wanted and not up, by the expression of the alerts, and what a dead agent had that was wanted. */
export const lost = `count by (job, account) (
  ((${lostOfAlerts}) and on (job, account) ${chosen})
  or (${account(sessionWanted)} and on ${me} ${silent})
)`

/** Accounts that are in one of the states, such as `pairing|waiting`, as a count. */
export function countIn(states: string): string {
  return orZero(`count(${each('whatsapp_session_state', `state=~"${states}"`)})`)
}

/** Nobody is 0 of a fleet that answers, and nothing of one that does not. */
export function orZero(expr: string): string {
  return `${expr} or 0 * count(${answering})`
}
