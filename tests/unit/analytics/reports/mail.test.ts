// A mail server that refuses, hangs, is busy or has no encryption: what is tried again, what is not, and that nothing goes out in clear.

import { expect, it } from 'vitest'
import { type Letter, letterOf } from '../../../../agent/analytics/reports/letter.ts'
import { MailError, type MailServer, sendMail } from '../../../../agent/analytics/reports/mail.ts'
import { freePort } from '../../../harness/server-process.ts'
import { startDripping, startSilent, startSmtp } from '../../../harness/smtp.ts'
import { filledReport } from './documents.ts'

const go = new AbortController().signal
const letter: Letter = {
  from: 'linda@example.com',
  to: ['sre@example.com', 'lead@example.com'],
  subject: 'a report',
  messageId: '<1@example.com>',
  headers: {},
  text: 'text',
  html: '<p>text</p>',
  attachments: [],
}
const at = (port: number, changes: Partial<MailServer['smtp']> = {}): MailServer => ({
  smtp: {
    host: '127.0.0.1',
    port,
    secure: 'none',
    username: null,
    passwordFile: null,
    timeoutMs: 5_000,
    ...changes,
  },
  password: null,
})
const failure = (work: Promise<unknown>): Promise<MailError> =>
  work.then(
    () => {
      throw new Error('it was sent')
    },
    (error) => {
      if (!(error instanceof MailError)) throw error
      return error
    },
  )

it('a report arrives as text, HTML and attachments', async () => {
  const box = await startSmtp()
  const report = await filledReport({ accounts: 3 })
  const { from, to } = letter
  const whole = await letterOf(report, { from, to, attach: ['pdf', 'csv', 'pdf'] })
  expect(await sendMail(at(box.port), whole, go)).toEqual({ attempts: 1, refused: 0 })
  const [mail] = box.mails
  expect(mail?.to).toEqual(to)
  for (const line of [
    /^Subject: Linda: weekly report to Fri, 20 Nov 2026, 11:00/m,
    /^Auto-Submitted: auto-generated/im,
    /^Content-Type: text\/plain; charset=utf-8/m,
    /^Content-Type: text\/html; charset=utf-8/m,
    /filename=linda-weekly-2026-11-20\.pdf/,
    /filename=linda-weekly-2026-11-20\.csv/,
  ])
    expect(mail?.raw.match(new RegExp(line, `${line.flags}g`.replace('gg', 'g')))).toHaveLength(1)
  expect(mail?.raw).toContain('Content-Type: multipart/mixed')
})

it('busy twice, then taken: the same message, a third time', async () => {
  const box = await startSmtp({ answers: [451, 421] })
  expect(await sendMail(at(box.port), letter, go, 1)).toEqual({ attempts: 3, refused: 0 })
  expect(box.mails.map(({ raw }) => /^Message-ID: (.*)$/m.exec(raw)?.[1]?.trim())).toEqual([
    '<1@example.com>',
  ])
})

it('busy for ever: three repetitions and no more', async () => {
  const box = await startSmtp({ answers: [451, 451, 451, 451, 451] })
  const { attempts, message } = await failure(sendMail(at(box.port), letter, go, 1))
  expect([attempts, box.connections]).toEqual([4, 4])
  expect(message).toContain('not now, ***')
})

it('what will never be taken is not tried again', async () => {
  const box = await startSmtp({ answers: [554] })
  expect((await failure(sendMail(at(box.port), letter, go, 1))).attempts).toBe(1)
  expect(box.connections).toBe(1)
})

it('an address that nobody has is counted; when nobody has any, the mail has failed, without a word of who', async () => {
  const box = await startSmtp({ unknown: ['lead@example.com'] })
  expect(await sendMail(at(box.port), letter, go, 1)).toEqual({ attempts: 1, refused: 1 })
  const nobody = await startSmtp({ unknown: letter.to })
  const { attempts, message } = await failure(sendMail(at(nobody.port), letter, go, 1))
  expect([attempts, message.includes('example.com')]).toEqual([1, false])
})

it('nobody there, and somebody who says nothing: four bounded attempts', async () => {
  const closed = await failure(sendMail(at(await freePort()), letter, go, 1))
  expect([closed.attempts, closed.message]).toEqual([4, expect.stringContaining('ECONNREFUSED')])
  const { port } = await startSilent()
  const silent = await failure(sendMail(at(port, { timeoutMs: 100 }), letter, go, 1))
  expect([silent.attempts, silent.message]).toEqual([
    4,
    expect.stringMatching(/longer than 100 ms|[Tt]imeout|Greeting/),
  ])
})

it('a server that keeps talking keeps no connection beyond its time, whatever it talks about', async () => {
  const places = ['nothing', 'EHLO', 'STARTTLS', 'DATA'] as const
  const tried = places.map(async (dripsAfter) => {
    const drip = await startDripping(dripsAfter)
    const secure = dripsAfter === 'STARTTLS' ? 'starttls' : 'none'
    const { attempts } = await failure(sendMail(at(drip.port, { secure, timeoutMs: 300 }), letter, go, 1))
    await expect.poll(drip.open).toBe(0)
    expect([attempts, drip.connections()]).toEqual([4, 4])
  })
  await Promise.all(tried)
})

it('a server that takes the mail and never answers has its time, and the next attempt arrives', async () => {
  const box = await startSmtp({ answers: ['hang'] })
  expect(await sendMail(at(box.port, { timeoutMs: 300 }), letter, go, 1)).toMatchObject({ attempts: 2 })
  expect(box.mails).toHaveLength(1)
})

it('a server without STARTTLS, and one whose certificate nobody signed, get nothing', async () => {
  const plain = await startSmtp()
  const without = await failure(sendMail(at(plain.port, { secure: 'starttls' }), letter, go, 1))
  expect(without.message).toMatch(/STARTTLS|TLS/)
  const forged = await startSmtp({ tls: true })
  const unsigned = await failure(sendMail(at(forged.port, { secure: 'starttls' }), letter, go, 1))
  expect(unsigned.message).toMatch(/certificate|self-signed|altnames/i)
  const direct = await failure(sendMail(at(plain.port, { secure: 'tls', timeoutMs: 1_000 }), letter, go, 1))
  expect([plain.mails, forged.mails, direct.attempts]).toEqual([[], [], 4])
})

it('a right password logs in; a wrong one is said once, and neither shows', async () => {
  const box = await startSmtp({ password: 'secret-1' })
  const server = (password: string) => ({ ...at(box.port, { username: 'linda' }), password })
  expect(await sendMail(server('secret-1'), letter, go, 1)).toMatchObject({ attempts: 1 })
  const { attempts, message } = await failure(sendMail(server('secret-2'), letter, go, 1))
  expect([attempts, message.includes('secret')]).toEqual([1, false])
})

it('an agent that stops does not wait for a server that is silent, and connects to none afterwards', async () => {
  const drip = await startDripping('DATA')
  const stop = new AbortController()
  const work = failure(sendMail(at(drip.port, { timeoutMs: 60_000 }), letter, stop.signal, 1))
  await expect.poll(drip.open).toBe(1)
  stop.abort()
  expect((await work).attempts).toBe(1)
  await expect.poll(drip.open).toBe(0)
  await failure(sendMail(at(drip.port), letter, stop.signal, 1))
  expect(drip.connections()).toBe(1)
})

it('an agent that stops does not wait for the next attempt', async () => {
  const box = await startSmtp({ answers: [451] })
  const stop = new AbortController()
  const work = failure(sendMail(at(box.port), letter, stop.signal, 60_000))
  const busy = setInterval(() => box.connections > 0 && stop.abort(), 10)
  expect((await work).attempts).toBe(1)
  clearInterval(busy)
})
