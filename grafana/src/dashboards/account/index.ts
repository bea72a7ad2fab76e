// Account: everything about one account, in the order of the questions: how is it, since when, why, and what to do.

import { attributes } from '../../../../agent/telemetry/tracing.ts'
import { make } from '../../dashboard.ts'
import { link, toDashboard, toLinkingPage, toTraces } from '../../look/links.ts'
import { oneAccount, tempoSource } from '../../parts/variables.ts'
import { linking } from './linking.ts'
import { session } from './session.ts'
import { decided, head, place, standing } from './standing.ts'
import { traffic } from './traffic.ts'
import { wrong } from './trouble.ts'

export const accountPage = make({
  name: 'account',
  title: 'Account',
  description: 'One account: how it is, since when, why, and what to do about it.',
  from: 'now-6h',
  refresh: '10s',
  account: oneAccount,
  variables: [tempoSource],
  links: [
    link('Linking page', toLinkingPage, true),
    link('Traces', toTraces(attributes.account), true),
    link('Pairing', toDashboard('pairing')),
  ],
  sections: [
    { tiles: [...head, standing, decided, place] },
    { tiles: wrong },
    { title: 'Session', tiles: session },
    { title: 'Linking', tiles: linking },
    { title: 'Messages of the account', tiles: traffic },
  ],
})
