// Linking a phone: links to the linking page, and the stream that the page and the terminal follow.

import { z } from 'zod'
import { endpoint } from '../contract/endpoint.ts'
import { linkingStates } from '../linking/view.ts'
import { accountId, accountPath, count, duration, phone, time } from '../schemas/scalars.ts'

const who = { phoneNumber: phone, account: accountId }

export const makeLink = endpoint({
  method: 'post',
  path: '/api/dashboard/quick-actions/{phoneNumber}/link',
  id: 'makeLink',
  tag: 'pairing',
  summary: 'Make a link to the linking page of one account, good for a quarter of an hour',
  role: 'operator',
  scope: 'pools',
  params: accountPath,
  answers: {
    201: {
      description: 'The link: its path holds a token that opens this page and nothing else.',
      json: z.strictObject({ ...who, path: z.string(), expires: time }),
    },
  },
  problems: ['unknown-account'],
})

export const linkingFrame = z
  .strictObject({
    account: accountId,
    phoneEnding: z.string(),
    state: z.enum(linkingStates),
    words: z.string(),
    attempt: count.nullable(),
    turn: count,
    turns: count,
    code: z.string().nullable(),
    svg: z.string().nullable(),
    lifeLeftMs: duration.nullable(),
  })
  .meta({ id: 'LinkingFrame' })

const followed = {
  200: {
    description:
      'Server-sent events named `linking`, each a LinkingFrame as JSON: the present state first, then every change, until the phone is linked.',
    types: ['text/event-stream'],
  },
} as const

export const followLinking = endpoint({
  method: 'get',
  path: '/api/dashboard/connections/{phoneNumber}/linking',
  id: 'followLinking',
  tag: 'pairing',
  summary: 'Follow the linking of one account',
  role: 'operator',
  scope: 'pools',
  params: accountPath,
  noHead: 'a stream',
  stream: true,
  answers: followed,
  problems: ['unknown-account', 'too-many-streams'],
})

export const followLink = endpoint({
  method: 'get',
  path: '/link/{phoneNumber}/stream',
  id: 'followLink',
  tag: 'pairing',
  summary: 'The same for the linking page, with the token of a link',
  description:
    'The token of a link opens this for its account; a token of an operator opens it for every one.',
  role: 'viewer',
  scope: 'pools',
  params: accountPath,
  noHead: 'a stream',
  stream: true,
  answers: followed,
  problems: ['role', 'unknown-account', 'too-many-streams'],
})

export const linkingPage = endpoint({
  method: 'get',
  path: '/link/{phoneNumber}',
  id: 'linkingPage',
  tag: 'pairing',
  summary: 'The linking page, and the files that it asks for',
  description:
    'The same page whatever account is named; the token of its link stands behind the # of its address.',
  role: 'open',
  scope: 'none',
  params: accountPath,
  ownQuery: true,
  answers: {
    200: {
      description: 'The page.',
      types: ['text/html; charset=utf-8', 'text/css; charset=utf-8', 'text/javascript; charset=utf-8'],
    },
  },
})
