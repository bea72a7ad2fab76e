// SMS through Twilio, never longer than the segments that are allowed.

import type { Secret } from '../../../agent/config/secret.ts'
import type { TwilioConfig } from '../config/schema.ts'
import { cutSms } from '../decide/cut.ts'
import type { Channel } from './channel.ts'
import { asking } from './twilio.ts'

export function smsChannel(config: TwilioConfig, token: Secret): Channel {
  return {
    name: 'sms',
    send: ({ to, told, report }, signal) =>
      asking(config, token, signal, (client) =>
        client.messages.create({
          to: to.phone ?? '',
          from: config.from,
          body: cutSms(told, config.segments),
          ...(report ? { statusCallback: report.status } : {}),
        }),
      ),
  }
}
