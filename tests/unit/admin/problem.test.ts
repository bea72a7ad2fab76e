// A refusal is one RFC 9457 document; an error that is no refusal says nothing of itself.

import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { answerProblem, Problem } from '../../../agent/admin/problem.ts'

const answer = (error: Error) =>
  new Hono()
    .get('/', () => {
      throw error
    })
    .onError((e, c) => answerProblem(c, e))
    .request('/')

it('has status, code, detail and headers', async () => {
  const response = await answer(new Problem(503, 'not-open', 'nothing was sent', { 'retry-after': '5' }))
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('5')
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(await response.json()).toEqual({
    type: 'about:blank',
    title: 'not-open',
    status: 503,
    detail: 'nothing was sent',
  })
})

it('of an unforeseen error tells nothing', async () => {
  const response = await answer(new TypeError('cannot read /secrets/master.key'))
  expect(response.status).toBe(500)
  expect(await response.text()).not.toMatch(/secrets|TypeError|at /)
})
