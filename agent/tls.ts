// The certificate of a listener: checked when the agent starts, read again when its files change, and never replaced by one that does not work.

import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:https'
import { createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls'
import { ConfigError } from './config/problems.ts'

export interface TlsFiles {
  readonly certFile: string
  readonly keyFile: string
  /** Null where clients are not asked for a certificate. */
  readonly clientCaFile: string | null
}

export interface Followed {
  /** Another certificate is in use. */
  loaded(expiresAt: number): void
  /** The files have changed and cannot be used; the old ones stay in use. */
  unreadable(detail: string): void
}

/** A rotation is looked for this often, in milliseconds. Asking the file is sure where being told is not: secrets are swapped by links. */
const LOOK_MS = 10_000

/** Who connects and says nothing is cut off. */
const HANDSHAKE_MS = 10_000

export class Certificate {
  #files: TlsFiles
  #key: string
  #current: { options: SecureContextOptions; print: string; expiresAt: number }

  /** Reads the files. Throws ConfigError. @param key of the group in the configuration, for the message */
  constructor(files: TlsFiles, key: string) {
    this.#files = files
    this.#key = key
    this.#current = this.#read()
  }

  /** What a server is made with. */
  get options(): TlsOptions {
    const asks = this.#files.clientCaFile !== null
    return {
      ...this.#current.options,
      requestCert: asks,
      rejectUnauthorized: asks,
      handshakeTimeout: HANDSHAKE_MS,
    }
  }

  /** When it ends, in milliseconds since the epoch. */
  get expiresAt(): number {
    return this.#current.expiresAt
  }

  /** Gives the server what the files hold from now on; connections that are open keep what they have. Answers what stops it. */
  follow(server: Server, told: Followed, everyMs = LOOK_MS): () => void {
    let said = ''
    const timer = setInterval(() => {
      try {
        const next = this.#read()
        said = ''
        if (next.print === this.#current.print) return
        server.setSecureContext(next.options)
        this.#current = next
        told.loaded(next.expiresAt)
      } catch (error) {
        const { message } = error as Error
        if (message !== said) told.unreadable(message)
        said = message
      }
    }, everyMs)
    timer.unref()
    return () => clearInterval(timer)
  }

  #read(): { options: SecureContextOptions; print: string; expiresAt: number } {
    const { certFile, keyFile, clientCaFile } = this.#files
    const cert = this.#text(certFile, 'cert_file')
    const key = this.#text(keyFile, 'key_file')
    const ca = clientCaFile === null ? null : this.#text(clientCaFile, 'client_ca_file')
    const options: SecureContextOptions = { cert, key, minVersion: 'TLSv1.2', ...(ca && { ca }) }
    const expiresAt = this.#parsed(certFile, 'cert_file', () =>
      new X509Certificate(cert).validToDate.getTime(),
    )
    if (ca && clientCaFile) this.#parsed(clientCaFile, 'client_ca_file', () => new X509Certificate(ca))
    this.#parsed(keyFile, 'key_file', () => createSecureContext(options))
    const print = createHash('sha256')
      .update(JSON.stringify([cert, key, ca]))
      .digest('hex')
    return { options, print, expiresAt }
  }

  #text(file: string, name: string): string {
    try {
      return readFileSync(file, 'utf8')
    } catch (error) {
      return this.#refuse(file, name, `an unreadable file (${(error as NodeJS.ErrnoException).code})`)
    }
  }

  #parsed<T>(file: string, name: string, parse: () => T): T {
    try {
      return parse()
    } catch (error) {
      return this.#refuse(file, name, `what cannot be used (${(error as Error).message})`)
    }
  }

  #refuse(file: string, name: string, found: string): never {
    const allowed =
      name === 'key_file' ? 'the private key of the certificate, as PEM' : 'a certificate, as PEM'
    throw new ConfigError(file, [{ path: `${this.#key}.${name}`, found, allowed }])
  }
}
