// The page behind an acknowledgement link: what it is about, and one button, because whatever looks links over must not press it.

import { html } from 'hono/html'
import type { Asked } from '../desk/acknowledge.ts'
import { say } from '../texts/say.ts'
import { type Locale, rankOf } from '../words.ts'

type Html = ReturnType<typeof html>

function frame(locale: Locale, body: Html): Html {
  const direction = locale === 'ar' ? 'rtl' : 'ltr'
  return html`<!doctype html>
<html lang="${locale}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Linda</title>
<style>
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 3rem auto; padding: 0 1rem; color-scheme: light dark }
button { font: inherit; padding: .8rem 1.6rem; border-radius: .4rem; border: 0; background: #1d5fd1; color: #fff }
</style>
</head>
<body>${body}</body>
</html>`
}

/** What is asked: of the page as it is now, which may be worse than the message with the link said. */
export function askPage(locale: Locale, { alert, account, severity, level, open }: Asked): Html {
  const worse = open && rankOf(level) > rankOf(severity)
  const headline = worse ? say(locale, 'worse', { headline: alert }) : alert
  const title = html`<h1>${headline}</h1>${account === null ? '' : html`<p>${account}</p>`}`
  if (!open) return frame(locale, html`${title}<p>${say(locale, 'over', {})}</p>`)
  return frame(
    locale,
    html`${title}<form method="post"><input type="hidden" name="level" value="${level}"><button type="submit">${say(locale, 'button', {})}</button></form>`,
  )
}

/** What became of it. */
export function donePage(locale: Locale, { alert }: Asked, done: 'done' | 'over'): Html {
  return frame(locale, html`<h1>${alert}</h1><p>${say(locale, done === 'done' ? 'thanks' : 'over', {})}</p>`)
}
