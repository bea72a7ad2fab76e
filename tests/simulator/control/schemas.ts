// What the control API and the schedule file accept; every refusal says where, what was found and what is allowed.
import { z } from 'zod'
import { closeCodes } from '../types.ts'

export const phone = z
  .string()
  .transform((text) => text.replace(/^\+/, ''))
  .refine((digits) => /^\d{7,15}$/.test(digits), 'expected a phone number: 7 to 15 digits, with or without +')

const ms = z.int().min(0).max(86_400_000)
const reason = z.int().min(400).max(599)

const scan = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('after'),
    median_ms: z.number().positive(),
    sigma: z.number().min(0).max(5),
  }),
  z.strictObject({ kind: z.literal('fixed'), ms }),
  z.strictObject({ kind: z.literal('never') }),
  z.strictObject({ kind: z.literal('stale'), ms }),
])

export const phoneSettings = z.strictObject({
  scan: scan.exactOptional(),
  passkey: z.boolean().exactOptional(),
})

export const contactSettings = z.strictObject({
  exists: z.boolean().exactOptional(),
  receipts: z.enum(['none', 'delivered', 'read']).exactOptional(),
  receiptDelayMs: ms.exactOptional(),
  deviceKeys: z.enum(['good', 'corrupt', 'none']).exactOptional(),
})

const closeCode = z.union(
  closeCodes.map((code) => z.literal(code)),
  {
    error: ({ input }) =>
      input === 463
        ? '463 does not close a connection: use the fault timelock, or nack with code 463'
        : `expected one of ${closeCodes.join(', ')}, found ${JSON.stringify(input)}`,
  },
)

export const fault = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('close'),
    code: closeCode,
    how: z.enum(['xmlstreamend', 'ws', 'fin']).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('failure'), reason }),
  z.strictObject({ kind: z.literal('reset') }),
  z.strictObject({ kind: z.literal('logout') }),
  z.strictObject({ kind: z.literal('garbage'), desync: z.boolean().exactOptional() }),
  z.strictObject({ kind: z.literal('stall'), answersClose: z.boolean().exactOptional() }),
  z.strictObject({ kind: z.literal('half-open') }),
  z.strictObject({ kind: z.literal('slow-handshake'), ms }),
  z.strictObject({ kind: z.literal('http'), status: reason }),
  z.strictObject({ kind: z.literal('refuse') }),
  z.strictObject({ kind: z.literal('withhold-acks') }),
  z.strictObject({ kind: z.literal('late-acks'), ms }),
  z.strictObject({ kind: z.literal('deaf') }),
  z.strictObject({ kind: z.literal('nack'), code: reason }),
  z.strictObject({ kind: z.literal('no-success'), answersPings: z.boolean().exactOptional() }),
  z.strictObject({ kind: z.literal('no-offline') }),
  z.strictObject({ kind: z.literal('silent-iq'), xmlns: z.string().min(1).exactOptional() }),
  z.strictObject({ kind: z.literal('drop-pongs') }),
  z.strictObject({ kind: z.literal('passkey') }),
  z.strictObject({
    kind: z.literal('timelock'),
    seconds: z.int().positive().exactOptional(),
    enforcement: z.string().min(1).exactOptional(),
    nack: z.boolean().exactOptional(),
  }),
])

/** These act before a connection has said whose it is. */
const anonymous = new Set(['slow-handshake', 'http', 'refuse', 'passkey'])

const target = {
  stage: z.enum(['any', 'pairing', 'session']).exactOptional(),
  fault,
  forMs: ms.positive().exactOptional(),
  count: z.int().positive().exactOptional(),
}

const aimed = (request: { account?: string; fault: { kind: string } }) =>
  request.account === undefined || !anonymous.has(request.fault.kind)
const aimedError = {
  error: ({ input }: { input?: unknown }) =>
    `the fault ${(input as { fault: { kind: string } }).fault.kind} acts before the account is known: leave account out`,
  path: ['account'],
}

export const faultRequest = z
  .strictObject({ account: phone.exactOptional(), ...target })
  .refine(aimed, aimedError)

const account = z.union([z.literal('random'), phone]).exactOptional()
const times = {
  atMs: ms.exactOptional(),
  everyMs: ms.positive().exactOptional(),
  jitterMs: ms.exactOptional(),
}
export const schedule = z.array(
  z
    .strictObject({ name: z.string().min(1).exactOptional(), account, ...target, ...times })
    .refine(
      ({ atMs, everyMs }) => (atMs === undefined) !== (everyMs === undefined),
      'expected one of atMs and everyMs',
    )
    .refine(
      ({ everyMs, jitterMs }) => jitterMs === undefined || everyMs !== undefined,
      'jitterMs goes with everyMs',
    )
    .refine(aimed, aimedError),
)

export const accountsRequest = z.strictObject({
  count: z.int().min(1).max(2000).exactOptional(),
  accounts: z.array(z.strictObject({ phone })).max(2000).exactOptional(),
})

const text = z.string().min(1).max(65_536)
export const message = z.strictObject({
  from: phone,
  to: phone,
  text,
  count: z.int().min(1).max(10_000).exactOptional(),
  id: z.string().min(1).max(128).exactOptional(),
  corrupt: z.boolean().exactOptional(),
  resends: z.boolean().exactOptional(),
})

export const shown = z.strictObject({ code: z.string().min(1) })
export const entered = z.strictObject({
  code: z.string().length(8, 'expected the 8 characters of a pairing code'),
})
export const kept = z.strictObject({ keep: z.int().min(0) })
export const since = z.object({ since: z.coerce.number().int().min(0).default(0) })

/** One line: `faults.0.fault.code: expected one of ..., found 404`. */
export function explain(error: z.ZodError, input: unknown): string {
  return error.issues.map((issue) => line(issue, input)).join('; ')
}

function line(issue: z.core.$ZodIssue, input: unknown): string {
  let found: unknown = input
  for (const key of issue.path) found = (found as Record<PropertyKey, unknown> | undefined)?.[key]
  const where = issue.path.length === 0 ? 'body' : issue.path.join('.')
  const message = issue.message.replace(/^Invalid input: /, '')
  const seen = typeof found === 'object' ? '' : `, found ${JSON.stringify(found) ?? 'nothing'}`
  return `${where}: ${message}${message.includes('found ') ? '' : seen}`
}
