// Calls through Twilio: the page is read twice, and a key acknowledges it.

import twilio from 'twilio'
import type { Secret } from '../../../agent/config/secret.ts'
import type { TwilioConfig } from '../config/schema.ts'
import { cutText } from '../decide/plain.ts'
import { say } from '../texts/say.ts'
import type { Locale } from '../words.ts'
import type { Channel, Outgoing } from './channel.ts'
import { asking } from './twilio.ts'

/** One provider of voices for all six languages; Amazon's have no Indonesian. */
const voices: Readonly<Record<Locale, { voice: string; language: string }>> = {
  en: { voice: 'Google.en-US-Standard-C', language: 'en-US' },
  ar: { voice: 'Google.ar-XA-Standard-A', language: 'ar-XA' },
  es: { voice: 'Google.es-ES-Standard-A', language: 'es-ES' },
  pt: { voice: 'Google.pt-BR-Standard-A', language: 'pt-BR' },
  hi: { voice: 'Google.hi-IN-Standard-A', language: 'hi-IN' },
  id: { voice: 'Google.id-ID-Standard-A', language: 'id-ID' },
}
/** Seconds: before a mailbox takes the call, in most networks. */
const RING_S = 25
/** Seconds after the last word. */
const KEY_S = 10
/** Characters of TwiML that Twilio takes. */
const LONGEST = 4_000
/** Characters that anybody listens to. */
const LISTENED = 700

export function voiceChannel(config: TwilioConfig, token: Secret): Channel {
  return {
    name: 'voice',
    send: (message, signal) =>
      asking(config, token, signal, (client) =>
        client.calls.create({
          to: message.to.phone ?? '',
          from: config.from,
          twiml: twimlOf(message),
          timeout: RING_S,
          ...(message.report
            ? { statusCallback: message.report.status, statusCallbackEvent: ['completed'] }
            : {}),
        }),
      ),
  }
}

/** What the caller says, as TwiML; shorter where escaping makes it too long. */
function twimlOf(message: Outgoing): string {
  const { headline, action } = message.told
  const text = [headline, action].filter(Boolean).join(' ')
  for (let letters = LISTENED; ; letters = Math.floor(letters / 2)) {
    const twiml = spoken(message, cutText(text, letters))
    if (twiml.length <= LONGEST || letters < 2) return twiml
  }
}

function spoken({ to: { locale }, report }: Outgoing, text: string): string {
  const response = new twilio.twiml.VoiceResponse()
  const speak = voices[locale] as Parameters<typeof response.say>[0]
  const speaker = report
    ? response.gather({ numDigits: 1, action: report.key, method: 'POST', timeout: KEY_S })
    : response
  for (const _ of [1, 2]) {
    speaker.say(speak, text)
    if (report) speaker.say(speak, say(locale, 'press', {}))
    speaker.pause({ length: 1 })
  }
  return response.toString()
}

/** One sentence and the end of the call, as TwiML. */
export function lastWords(locale: Locale, text: string): string {
  const response = new twilio.twiml.VoiceResponse()
  response.say(voices[locale] as Parameters<typeof response.say>[0], text)
  return response.toString()
}
