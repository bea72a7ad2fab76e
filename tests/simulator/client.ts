// Speaks the control API so that a test reads like a story; every refusal becomes a SimulatorError with the server's words.
import type {
  AccountView,
  ActiveFault,
  ConnectionRecord,
  ContactSettings,
  EnterOutcome,
  FaultAnswer,
  FaultRequest,
  InboundRecord,
  LedgerEntry,
  LedgerSummary,
  LookAnswer,
  MessageRecord,
  NewAccount,
  PhoneSettings,
  ScanOutcome,
  SimulatorState,
} from './types.ts'

export class SimulatorError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'SimulatorError'
    this.status = status
  }
}

export class SimulatorClient {
  readonly controlUrl: string

  constructor(controlUrl: string) {
    this.controlUrl = controlUrl.replace(/\/$/, '')
  }

  /** Creates accounts that are already paired; without arguments one with a free phone number. */
  async createAccounts(
    request: { count?: number; accounts?: { phone: string }[] } = {},
  ): Promise<NewAccount[]> {
    return (await this.#call<{ accounts: NewAccount[] }>('POST', '/accounts', request)).accounts
  }

  async accounts(): Promise<AccountView[]> {
    return (await this.#call<{ accounts: AccountView[] }>('GET', '/accounts')).accounts
  }

  state(): Promise<SimulatorState> {
    return this.#call('GET', '/state')
  }

  setPhone(phone: string, settings: Partial<PhoneSettings>): Promise<PhoneSettings> {
    return this.#call('PUT', `/phones/${encodeURIComponent(phone)}`, settings)
  }

  /** Tells the phone's owner which QR text is on the screen now. */
  look(phone: string, code: string): Promise<LookAnswer> {
    return this.#call('POST', `/phones/${encodeURIComponent(phone)}/look`, { code })
  }

  async scan(phone: string, code: string): Promise<ScanOutcome> {
    const answer = await this.#call<{ outcome: ScanOutcome }>(
      'POST',
      `/phones/${encodeURIComponent(phone)}/scan`,
      { code },
    )
    return answer.outcome
  }

  /** Types an 8-character pairing code on the phone. */
  async enter(phone: string, code: string): Promise<EnterOutcome> {
    const answer = await this.#call<{ outcome: EnterOutcome }>(
      'POST',
      `/phones/${encodeURIComponent(phone)}/enter`,
      { code },
    )
    return answer.outcome
  }

  /** Unlinks the device from the phone: 401 now and at every later login. */
  async logout(phone: string): Promise<void> {
    await this.#call('POST', `/phones/${encodeURIComponent(phone)}/logout`)
  }

  /** A contact writes to an account; `corrupt` spoils the first delivery, so that the account asks for a resend. */
  async send(message: {
    from: string
    to: string
    text: string
    count?: number
    id?: string
    corrupt?: boolean
    /** False: whoever wrote it is gone and sends nothing again, so that a corrupt one stays unreadable. */
    resends?: boolean
  }): Promise<string[]> {
    return (await this.#call<{ ids: string[] }>('POST', '/messages', message)).ids
  }

  setContact(phone: string, settings: Partial<ContactSettings>): Promise<ContactSettings> {
    return this.#call('PUT', `/contacts/${encodeURIComponent(phone)}`, settings)
  }

  /** Leaves the server with this many one-time pre-keys of the account, as if contacts had used up the others. */
  async keepPreKeys(phone: string, keep: number): Promise<void> {
    await this.#call('POST', `/accounts/${encodeURIComponent(phone)}/pre-keys`, { keep })
  }

  fault(request: FaultRequest): Promise<FaultAnswer> {
    return this.#call('POST', '/faults', request)
  }

  async faults(): Promise<ActiveFault[]> {
    return (await this.#call<{ faults: ActiveFault[] }>('GET', '/faults')).faults
  }

  async endFault(id: string): Promise<void> {
    await this.#call('DELETE', `/faults/${encodeURIComponent(id)}`)
  }

  async endFaults(): Promise<void> {
    await this.#call('DELETE', '/faults')
  }

  /** Entries after `since` (a seq), oldest first. */
  async ledger(since = 0): Promise<LedgerEntry[]> {
    return (await this.#call<{ entries: LedgerEntry[] }>('GET', `/ledger?since=${since}`)).entries
  }

  summary(): Promise<LedgerSummary> {
    return this.#call('GET', '/ledger/summary')
  }

  async connections(account?: string): Promise<ConnectionRecord[]> {
    return this.#records('connections', account)
  }

  async messages(account?: string): Promise<MessageRecord[]> {
    return this.#records('messages', account)
  }

  async inbound(account?: string): Promise<InboundRecord[]> {
    return this.#records('inbound', account)
  }

  async #records<T>(name: string, account: string | undefined): Promise<T[]> {
    const query = account === undefined ? '' : `?account=${encodeURIComponent(account)}`
    return (await this.#call<{ records: T[] }>('GET', `/ledger/${name}${query}`)).records
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.controlUrl + path, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const text = await response.text()
    const answer = text === '' ? {} : (JSON.parse(text) as { error?: string })
    if (!response.ok) throw new SimulatorError(response.status, answer.error ?? `HTTP ${response.status}`)
    return answer as T
  }
}
