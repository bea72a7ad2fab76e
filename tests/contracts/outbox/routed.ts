// A message path whose messages are given out by the routing's own decision, over accounts whose modes stand in the store.

import type { Route } from '../../../agent/outbox/route.ts'
import type { Candidate, RoutingSettings } from '../../../agent/routing/candidate.ts'
import { choose } from '../../../agent/routing/choose.ts'
import { writeMode } from '../../../agent/routing/settings-rows.ts'
import type { AccountMode } from '../../../agent/words.ts'
import { candidate } from '../../unit/routing/pool.ts'
import { type AgentOptions, agentOn, newStore, type TestAgent } from './stage.ts'

export interface RoutedAgent extends TestAgent {
  /** What is said of an account beside its mode. */
  be(account: string, but: Partial<Candidate>): void
  mode(account: string, mode: AccountMode): Promise<void>
  /** What was asked: whether it was asked before, and whether there was somebody. */
  asked: { again: boolean; found: boolean }[]
}

/** Prefers them in their order, unless another strategy is named. Who is away sends nothing, and the routing does not know it. */
export async function routedAgent(
  driver: Parameters<typeof newStore>[0],
  options: AgentOptions & { strategy?: RoutingSettings['strategy']; away?: readonly string[] } = {},
): Promise<RoutedAgent> {
  const { accounts = ['a', 'b', 'c'], strategy = 'priority', away = [] } = options
  const settings: RoutingSettings = { strategy, slowStartMs: 0, region: null }
  const facts = new Map<string, Partial<Candidate>>()
  const asked: RoutedAgent['asked'] = []
  const be = (account: string, but: Partial<Candidate>): void =>
    void facts.set(account, { ...facts.get(account), ...but })
  const route: Route = ({ again, ...request }) => {
    const pool = accounts.map((account, i) =>
      candidate(account, {
        priority: i + 1,
        spentUntil: agent.path.spentUntil(account),
        ...facts.get(account),
      }),
    )
    const { account } = choose(request, pool, settings, () => 0, Date.now())
    asked.push({ again, found: account !== null })
    return account
  }
  const opened = await newStore(driver)
  const agent = await agentOn(opened, { ...options, accounts, route, start: false })
  for (const account of away) agent.phone(account).open = false
  // Not before: a pump that has begun to look would still send.
  await agent.path.start([...agent.phones.values()])
  return {
    ...agent,
    be,
    asked,
    async mode(account, mode) {
      await opened.sql.transaction((tx) => writeMode(tx, account, mode, 'test', Date.now()))
      be(account, { mode })
      // As the agent has it: one in maintenance sends nothing.
      const phone = agent.phone(account)
      phone.ready = () => phone.open && mode !== 'maintenance'
    },
  }
}
