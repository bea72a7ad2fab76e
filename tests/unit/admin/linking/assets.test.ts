// The linking page tells whoever has no token nothing, keeps no secret, and asks nothing of any other address.

import { describe, expect, it } from 'vitest'
import { adminStage, tokens } from '../stage.ts'

const files = [
  ['uae-1', 'text/html; charset=utf-8'],
  ['page.css', 'text/css; charset=utf-8'],
  ['page.js', 'text/javascript; charset=utf-8'],
  ['frames.js', 'text/javascript; charset=utf-8'],
] as const
const names = files.map(([name]) => name)

describe('each file', () => {
  it.each(files)('%s comes without a token, with its type and a policy', async (name, type) => {
    const { ask } = await adminStage()
    const response = await ask(`/link/${name}`, null)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(type)
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const policy = (response.headers.get('content-security-policy') ?? '')
      .split(';')
      .map((part) => part.trim().split(' '))
    const allowed = Object.fromEntries(policy.map(([what, ...from]) => [what, from.join(' ')]))
    expect(allowed).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': 'data:',
      'connect-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    })
  })

  it.each(names)('%s names no other address and has nothing that the policy would stop', async (name) => {
    const { ask } = await adminStage()
    const text = await (await ask(`/link/${name}`, null)).text()
    expect(text.length).toBeGreaterThan(100)
    expect(text).not.toMatch(/https?:|["'(]\/\/|@import|\burl\(|\beval\(|innerHTML|localStorage/)
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|\sstyle=/)
  })

  it.each(names)('%s holds no token and no phone', async (name) => {
    const { ask, server, post } = await adminStage()
    server.last.to.code('2@CODE', 60_000)
    const { path } = (await (await post('/api/dashboard/quick-actions/uae-1/link', undefined)).json()) as {
      path: string
    }
    const text = await (await ask(`/link/${name}`, null)).text()
    const secrets = ['2@CODE', '971500000001', 'uae-1', path.split('#')[1] ?? '', ...Object.values(tokens)]
    for (const secret of secrets) expect(text).not.toContain(secret)
  })
})

describe('the page', () => {
  it('is the same whoever asks and whatever account is named', async () => {
    const { ask } = await adminStage()
    const whole = async (path: string, role: 'viewer' | 'admin' | null): Promise<unknown> => {
      const response = await ask(path, role, { headers: { 'x-request-id': 'same' } })
      return [response.status, [...response.headers], await response.text()]
    }
    const known = await whole('/link/uae-1', null)
    expect(await whole('/link/uae-1', 'admin')).toEqual(known)
    for (const path of ['/link/nobody', '/link/%2B971500000001', `/link/${'x'.repeat(500)}`, '/link/%00'])
      expect(await whole(path, null)).toEqual(known)
  })

  it('asks only for files that there are', async () => {
    const { ask } = await adminStage()
    const texts = await Promise.all(names.map(async (name) => (await ask(`/link/${name}`, null)).text()))
    const asked = texts.flatMap((text) => [
      ...text.matchAll(/(?:src|href)="((?!data:)[^"]+)"|from '\.\/([^']+)'/g),
    ])
    const wanted = asked.map(([, tag, imported]) => tag ?? imported)
    expect(wanted.sort()).toEqual(['frames.js', 'page.css', 'page.js'])
  })

  it('being looked at is no look at a code: nothing starts and nothing counts as viewed', async () => {
    const { ask, server, of } = await adminStage()
    server.last.to.code('2@CODE', 60_000)
    server.last.drop('codes-ended', 408)
    await ask('/link/uae-1', null)
    expect(of('pairing.code-viewed')).toEqual([])
    expect(server.sockets).toHaveLength(1)
  })

  it.each(['/link', '/link/', '/link/uae-1/', '/link/uae-1/other', '/link/page/page.html'])(
    '%s is nothing',
    async (path) => {
      const { ask } = await adminStage()
      expect((await ask(path, null)).status).toBe(404)
    },
  )
})
