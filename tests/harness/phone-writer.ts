// Who writes in most tests: somebody with a phone, outside of groups.

import type { Writer } from '../../agent/session/socket.ts'

/** @param from digits of the phone */
export const phoneWriter = (from: string): Writer => ({ from, lid: null, group: null, participant: null })
