// Certificates for tests, signed by an authority of their own.

import { webcrypto } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'

x509.cryptoProvider.set(webcrypto as never)
const alg = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

export interface Made {
  cert: string
  key: string
}

export interface Authority {
  cert: string
  /** @param days until it ends */
  issue(name: string, days?: number): Promise<Made>
}

export async function authority(name = 'Test CA'): Promise<Authority> {
  const keys = (await webcrypto.subtle.generateKey(alg, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=${name}`,
    keys: keys as never,
    signingAlgorithm: alg,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 86_400_000),
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  })
  let serial = 1
  return {
    cert: ca.toString('pem'),
    async issue(subject, days = 1) {
      const own = (await webcrypto.subtle.generateKey(alg, true, [
        'sign',
        'verify',
      ])) as webcrypto.CryptoKeyPair
      serial += 1
      const made = await x509.X509CertificateGenerator.create({
        serialNumber: serial.toString(16).padStart(2, '0'),
        subject: `CN=${subject}`,
        issuer: ca.subject,
        publicKey: own.publicKey as never,
        signingKey: keys.privateKey as never,
        signingAlgorithm: alg,
        notBefore: new Date(Date.now() - 60_000),
        notAfter: new Date(Date.now() + days * 86_400_000),
        extensions: [
          new x509.SubjectAlternativeNameExtension([
            { type: 'dns', value: 'localhost' },
            { type: 'ip', value: '127.0.0.1' },
          ]),
        ],
      })
      const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', own.privateKey))
      const body = pkcs8.toString('base64').replaceAll(/(.{64})/g, '$1\n')
      return {
        cert: made.toString('pem'),
        key: `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`,
      }
    },
  }
}

/** Writes certificate and key; answers their files. */
export function files(
  folder: string,
  name: string,
  { cert, key }: Made,
): { certFile: string; keyFile: string } {
  const certFile = join(folder, `${name}.crt`)
  const keyFile = join(folder, `${name}.key`)
  writeFileSync(certFile, cert)
  writeFileSync(keyFile, key)
  return { certFile, keyFile }
}
