// What several panels of this dashboard ask with.

import { account } from '../../queries/selectors.ts'

export const ended = account('whatsapp_pairing_attempts_total')
