// The control API's routes; each checks its input, does one thing to the world and answers in JSON.
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { type Door, raise, unlink } from '../faults/actions.ts'
import { createLinked, freePhones } from '../people/linked.ts'
import type { Phones } from '../people/phones.ts'
import { enterCode } from '../protocol/pairing-code.ts'
import { checkPreKeys } from '../protocol/pre-keys.ts'
import type { SimulatorState } from '../types.ts'
import { lidJid, phoneJid } from '../wire/nodes.ts'
import type { World } from '../world.ts'
import { body, linkedIn, phoneIn } from './input.ts'
import { ledgerRoutes } from './ledger.ts'
import { messageRoutes } from './messages.ts'
import * as schemas from './schemas.ts'

export type Control = {
  world: World
  phones: Phones
  listener: Door
  ready: { url: string; rootKey: string }
}

export function controlApp(control: Control): Hono {
  const { world, phones } = control
  const app = new Hono()
  const started = Date.now()
  app.onError((error, context) => {
    if (error instanceof HTTPException) return context.json({ error: error.message }, error.status)
    process.stderr.write(`simulator: control: ${error.stack}\n`)
    return context.json({ error: `unexpected: ${error.message}` }, 500)
  })
  app.notFound((context) =>
    context.json(
      { error: `there is no ${context.req.method} ${context.req.path}: see tests/simulator/README.md` },
      404,
    ),
  )
  app.get('/state', (context) => context.json(state(control, started)))
  app.get('/accounts', (context) =>
    context.json({ accounts: world.accounts.all().map(({ phone }) => view(world, phone)) }),
  )
  app.post('/accounts', async (context) => {
    const { count, accounts } = await body(context, schemas.accountsRequest)
    const named = accounts?.map((one) => one.phone) ?? []
    const taken = named.filter(
      (phone, index) => world.accounts.linked(phone) || named.indexOf(phone) !== index,
    )
    if (taken.length > 0) throw new HTTPException(409, { message: `already linked: ${taken.join(', ')}` })
    const free = freePhones(world, count ?? (accounts ? 0 : 1))
    return context.json({ accounts: [...named, ...free].map((phone) => createLinked(world, phone)) }, 201)
  })
  app.post('/accounts/:phone/pre-keys', async (context) => {
    const { phone } = linkedIn(world, phoneIn(context))
    const { keep } = await body(context, schemas.kept)
    while (world.accounts.preKeys(phone) > keep) world.accounts.takePreKey(phone)
    checkPreKeys(world, phone)
    return context.json({ preKeys: world.accounts.preKeys(phone) })
  })
  app.put('/phones/:phone', async (context) =>
    context.json(world.people.setPhone(phoneIn(context), await body(context, schemas.phoneSettings))),
  )
  app.post('/phones/:phone/look', async (context) =>
    context.json(phones.look(phoneIn(context), (await body(context, schemas.shown)).code)),
  )
  app.post('/phones/:phone/scan', async (context) => {
    const { code } = await body(context, schemas.shown)
    return context.json({ outcome: await phones.scan(phoneIn(context), code) })
  })
  app.post('/phones/:phone/enter', async (context) => {
    const { code } = await body(context, schemas.entered)
    return context.json({ outcome: await enterCode(world, phoneIn(context), code) })
  })
  app.post('/phones/:phone/logout', (context) => {
    const { phone } = linkedIn(world, phoneIn(context))
    unlink(world, phone, 'phone')
    return context.json({ unlinked: phone })
  })
  app.get('/faults', (context) => context.json({ faults: world.faults.list() }))
  app.post('/faults', async (context) => {
    const request = await body(context, schemas.faultRequest)
    if (request.account !== undefined) linkedIn(world, request.account)
    return context.json(raise(world, control.listener, request), 201)
  })
  app.delete('/faults', async (context) => {
    await world.faults.endAll()
    return context.json({})
  })
  app.delete('/faults/:id', async (context) => {
    const id = context.req.param('id')
    if (await world.faults.end(id)) return context.json({})
    const active = world.faults.list().map((fault) => fault.id)
    throw new HTTPException(404, { message: `no fault ${id} is active (${active.join(', ') || 'none is'})` })
  })
  messageRoutes(app, world)
  ledgerRoutes(app, world)
  return app
}

function view(world: World, phone: string) {
  const account = world.accounts.get(phone)
  const device = account?.device ?? 0
  return {
    phone,
    jid: phoneJid(phone, device),
    lid: lidJid(world.people.get(phone).lid, device),
    linked: account?.linked ?? false,
    online: world.hub.live(phone) !== undefined,
    preKeys: world.accounts.preKeys(phone),
    pending: world.queue.pending(phone),
  }
}

function state({ world, ready }: Control, started: number): SimulatorState {
  const accounts = world.accounts.all()
  const connections = [...world.hub.all]
  return {
    seed: world.seed,
    ...ready,
    uptimeMs: Date.now() - started,
    accounts: accounts.length,
    linked: accounts.filter((account) => account.linked).length,
    online: world.hub.online(),
    pairingSockets: connections.filter((connection) => connection.stage === 'pairing').length,
    connections: connections.length,
    contacts: world.people.count(),
    faults: world.faults.list().length,
  }
}
