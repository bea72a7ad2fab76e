// Gives each test its own simulator and sockets, and takes all of them away when the test is over.
import type { UserFacingSocketConfig } from '@whiskeysockets/baileys'
import { onTestFinished, vi } from 'vitest'
import { type NewAccount, type Simulator, type SimulatorOptions, startSimulator } from '../index.ts'
import { type Auth, authOf, Bare, newAuth } from './bare.ts'

// Every wait has its own, shorter deadline with a better message.
vi.setConfig({ testTimeout: 40_000 })

export type Stage = Simulator & {
  /** A paired account whose socket is open. */
  open(options?: Partial<UserFacingSocketConfig>): Promise<{ account: NewAccount; auth: Auth; bare: Bare }>
  account(phone?: string): Promise<{ account: NewAccount; auth: Auth }>
  connect(auth: Auth, options?: Partial<UserFacingSocketConfig>): Bare
  /** A socket that wants to be linked. */
  unpaired(options?: Partial<UserFacingSocketConfig>): { auth: Auth; bare: Bare }
}

type Finished = (cleanup: () => Promise<void>) => void

/** A concurrent test passes its own context's onTestFinished. */
export async function stage(
  options: SimulatorOptions = {},
  finished: Finished = onTestFinished,
): Promise<Stage> {
  const simulator = await startSimulator(options)
  const sockets: Bare[] = []
  finished(async () => {
    for (const bare of sockets) void bare.end()
    await simulator.close()
  })
  const connect: Stage['connect'] = (auth, config) => {
    const bare = new Bare(simulator.url, auth, config)
    sockets.push(bare)
    return bare
  }
  const account: Stage['account'] = async (phone) => {
    const [created] = await simulator.client.createAccounts(
      phone === undefined ? {} : { accounts: [{ phone }] },
    )
    if (!created) throw new Error('no account was created')
    return { account: created, auth: authOf(created) }
  }
  return {
    ...simulator,
    connect,
    account,
    async open(config) {
      const made = await account()
      const bare = connect(made.auth, config)
      await bare.open()
      return { ...made, bare }
    },
    unpaired(config) {
      const auth = newAuth()
      return { auth, bare: connect(auth, config) }
    },
  }
}

/** Asks again until the answer is there, with a deadline. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  withinMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
