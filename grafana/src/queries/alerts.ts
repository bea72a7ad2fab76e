// Which alerts are shown: those of the chosen fleets, and those of nobody's, such as of the pager or about something that is missing.

import { silent } from '../../../prometheus/src/groups/account-records.ts'

/** Jobs with accounts that are not chosen. */
const others = `(whatsapp_account_info{job!~"$job"} or ${silent}{job!~"$job"})`

/** Alerts that are about to fire or fire; only those of other fleets are left out, because the pager and Prometheus watch over every fleet. */
export function alerts(matchers: string): string {
  return `(ALERTS{${matchers}} unless on (job) ${others})`
}
