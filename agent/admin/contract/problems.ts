// Every code that a refusal of the admin API can have, with its status and what it means; a refusal with another code is a mistake of ours.

export interface ProblemKind {
  readonly status: readonly number[]
  readonly meaning: string
}

const kind = (status: number | readonly number[], meaning: string): ProblemKind => ({
  status: typeof status === 'number' ? [status] : status,
  meaning,
})

export const problemKinds = {
  'bad-query': kind(
    400,
    'A parameter of the query is wrong, unknown, or given twice; the detail names each.',
  ),
  'bad-body': kind(400, 'The body is not JSON in UTF-8, or a field of it is wrong or unknown.'),
  'bad-cursor': kind(400, 'The cursor was not given out by this list in this order.'),
  'bad-type': kind(400, 'There is no report of this type.'),
  'bad-key': kind(400, 'The Idempotency-Key is no such key.'),
  'bad-scope': kind(400, 'The scope is neither accounts nor fleet.'),
  'bad-period': kind(400, 'The period is no duration from 1h to 365d.'),
  'bad-range': kind(400, 'The range of times ends before it begins.'),
  'bad-format': kind(400, 'A code is not drawn in this format.'),
  'bad-protocol': kind(400, 'The WebSocket names subprotocols, and ours is not among them.'),
  'no-token': kind(401, 'The request has no bearer token.'),
  'bad-token': kind(401, 'Nobody holds this token.'),
  'token-expired': kind(401, 'The time of this token is over.'),
  'token-used': kind(401, 'This token is good for one request and was used.'),
  'bad-identity': kind(401, 'The identity of a Grafana user beside the token is not believed.'),
  'identity-required': kind(403, 'The token is good only together with the identity of a Grafana user.'),
  role: kind(403, "The caller's role is not enough, or nothing in the identity is mapped to a role."),
  scope: kind(403, 'The token is limited to some pools, and this is of the whole fleet.'),
  origin: kind(403, 'A page of another site asks for the WebSocket.'),
  'not-found': kind(404, 'There is nothing at this path, or nothing with this id.'),
  'unknown-account': kind(404, 'No account that the token may see has this id or phone.'),
  'unknown-pool': kind(
    [400, 404],
    'There is no such pool: 400 where a body names it, 404 in a path or query.',
  ),
  'unknown-webhook': kind(404, 'No webhook is configured under this id.'),
  method: kind(405, 'HEAD is refused where looking has an effect.'),
  state: kind(409, 'The message is in a state in which this cannot be done.'),
  'key-taken': kind(
    409,
    'The Idempotency-Key was used for another message; the header linda-message names it.',
  ),
  'under-way': kind(409, 'The same is being done already.'),
  'no-mail': kind(409, 'Reports by mail are not configured.'),
  'no-pager': kind(409, 'No pager is configured.'),
  linked: kind(409, 'The account is linked; unlink it on its phone first.'),
  'reset-needed': kind(409, 'The codes were shown in vain or a passkey is demanded; reset the QR.'),
  'not-pairing': kind(409, 'The session is in a state that has no code.'),
  'typed-code': kind(409, 'The code is to be typed; there is no picture of it.'),
  'backup-running': kind(409, 'Another backup is being made.'),
  'body-too-large': kind(413, 'The body is larger than 512 KiB.'),
  'empty-pool': kind(422, 'The pool has no account that could send the message.'),
  'upgrade-required': kind(426, 'This path is a WebSocket.'),
  'locked-out': kind(429, 'Too many wrong tokens came from this address.'),
  rate: kind(429, 'The caller has asked more often than it may.'),
  'outbox-full': kind(429, 'As many messages wait as may; nothing was accepted.'),
  busy: kind(429, 'As many reports are being made as may.'),
  internal: kind(
    500,
    'Something went wrong in the agent; its log has the cause under the id of the request.',
  ),
  'backup-failed': kind(500, 'The backup could not be made.'),
  'keys-away': kind(503, 'The keys that prove the token cannot be asked for now.'),
  'once-full': kind(503, 'More tokens that are good once were used than can be remembered.'),
  'pager-away': kind(503, 'The pager cannot be asked now.'),
  'store-away': kind(503, 'The store cannot be asked now; nothing was changed.'),
  'history-away': kind(503, 'The history cannot be asked now.'),
  'history-unavailable': kind(503, 'The history cannot be read now.'),
  'too-slow': kind(503, 'The history took too long, or the agent stops.'),
  'no-code-yet': kind(503, 'WhatsApp has not handed out a code yet.'),
  'too-many-streams': kind(503, 'As many streams are open as may.'),
  stopping: kind(503, 'The agent stops; nothing was changed.'),
} as const satisfies Record<string, ProblemKind>

export type ProblemCode = keyof typeof problemKinds
