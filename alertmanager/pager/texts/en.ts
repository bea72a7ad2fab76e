// What the pager says in English, as ICU messages.

import type { Texts } from './catalogue.ts'

export const en: Texts = {
  connectionLost:
    'Linda Bot Alert: QR disconnection detected on {where}. Auto-attempting reconnection. Next update in {next, number} min.',
  qrRegenerationFailed: 'Linda Bot Alert: QR Regeneration failed for {where}.',
  healthDropped: 'Linda Bot Alert: the health of {where} has dropped.',
  agentDown: 'Linda Bot Alert: an agent does not answer ({where}); nobody watches its accounts.',
  heartbeatLost: 'Linda Bot Alert: nothing comes from Alertmanager any more. Alerts may not reach you.',
  test: 'Linda Bot Alert: this is a test. Nothing has happened.',
  other: 'Linda Bot Alert: {issue} on {where}. {summary}',
  resolved: 'Linda Bot: {issue} on {where} is over.',
  again: 'Again: {headline}',
  worse: 'Worse now: {headline}',
  several: '{count, plural, one {# alert} other {# alerts}}',
  fleet: 'the fleet',
  action: 'Action: {action}',
  runbook: 'Runbook: {link}',
  link: 'Acknowledge: {link}',
  reply: 'Reply {code} to acknowledge.',
  press: 'Press 1 to acknowledge.',
  thanks: 'Acknowledged. It stays quiet until it is over or gets worse.',
  over: 'This page is over already.',
  wrongKey: 'That key does nothing.',
  wrongReply: 'No open page has that number.',
  button: 'Acknowledge',
  title: 'Linda: {issue}',
}
