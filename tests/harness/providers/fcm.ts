// A loopback Firebase: an OAuth endpoint that checks the assertion's signature, and an API that takes messages with its tokens only.

import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { importSPKI, jwtVerify } from 'jose'
import { type Answer, type Came, loopback, type Manner } from './server.ts'

export const project = 'linda-test'
const email = `pager@${project}.iam.gserviceaccount.com`

export interface Pushed {
  token: string
  title: string
  body: string
  data: Record<string, string>
  at: number
}

export interface Fcm {
  url: string
  /** The key of its service account, as Google hands it out. */
  credentials: string
  /** Everything that came with a good token, in order. */
  asked: Pushed[]
  /** What it has taken, whether or not it said so. */
  taken: Pushed[]
  /** How often an access token was asked for. */
  tokens: number
  manner: (pushed: Pushed) => Manner
  /** From now on the tokens that it gave are worth nothing. */
  revoke(): void
  close(): Promise<void>
}

const words: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
}
/** What the details call it. */
const details: Record<number, string> = { 404: 'UNREGISTERED', 429: 'QUOTA_EXCEEDED' }

function refusal(status: number): Answer {
  const special = details[status]
  const type = 'type.googleapis.com/google.firebase.fcm.v1.FcmError'
  const error = {
    code: status,
    message: 'as the test asked',
    status: words[status] ?? 'UNKNOWN',
    ...(special ? { details: [{ '@type': type, errorCode: special }] } : {}),
  }
  return { status, body: { error } }
}

export async function startFcm(manner: Fcm['manner'] = () => 'accept'): Promise<Fcm> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = await importSPKI(publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'RS256')
  let valid = new Set<string>()
  const server = await loopback((came) => (came.path === '/token' ? grant(came) : take(came)))
  const self: Fcm = {
    url: server.url,
    credentials: JSON.stringify({
      type: 'service_account',
      project_id: project,
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      client_email: email,
      token_uri: `${server.url}/token`,
    }),
    asked: [],
    taken: [],
    tokens: 0,
    manner,
    revoke: () => {
      valid = new Set()
    },
    close: server.close,
  }
  return self

  async function grant({ body }: Came): Promise<Answer> {
    self.tokens += 1
    const fields = new URLSearchParams(body)
    try {
      if (fields.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') throw new Error()
      const checks = { issuer: email, audience: `${server.url}/token` }
      const { payload } = await jwtVerify(fields.get('assertion') ?? '', key, checks)
      if (payload.scope !== 'https://www.googleapis.com/auth/firebase.messaging') throw new Error()
    } catch {
      return { status: 400, body: { error: 'invalid_grant' } }
    }
    const token = randomUUID()
    valid.add(token)
    return { status: 200, body: { access_token: token, expires_in: 3_599, token_type: 'Bearer' } }
  }

  function take({ method, path, headers, body }: Came): Answer | 'hang' | 'cut' {
    const [, token] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? []
    if (token === undefined || !valid.has(token)) return refusal(401)
    if (method !== 'POST' || path !== `/v1/projects/${project}/messages:send`) return refusal(404)
    const { message } = JSON.parse(body) as {
      message: {
        token?: string
        notification?: { title: string; body: string }
        data?: Record<string, string>
      }
    }
    if (!message?.token || !message.notification) return refusal(400)
    const { title, body: text } = message.notification
    const one: Pushed = { token: message.token, title, body: text, data: message.data ?? {}, at: Date.now() }
    self.asked.push(one)
    const manner = self.manner(one)
    if (typeof manner === 'object') {
      const answer = refusal(manner.status)
      return {
        ...answer,
        headers: manner.retryAfter === undefined ? {} : { 'retry-after': manner.retryAfter },
      }
    }
    self.taken.push(one)
    if (manner !== 'accept') return manner
    return { status: 200, body: { name: `projects/${project}/messages/${randomUUID()}` } }
  }
}
