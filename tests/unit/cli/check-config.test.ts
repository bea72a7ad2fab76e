// The command's two ends: what it prints and the status it answers.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkConfig } from '../../../agent/cli/check-config.ts'

function run(file: string | undefined, folder: string, env: Record<string, string> = {}) {
  let out = ''
  let err = ''
  const cwd = join(import.meta.dirname, '../config', folder)
  const status = checkConfig(file, {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    screen: false,
    env,
    cwd,
  })
  return { status, out, err }
}

it('counts what a good file has', () => {
  expect(run('every-key.yaml', 'good')).toEqual({
    status: 0,
    out: 'every-key.yaml: ok, 2 accounts in 2 pools\n',
    err: '',
  })
  expect(run(undefined, 'good', { LINDA_CONFIG: 'one-account.yaml' }).out).toBe(
    'one-account.yaml: ok, 1 account in 1 pool\n',
  )
})

it('tells what a bad file has and answers 2', () => {
  const { status, out, err } = run('account-phone.yaml', 'bad')
  expect(status).toBe(2)
  expect(out).toBe('')
  expect(err).toBe(
    'account-phone.yaml:4: accounts[0].phone: found "12345", allowed: E.164, for example +971505760056\n',
  )
})

it('counts the environment, as the agent does', () => {
  expect(run('one-account.yaml', 'good', { LINDA_NODE__CAPACITY: '0' })).toMatchObject({ status: 2 })
})
