// What contacts do: how they behave, and what they write to accounts.
import type { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { sendInbound } from '../protocol/inbound.ts'
import { hex } from '../random.ts'
import type { World } from '../world.ts'
import { body, linkedIn, phoneIn } from './input.ts'
import * as schemas from './schemas.ts'

export function messageRoutes(app: Hono, world: World): void {
  app.put('/contacts/:phone', async (context) =>
    context.json(world.people.setContact(phoneIn(context), await body(context, schemas.contactSettings))),
  )
  app.post('/messages', async (context) => {
    const {
      from,
      to,
      text,
      count = 1,
      id,
      corrupt = false,
      resends = true,
    } = await body(context, schemas.message)
    linkedIn(world, to)
    if (from === to)
      throw new HTTPException(400, { message: 'from: a contact cannot be the account it writes to' })
    if (id !== undefined && count > 1)
      throw new HTTPException(400, { message: 'id: allowed with count 1 only' })
    if (id !== undefined && exists(world, to, id)) {
      throw new HTTPException(409, { message: `id: ${to} has already been sent a message ${id}` })
    }
    const ids: string[] = []
    for (let n = 1; n <= count; n++) {
      const each = count === 1 ? text : `${text} ${n}`
      const one = id ?? nextId(world, from, to)
      await sendInbound(world, { from, to, text: each, id: one, corrupt, resends })
      ids.push(one)
    }
    return context.json({ ids }, 201)
  })
}

const exists = (world: World, account: string, id: string): boolean =>
  world.db.get('SELECT 1 FROM inbound WHERE account = ? AND id = ?', account, id) !== undefined

/** Follows from who wrote to whom for the how-many-eth time, so that the same story has the same ids. */
function nextId(world: World, from: string, to: string): string {
  const row = world.db.get<{ n: number }>(
    'SELECT count(*) AS n FROM inbound WHERE account = ? AND sender = ?',
    to,
    from,
  )
  for (let n = row?.n ?? 0; ; n++) {
    const id = `3A${hex(world.seed, ['message', from, to, n], 18)}`
    if (!exists(world, to, id)) return id
  }
}
