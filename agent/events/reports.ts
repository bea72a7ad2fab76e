// What is counted over time and sent to people.

import type { ReportType } from '../words.ts'
import type { Entries } from './entry.ts'

export interface ReportEvents {
  'fleet.reported': { accounts: number; up: number; failurePercent: number | null; problems: number }
  'report.made': { report: ReportType; accounts: number; ms: number }
  'report.sent': { report: ReportType; recipients: number; refused: number; attempts: number; ms: number }
  'report.failed': {
    report: ReportType
    doing: 'making' | 'sending'
    attempts: number
    ms: number
    detail: string
  }
}

export const reportsEvents: Entries<ReportEvents> = {
  'fleet.reported': { level: 'debug', help: 'The report of the fleet was made, as it is every minute.' },
  'report.made': {
    level: 'debug',
    help: 'A report over a day, a week or a month was made from the history; ms is the time for reading and counting.',
  },
  'report.sent': {
    level: 'info',
    help: 'A mail server took a report; refused counts the addresses that it did not take.',
  },
  'report.failed': {
    level: 'error',
    help: 'A report could not be made or no mail server took it, and it is not tried again by itself.',
  },
}
