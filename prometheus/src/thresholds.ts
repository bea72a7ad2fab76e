// Every number that an alert compares with, in one place, with the reason for it. docs/operations.md repeats those that people ask for.

export const thresholds = {
  /** `for` of the tiers of ConnectionLost: e-mail and Slack, then SMS, then a call. Ten seconds are two scrapes, so that a 515 restart pages nobody. */
  lost: ['10s', '5m', '15m'],
  /** How long a lost connection that is paged goes on when nothing is said of it any more: longer than AgentDown takes, with its scrapes. */
  lostWithAgent: '1m',
  /** `for` of the tiers of AgentDown: a restart takes seconds, and after five minutes nobody is on it. */
  agentDown: ['30s', '5m'],
  /** Share of the sessions, and the fewest, that are down together before it is the fleet's trouble. */
  fleetDown: { share: 0.5, fewest: 3 },
  /** Sessions that were dead and said open: one in ten minutes is told, three in an hour are a pattern. */
  zombies: { window: '10m', pattern: 3, patternWindow: '1h' },
  /** Times that a session came back within a quarter of an hour: RECONNECT_LOOP is four drops in ten minutes. */
  flaps: { most: 4, window: '15m' },
  /** FREQUENT_QR_REGENERATIONS: more than five in an hour. Codes: four full attempts of the longest window, and a half. */
  qr: { regenerations: 5, codes: 40 },
  /** Seconds that an account is out of service before somebody is asked whether it was forgotten: longer than a working day with its night. */
  leftOut: 86_400,
  /** Below `health.unhealthy` and `health.warning` of the default configuration an account is UNHEALTHY or WARNING. */
  health: { low: 60, veryLow: 30, fleet: 70, drop: 10 },
  /** Seconds; a message waits for its account's back-off (five minutes at most) and for its conversation. */
  outbox: { stuck: 300, slow: 1_800, growth: 100, nearLimit: 0.8, failed: 5, failedShare: 0.05 },
  /** Seconds that the oldest delivery of a webhook may wait. */
  webhookLate: 300,
  /** Statements that failed within five minutes. */
  storeErrors: 5,
  /** Seconds at the 99th percentile: above that, signs of life are looked at too late to be believed. */
  eventLoop: 0.25,
  /** Growth within six hours at the same number of accounts, and the bytes below which nobody cares. */
  memory: { growth: 1.3, fewest: 300e6 },
  /** Starts within a quarter of an hour. */
  restarts: 2,
  /** Series of one scrape: 80% of `sample_limit`, and twice what an agent should have (2,000 and 30 for each account). */
  series: { most: 40_000, process: 4_000, perAccount: 60 },
  /** Misbehaviours of the library, of one kind, that were contained within a quarter of an hour. */
  traps: 20,
  /** Days before the end of the admin certificate: whoever renews by machine has done it by then. */
  certificateDays: 14,
  /** Seconds without a look at the audit trail, which comes every minute: longer than a store needs to come back. */
  auditUnread: 900,
  /** Refused admin requests within five minutes: a forgotten token is not an attack. */
  refused: 20,
  /** Seconds from the beginning of an alert until a provider took the message: what was promised. */
  pagerDelay: 30,
  /** Seconds that something critical may wait for its turn, its provider or its budget: all tries by three channels that hang take less. */
  pagerWaits: 180,
  /** Seconds; Watchdog comes every minute. */
  heartbeat: 300,
} as const
