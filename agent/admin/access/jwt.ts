// A signed token is believed when its key, algorithm, issuer, audience and times are right; nothing that it says of itself picks the key.

import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose'
import type { SigningKeys } from './keys.ts'
import { Refusal, type Why } from './refusal.ts'

/** Only what needs a private key to sign: with HS256 whoever knows the public key could. */
export const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const

/** Node takes headers of 16 KiB in all. */
const LONGEST = 8_192
/** How much the clocks may differ, in seconds. */
export const TOLERANCE_S = 10
/** Keys of one name that are tried. */
const KEYS = 4
/** Headers with which a token would bring its own key, or say where it is. */
const foreignKeys = ['jku', 'jwk', 'x5u', 'x5c'] as const

export interface Expected {
  issuer: string
  audience: string | string[]
  algorithms?: readonly string[]
  /** Longest time since it was issued, in milliseconds; null where only `exp` counts. */
  maxAgeMs: number | null
}

/** Whether the text looks like a signed token at all. */
export function looksSigned(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)
}

/** The claims of a good token. Rejects with Refusal. */
export async function verifyJwt(token: string, expected: Expected, keys: SigningKeys): Promise<JWTPayload> {
  const { issuer, audience, maxAgeMs } = expected
  refuseAtSight(token, issuer)
  const options: JWTVerifyOptions = {
    issuer,
    audience,
    algorithms: [...(expected.algorithms ?? algorithms)],
    clockTolerance: TOLERANCE_S,
    requiredClaims: ['exp'],
    ...(maxAgeMs !== null && { maxTokenAge: maxAgeMs / 1_000 }),
  }
  try {
    const { payload } = await jwtVerify(token, keys.find, options).catch((error) => {
      if (error instanceof errors.JWKSMultipleMatchingKeys) return byOneOf(token, error, options)
      throw error
    })
    return payload
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(whyOf(error), { cause: error })
  }
}

/** Two keys of one name are a fault of the issuer; tokens of either are good. Rejects as jwtVerify does. */
async function byOneOf(token: string, found: errors.JWKSMultipleMatchingKeys, options: JWTVerifyOptions) {
  let tried = 0
  for await (const key of found) {
    try {
      return await jwtVerify(token, key, options)
    } catch (error) {
      tried += 1
      if (!(error instanceof errors.JWSSignatureVerificationFailed) || tried === KEYS) throw error
    }
  }
  throw new errors.JWSSignatureVerificationFailed()
}

/** What can be told without a key costs nobody a request for one. */
function refuseAtSight(token: string, issuer: string): void {
  if (token.length > LONGEST) throw new Refusal('too-long')
  if (!looksSigned(token)) throw new Refusal('malformed')
  let header: Record<string, unknown>
  let claims: JWTPayload
  try {
    header = decodeProtectedHeader(token) as Record<string, unknown>
    claims = decodeJwt(token)
  } catch (cause) {
    throw new Refusal('malformed', { cause })
  }
  if (foreignKeys.some((name) => header[name] !== undefined)) throw new Refusal('header')
  // A name, and no path, query or list.
  if (header.kid !== undefined && !(typeof header.kid === 'string' && /^[\w.~+=:-]{1,200}$/.test(header.kid)))
    throw new Refusal('header')
  if (claims.iss !== issuer) throw new Refusal('issuer')
}

const byClaim: Readonly<Record<string, Why>> = { iss: 'issuer', aud: 'audience', nbf: 'early' }

function whyOf(error: unknown): Why {
  if (error instanceof errors.JWTExpired) return error.claim === 'iat' ? 'age' : 'expired'
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === 'missing') return error.claim === 'aud' ? 'audience' : 'claims'
    // Issued in the future.
    if (error.claim === 'iat' && error.reason === 'check_failed') return 'early'
    return byClaim[error.claim] ?? 'claims'
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm'
  // A critical extension that nobody here understands.
  if (error instanceof errors.JOSENotSupported) return 'header'
  if (error instanceof errors.JOSEError) return 'malformed'
  // A key that does not go with the algorithm.
  if (error instanceof TypeError) return 'algorithm'
  throw error
}
