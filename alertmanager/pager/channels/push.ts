// Push messages through the HTTP API of Firebase Cloud Messaging; a later one about the same page takes the place of the earlier on the phone.

import type { FcmConfig } from '../config/schema.ts'
import type { ServiceAccount } from '../config/secrets.ts'
import { cutText } from '../decide/plain.ts'
import { ask } from './ask.ts'
import type { Channel, Outcome, Outgoing } from './channel.ts'
import { GoogleToken } from './google-token.ts'
import { field, outcomeOf } from './verdict.ts'

/** A message may have 4 KB. */
const LONGEST = 1_000

export function pushChannel({ baseUrl, project, timeoutMs }: FcmConfig, account: ServiceAccount): Channel {
  const tokens = new GoogleToken(account, timeoutMs)
  const url = `${baseUrl.replace(/\/+$/, '')}/v1/projects/${project}/messages:send`
  return {
    name: 'push',
    async send(message, signal) {
      const token = await tokens.get()
      if (typeof token !== 'string') return withoutToken(token.answered ? token.status : token.code)
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ message: bodyOf(message) })
      const answer = await ask({ url, method: 'POST', headers, body }, timeoutMs, signal)
      const outcome = outcomeOf(answer, Date.now(), { idOf: (text) => field(text, 'name'), codeOf })
      if (!answer.answered || answer.status !== 401) return outcome
      tokens.forget()
      // The device is not at fault: with a fresh token it goes.
      return { ...outcome, outcome: 'unavailable' }
    },
  }
}

/** Nothing was sent to anybody's device. */
function withoutToken(code: string | number): Outcome {
  return { outcome: 'unavailable', providerId: null, code: `token-${code}`, retryAfterMs: null }
}

/** UNREGISTERED is a device that is gone; NOT_FOUND is all that the status says. */
function codeOf(body: string): string | null {
  try {
    const { error } = JSON.parse(body) as {
      error?: { status?: string; details?: { errorCode?: string }[] }
    }
    const special = error?.details?.find(({ errorCode }) => typeof errorCode === 'string')?.errorCode
    return special ?? error?.status ?? null
  } catch {
    return null
  }
}

function bodyOf({ to, told, page, link }: Outgoing): object {
  const body = cutText([told.headline, told.action].filter(Boolean).join(' '), LONGEST)
  return {
    token: to.fcmToken,
    notification: { title: cutText(told.title, 100), body },
    data: { page, ...(link ? { link } : {}) },
    android: { priority: 'HIGH', collapse_key: page.slice(0, 32), notification: { tag: page } },
    apns: {
      headers: { 'apns-priority': '10', 'apns-collapse-id': page },
      payload: { aps: { sound: 'default', 'interruption-level': 'time-sensitive' } },
    },
    ...(link ? { webpush: { fcm_options: { link } } } : {}),
  }
}
