// An agent that goes away while `linda qr` shows a code is status 1 with a sentence, however it goes.

import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { linda, linkingStage, serve } from './linking-stage.ts'

describe('an agent that goes away', () => {
  it('in the middle of a code: status 1 that says so', async () => {
    const { url, server, close } = await linkingStage()
    const running = linda(url, { json: true })
    server.last.to.code('2@A', 60_000)
    await running.prints('2@A')
    await close(0)
    const { status, err } = await running.end()
    expect(status).toBe(1)
    expect(err).toMatch(/^the agent .*\n$/)
  })

  it.each([
    ['ends the stream', '', 'the agent ended the stream before the phone was linked\n'],
    ['says something else', 'data: <html>\n\n', expect.stringMatching(/^the agent went away: .*\n$/)],
    ['stops in the middle of a frame', 'data: {"state":', expect.stringMatching(/^the agent .*\n$/)],
  ])('%s: status 1', async (_, body, err) => {
    const headers = { 'content-type': 'text/event-stream' }
    const { url } = await serve(new Hono().all('*', () => new Response(`: hello\n\n${body}`, { headers })))
    expect(await linda(url).end()).toEqual({ status: 1, out: '', err })
  })

  it('stopping in good order is told as what the session is', async () => {
    const { url, server, fleet } = await linkingStage()
    const running = linda(url)
    server.last.to.code('2@A', 60_000)
    await running.prints('▄')
    await fleet.stop()
    const { status, out } = await running.end()
    expect(status).toBe(1)
    expect(out).toContain('The session is stopped')
  })
})
