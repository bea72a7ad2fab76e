// What no single key can be checked for: keys of the sections that must fit each other.

import { cronOf } from './cron.ts'
import { formatDuration } from './durations.ts'
import { type Breach, ofLists } from './list-rules.ts'
import { show } from './problems.ts'
import type { Parsed } from './schema.ts'

/** Every broken rule among sections that are in themselves right and lists that may not be. */
export function breaches(values: Readonly<Record<string, unknown>>, parsed: Partial<Parsed>): Breach[] {
  return [
    ...ofLists(values),
    ...order(parsed),
    ...weights(parsed),
    ...health(parsed),
    ...influx(parsed),
    ...mail(parsed),
    ...listeners(parsed),
    ...clients(parsed),
  ]
}

function order({ pairing, whatsapp, outbox, failover }: Partial<Parsed>): Breach[] {
  const found: Breach[] = []
  if (pairing && pairing.minMs > pairing.baseMs)
    found.push({ path: ['pairing', 'min'], found: 'more than pairing.base', allowed: 'at most pairing.base' })
  const atLeast = (
    path: string[],
    value: number | undefined,
    name: string,
    least: number | undefined,
  ): void => {
    if (value !== undefined && least !== undefined && value < least)
      found.push({ path, found: `less than ${name}`, allowed: `at least ${name}` })
  }
  const { reconnect } = whatsapp ?? {}
  const { retry } = outbox ?? {}
  const { damping } = failover ?? {}
  atLeast(['pairing', 'max'], pairing?.maxMs, 'pairing.base', pairing?.baseMs)
  atLeast(['whatsapp', 'reconnect', 'cap'], reconnect?.capMs, 'whatsapp.reconnect.base', reconnect?.baseMs)
  atLeast(['outbox', 'retry_cap'], retry?.capMs, 'outbox.retry_base', retry?.baseMs)
  atLeast(['failover', 'damping', 'cap'], damping?.capMs, 'failover.damping.base', damping?.baseMs)
  // What was sent within the day is counted from the store after a restart.
  if (outbox && outbox.rates.accountPerDay !== null && outbox.keepMs < 25 * 3_600_000)
    found.push({
      path: ['outbox', 'keep'],
      found: 'less than 25h, with outbox.account_per_day',
      allowed: 'at least 25h, or no daily limit',
    })
  if (outbox?.rates.warmUp && outbox.rates.accountPerDay === null)
    found.push({
      path: ['outbox', 'warm_up'],
      found: 'no outbox.account_per_day',
      allowed: 'a daily limit that it grows to, or null',
    })
  return found
}

function weights({ health }: Partial<Parsed>): Breach[] {
  if (!health) return []
  const sum = Object.values(health.weights).reduce((total, weight) => total + weight, 0)
  if (Math.abs(sum - 1) <= 1e-6) return []
  return [
    {
      path: ['health', 'weights'],
      found: `a sum of ${Number(sum.toFixed(6))}`,
      allowed: 'five weights that sum to 1',
    },
  ]
}

function health({ health: parsed }: Partial<Parsed>): Breach[] {
  if (!parsed) return []
  const found: Breach[] = []
  if (cronOf(parsed.intervalMs) === null)
    found.push({
      path: ['health', 'interval'],
      found: formatDuration(parsed.intervalMs),
      allowed: 'a duration that divides a minute, an hour or a day without rest, such as 30s, 5m or 1h',
    })
  const { healthyFrom, unhealthyBelow } = parsed.thresholds
  if (unhealthyBelow > healthyFrom)
    found.push({
      path: ['health', 'unhealthy_below'],
      found: `${unhealthyBelow}, which is more than health.healthy_from`,
      allowed: `at most ${healthyFrom}`,
    })
  return found
}

/** The name and the password have keys of their own, and the agent adds paths and parameters by itself. */
function influx({ history }: Partial<Parsed>): Breach[] {
  const server = history?.influx
  if (!server) return []
  const path = ['history', 'influx']
  const { username, password, search, hash } = new URL(server.url)
  if (username || password || search || hash)
    return [
      {
        path: [...path, 'url'],
        found: show(server.url),
        allowed: 'an address without name, password and parameters; see username and password_file',
      },
    ]
  // InfluxDB keeps a database in a folder of that name.
  if (/[/\\]|^\.\.?$/.test(server.database))
    return [
      {
        path: [...path, 'database'],
        found: show(server.database),
        allowed: 'a name without / and \\, other than . and ..',
      },
    ]
  if ((server.username === null) === (server.passwordFile === null)) return []
  const [found, missing] =
    server.username === null ? ['password_file', 'username'] : ['username', 'password_file']
  return [
    { path: [...path, missing as string], found: 'nothing', allowed: `a value, because ${found} has one` },
  ]
}

/** A report that is due and has nowhere to go would be noticed by nobody; a password that crosses the network in clear, by everybody. */
function mail({ reports }: Partial<Parsed>): Breach[] {
  if (!reports) return []
  const { when, to, from, smtp } = reports
  const due = (['daily', 'weekly', 'monthly'] as const).find((type) => when[type] !== null)
  const lacks = { to: to.length === 0, from: from === null, smtp: smtp === null }
  const missing = Object.entries(lacks).find(([, lacking]) => lacking)?.[0]
  if (due && missing)
    return [{ path: ['reports', missing], found: 'nothing', allowed: `a value, because ${due} is not off` }]
  if (!smtp) return []
  const path = ['reports', 'smtp']
  if ((smtp.username === null) !== (smtp.passwordFile === null)) {
    const [found, absent] =
      smtp.username === null ? ['password_file', 'username'] : ['username', 'password_file']
    return [
      { path: [...path, absent as string], found: 'nothing', allowed: `a value, because ${found} has one` },
    ]
  }
  if (smtp.secure === 'none' && smtp.username !== null)
    return [
      {
        path: [...path, 'secure'],
        found: 'none, with a username',
        allowed: 'starttls or tls, so that the password is not sent in clear',
      },
    ]
  return []
}

/** Two listeners cannot have one port of one machine, unless their addresses differ and neither is the wildcard. */
function listeners({ metrics, admin }: Partial<Parsed>): Breach[] {
  if (!metrics || !admin || metrics.listen.port === 0 || metrics.listen.port !== admin.listen.port) return []
  const hosts = [metrics.listen.host, admin.listen.host]
  const clash = hosts[0] === hosts[1] || hosts.some((host) => host === '0.0.0.0' || host === '::')
  if (!clash) return []
  return [
    {
      path: ['admin', 'listen'],
      found: `port ${admin.listen.port}`,
      allowed: 'a port that metrics.listen does not have',
    },
  ]
}

/** Certificates of clients can only be asked for where they can be checked. */
function clients({ admin }: Partial<Parsed>): Breach[] {
  const { client, clientCaFile } = admin?.tls ?? { client: 'none', clientCaFile: null }
  if ((client === 'required') === (clientCaFile !== null)) return []
  const path = ['admin', 'tls']
  if (client === 'required')
    return [
      { path: [...path, 'client_ca_file'], found: 'nothing', allowed: 'a value, because client is required' },
    ]
  return [
    {
      path: [...path, 'client'],
      found: 'none, with a client_ca_file',
      allowed: 'required, or no client_ca_file: nobody would be asked for a certificate',
    },
  ]
}
