// A real mail server on loopback that keeps what it is given and misbehaves as it is told; a test closes it at its end.

import { createServer, type Server, type Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { onTestFinished } from 'vitest'

export interface Mailbox {
  port: number
  /** Whole messages, as they came. */
  mails: { to: string[]; raw: string }[]
  /** Connections so far. */
  connections: number
}

export interface Manners {
  /** What becomes of the first mails, in order, each a status such as 451; afterwards they are taken. `hang` never answers. */
  answers?: (number | 'hang')[]
  /** Addresses that are refused with 550. */
  unknown?: string[]
  /** STARTTLS is offered, with a certificate that nobody signed. */
  tls?: boolean
  /** Only this password is right. */
  password?: string
}

export async function startSmtp({
  answers = [],
  unknown = [],
  tls = false,
  password,
}: Manners = {}): Promise<Mailbox> {
  const box: Mailbox = { port: 0, mails: [], connections: 0 }
  const left = [...answers]
  const server = new SMTPServer({
    logger: false,
    authOptional: password === undefined,
    allowInsecureAuth: true,
    disabledCommands: tls ? [] : ['STARTTLS'],
    closeTimeout: 100,
    onConnect: (_, done) => {
      box.connections += 1
      done()
    },
    onAuth: (auth, _, done) =>
      auth.password === password ? done(null, { user: 'linda' }) : done(new Error('wrong password')),
    onRcptTo: ({ address }, _, done) =>
      unknown.includes(address)
        ? done(Object.assign(new Error(`no ${address} here`), { responseCode: 550 }))
        : done(),
    onData: (stream, { envelope }, done) => {
      let raw = ''
      stream.on('data', (chunk: Buffer) => {
        raw += chunk.toString('latin1')
      })
      stream.on('end', () => {
        const answer = left.shift()
        if (answer === 'hang') return
        if (answer !== undefined)
          return done(Object.assign(new Error('not now, sre@example.com'), { responseCode: answer }))
        box.mails.push({ to: envelope.rcptTo.map(({ address }) => address), raw })
        return done()
      })
    },
  })
  // A client that leaves in the middle is what some tests are about.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  box.port = (server.server.address() as { port: number }).port
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return box
}

/** Answers as it should until it hears the word, then goes on saying that there is more to come, for as long as it is listened to. */
export async function startDripping(
  after: 'nothing' | 'EHLO' | 'STARTTLS' | 'DATA',
): Promise<{ port: number; open(): number; connections(): number }> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server: Server = createServer((socket) => {
    connections += 1
    sockets.add(socket)
    const drip = (status: number): void => {
      const timer = setInterval(() => socket.write(`${status}-still here\r\n`), 20)
      socket.on('close', () => clearInterval(timer))
    }
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    if (after === 'nothing') return drip(220)
    socket.write('220 hello\r\n')
    let body = false
    socket.on('data', (bytes: Buffer) => {
      const said = bytes.toString('latin1')
      if (body) return said.endsWith('\r\n.\r\n') && drip(250)
      if (said.startsWith(after) && after !== 'DATA') return drip(after === 'EHLO' ? 250 : 220)
      body = said.startsWith('DATA')
      return socket.write(
        said.startsWith('EHLO') ? '250-hello\r\n250 STARTTLS\r\n' : body ? '354 go on\r\n' : '250 ok\r\n',
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as { port: number }
  return { port, open: () => sockets.size, connections: () => connections }
}

/** Takes connections and never says a word. */
export async function startSilent(): Promise<{ port: number }> {
  const sockets = new Set<{ destroy(): void }>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as { port: number }).port }
}
