// .env is .env.example with the values of a machine; one that is there is compared with what is asked for, and says who owns the files.

import { describe, expect, it } from 'vitest'
import { against, environment, ownerOf } from '../../../scripts/stack/environment.ts'
import type { Owner } from '../../../scripts/stack/files.ts'
import { read } from './stack.ts'

it('.env has the lines of .env.example, whatever is set', () => {
  const lines = (text: string) =>
    text.split('\n').map((line) => line.replace(/=.*/, '').replace(/^# (?=[A-Z_]+$)/, ''))
  const text = read('.env.example')
  expect(lines(environment(text, { uid: 7, gid: 8, demo: 'ab' }))).toEqual(lines(text))
  expect(environment(text, { uid: 7, gid: 8, demo: null })).toMatch(/^LINDA_UID=7\nLINDA_GID=8$/m)
  expect(() => environment('', { uid: 7, gid: 8, demo: null })).toThrow('.env.example has no LINDA_UID')
})

const demoEnv = environment(read('.env.example'), { uid: 1, gid: 1, demo: 'ab' })
it.each<[string, string, boolean, string[]]>([
  ['the demo, as asked', demoEnv, true, []],
  ['a real one, as asked', read('.env.example'), false, []],
  [
    'the demo where a real one is asked for',
    demoEnv,
    false,
    ['COMPOSE_PROFILES', 'LINDA_FILE', 'PAGER_FILE', 'LINDA_WHATSAPP_URL'],
  ],
  [
    'one of before the simulator had an address of its own',
    demoEnv.replace('simulator:', '127.0.0.1:'),
    true,
    ['LINDA_WHATSAPP_URL'],
  ],
  ['the demo on PostgreSQL', demoEnv.replace('=demo', '=postgres,demo'), true, []],
  [
    'a real one on PostgreSQL with a path in quotes',
    'COMPOSE_PROFILES=postgres\nLINDA_FILE="a.yaml"',
    false,
    [],
  ],
  ['a left-over of the demo', "LINDA_FILE='./stack/demo/linda.yaml' # later", false, ['LINDA_FILE']],
])('.env is compared with what is asked for: %s', (_, text, demo, names) => {
  expect(against(text, demo)).toEqual(names)
})

describe('who owns the files', () => {
  const [first, other, superuser] = [1000, 1001, 0].map((id) => ({ uid: id, gid: id }))
  it.each([
    ['whoever runs it', null, other, {}, other],
    ['for root, the user who became root', null, superuser, { SUDO_UID: '1001', SUDO_GID: '1001' }, other],
    ['for root alone, the first user', null, superuser, {}, first],
    ['for root who became root, the first user', null, superuser, { SUDO_UID: '0', SUDO_GID: '0' }, first],
    ['as .env says', 'LINDA_UID=1001\nLINDA_GID=1001\n', superuser, { SUDO_UID: '7', SUDO_GID: '7' }, other],
    ['as .env says, whoever runs it', 'LINDA_UID="1001"\nLINDA_GID=1001', first, {}, other],
    ['as docker-compose.yml says where .env does not', '# LINDA_UID=7\nLINDA_GID=\n', other, {}, first],
  ])('%s', (_, text, me, sudo, expected) => {
    expect(ownerOf(text, me as Owner, sudo)).toEqual(expected)
  })
})
