// Mail addresses and the names of mail servers, as a configuration may have them: nothing that could end a header line or begin another one.

import { isIP } from 'node:net'
import { z } from 'zod'
import { leaf, type Told } from './leaf.ts'
import { parseListen } from './listen.ts'

const addressForm =
  /^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/

/** Whether the text is an address without a name, such as sre@example.com; quoted ones and those beyond ASCII are not taken. */
function isAddress(text: string): boolean {
  return text.length <= 254 && addressForm.test(text)
}

/** A key that takes one mail address. */
export function address(told: Told) {
  return leaf(z.string().refine(isAddress), {
    type: 'mail address',
    allowed: 'a mail address without a name, such as sre@example.com',
    ...told,
  })
}

/** A key that takes the name or the address of a server, without a port. */
export function host(told: Told) {
  return leaf(
    z.string().refine((text) => isIP(text) !== 0 || parseListen(`${text}:1`) !== null),
    { type: 'host', allowed: 'a host name or an address, without a port', ...told },
  )
}
