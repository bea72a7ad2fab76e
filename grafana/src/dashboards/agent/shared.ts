// What several panels of this dashboard ask with.

import { agent, grew } from '../../queries/selectors.ts'

export const perSecond = (by: string, metric: string, matchers = ''): string =>
  `sum by (${by}) (rate(${agent(metric, matchers)}[$__rate_interval]))`

export const share = (of: number, metric: string, by: string): string =>
  `histogram_quantile(${of}, sum by (le, ${by}) (rate(${agent(`${metric}_bucket`)}[$__rate_interval])))`

export const counted = (by: string, metric: string, matchers = ''): string =>
  `sum by (${by}) (${grew(agent(metric, matchers))}) > 0`
