// Which agents there should be. `All` of the variables matches every job and every target: Prometheus, Alertmanager and the pager have `up` and the metrics of a process as well.

import { silent } from '../../../prometheus/src/groups/account-records.ts'
import { agents as usual } from '../../../prometheus/src/promql.ts'
import { agent, of } from './selectors.ts'

/** Jobs in which an agent answers, or has accounts and does not, or that are called as the rules call it. */
const jobs = `(${of('linda_build_info')} or ${of(silent)} or ${of('up', usual)})`

/** `up` of all chosen agents, whether they answer or not. */
export const agentsUp = `(${agent('up')} and on (job) ${jobs})`

/** The same of the whole fleet, where no agent is chosen. */
export const fleetAgentsUp = `(${of('up')} and on (job) ${jobs})`

/** Keeps the series of agents, for what every process shows. */
export function ofAgents(expr: string): string {
  return `(${expr} and on (job, instance) ${of('linda_build_info')})`
}
