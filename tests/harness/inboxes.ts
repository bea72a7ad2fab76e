// Slack and a mail server on loopback that note when each message came, and refuse or hang as they are told; whoever opened them closes them.

import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** What Alertmanager posts to Slack. */
export interface SlackPost {
  at: number
  channel: string
  title: string
  titleLink: string
  text: string
  fallback: string
  color: string
}

export interface Mail {
  at: number
  to: string[]
  subject: string
  html: string
  text: string
}

/** A status, or no answer at all. */
export type Answer = number | 'hang'

export interface Inboxes {
  slackUrl: string
  smarthost: string
  /** Taken ones, in order. */
  slack: SlackPost[]
  mails: Mail[]
  /** What the next posts to Slack are answered with; 200 when it is empty. */
  slackAnswers: Answer[]
  /** What the next recipients of mails are answered with; 250 when it is empty. */
  mailAnswers: Answer[]
  /** Answered with something else than yes, or not at all. */
  refused(): number
  close(): Promise<void>
}

/** On any two free ports. */
export async function openInboxes(): Promise<Inboxes> {
  const slack: SlackPost[] = []
  const mails: Mail[] = []
  const slackAnswers: Answer[] = []
  const mailAnswers: Answer[] = []
  let refused = 0
  const hanging = new Set<ServerResponse>()
  const http = createServer(async (request, response) => {
    let raw = ''
    for await (const chunk of request) raw += chunk
    const answer = slackAnswers.shift() ?? 200
    if (answer !== 200) refused += 1
    if (answer === 'hang') return void hanging.add(response)
    if (answer === 200) slack.push(postOf(raw))
    response.writeHead(answer).end(answer === 200 ? 'ok' : 'not now')
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const smtp = new SMTPServer({
    logger: false,
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    closeTimeout: 100,
    // At the recipient, as a greylisting server does; a refusal after the text is one that Alertmanager 0.25 does not notice.
    onRcptTo: (_, __, done) => {
      const answer = mailAnswers.shift() ?? 250
      if (answer !== 250) refused += 1
      if (answer === 'hang') return
      done(answer === 250 ? null : Object.assign(new Error('not now'), { responseCode: answer }))
    },
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        mails.push(mailOf(Buffer.concat(chunks).toString('latin1'), envelope.rcptTo))
        return done()
      })
    },
  })
  // A client that gives up in the middle.
  smtp.on('error', () => {})
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', () => resolve()))
  const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port
  return {
    slackUrl: `http://127.0.0.1:${portOf(http)}/services/T0/B0/x`,
    smarthost: `127.0.0.1:${portOf(smtp.server)}`,
    slack,
    mails,
    slackAnswers,
    mailAnswers,
    refused: () => refused,
    async close() {
      for (const response of hanging) response.destroy()
      http.closeAllConnections()
      await Promise.all([
        new Promise((resolve) => http.close(resolve)),
        new Promise<void>((resolve) => smtp.close(() => resolve())),
      ])
    },
  }
}

function postOf(raw: string): SlackPost {
  const body = JSON.parse(raw) as { channel: string; attachments: Record<string, string>[] }
  const {
    title = '',
    title_link: titleLink = '',
    text = '',
    fallback = '',
    color = '',
  } = body.attachments[0] ?? {}
  return { at: Date.now(), channel: body.channel, title, titleLink, text, fallback, color }
}

function mailOf(raw: string, to: readonly { address: string }[]): Mail {
  const [, subject = ''] = /^Subject: (.*(?:\r\n[ \t].*)*)\r\n/im.exec(raw) ?? []
  const part = (type: string): string => {
    const [, body = ''] = new RegExp(`Content-Type: ${type}[^]*?\\r\\n\\r\\n([^]*?)\\r\\n--`).exec(raw) ?? []
    return unquoted(body)
  }
  return {
    at: Date.now(),
    to: to.map(({ address }) => address),
    subject: subject.replaceAll(/=\?utf-8\?q\?(.*?)\?=\s*/gi, (_, text: string) =>
      unquoted(text.replaceAll('_', ' ')),
    ),
    html: part('text/html'),
    text: part('text/plain'),
  }
}

/** Quoted-printable, which is UTF-8 below. */
function unquoted(text: string): string {
  const bytes = text
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
