// What the API says of itself: this document, for programs and for people.

import { z } from 'zod'
import { endpoint } from '../contract/endpoint.ts'
import { etagHeaders } from '../schemas/lists.ts'

export const getDocument = endpoint({
  method: 'get',
  path: '/openapi.json',
  id: 'getDocument',
  tag: 'reference',
  summary: 'This document',
  description: 'It holds nothing of the fleet, so that it needs no token.',
  role: 'open',
  scope: 'none',
  etag: true,
  answers: {
    200: {
      description: 'OpenAPI 3.1.',
      headers: etagHeaders,
      json: z.looseObject({ openapi: z.string(), info: z.looseObject({}), paths: z.looseObject({}) }),
    },
  },
})

export const getReference = endpoint({
  method: 'get',
  path: '/reference',
  id: 'getReference',
  tag: 'reference',
  summary: 'This document as a page',
  role: 'open',
  scope: 'none',
  etag: true,
  answers: {
    200: { description: 'The page.', headers: etagHeaders, types: ['text/html; charset=UTF-8'] },
  },
})
