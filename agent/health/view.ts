// What health needs to see of a session: a part of its snapshot.

import type { SessionSnapshot } from '../session/snapshot.ts'

export type View = Pick<
  SessionSnapshot,
  'account' | 'state' | 'since' | 'up' | 'lastEvidenceAt' | 'lastDisconnect' | 'restriction'
>
