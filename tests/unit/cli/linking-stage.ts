// `linda qr` against the real admin application behind a real listener.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type QrOptions, showQr } from '../../../agent/cli/qr.ts'
import { type Listener, listen } from '../../../agent/http.ts'
import { until } from '../../harness/until.ts'
import { type AdminStage, adminStage, tokens } from '../admin/stage.ts'
import { temporaryFolder } from '../store/folder.ts'
import { terminal } from './io.ts'

/** The command while it runs. */
export interface Running {
  said: { out: string; err: string }
  /** Exit status; null while it runs. */
  status: number | null
  /** Resolves when this stands in what it printed. */
  prints(text: string): Promise<void>
  /** Resolves with the status and everything that was printed. */
  end(): Promise<{ status: number; out: string; err: string }>
}

/** Runs `linda qr` with a token of this role against the address. */
export function linda(
  url: string,
  options: QrOptions = {},
  role: keyof typeof tokens = 'operator',
  account = 'uae-1',
): Running {
  const file = join(temporaryFolder(), 'token')
  writeFileSync(file, `${tokens[role]}\n`)
  const { io, said } = terminal({ LINDA_URL: url, LINDA_TOKEN_FILE: file })
  const all = () => `printed so far: ${said.out}${said.err}`
  const running = showQr(account, options, io)
  const at: Running = {
    said,
    status: null,
    prints: async (text) => void (await until(all, () => said.out.includes(text))),
    end: async () => {
      await until(all, () => at.status !== null)
      return { status: await running, ...said }
    },
  }
  // What goes wrong is thrown by end(), and is no unhandled rejection before.
  running.then(
    (status) => {
      at.status = status
    },
    () => {
      at.status = -1
    },
  )
  return at
}

export async function serve(app: Parameters<typeof listen>[0]): Promise<Listener> {
  const listener = await listen(app, { host: '127.0.0.1', port: 0 }, 'test')
  onTestFinished(() => listener.close(0))
  return listener
}

export async function linkingStage(accounts = 1): Promise<AdminStage & Listener> {
  const stage = await adminStage(accounts)
  return { ...stage, ...(await serve(stage.app)) }
}
