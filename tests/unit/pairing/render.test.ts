// A code is shown as what was asked for, and every form holds the same picture.

import { create } from 'qrcode'
import { expect, it } from 'vitest'
import { renderCode } from '../../../agent/pairing/render.ts'

const code = `https://wa.me/settings/linked_devices#2@${'aZ0+/='.repeat(30)},1`
const size = create(code, {}).modules.size

it('png is a PNG image of the right size', async () => {
  const { body, contentType } = await renderCode(code, 'png')
  const bytes = Buffer.from(body as Uint8Array)
  expect(contentType).toBe('image/png')
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
  const width = bytes.readUInt32BE(16)
  expect(width).toBe((size + 2 * 4) * 6) // four modules of quiet zone on each side, six pixels each
  expect(bytes.readUInt32BE(20)).toBe(width)
})

it('svg is one SVG document', async () => {
  const { body, contentType } = await renderCode(code, 'svg')
  expect(contentType).toBe('image/svg+xml')
  expect(body).toMatch(/^<svg .*<\/svg>\s*$/s)
  expect(body).toContain(`viewBox="0 0 ${size + 8} ${size + 8}"`)
})

it('text is as many characters as the picture needs, two modules to a line', async () => {
  const { body, contentType } = await renderCode(code, 'text')
  expect(contentType).toBe('text/plain; charset=utf-8')
  const lines = String(body).trimEnd().split('\n')
  expect(lines.length).toBeGreaterThanOrEqual(Math.ceil(size / 2))
  expect(body).toMatch(/[▀▄█]/)
  expect(String(body).endsWith('\n')).toBe(true)
})

it('another code is another picture', async () => {
  const [one, two] = await Promise.all([renderCode(code, 'svg'), renderCode(`${code}2`, 'svg')])
  expect(one.body).not.toBe(two.body)
})
