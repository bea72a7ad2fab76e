// `linda check`: asks sessions for a sign of life now; `linda reset-qr` begins a pairing again. Both act at once and say how it went.

import { answering, askJson } from './answering.ts'
import { painter } from './colour.ts'
import type { CommandIo } from './io.ts'
import { table } from './table.ts'

interface Checked {
  checked: number
  alive: number
  ms: number
  accounts: { account: string; state: string; alive: boolean; ms: number }[]
}

interface Json {
  json: boolean
}

/** A big fleet is asked a hundred at a time. */
const CHECK_WITHIN_MS = 60_000

/** Status 0 when every session that was asked is alive, 1 when one is not or the agent does not answer, 2 when it refuses. */
export async function checkNow(account: string | undefined, { json }: Json, io: CommandIo): Promise<number> {
  let dead = 0
  const status = await answering(io, async () => {
    const answer = await askJson<Checked>(
      '/api/health/check',
      io,
      {
        method: 'POST',
        body: account === undefined ? {} : { phoneNumber: account },
        timeoutMs: CHECK_WITHIN_MS,
      },
      ({ accounts }) => Array.isArray(accounts),
    )
    dead = answer.checked - answer.alive
    if (json) return answer
    const paint = painter(io)
    const rows = answer.accounts.map(({ account: id, state, alive, ms }) => [
      id,
      alive ? paint('green', 'yes') : paint('red', 'no'),
      state,
      String(ms),
    ])
    const sum = `${answer.alive} of ${answer.checked} alive, in ${answer.ms} ms\n`
    return `${table(['ACCOUNT', 'ALIVE', 'STATE', 'MS'], rows, { right: ['MS'] })}${sum}`
  })
  return status === 0 && dead > 0 ? 1 : status
}

/** Status 1 when the agent does not answer, 2 when it refuses, as it does for an account that is linked and open. */
export function resetQr(account: string, { json }: Json, io: CommandIo): Promise<number> {
  return answering(io, async () => {
    const path = `/api/dashboard/quick-actions/${encodeURIComponent(account)}/reset-qr`
    const answer = await askJson<{ account: string; status: string }>(
      path,
      io,
      { method: 'POST' },
      (body) => typeof body.account === 'string',
    )
    return json ? answer : `${answer.account}: begins again; show the code with: linda qr ${answer.account}\n`
  })
}
