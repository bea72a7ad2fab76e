// The access token of a service account, asked for once an hour and never twice at once.

import { importPKCS8, SignJWT } from 'jose'
import type { ServiceAccount } from '../config/secrets.ts'
import { type Answer, ask } from './ask.ts'
import { field } from './verdict.ts'

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging'
const LIFE_S = 3_600
/** A token that ends while it is under way is no token. */
const EARLIER_MS = 60_000

export class GoogleToken {
  #account: ServiceAccount
  #timeoutMs: number
  #kept: { token: string; until: number } | null = null
  #asking: Promise<string | Answer> | null = null

  constructor(account: ServiceAccount, timeoutMs: number) {
    this.#account = account
    this.#timeoutMs = timeoutMs
  }

  /** The token, or the answer that was none. */
  async get(): Promise<string | Answer> {
    if (this.#kept && Date.now() < this.#kept.until) return this.#kept.token
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  /** The next one is a fresh one: Google no longer takes this one. */
  forget(): void {
    this.#kept = null
  }

  async #ask(): Promise<string | Answer> {
    const { email, key, tokenUrl } = this.#account
    let assertion: string
    try {
      assertion = await new SignJWT({ scope: SCOPE })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
        .setIssuer(email)
        .setAudience(tokenUrl)
        .setIssuedAt()
        .setExpirationTime(`${LIFE_S}s`)
        .sign(await importPKCS8(key.reveal(), 'RS256'))
    } catch {
      return { answered: false, written: false, code: 'bad-key' }
    }
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion,
    })
    // Whoever asks shares the answer, so that no single one may take it away.
    const never = new AbortController().signal
    const answer = await ask({ url: tokenUrl, method: 'POST', body }, this.#timeoutMs, never)
    if (!answer.answered || answer.status !== 200) return answer
    const token = field(answer.body, 'access_token')
    if (token === null) return { answered: false, written: false, code: 'no-token' }
    const lifeMs = Number(field(answer.body, 'expires_in') ?? LIFE_S) * 1_000
    this.#kept = { token: tokenOf(answer.body), until: Date.now() + lifeMs - EARLIER_MS }
    return this.#kept.token
  }
}

/** Whole, however long it is. */
function tokenOf(body: string): string {
  return (JSON.parse(body) as { access_token: string }).access_token
}
