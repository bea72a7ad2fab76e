// The ports that the configuration refuses are those that fetch does not ask.

import { expect, it } from 'vitest'
import { refusedPort, refusedPorts } from '../../../agent/config/refused-ports.ts'

/** Whether fetch comes as far as to open a connection, which is not opened. */
async function asks(port: number): Promise<boolean> {
  let asked = false
  const dispatcher = {
    dispatch() {
      asked = true
      throw new Error('far enough')
    },
  }
  await expect(fetch(`http://127.0.0.1:${port}/`, { dispatcher } as unknown as RequestInit)).rejects.toThrow()
  return asked
}

it('fetch asks none of them', async () => {
  const asked: number[] = []
  for (const port of refusedPorts) if (await asks(port)) asked.push(port)
  expect(asked).toEqual([])
})

it.each([80, 443, 2, 6001, 8080, 10_081, 65_535])('and it asks %i', async (port) => {
  expect(await asks(port)).toBe(true)
  expect(refusedPort(`http://a.example:${port}/`)).toBe(null)
})

it.each([
  ['http://a.example:6000/hook', 6_000],
  ['https://a.example:22', 22],
  ['https://a.example/6000', null],
  ['not a URL:22', null],
])('%s: %j', (text, port) => {
  expect(refusedPort(text)).toBe(port)
})
