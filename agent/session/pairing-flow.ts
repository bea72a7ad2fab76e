// How a session is paired: codes go from its connection to the desk, and what the desk decides after an attempt becomes the next step.

import type { About, Bus } from '../events.ts'
import { type DeskSettings, PairingDesk } from '../pairing/desk.ts'
import type { Connection } from './connection.ts'

/** Attempts that somebody asks for and nobody sees, in a row; then only a reset begins another. */
const UNSEEN_MOST = 5

/** Why an attempt is over without a phone. */
export type Fruitless = 'window-expired' | 'codes-ended'

export interface PairingFlowParts {
  bus: Bus
  about: About
  settings: DeskSettings
  /** Of the account, E.164. */
  phone: string
  /** The window is over while no connection is there that could be closed. */
  windowOver(): void
  connection(): Connection | null
}

export class PairingFlow {
  readonly desk: PairingDesk
  /** While the session waits: whether somebody who asks for a code is enough, or only a reset starts it again. */
  askable = false
  #parts: PairingFlowParts
  /** The connection on which a code to be typed was asked for: WhatsApp hands out QR codes on it all the same. */
  #askedOn: Connection | null = null

  constructor(parts: PairingFlowParts) {
    this.#parts = parts
    this.desk = new PairingDesk(parts.bus, parts.about, parts.settings, () => this.#onWindowOver())
  }

  /** Milliseconds that QR codes must live on the next connection; undefined for WhatsApp's own rhythm. */
  get codeLifeMs(): number | undefined {
    // The connection must not run out of QR codes, which nobody sees, while somebody types.
    return this.desk.method === 'code' ? this.#parts.settings.codeLifeMs : undefined
  }

  /** The connection has a QR code: that is shown, or it is the moment at which a code to be typed can be asked for. */
  codeArrived(code: string, lifeMs: number): void {
    if (this.desk.method === 'qr') this.desk.codeArrived(code, lifeMs)
    else void this.#askForCode()
  }

  /** What follows: codes of another connection for the same attempt, a new attempt, or nothing. */
  after(why: Fruitless): 'continue' | 'begin' | 'wait' {
    const viewed = this.desk.attempt?.viewed ?? false
    const next = this.desk.next(why)
    if (next === 'continue') return 'continue'
    if (next !== 'wait') return 'begin'
    // Whoever watched all that is allowed and did not scan must say that they want more.
    this.askable = !viewed && this.desk.unseen < UNSEEN_MOST
    return 'wait'
  }

  #onWindowOver(): void {
    const connection = this.#parts.connection()
    const detail = `nobody scanned within ${this.desk.attempt?.windowMs ?? 0} ms`
    if (connection) connection.close({ reason: 'window-expired', code: null, detail })
    else this.#parts.windowOver()
  }

  async #askForCode(): Promise<void> {
    const connection = this.#parts.connection()
    if (!connection?.socket || this.#askedOn === connection) return
    this.#askedOn = connection
    try {
      const code = await connection.socket.pairingCode(this.#parts.phone.replace(/^\+/, ''))
      if (this.#parts.connection() === connection)
        this.desk.codeArrived(code, this.#parts.settings.codeLifeMs)
    } catch (error) {
      // Nothing where the connection has closed meanwhile: that has been told.
      const detail = `no pairing code: ${(error as Error).message}`
      connection.close({ reason: 'internal-error', code: null, detail })
    }
  }
}
