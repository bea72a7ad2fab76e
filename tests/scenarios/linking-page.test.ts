// The linking page in a real browser, as wide as a phone: it shows codes that can be scanned, counts down, rotates, and turns to linked.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasBrowser, openBrowser } from '../harness/browser.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

const CODE_MS = 3_000

/** What runs in the page: its text, because this project's types are those of Node.js. */
const inPage = {
  /** What a camera reads off the screen; null where it reads nothing. */
  read: `(async () => {
    const image = document.getElementById('picture')
    await image.decode()
    const size = 400
    const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size })
    const context = canvas.getContext('2d')
    context.drawImage(image, 0, 0, size, size)
    return jsQR(context.getImageData(0, 0, size, size).data, size, size)?.data ?? null
  })()`,
  mark: 'window.notReloaded = true',
  marked: 'window.notReloaded === true',
  widths: '[document.documentElement.scrollWidth, window.innerWidth]',
  hide: (hidden: boolean) => `(() => {
    Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  })()`,
}

/** A reader of QR codes, run in the page, so that it does not keep this process busy, in which the agent lives too. */
const reader = readFileSync(createRequire(import.meta.url).resolve('jsqr'), 'utf8')

describe.skipIf(!hasBrowser)('the linking page', () => {
  let scene: Scene
  let browser: Browser
  const faults: string[] = []
  const phone = (account: string): string => scene.phones.get(account) as string
  const post = (path: string) => scene.ask(`/api/dashboard/quick-actions/${path}`, { method: 'POST' })

  beforeAll(async () => {
    scene = await openScene({
      unpaired: 5,
      settings: { codeLifeMs: CODE_MS },
      simulator: { refFirstMs: CODE_MS, refNextMs: CODE_MS },
      config: { pairing: { base: '8s', min: '1s', max: '10s', regenerations: 0 } },
    })
    browser = await openBrowser()
  }, 90_000)
  afterAll(async () => {
    await browser?.close()
    await scene?.close()
  })

  /** Opens the page by a link that an operator made; everything that it asks for or complains about is remembered. */
  async function open(account: string, fragment?: string): Promise<Page> {
    const { path } = (await (await post(`${account}/link`)).json()) as { path: string }
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } })
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url())
      if (origin !== scene.agent.adminUrl && protocol !== 'data:') faults.push(`asked ${request.url()}`)
    })
    page.on('console', (message) => {
      if (message.type() === 'error' && !/40[13]/.test(message.text())) faults.push(message.text())
    })
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(scene.agent.adminUrl + (fragment === undefined ? path : path.replace(/#.*/, fragment)))
    await page.evaluate(reader)
    return page
  }
  const state = (page: Page): Promise<string | null> => page.getAttribute('body', 'data-state')
  const becomes = async (page: Page, wanted: string, withinMs = 15_000): Promise<void> => {
    let is: string | null = null
    const look = async (): Promise<boolean> => {
      is = await state(page)
      return is === wanted
    }
    const story = () => scene.events.story(account(page)).slice(-1_500)
    await until(() => `the page is ${wanted}; it is ${is}: ${story()}`, look, withinMs)
  }
  const account = (page: Page): string => new URL(page.url()).pathname.split('/').at(-1) ?? ''

  const scanned = (page: Page): Promise<string | null> => page.evaluate(inPage.read)

  it('shows the code, counts down, rotates, and turns to linked without a reload', async () => {
    const page = await open('n1')
    await becomes(page, 'code')
    await page.evaluate(inPage.mark)
    const first = await scanned(page)
    expect(first).toMatch(/^https:\/\/wa\.me\/settings\/linked_devices#/)
    expect(await page.textContent('#countdown')).toMatch(/^This code is good for [123] s\.$/)
    expect(await page.textContent('#digits')).toBe(phone('n1').slice(-2))
    await until('the countdown moves', async () =>
      (await page.textContent('#countdown'))?.includes('for 1 s'),
    )
    const second = await until('another code', async () => {
      const now = await scanned(page).catch(() => null)
      return now !== null && now !== first ? now : null
    })
    expect(await scene.simulator.client.scan(phone('n1'), second)).toBe('linked')
    await becomes(page, 'linked')
    expect(await page.isVisible('#qr')).toBe(false)
    expect(await page.evaluate(inPage.marked)).toBe(true)
    expect(page.url()).not.toContain('link_')
    await page.close()
  }, 60_000)

  it('fits a narrow phone and is described to those who do not see it', async () => {
    const page = await open('n2')
    await becomes(page, 'code')
    const widths = (await page.evaluate(inPage.widths)) as [number, number]
    expect(widths[0]).toBeLessThanOrEqual(widths[1])
    expect(await page.getByRole('img', { name: 'QR code to scan with WhatsApp' }).isVisible()).toBe(true)
    expect(await page.getByRole('status').textContent()).toContain('Linked devices')
    await page.close()
  }, 40_000)

  it('hidden, it stops looking, so that codes are not burned for nobody', async () => {
    const page = await open('n3')
    await becomes(page, 'code')
    await page.evaluate(inPage.hide(true))
    expect(await page.isVisible('#qr')).toBe(false)
    // What was seen before may still bring the code to be typed; that one nobody sees, and then it is over.
    await until('n3 waits', () => scene.context.fleet.find('n3')?.session.state === 'waiting', 40_000)
    expect(scene.events.of('pairing.given-up', 'n3')).toEqual([])
    await page.evaluate(inPage.hide(false))
    await becomes(page, 'pairing-code')
    await page.close()
  }, 70_000)

  it('shows a code to be typed, which links', async () => {
    await post('n4/pairing-code')
    const page = await open('n4')
    await becomes(page, 'pairing-code')
    const typed = (await page.textContent('#typed'))?.replace('-', '') ?? ''
    expect(typed).toMatch(/^[0-9A-Z]{8}$/)
    expect(await page.isVisible('#qr')).toBe(false)
    expect(await scene.simulator.client.enter(phone('n4'), typed)).toBe('linked')
    await becomes(page, 'linked')
    await page.close()
  }, 40_000)

  it('names a passkey demand', async () => {
    await scene.simulator.client.setPhone(phone('n5'), { passkey: true })
    const page = await open('n5')
    await becomes(page, 'code')
    const code = await scanned(page)
    await scene.simulator.client.scan(phone('n5'), code ?? '')
    await becomes(page, 'passkey')
    expect(await page.textContent('#words')).toContain('passkey')
    expect(await page.isVisible('#again')).toBe(false)
    await page.close()
  }, 40_000)

  it('everything shown in vain, an operator may start again', async () => {
    const page = await open('n2', `#${scene.token}`)
    await becomes(page, 'expired', 60_000)
    await page.click('#again')
    await becomes(page, 'code')
    await page.close()
  }, 90_000)

  it('without a token that is good it asks for one and shows nothing', async () => {
    const page = await open('n2', '#link_nonsense')
    await becomes(page, 'refused')
    expect(await page.isVisible('#qr')).toBe(false)
    await page.fill('#token', scene.token)
    await page.click('#ask button')
    await until('the stream is read', async () => (await state(page)) !== 'refused')
    await page.close()
  }, 40_000)

  it('asked nobody but its own server, and nothing went wrong on it', () => {
    expect(faults).toEqual([])
  })
})
