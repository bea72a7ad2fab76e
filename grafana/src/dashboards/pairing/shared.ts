// What several panels of this dashboard ask with.

import { account } from '../../queries/selectors.ts'

export const linked = account('whatsapp_pairing_attempts_total', 'outcome="linked"')

export const ended = account('whatsapp_pairing_attempts_total')
