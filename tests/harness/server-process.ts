// A server of somebody else's on loopback, in a folder of its own: started until it says that it is ready, ended and removed with its folder.

import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { until } from './until.ts'

export interface ServerProcess {
  pid: number
  /** Standard error so far, the last of it. */
  printed(): string
  /** SIGTERM, and its folder is removed. */
  close(): Promise<void>
}

/** @param url answers `/-/ready` when it is */
export async function startServer(
  name: string,
  program: string,
  args: readonly string[],
  { url, directory }: { url: string; directory: string },
): Promise<ServerProcess> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let text = ''
  child.stderr.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-100_000)
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const close = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await until(
      () => `${name} is ready; it printed: ${text}`,
      async () => (await fetch(`${url}/-/ready`).catch(() => null))?.ok,
      20_000,
    )
  } catch (error) {
    await close()
    throw error
  }
  return { pid: child.pid as number, printed: () => text, close }
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await until('a port', () => server.listening)
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
