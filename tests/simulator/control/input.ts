// What a request says, checked: a wrong body, phone or account is a 4xx that names what was found.
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { z } from 'zod'
import type { World } from '../world.ts'
import * as schemas from './schemas.ts'

export async function body<S extends z.ZodType>(context: Context, schema: S): Promise<z.infer<S>> {
  const text = await context.req.text()
  let input: unknown
  try {
    input = text === '' ? {} : JSON.parse(text)
  } catch {
    throw new HTTPException(400, { message: 'body: expected JSON' })
  }
  return check(schema, input)
}

export function check<S extends z.ZodType>(schema: S, input: unknown): z.infer<S> {
  const result = schema.safeParse(input)
  if (!result.success) throw new HTTPException(400, { message: schemas.explain(result.error, input) })
  return result.data
}

export const phoneIn = (context: Context): string => {
  const result = schemas.phone.safeParse(context.req.param('phone'))
  if (result.success) return result.data
  throw new HTTPException(400, {
    message: `phone: ${result.error.issues[0]?.message}, found ${context.req.param('phone')}`,
  })
}

export function linkedIn(world: World, phone: string) {
  const account = world.accounts.linked(phone)
  if (account) return account
  const known = world.accounts.all().filter((one) => one.linked).length
  throw new HTTPException(404, {
    message: `${phone} is not a linked account (${known} are: see GET /accounts)`,
  })
}
