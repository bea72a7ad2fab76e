// One text in one language, filled in.

import { IntlMessageFormat } from 'intl-messageformat'
import type { Locale } from '../words.ts'
import { type Given, type TextKey, texts } from './catalogue.ts'

/** There are as many as texts and languages, so they are kept for ever. */
const parsed = new Map<string, IntlMessageFormat>()

export function say<K extends TextKey>(locale: Locale, key: K, given: Given[K]): string {
  const name = `${locale}/${key}`
  let message = parsed.get(name)
  if (!message) {
    message = new IntlMessageFormat(texts[locale][key], locale, undefined, { ignoreTag: true })
    parsed.set(name, message)
  }
  return String(message.format(given as Record<string, string | number>))
}
