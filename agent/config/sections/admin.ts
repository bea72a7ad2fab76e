// admin: where the administration API listens, how it is encrypted, and who may ask it what.

import { z } from 'zod'
import { duration } from '../durations.ts'
import { listen } from '../listen.ts'
import { roleMap, roleWords } from '../roles.ts'
import { claimName, integer, oneOf, path, text } from '../scalars.ts'
import { origin, plainUrl, secureUrl } from '../urls.ts'

const tls = z
  .strictObject({
    cert_file: path({
      about:
        'File of the certificate, with those between it and the root after it. Read again when it changes.',
      example: './secrets/admin.crt',
    }),
    key_file: path({ about: 'File of its private key.', example: './secrets/admin.key' }),
    client_ca_file: path({
      about: 'File of the certificates that sign those of clients.',
      example: './secrets/clients-ca.crt',
    })
      .nullable()
      .prefault(null),
    client: oneOf(['none', 'required'], {
      about:
        'Whether a client must show a certificate of `client_ca_file`, beside its token. The name on it goes into the audit trail.',
    }).prefault('none'),
  })
  .transform((s) => ({
    certFile: s.cert_file,
    keyFile: s.key_file,
    clientCaFile: s.client_ca_file,
    client: s.client,
  }))

const oidc = z
  .strictObject({
    issuer: secureUrl({
      about: 'The identity provider, as it calls itself in the tokens that it signs (`iss`).',
      example: 'https://login.example/realms/ops',
    }),
    audience: text({ about: 'For whom a token must be (`aud`).', example: 'linda' }),
    jwks_url: secureUrl({
      about: 'Where its public keys are; found out from the issuer where it is null.',
      example: 'https://login.example/realms/ops/keys',
    })
      .nullable()
      .prefault(null),
    role_claim: claimName({
      about: 'The claim that `roles` speaks of: words, or a list. Dots lead inside: `realm_access.roles`.',
    }).prefault('groups'),
    roles: roleMap({
      about: 'What the values of the claim may do; the most counts, and who has none of them is refused.',
      example: '{ linda-admins: admin, sre: operator }',
    }),
    pools_claim: claimName({
      about:
        'The claim with the pools of the caller, `*` for all; who lacks it sees none. Null: everybody sees all.',
      example: 'linda_pools',
    })
      .nullable()
      .prefault(null),
    name_claim: claimName({ about: 'The claim with the name for the audit trail, or else `sub`.' }).prefault(
      'preferred_username',
    ),
    max_age: duration({
      min: '1m',
      max: '24h',
      about: 'Longest time since a token was issued (`iat`), whatever its `exp`.',
    }).prefault('1h'),
    once: oneOf(['on', 'off'], {
      about: 'Whether each token is good for one request (`jti`), on this agent and until it starts again.',
    }).prefault('off'),
  })
  .transform((s) => ({
    issuer: s.issuer,
    audience: s.audience,
    jwksUrl: s.jwks_url,
    roleClaim: s.role_claim,
    roles: s.roles,
    poolsClaim: s.pools_claim,
    nameClaim: s.name_claim,
    maxAgeMs: s.max_age,
    once: s.once === 'on',
  }))

const grafana = z
  .strictObject({
    url: plainUrl(['https', 'http'], {
      about: 'The Grafana whose users are believed, as in its `root_url`.',
      example: 'http://grafana:3000/',
    }),
    issuer: text({
      about: 'What it calls itself in the identities that it signs; `url` where it is null.',
      example: 'https://grafana.example/',
    })
      .nullable()
      .prefault(null),
    jwks_url: plainUrl(['https', 'http'], {
      about: 'Where its public keys are; `api/signing-keys/keys` under `url` where it is null.',
      example: 'http://grafana:3000/api/signing-keys/keys',
    })
      .nullable()
      .prefault(null),
    orgs: z
      .array(
        integer({ min: 1, max: 1_000_000, about: 'Organizations whose users are believed.', example: '1' }),
      )
      .min(1)
      .prefault([1]),
    roles: roleMap({
      about: 'What the roles of the organization may do here at most, where Grafana tells them.',
    }).prefault({ Viewer: 'viewer', Editor: 'operator', Admin: 'admin' }),
    users: roleMap({
      about: 'What single users may do here at most, by login, confirmed e-mail address or id (`user:...`).',
      example: '{ alice: admin }',
    }).prefault({}),
    default_role: oneOf([...roleWords, 'none'], {
      about: 'For users of whom nothing else is known; `none` refuses them.',
    }).prefault('viewer'),
  })
  .transform((s) => {
    const url = s.url.endsWith('/') ? s.url : `${s.url}/`
    return {
      url,
      issuer: s.issuer ?? url,
      jwksUrl: s.jwks_url ?? `${url}api/signing-keys/keys`,
      orgs: s.orgs,
      roles: s.roles,
      users: s.users,
      defaultRole: s.default_role,
    }
  })

const rateLimit = z
  .strictObject({
    per_second: integer({
      min: 1,
      max: 100_000,
      about: 'Requests of one caller in a second, on average.',
    }).prefault(2_000),
    burst: integer({ min: 1, max: 1_000_000, about: 'Requests of one caller at once.' }).prefault(4_000),
  })
  .transform((s) => ({ perSecond: s.per_second, burst: s.burst }))

export const admin = z
  .strictObject({
    listen: listen({
      about: 'Where the administration API is served. Every request needs a token.',
      example: '"[::1]:8420"',
    }).prefault('127.0.0.1:8420'),
    tokens_file: path({
      about: 'File of the hashed tokens with their roles, pools and expiries. Read again when it changes.',
    }).prefault('./secrets/tokens.yaml'),
    tls: tls.nullable().prefault(null),
    oidc: oidc.nullable().prefault(null),
    grafana: grafana.nullable().prefault(null),
    rate_limit: rateLimit.prefault({}),
    new_addresses: oneOf(['tell', 'ignore'], {
      about: 'Whether a right token from an address that it never came from is told.',
    }).prefault('tell'),
    cors_origins: z
      .array(
        origin({
          about: 'Origins whose pages may ask, with a token; none by default.',
          example: 'https://grafana.example',
        }),
      )
      .max(20)
      .prefault([]),
  })
  .transform((s) => ({
    listen: s.listen,
    tokensFile: s.tokens_file,
    tls: s.tls,
    oidc: s.oidc,
    grafana: s.grafana,
    rateLimit: s.rate_limit,
    newAddresses: s.new_addresses,
    corsOrigins: s.cors_origins,
  }))
