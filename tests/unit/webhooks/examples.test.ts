// What docs/webhooks.md shows in Node, Python and shell accepts what the agent signs, and refuses everything else.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { signatureOf } from '../../../agent/webhooks/signature.ts'
import { temporaryFolder } from '../store/folder.ts'

const text = readFileSync(join(import.meta.dirname, '../../../docs/webhooks.md'), 'utf8')
const secret = '0123456789abcdef-secret'
const body = Buffer.from('{"text":"Grüße, 你好 — \\"quoted\\" $(date) %s\\n"}')
const now = 1_795_275_000

/** The only block of the language. */
function example(language: string): string {
  const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))]
  expect(blocks).toHaveLength(1)
  return blocks[0]?.[1] ?? ''
}

const has = (program: string, ask = '--version'): boolean => spawnSync(program, [ask]).status === 0
const good = signatureOf([secret], now, body)

type Case = [name: string, header: string | null, body: Buffer, fits: boolean]
/** Of these the shell can judge too. */
const cases: [name: string, header: string, body: Buffer, fits: boolean][] = [
  ['what was signed', good, body, true],
  ['the second of two secrets', signatureOf(['another-secret-here', secret], now, body), body, true],
  ['another secret', signatureOf(['another-secret-here'], now, body), body, false],
  ['a changed body', good, Buffer.from(`${body} `), false],
  ['another time', good.replace(String(now), String(now + 1)), body, false],
  ['no signature', `t=${now}`, body, false],
  ['a shorter signature', good.slice(0, -2), body, false],
  ['a longer signature', `${good}zz`, body, false],
]
const timed: Case[] = [
  ['a replay', signatureOf([secret], now - 301, body), body, false],
  ['the future', signatureOf([secret], now + 301, body), body, false],
  ['five minutes', signatureOf([secret], now - 300, body), body, true],
  ['no time', good.replace(/^t=\d+,/, ''), body, false],
  ['a time that is none', good.replace(/^t=\d+/, 't=now'), body, false],
  ['nothing', '', body, false],
  ['a time of 5,000 digits', good.replace(/^t=\d+/, `t=${'1'.repeat(5_000)}`), body, false],
  ['half a character', good.replace(/v1=./, 'v1=\ud800'), body, false],
  ['commas and equals signs', ',=,t,v1,==,t=,v1=', body, false],
  ['no header at all', null, body, false],
]

const all = [...cases, ...timed]
const verdicts = (answers: readonly boolean[]) => all.map(([name], i) => [name, answers[i]])
const right = all.map(([name, , , fits]) => [name, fits])

it('Node', async () => {
  const file = join(temporaryFolder(), 'verify.mjs')
  writeFileSync(file, example('js'))
  const { verify } = (await import(pathToFileURL(file).href)) as {
    verify(secret: string, header: string | undefined, body: Uint8Array, now: number): boolean
  }
  expect(verdicts(all.map(([, header, sent]) => verify(secret, header ?? undefined, sent, now)))).toEqual(
    right,
  )
})

it.skipIf(!has('python3'))('Python', () => {
  const asked = all.map(([, header, sent]) => [header, sent.toString('base64')])
  const ask = `
import base64, json, sys
print(json.dumps([verify(${JSON.stringify(secret)}, h, base64.b64decode(b), ${now}) for h, b in json.load(sys.stdin)]))`
  const ran = spawnSync('python3', ['-c', example('python') + ask], {
    input: JSON.stringify(asked),
    encoding: 'utf8',
  })
  expect(ran.stderr).toBe('')
  expect(verdicts(JSON.parse(ran.stdout) as boolean[])).toEqual(right)
})

it.skipIf(!has('openssl', 'version'))('shell, which leaves the time to the reader', () => {
  const folder = temporaryFolder()
  const script = join(folder, 'verify.sh')
  const secretFile = join(folder, 'secret')
  writeFileSync(script, example('sh'))
  writeFileSync(secretFile, `${secret}\n`)
  for (const [name, header, sent, fits] of cases) {
    const ran = spawnSync('sh', [script, secretFile, header], { input: sent, encoding: 'utf8' })
    expect([name, ran.stderr, ran.status]).toEqual([name, '', fits ? 0 : 1])
    expect(ran.stdout).toMatch(/^signed -?\d+ s ago\n$/)
  }
})

it('the shell says yes to nothing that it cannot judge', () => {
  const folder = temporaryFolder()
  const script = join(folder, 'verify.sh')
  const [secretFile, empty, emptyPath] = [join(folder, 'secret'), join(folder, 'empty'), join(folder, 'bin')]
  writeFileSync(script, example('sh'))
  writeFileSync(secretFile, `${secret}\n`)
  writeFileSync(empty, '')
  // Everything that the script calls but openssl.
  mkdirSync(emptyPath)
  for (const name of ['head', 'printf', 'tr', 'sed', 'cat', 'cut', 'date', 'grep', 'sh', 'test', 'echo']) {
    const { stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' })
    if (stdout.startsWith('/')) symlinkSync(stdout.trim(), join(emptyPath, name))
  }
  const forged = signatureOf([''], now, body)
  const run = (file: string, header: string, path = process.env.PATH) =>
    spawnSync('sh', [script, file, header], { input: body, encoding: 'utf8', env: { PATH: path } })
  const words = [
    run(join(folder, 'missing'), forged),
    run(empty, forged),
    run(secretFile, good.replace(/^t=\d+,/, '')),
    run(secretFile, `t=${now},v1=`, emptyPath),
    run(secretFile, good, emptyPath),
  ].map(({ status, stderr, stdout }) => [status, stderr.trim().split('\n').at(-1), stdout])
  expect(words).toEqual([
    [2, 'the secret file cannot be read', ''],
    [2, 'the secret file is empty', ''],
    [2, 'the signature has no time', ''],
    [2, 'openssl does not answer', ''],
    [2, 'openssl does not answer', ''],
  ])
})
