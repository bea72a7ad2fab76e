// Completion offers what the tree has and nothing else, asks the agent for names only where they fit, and works in a real bash.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { complete } from '../../../agent/cli/completion/candidates.ts'
import { scripts, shells } from '../../../agent/cli/completion/scripts.ts'
import { commandsOf, makeProgram } from '../../../agent/cli/program.ts'
import { listen } from '../../../agent/http.ts'
import { adminStage, tokens } from '../admin/stage.ts'
import { temporaryFolder } from '../store/folder.ts'
import { terminal } from './io.ts'

const parts = { finish: () => {}, run: async () => 0, version: '0' }
const program = makeProgram({ io: terminal().io, ...parts })
const words = (...typed: string[]) => complete(program, typed).candidates.map(({ word }) => word)

it.each<[string[], string[], 'account' | 'pool' | null]>([
  [['acc'], ['accounts', 'account'], null],
  [['failover', ''], ['list', 'show', 'clear', 'on', 'off'], null],
  [['failover', 'l'], ['list'], null],
  [['failover', '--from', ''], [], 'account'],
  [['failover', '--from', 'uae-1', '--t'], ['--to'], null],
  [['failover', 'clear', 'u'], [], 'account'],
  [['failover', 'list', '--pool', ''], [], 'pool'],
  [['failover', 'list', '--j'], ['--json'], null],
  [['qr', ''], [], 'account'],
  [['qr', '--json', ''], [], 'account'],
  [['qr', 'uae-1', ''], [], null],
  [['qr', '--', '-'], [], null],
  [['strategy', ''], [], 'pool'],
  [['routing', ''], [], 'pool'],
  [['report', ''], ['daily', 'weekly', 'monthly'], null],
  [['report', 'daily', '--format', ''], ['json', 'html', 'pdf', 'csv'], null],
  [['report', 'daily', '--account', 'uae-1', ''], [], 'account'],
  [['report', 'daily', '--account', 'uae-1', '--f'], ['--format'], null],
  [['completion', ''], ['bash', 'zsh', 'fish'], null],
  [['account', 'dr'], ['drain'], null],
  [['complete', ''], [], null],
  [['nonsense', ''], [], null],
])('after %j come %j and names of %s', (typed, expected, wants) => {
  expect(words(...typed)).toEqual(expected)
  expect(complete(program, typed).wants).toBe(wants)
})

it('the first word is every command that is no secret', () => {
  const top = [...commandsOf(program)].map(({ name }) => name.split(' ')[0])
  expect(new Set(words(''))).toEqual(new Set([...top, 'help']))
  expect(words('comple')).toEqual(['completion'])
})

it('whatever is typed, each candidate goes on from the last word and stands once', () => {
  const word = fc.oneof(
    fc.constantFrom(...[...commandsOf(program)].flatMap(({ name }) => name.split(' '))),
    fc.constantFrom('--json', '--pool', '--account', '-c', '--', '-', '--format', ''),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (typed) => {
      const found = words(...typed)
      expect(found.every((each) => each.startsWith(typed.at(-1) ?? ''))).toBe(true)
      expect(new Set(found).size).toBe(found.length)
    }),
  )
})

it('no script lets the shell evaluate what was typed', () => {
  for (const shell of shells) {
    expect(scripts[shell]).toContain('linda complete -- ')
    expect(scripts[shell]).not.toMatch(/\beval\b/)
  }
})

/** What bash would offer for this line, by the completion that `linda completion bash` prints. */
function inBash(typed: readonly string[], env: Record<string, string>): string[] {
  const main = join(import.meta.dirname, '../../../agent/main.ts')
  const file = join(temporaryFolder(), 'try.bash')
  const quoted = ['linda', ...typed].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  const lines = [
    `linda() { '${process.execPath}' '${main}' "$@"; }`,
    'source <(linda completion bash)',
    'source <(linda completion bash)',
    `COMP_WORDS=(${quoted})`,
    `COMP_CWORD=${typed.length}`,
    '_linda',
    `printf '%s\\n' "\${COMPREPLY[@]}"`,
  ]
  writeFileSync(file, lines.join('\n'))
  const { stdout, stderr } = spawnSync('bash', ['--norc', file], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  })
  expect(stderr).toBe('')
  return stdout.split('\n').filter((line) => line !== '')
}

it('in bash: commands, accounts of the running agent, nothing of what is typed is run, and silence where no agent is', async () => {
  const { app } = await adminStage(2)
  const listener = await listen(app, { host: '127.0.0.1', port: 0 }, 'test')
  onTestFinished(() => listener.close(0))
  const token = join(temporaryFolder(), 'token')
  writeFileSync(token, `${tokens.viewer}\n`)
  const env = { LINDA_URL: listener.url, LINDA_TOKEN_FILE: token }
  // The agent lives in this process, which spawnSync stops: only questions that need no agent are asked of bash here.
  expect(inBash(['failover', 'c'], env)).toEqual(['clear'])
  const trap = join(temporaryFolder(), 'trap')
  expect(inBash(['qr', `$(touch ${trap})`], { LINDA_URL: 'http://127.0.0.1:1' })).toEqual([])
  expect(spawnSync('test', ['-e', trap]).status).toBe(1)
  const { io, said } = terminal(env)
  await makeProgram({ io, ...parts }).parseAsync(['complete', '--', 'qr', 'uae-'], { from: 'user' })
  expect(said).toEqual({ out: 'uae-1\taccount\nuae-2\taccount\n', err: '' })
  const away = terminal({ ...env, LINDA_URL: 'http://127.0.0.1:1' })
  await makeProgram({ io: away.io, ...parts }).parseAsync(['complete', '--', 'qr', ''], { from: 'user' })
  expect(away.said).toEqual({ out: '', err: '' })
})
