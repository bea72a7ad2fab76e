// What Grafana puts in for the variables of a query before it asks: the same for the lint, which has no server, and for the check, which has.

export interface Filling {
  /** Of the dashboard's own variables; several are alternatives of a regular expression. */
  values: Readonly<Record<string, string>>
  /** Of the whole time range, in seconds. */
  rangeSeconds: number
  /** Between two points, in seconds. */
  stepSeconds: number
  /** Between two scrapes, in seconds: the data source knows it. */
  scrapeSeconds: number
}

/** Throws on a variable that nobody has a value for. */
export function fillPromql(
  expr: string,
  { values, rangeSeconds, stepSeconds, scrapeSeconds }: Filling,
): string {
  // Four scrapes: rate() needs two samples, and one scrape may be missing or late.
  const rate = Math.max(stepSeconds + scrapeSeconds, 4 * scrapeSeconds)
  const known: Record<string, string> = {
    ...values,
    __rate_interval: `${rate}s`,
    __rate_interval_ms: String(1_000 * rate),
    __interval: `${stepSeconds}s`,
    __range: `${rangeSeconds}s`,
    __range_s: String(rangeSeconds),
  }
  return replaced(expr, known)
}

/** @param to milliseconds since the epoch */
export function fillInfluxql(
  query: string,
  { values, rangeSeconds, stepSeconds }: Filling,
  to: number,
): string {
  const from = to - 1_000 * rangeSeconds
  return replaced(query, {
    ...values,
    timeFilter: `time >= ${from}ms AND time <= ${to}ms`,
    __interval: `${stepSeconds}s`,
  })
}

function replaced(text: string, known: Readonly<Record<string, string>>): string {
  // $1 is a group of label_replace, and a bare $ the end of a regular expression.
  return text.replaceAll(/\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g, (found, braced?: string, bare?: string) => {
    const value = known[(braced ?? bare) as string]
    if (value === undefined) throw new Error(`found ${found}, allowed: ${Object.keys(known).join(', ')}`)
    return value
  })
}
