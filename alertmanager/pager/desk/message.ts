// A delivery as its channel takes it: the text in the recipient's language, and the addresses to acknowledge it at.

import type { Outgoing } from '../channels/channel.ts'
import type { PagerConfig } from '../config/schema.ts'
import type { Content } from '../decide/group.ts'
import type { Delivery } from '../store/deliveries.ts'
import { pageText } from '../texts/page.ts'
import { signed } from './links.ts'

/** Null where the recipient is no longer configured. */
export function messageOf(config: PagerConfig, key: Buffer, delivery: Delivery): Outgoing | null {
  const { id, page, recipient, code, kind, content, nextUpdateMs, course } = delivery
  const to = config.recipients[recipient]
  if (!to) return null
  const { publicUrl } = config.callbacks
  const token = signed(key, code)
  const link = publicUrl === null || kind === 'resolved' ? null : `${publicUrl}/a/${token}`
  const reply = publicUrl !== null && course.channel === 'sms' ? delivery.reply : null
  return {
    delivery: id,
    page,
    to,
    told: pageText(
      to.locale,
      { kind, content: JSON.parse(content) as Content, nextUpdateMs },
      { link, reply },
    ),
    link,
    report:
      publicUrl === null
        ? null
        : { status: `${publicUrl}/twilio/status/${token}`, key: `${publicUrl}/twilio/key/${token}` },
  }
}
