// A loopback stand-in for the part of Grafana that a button in a panel goes through: its browser side, its guard of actions, and its data-source proxy, each as strict as the real one.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Action } from '@grafana/grafana-foundation-sdk/dashboard'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { answer, textOf } from './grafana.ts'

/** A data source as it is provisioned, with its secrets read. */
export interface ProxiedSource {
  uid: string
  type: string
  url: string
  header: { name: string; value: string }
}

export interface GrafanaUser {
  id: number
  login: string
  /** Versions of Grafana differ in whether they tell it. */
  role?: string
}

export interface ActionsGrafana {
  /** As its root_url: with a slash at the end. */
  url: string
  jwksUrl: string
  sources: ProxiedSource[]
  /** What pressing the button does: the status and text that the page gets, after the person has confirmed these words. */
  press(
    action: Action,
    user: GrafanaUser | null,
    values: Readonly<Record<string, string>>,
  ): Promise<{ status: number; text: string; asked: string }>
  /** Any request with the session of a user, as a script in the page could send it. */
  send(user: GrafanaUser | null, path: string, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

/** @param allowed what GF_SECURITY_ACTIONS_ALLOW_POST_URL is */
export async function actionsGrafana(allowed: string): Promise<ActionsGrafana> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'signing', alg: 'ES256', use: 'sig' }
  const sessions = new Map<string, GrafanaUser>()
  const sources: ProxiedSource[] = []
  const server = createServer((request, response) => {
    void handle(request, response).catch((error: Error) => answer(response, 502, error.message))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', url)
    if (pathname === '/api/signing-keys/keys') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }))
      return
    }
    const user = sessions.get(/grafana_session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '')
    if (!user) return answer(response, 401, 'Unauthorized')
    if (request.headers['x-grafana-action'] !== undefined) {
      if (request.method !== 'POST' && request.method !== 'PUT')
        return answer(response, 405, `method not allowed for path ${pathname}`)
      if (!globs(allowed).some((glob) => glob.test(pathname)))
        return answer(response, 405, `method POST/PUT not allowed for path ${pathname}`)
    }
    const [, uid, rest] = /^\/api\/datasources\/proxy\/uid\/([^/]+)(\/.*)$/.exec(pathname) ?? []
    const source = sources.find((each) => each.uid === uid)
    if (!source || rest === undefined) return answer(response, 404, 'Unable to find datasource')
    if (source.type === 'prometheus' && request.method !== 'GET')
      return answer(response, 403, 'non allow-listed POSTs not allowed on proxied Prometheus datasource')
    await proxy(request, response, source, `${rest}${search}`, user)
  }

  async function proxy(
    request: IncomingMessage,
    response: ServerResponse,
    source: ProxiedSource,
    path: string,
    user: GrafanaUser,
  ): Promise<void> {
    const body = await textOf(request)
    const type = request.headers['content-type']
    const answered = await fetch(`${source.url}${path}`, {
      method: request.method ?? 'GET',
      // Nothing of the browser's own: no cookie, no Origin, no Referer, no Authorization.
      headers: {
        ...(type && { 'content-type': type }),
        'user-agent': 'Grafana/13.2.0',
        'x-grafana-id': await identityOf(user),
        [source.header.name]: source.header.value,
      },
      ...(body !== '' && { body }),
      redirect: 'manual',
    })
    const text = await answered.text()
    // Whoever is logged in here must not be thrown out by a data source.
    if (answered.status === 401) return answer(response, 400, 'Authentication to data source failed')
    response
      .writeHead(answered.status, { 'content-type': answered.headers.get('content-type') ?? '' })
      .end(text)
  }

  function identityOf({ id, login, role }: GrafanaUser): Promise<string> {
    return new SignJWT({ username: login, ...(role && { role }), authenticatedBy: 'password' })
      .setProtectedHeader({ alg: 'ES256', kid: 'signing', typ: 'jwt' })
      .setIssuer(url)
      .setAudience('org:1')
      .setSubject(`user:${id}`)
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(privateKey)
  }

  const send: ActionsGrafana['send'] = (user, path, init = {}) => {
    const session = user ? `${user.login}-${user.role ?? ''}` : ''
    if (user) sessions.set(session, user)
    return fetch(new URL(path, url), {
      ...init,
      headers: {
        ...init.headers,
        cookie: `grafana_session=${session}`,
        origin: url.slice(0, -1),
        referer: url,
      },
    })
  }

  return {
    url,
    jwksUrl: `${url}api/signing-keys/keys`,
    sources,
    send,
    async press({ fetch: asked, confirmation, title }, user, values) {
      if (!asked) throw new Error(`${title}: no fetch action`)
      const put = (text: string): string => interpolate(text, values)
      const target = put(asked.url)
      // What does not begin with a slash goes to another origin, without a session.
      if (!target.startsWith('/')) throw new Error(`${title}: ${target} is not of this Grafana`)
      const headers = Object.fromEntries(
        (asked.headers ?? []).map(([name = '', value = '']) => [put(name), put(value)]),
      )
      const response = await send(user, target, {
        method: asked.method,
        headers: { ...headers, 'x-grafana-action': '1' },
        body: asked.body ? put(asked.body) : '{}',
      })
      return {
        status: response.status,
        text: await response.text(),
        asked: put(confirmation ?? `Are you sure you want to ${title}?`),
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** `*` goes over slashes, as there are no separators; commas and blanks part the globs. */
function globs(list: string): RegExp[] {
  const parts = list.split(/[\s,]+/).filter((each) => each !== '')
  return parts.map(
    (glob) =>
      new RegExp(
        `^${glob
          .split('*')
          .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
          .join('.*')}$`,
      ),
  )
}

/** Dashboard variables and fields of the row; a name that has no value stays as it is. */
function interpolate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$\{(?:__data\.fields(?:\.(\w+)|\["([^"]+)"\])|(\w+))\}/g,
    (all, field, quoted, variable) => {
      const name = variable ?? `field ${field ?? quoted}`
      return values[name] ?? all
    },
  )
}
