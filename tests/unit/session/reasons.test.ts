// Every way in which a connection was seen to end on the wire has its word.

import { expect, it } from 'vitest'
import { reasonOf } from '../../../agent/session/reasons.ts'
import { reasons } from '../../../agent/words.ts'

it.each([
  [400, 'noise certificate signature invalid', 'untrusted-certificate'],
  [400, 'noise intermediate certificate signature invalid', 'untrusted-certificate'],
  [400, 'certification match failed', 'untrusted-certificate'],
  [400, 'Connection Failure', 'unknown'],
  [401, 'Stream Errored (conflict)', 'logged-out'],
  [401, 'Intentional Logout', 'logged-out'],
  [402, 'Connection Failure', 'temporarily-banned'],
  [403, 'Connection Failure', 'banned'],
  [405, 'Connection Failure', 'client-outdated'],
  [411, 'Connection Failure', 'multidevice-mismatch'],
  [428, 'Connection Terminated by Server', 'connection-closed'],
  [440, 'Stream Errored (conflict)', 'replaced'],
  [463, 'Stream Errored', 'reachout-timelock'],
  [500, 'Stream Errored', 'server-error'],
  [501, 'Connection Failure', 'server-error'],
  [503, 'Stream Errored', 'unavailable'],
  [515, 'Stream Errored (restart required)', 'restart-required'],
  [516, 'Stream Errored', 'restart-required'],
  [408, 'QR refs attempts ended', 'codes-ended'],
  [408, 'WebSocket Error (connect ECONNREFUSED 127.0.0.1:1)', 'refused'],
  [408, 'WebSocket Error (getaddrinfo ENOTFOUND web.whatsapp.com)', 'refused'],
  [408, 'WebSocket Error (getaddrinfo EAI_AGAIN web.whatsapp.com)', 'refused'],
  [408, 'WebSocket Error (connect EHOSTUNREACH 10.0.0.1:443)', 'refused'],
  [408, 'WebSocket Error (connect ENETUNREACH 10.0.0.1:443)', 'refused'],
  [408, 'WebSocket Error (Opening handshake has timed out)', 'connect-timeout'],
  [408, 'WebSocket Error (connect ETIMEDOUT 10.0.0.1:443)', 'connect-timeout'],
  [408, 'Timed Out', 'connect-timeout'],
  [408, 'Connection was lost', 'connection-lost'],
  [502, '', 'server-error'],
  [599, '', 'server-error'],
  [600, '', 'unknown'],
  [499, '', 'unknown'],
  [418, 'QR refs attempts ended', 'unknown'],
  [null, 'the library ended the connection', 'unknown'],
  [null, 'Timed Out', 'unknown'],
])('%s "%s" is %s', (code, message, reason) => {
  expect(reasonOf(code, message)).toBe(reason)
})

it('no code, listed or not, falls out of the vocabulary', () => {
  for (let code = -1; code < 1000; code++) expect(reasons).toContain(reasonOf(code, ''))
})
