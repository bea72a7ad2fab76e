// What the operator's own programs say and hear of a failover: before it may begin, and after it has ended.

import type { FailoverConfig } from '../../config/schema.ts'
import type { Secret } from '../../config/secret.ts'
import { signatureOf } from '../../webhooks/signature.ts'
import type { Failover } from './rows.ts'

export interface Hooks {
  /** Null where the failover may go on; otherwise why not. Never rejects; answers at once when the signal cuts it off. */
  before(f: Failover, over: AbortSignal): Promise<string | null>
  /** Never rejects; given up when the signal says so. */
  after(f: Failover, over: AbortSignal): Promise<void>
}

/** @param secrets none where the requests are not signed */
export function makeHooks(config: FailoverConfig['hooks'], secrets: readonly Secret[]): Hooks {
  const ask = async (
    url: string,
    phase: 'before' | 'after',
    f: Failover,
    over: AbortSignal,
  ): Promise<string | null> => {
    const { id, pool, account, chosen, kind, cause, state } = f
    const body = Buffer.from(JSON.stringify({ phase, id, pool, account, chosen, kind, cause, state }))
    const headers: Record<string, string> = { 'content-type': 'application/json', 'linda-failover': id }
    const revealed = secrets.map((secret) => secret.reveal())
    if (secrets.length > 0)
      headers['linda-signature'] = signatureOf(revealed, Math.floor(Date.now() / 1000), body)
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(config.timeoutMs), over])
      // A redirect would be an answer from somewhere else than was configured.
      const response = await fetch(url, { method: 'POST', body, headers, signal, redirect: 'manual' })
      await response.body?.cancel()
      return response.ok ? null : `the ${phase}-hook answered ${response.status}`
    } catch (error) {
      const { name } = error as Error
      return name === 'TimeoutError'
        ? `the ${phase}-hook did not answer within ${config.timeoutMs} ms`
        : `the ${phase}-hook could not be asked`
    }
  }
  return {
    before: async (f, over) => (config.before === null ? null : ask(config.before, 'before', f, over)),
    async after(f, over) {
      if (config.after !== null) await ask(config.after, 'after', f, over)
    },
  }
}
