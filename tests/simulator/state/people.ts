// Everybody who has a number: a person exists as soon as anyone asks, with a LID, a phone and Signal keys that then stay.
import { createHash, randomInt } from 'node:crypto'
import type { ContactSettings, PhoneSettings } from '../types.ts'
import { generateKeyPair, type KeyPair, sign } from '../wire/curve.ts'
import type { Database } from './database.ts'
import { fromJson, toJson } from './json.ts'

export type PersonKeys = {
  identity: KeyPair
  registrationId: number
  signedPreKey: { id: number; pair: KeyPair; signature: Buffer }
}
export type Person = { phone: string; lid: string; keys: PersonKeys }

type Row = { phone: string; lid: string; keys: string }

const defaultPhone: PhoneSettings = {
  scan: { kind: 'after', median_ms: 2000, sigma: 0.5 },
  passkey: false,
}
const defaultContact: ContactSettings = {
  exists: true,
  receipts: 'delivered',
  receiptDelayMs: 200,
  deviceKeys: 'good',
}

/** Fifteen digits that follow from the number alone. */
const lidOf = (phone: string): string =>
  String(
    10n ** 14n + (createHash('sha256').update(`lid ${phone}`).digest().readBigUInt64BE() % (9n * 10n ** 14n)),
  )

function newPersonKeys(): PersonKeys {
  const identity = generateKeyPair()
  const pair = generateKeyPair()
  const signature = sign(identity.private, Buffer.concat([Buffer.from([5]), pair.public]))
  return { identity, registrationId: randomInt(1, 16380), signedPreKey: { id: 1, pair, signature } }
}

export class People {
  readonly #db: Database
  readonly #known = new Map<string, Person>()
  readonly #settings = new Map<string, unknown>()

  constructor(db: Database) {
    this.#db = db
  }

  get(phone: string): Person {
    const known = this.#known.get(phone)
    if (known) return known
    const row = this.#db.get<Row>('SELECT phone, lid, keys FROM people WHERE phone = ?', phone)
    const person = row ? { phone, lid: row.lid, keys: fromJson<PersonKeys>(row.keys) } : this.#create(phone)
    this.#known.set(phone, person)
    return person
  }

  byLid(lid: string): Person | undefined {
    const row = this.#db.get<{ phone: string }>('SELECT phone FROM people WHERE lid = ?', lid)
    return row && this.get(row.phone)
  }

  count(): number {
    return this.#db.get<{ n: number }>('SELECT count(*) AS n FROM people')?.n ?? 0
  }

  phone(phone: string): PhoneSettings {
    return { ...defaultPhone, ...this.#read<PhoneSettings>(phone, 'phone_settings') }
  }

  contact(phone: string): ContactSettings {
    return { ...defaultContact, ...this.#read<ContactSettings>(phone, 'contact_settings') }
  }

  setPhone(phone: string, change: Partial<PhoneSettings>): PhoneSettings {
    return this.#write(phone, 'phone_settings', { ...this.phone(phone), ...change })
  }

  setContact(phone: string, change: Partial<ContactSettings>): ContactSettings {
    return this.#write(phone, 'contact_settings', { ...this.contact(phone), ...change })
  }

  /** The number of the attempt that begins now, from 1. */
  nextAttempt(phone: string): number {
    this.get(phone)
    this.#db.run('UPDATE people SET attempts = attempts + 1 WHERE phone = ?', phone)
    return (
      this.#db.get<{ attempts: number }>('SELECT attempts FROM people WHERE phone = ?', phone)?.attempts ?? 1
    )
  }

  nextPreKeyId(phone: string): number {
    this.#db.run('UPDATE people SET next_pre_key = next_pre_key + 1 WHERE phone = ?', phone)
    const row = this.#db.get<{ n: number }>('SELECT next_pre_key - 1 AS n FROM people WHERE phone = ?', phone)
    return row?.n ?? 1
  }

  #create(phone: string): Person {
    const person = { phone, lid: lidOf(phone), keys: newPersonKeys() }
    this.#db.run(
      'INSERT INTO people (phone, lid, keys) VALUES (?, ?, ?)',
      phone,
      person.lid,
      toJson(person.keys),
    )
    return person
  }

  #read<T>(phone: string, column: 'phone_settings' | 'contact_settings'): Partial<T> {
    const cached = this.#settings.get(column + phone)
    if (cached) return cached as Partial<T>
    const row = this.#db.get<{ value: string | null }>(
      `SELECT ${column} AS value FROM people WHERE phone = ?`,
      phone,
    )
    const settings = (row?.value ? JSON.parse(row.value) : {}) as Partial<T>
    this.#settings.set(column + phone, settings)
    return settings
  }

  #write<T>(phone: string, column: 'phone_settings' | 'contact_settings', settings: T): T {
    this.get(phone)
    this.#db.run(`UPDATE people SET ${column} = ? WHERE phone = ?`, JSON.stringify(settings), phone)
    this.#settings.set(column + phone, settings)
    return settings
  }
}
