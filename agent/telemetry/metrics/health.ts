// How well accounts are, and what is wrong with them.

import { account, counter, gauge, histogram, type MetricSpec, messageSeconds } from './spec.ts'

export const health = {
  healthScore: gauge(
    'whatsapp_health_score',
    'Health from 0 to 100; no series while nothing is known.',
    account,
    'score',
  ),
  healthConfidence: gauge(
    'whatsapp_health_confidence_ratio',
    'Share of the weights whose factors were observed.',
    account,
    'ratio',
  ),
  healthFactor: gauge(
    'whatsapp_health_factor_score',
    'What a factor of the health is worth, from 0 to 100.',
    ['account', 'factor'],
    'score',
  ),
  fleetHealthScore: gauge('whatsapp_fleet_health_score', 'Mean health of the accounts.', [], 'score'),
  diagnosisActive: gauge('whatsapp_diagnosis_active', 'A diagnosis that holds; only those have a series.', [
    'account',
    'issue',
    'severity',
  ]),
  canarySeconds: histogram(
    'whatsapp_canary_seconds',
    'Time from sending a test message to its arrival at another account.',
    [],
    messageSeconds,
  ),
  canaryProbes: counter(
    'whatsapp_canary_probes_total',
    'Test messages between accounts, by what became of them; each is also one of the messages sent and acknowledged.',
    ['account', 'outcome'],
  ),
} as const satisfies Record<string, MetricSpec>
