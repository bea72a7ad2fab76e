// The linked devices the server knows: a login is believed by the noise key stored here, a bundle is made from the keys uploaded here.
import type { Registration } from '../wire/connection.ts'
import type { Database } from './database.ts'
import { fromJson, toJson } from './json.ts'

export type SignedPreKey = { id: number; public: Buffer; signature: Buffer }
export type Account = {
  phone: string
  device: number
  linked: boolean
  noiseKey: Buffer
  identity: Buffer
  registrationId: number
  signedPreKey: SignedPreKey
  historySent: boolean
}
type Row = {
  phone: string
  device: number
  linked: number
  noise_key: Uint8Array
  identity: Uint8Array
  registration_id: number
  signed_pre_key: string
  history_sent: number
}

export class Accounts {
  readonly #db: Database
  readonly #byPhone = new Map<string, Account>()

  constructor(db: Database) {
    this.#db = db
    for (const row of db.all<Row>('SELECT * FROM accounts')) {
      this.#byPhone.set(row.phone, {
        phone: row.phone,
        device: row.device,
        linked: row.linked === 1,
        noiseKey: Buffer.from(row.noise_key),
        identity: Buffer.from(row.identity),
        registrationId: row.registration_id,
        signedPreKey: fromJson(row.signed_pre_key),
        historySent: row.history_sent === 1,
      })
    }
  }

  get(phone: string): Account | undefined {
    return this.#byPhone.get(phone)
  }

  linked(phone: string): Account | undefined {
    const account = this.#byPhone.get(phone)
    return account?.linked ? account : undefined
  }

  all(): Account[] {
    return [...this.#byPhone.values()].sort((a, b) => (a.phone < b.phone ? -1 : 1))
  }

  /** A new link takes the next device number, so that no contact goes on with an old session. */
  nextDevice(phone: string): number {
    return (this.#byPhone.get(phone)?.device ?? 0) + 1
  }

  link(phone: string, noiseKey: Buffer, keys: Registration, historySent: boolean): Account {
    const account: Account = {
      phone,
      device: this.nextDevice(phone),
      linked: true,
      noiseKey,
      identity: keys.identity,
      registrationId: keys.registrationId,
      signedPreKey: keys.signedPreKey,
      historySent,
    }
    this.#db.transaction(() => {
      this.#db.run('DELETE FROM pre_keys WHERE phone = ?', phone)
      this.#db.run('DELETE FROM queue WHERE account = ?', phone)
      this.#save(account)
    })
    return account
  }

  unlink(phone: string): void {
    const account = this.#byPhone.get(phone)
    if (!account) return
    this.#db.transaction(() => {
      this.#db.run('DELETE FROM pre_keys WHERE phone = ?', phone)
      this.#db.run('DELETE FROM queue WHERE account = ?', phone)
      this.#save({ ...account, linked: false })
    })
  }

  markHistorySent(account: Account): void {
    this.#save({ ...account, historySent: true })
  }

  upload(
    phone: string,
    preKeys: { id: number; public: Buffer }[],
    signedPreKey: SignedPreKey | undefined,
  ): void {
    const account = this.#byPhone.get(phone)
    if (!account) return
    this.#db.transaction(() => {
      for (const key of preKeys) {
        this.#db.run(
          'INSERT OR REPLACE INTO pre_keys (phone, id, public) VALUES (?, ?, ?)',
          phone,
          key.id,
          key.public,
        )
      }
      if (signedPreKey) this.#save({ ...account, signedPreKey })
    })
  }

  preKeys(phone: string): number {
    return this.#db.get<{ n: number }>('SELECT count(*) AS n FROM pre_keys WHERE phone = ?', phone)?.n ?? 0
  }

  /** Hands out a one-time pre-key and forgets it; undefined when they have run out. */
  takePreKey(phone: string): { id: number; public: Buffer } | undefined {
    const row = this.#db.get<{ id: number; public: Uint8Array }>(
      'DELETE FROM pre_keys WHERE phone = ?1 AND id = (SELECT min(id) FROM pre_keys WHERE phone = ?1) RETURNING id, public',
      phone,
    )
    return row && { id: row.id, public: Buffer.from(row.public) }
  }

  #save(account: Account): void {
    this.#byPhone.set(account.phone, account)
    this.#db.run(
      `INSERT OR REPLACE INTO accounts
       (phone, device, linked, noise_key, identity, registration_id, signed_pre_key, history_sent)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      account.phone,
      account.device,
      account.linked ? 1 : 0,
      account.noiseKey,
      account.identity,
      account.registrationId,
      toJson(account.signedPreKey),
      account.historySent ? 1 : 0,
    )
  }
}
