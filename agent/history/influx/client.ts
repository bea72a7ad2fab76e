// Every question to InfluxDB ends in time, with an answer or with an error that says what to do and shows no password.

import * as http from 'node:http'
import * as https from 'node:https'
import { InfluxDB, type IPoint, type IPoolOptions } from 'influx'
import { within } from '../../store/deadline.ts'
import { HistoryError } from '../port.ts'

/** For one request, in milliseconds: a healthy server takes a hundredth of it for 1,000 points. */
const REQUEST_MS = 5_000

export interface InfluxPlace {
  url: string
  database: string
  username: string | null
  password: string | null
}

/** Never waits for a server that was away a moment ago: when to ask again is the Journal's business. */
const noPause: NonNullable<IPoolOptions['backoff']> = {
  getDelay: () => 0,
  next: () => noPause,
  reset: () => noPause,
}

export class InfluxClient {
  readonly database: string
  #influx: InfluxDB
  #agent: http.Agent
  #host: string
  #requestMs: number

  constructor(place: InfluxPlace, requestMs = REQUEST_MS) {
    const url = new URL(place.url)
    const secure = url.protocol === 'https:'
    this.database = place.database
    this.#host = url.host
    this.#requestMs = requestMs
    // A connection for each request: one a second is cheap, and none is found dead when it is needed.
    this.#agent = secure ? new https.Agent() : new http.Agent()
    this.#influx = new InfluxDB({
      hosts: [
        {
          host: url.hostname,
          port: Number(url.port || (secure ? 443 : 80)),
          path: url.pathname.replace(/\/+$/, ''),
          protocol: secure ? 'https' : 'http',
          options: { agent: this.#agent },
        },
      ],
      database: place.database,
      // Left out, the client would log in as root with the password root.
      username: place.username as string,
      password: place.password as string,
      pool: { requestTimeout: requestMs, maxRetries: 0, backoff: noPause },
    })
  }

  /** Rejects with HistoryError; what the policy would delete at once is taken without being kept. */
  async write(points: IPoint[], retentionPolicy?: string): Promise<void> {
    try {
      await this.#inTime(this.#influx.writePoints(points, retentionPolicy ? { retentionPolicy } : {}))
    } catch (error) {
      const found = this.#explain(error)
      if (!/points beyond retention policy/.test(found.message)) throw found
    }
  }

  /** Rows of one statement, times in milliseconds. Rejects with HistoryError. */
  async query<T>(
    statement: string,
    {
      placeholders = {},
      retentionPolicy,
    }: { placeholders?: Record<string, string>; retentionPolicy?: string | undefined } = {},
  ): Promise<(T & { time: Date })[]> {
    const policy = retentionPolicy ? { retentionPolicy } : {}
    try {
      return await this.#inTime(
        this.#influx.query<T>(statement, { precision: 'ms', placeholders, ...policy }),
      )
    } catch (error) {
      throw this.#explain(error)
    }
  }

  /** A statement that changes the schema. Rejects with HistoryError. */
  async change(statement: string): Promise<void> {
    try {
      await this.#inTime(this.#influx.query(statement, { method: 'POST' }))
    } catch (error) {
      throw this.#explain(error)
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  /** The client's own time-out ends with the first byte of an answer, and an answer that breaks off would be waited for forever. */
  async #inTime<T>(request: Promise<T>): Promise<T> {
    return await within(this.#requestMs, request, () => {
      this.#agent.destroy()
      return new Error(`no answer within ${this.#requestMs} ms`)
    })
  }

  #explain(error: unknown): HistoryError {
    if (error instanceof HistoryError) return error
    const { message, res } = error as Error & { res?: http.IncomingMessage }
    const status = res?.statusCode
    const said = /\{"error":"(.*)"\}\s*$/s.exec(message)?.[1]?.replaceAll('\\"', '"') ?? message
    const hint = hints.find(([pattern]) => pattern.test(`${status} ${said}`))?.[1]
    const text = `InfluxDB at ${this.#host}: ${said}`.slice(0, 500)
    return new HistoryError(hint ? `${text}; ${hint}` : text, status === 400 || status === 413)
  }
}

const hints: readonly [RegExp, string][] = [
  [/^401/, 'see history.influx.username and password_file'],
  [
    /requires admin privilege/,
    'let an administrator make the schema and set history.influx.manage_schema: false',
  ],
  [/^403|not authorized/, 'the user needs to read and write the database'],
  [/database not found/, 'make it, or set history.influx.manage_schema: true'],
]
