// Which alert makes which others superfluous, so that one cause pages once. A source is never less severe than what it hushes.

import type { Severity } from '../../prometheus/src/alert.ts'

export interface Inhibition {
  readonly source: readonly string[]
  /** Only sources of this severity; of every severity where it is left out. */
  readonly sourceSeverity?: Severity
  readonly target: readonly string[]
  /** Only targets of this severity; of every severity where it is left out. */
  readonly targetSeverity?: Severity
  /** Labels that must be the same on both. One that neither has counts as the same, one that only one has does not. */
  readonly equal: readonly string[]
}

const job = ['job']
const agent = ['job', 'instance']
const account = ['job', 'instance', 'account']
const pool = ['job', 'pool']

/** What tells two alerts of one name apart, beside the tier. */
export const identity = ['alertname', 'job', 'instance', 'account', 'pool'] as const

/** Tiers hush the lower ones of the same alert; these are all others. */
export const inhibitions: readonly Inhibition[] = [
  {
    // Counters look back for minutes: an agent that is dead goes on flapping for a while.
    source: ['AgentDown'],
    target: [
      'ConnectionLost',
      'SessionZombie',
      'SessionFlapping',
      'HealthLow',
      'HealthDropped',
      'PairingRequired',
      'EndlessQr',
      'DeafSession',
      'MessagesUnacknowledged',
      'DeliveryFalling',
      'AgentRestarting',
      'EventLoopBlocked',
      'LibraryTraps',
      'SubscriberErrors',
      'StoreDown',
      'StoreFailing',
      'HistoryDown',
      'HistoryFailing',
      'InboundWaiting',
    ],
    equal: agent,
  },
  {
    source: ['AgentDown', 'AgentAbsent'],
    target: ['SessionBudgetBurning'],
    equal: job,
  },
  {
    source: ['FleetSessionsDown'],
    target: [
      'ConnectionLost',
      'SessionZombie',
      'SessionFlapping',
      'HealthLow',
      'HealthDropped',
      'FleetHealthLow',
      'PoolDown',
      'PoolWithoutBackup',
      'FailoverHeld',
      'FailoverFailed',
      'FailoverCalledOff',
      'OutboxParked',
      'OutboxStuck',
      'OutboxSlow',
      'OutboxGrowing',
      'SessionBudgetBurning',
    ],
    equal: job,
  },
  {
    source: ['PoolDown'],
    target: [
      'ConnectionLost',
      'PoolWithoutBackup',
      'FailoverHeld',
      'FailoverFailed',
      'FailoverCalledOff',
      'OutboxParked',
      'OutboxStuck',
      'OutboxSlow',
      'OutboxGrowing',
    ],
    equal: pool,
  },
  {
    // WhatsApp itself has ended the session: dialling does not bring it back, and everybody knows why it is down.
    source: ['SessionLoggedOut', 'SessionReplaced', 'SessionFailed', 'AccountTemporarilyBanned'],
    target: ['ConnectionLost', 'SessionZombie', 'SessionFlapping', 'HealthLow', 'HealthDropped'],
    equal: account,
  },
  {
    // A restricted account keeps its connection. One that loses it for minutes all the same is news.
    source: ['AccountRestricted'],
    target: ['ConnectionLost', 'HealthLow', 'HealthDropped', 'DeliveryFalling'],
    targetSeverity: 'warning',
    equal: account,
  },
  { source: ['FleetHealthLow'], target: ['HealthLow', 'HealthDropped'], equal: job },
  { source: ['ConnectionLost'], target: ['HealthDropped', 'SessionFlapping'], equal: account },
  // In its first minutes a lost connection is a warning, which hushes no page.
  { source: ['ConnectionLost'], sourceSeverity: 'critical', target: ['HealthLow'], equal: account },
  { source: ['HealthLow'], target: ['HealthDropped'], equal: account },
  {
    source: ['DeafSession', 'MessagesUnacknowledged'],
    target: ['HealthLow', 'HealthDropped', 'DeliveryFalling'],
    equal: account,
  },
  { source: ['QrRegenerationFailed'], target: ['PairingRequired', 'EndlessQr'], equal: account },
  { source: ['PasskeyRequired'], target: ['PairingRequired', 'EndlessQr'], equal: account },
  { source: ['FailoverFailed'], target: ['FailoverHeld', 'FailoverCalledOff', 'OutboxParked'], equal: pool },
  { source: ['OutboxStuck'], target: ['OutboxSlow', 'OutboxGrowing'], equal: pool },
  { source: ['StoreDown'], target: ['StoreFailing', 'InboundWaiting', 'SubscriberErrors'], equal: agent },
  { source: ['InboundDropped'], target: ['InboundWaiting'], equal: agent },
  { source: ['HistoryDropping'], target: ['HistoryDown', 'HistoryFailing'], equal: [...agent, 'driver'] },
  { source: ['HistoryDown'], target: ['HistoryFailing'], equal: [...agent, 'driver'] },
  { source: ['PagerDown'], target: ['PagerFailing', 'PagerWaiting', 'PagerHeartbeatLate'], equal: agent },
]
