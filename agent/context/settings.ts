// What sessions are set to: the configured times, and those that nobody needs to configure.

import type { Config } from '../config/schema.ts'
import type { SessionSettings } from '../session/parts.ts'

/** Longest look at an open session's evidence, in milliseconds. */
const LOOK_EVERY_MS = 5_000
/** Pongs without acknowledgements for this long, for this many messages: the message path is dead. */
const ACKS_WITHHELD_MS = 20_000
const ACKS_WITHHELD_COUNT = 3
const SEND_DEADLINE_MS = 30_000
const QUERY_TIMEOUT_MS = 15_000
/** Longest time before a session that was taken from us is taken back. */
export const TAKE_BACK_WITHIN_MS = 10_000

export function sessionSettings({ whatsapp, pairing }: Config): SessionSettings {
  return {
    url: whatsapp.url,
    connectTimeoutMs: whatsapp.connectTimeoutMs,
    queryTimeoutMs: QUERY_TIMEOUT_MS,
    probeIntervalMs: whatsapp.probeIntervalMs,
    probeDeadlineMs: whatsapp.probeDeadlineMs,
    ackDeadlineMs: whatsapp.ackDeadlineMs,
    lookEveryMs: LOOK_EVERY_MS,
    acksWithheldMs: ACKS_WITHHELD_MS,
    acksWithheldCount: ACKS_WITHHELD_COUNT,
    backoff: { baseMs: whatsapp.reconnect.baseMs, capMs: whatsapp.reconnect.capMs },
    stableAfterMs: whatsapp.reconnect.stableAfterMs,
    sendDeadlineMs: SEND_DEADLINE_MS,
    regenerations: pairing.regenerations,
    typedCodeLifeMs: pairing.maxMs,
  }
}
