// An account has one sender at a time: who lost it claims and decides nothing more, and what it had under way is repeated under its id.

import { expect, it, onTestFinished } from 'vitest'
import { takeOwnership } from '../../agent/fleet/ownership.ts'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { failed, Ledger, unknown } from './outbox/phone.ts'
import { agentOn, newStore } from './outbox/stage.ts'

onBothDrivers((driver) => {
  /** Two agents on one store; a file has one process, so there two message paths share it. */
  async function pair() {
    const url = await driver.url()
    const ledger = new Ledger()
    const old = await agentOn(await newStore(driver, url), { ledger })
    const successor = async () =>
      agentOn(driver.name === 'postgres' ? await driver.open(url) : old.opened, { ledger })
    return { old, successor, ledger }
  }

  it('the old pump claims nothing after the account was taken, and says that it is fenced', async () => {
    const { old, successor, ledger } = await pair()
    const fresh = await successor()
    fresh.phone().open = false
    const { id } = await old.accept()
    await old.opened.events.first('store.write-fenced', { account: 'a' })
    expect(await old.row(id)).toMatchObject({ state: 'queued', attempts: 0 })
    old.path.outbox.wake('a')
    fresh.phone().open = true
    expect(await fresh.ended(id)).toMatchObject({ state: 'acked', epoch: 2, attempts: 1 })
    expect(ledger.writes).toHaveLength(1)
  })

  it('its late failure decides nothing for the new owner; its late acknowledgement counts', async () => {
    const { old, successor, ledger } = await pair()
    const answers = [Promise.withResolvers<number>(), Promise.withResolvers<number>()]
    const asked = [...answers]
    old.phone().answer = () => asked.shift()?.promise ?? Promise.reject(failed('not-open'))
    const [fails, arrives] = [await old.accept(), await old.accept({ to: '+447946000002' })]
    await until('both are on their way', () => ledger.writes.length === 2)
    const fresh = await successor()
    const again = Promise.withResolvers<number>()
    fresh.phone().answer = () => again.promise
    await until('the new owner repeats both', () => ledger.writes.length === 4)
    const claimed = await fresh.row(fails.id)
    expect(claimed).toMatchObject({ state: 'claimed', epoch: 2, attempts: 2 })

    answers[0]?.reject(failed('nack-479'))
    answers[1]?.resolve(1)
    await fresh.when(arrives.id, ({ state }) => state === 'acked')
    await until('the old pump is done', () => old.path.outbox.inFlight('a') === 0)
    expect(await fresh.row(fails.id)).toEqual(claimed)
    again.resolve(1)
    expect((await fresh.ended(fails.id)).state).toBe('acked')
    expect(await fresh.story(fails.id)).toEqual([
      'queued',
      'claimed',
      'unknown agent-restarted',
      'claimed',
      'acked',
    ])
    for (const { text } of ledger.writes) expect(ledger.ids(text).size).toBe(1)
  })

  it('decides nothing between the loss of the account and the start of the new owner', async () => {
    const { old, ledger } = await pair()
    const answer = Promise.withResolvers<number>()
    old.phone().answer = () => answer.promise
    const { id } = await old.accept()
    await until('it is on its way', () => ledger.writes.length === 1)
    await takeOwnership(old.opened.sql, 'a', 'other')
    answer.reject(failed('nack-479'))
    await until('the old pump is done', () => old.path.outbox.inFlight('a') === 0)
    expect(await old.row(id)).toMatchObject({ state: 'claimed', open: 1 })
  })

  it('what was claimed or sent when the agent died is repeated under its id, in its order, and nothing is lost', async () => {
    const { old, successor, ledger } = await pair()
    old.phone().answer = () => new Promise(() => {})
    const first = await old.accept()
    const second = await old.accept()
    const other = await old.accept({ to: '+447946000002' })
    await until('two are on their way', () => ledger.writes.length === 2)
    // The mark that a message was written, which a slow acknowledgement makes.
    old.opened.bus.emit('message.sent', { messageId: other.wa_id }, { account: 'a' })
    await old.when(other.id, ({ state }) => state === 'sent')
    await old.die()
    const fresh = await successor()
    for (const { id } of [first, second, other]) expect((await fresh.ended(id)).state).toBe('acked')
    const number = '447946000001'
    expect(ledger.firsts(number)).toHaveLength(2)
    expect(ledger.writes.map(({ messageId }) => messageId).sort()).toEqual(
      [first.wa_id, first.wa_id, second.wa_id, other.wa_id, other.wa_id].sort(),
    )
    expect(ledger.writes.findIndex(({ messageId }) => messageId === second.wa_id)).toBeGreaterThan(
      ledger.writes.findLastIndex(({ messageId }) => messageId === first.wa_id),
    )
    expect(await fresh.row(first.id)).toMatchObject({ possible_duplicate: 0, maybe_sent_by: 'a' })
  })

  it('a claim that was written and not heard of blocks nothing', async () => {
    const old = await agentOn(await newStore(driver), { route: () => 'a' })
    const { ledger } = old
    old.phone().open = false
    const { id } = await old.accept()
    const behind = await old.accept()
    old.phone().open = true
    let faults = 1
    old.sql.fault = () => (faults-- > 0 ? 'unheard' : 'none')
    old.path.outbox.wake('a')
    await until('the claim was given up', () => faults <= 0)
    expect(await old.ended(behind.id)).toMatchObject({ state: 'acked' })
    expect(await old.story(id)).toEqual(['queued', 'claimed', 'queued not-begun', 'claimed', 'acked'])
    expect(await old.row(id)).toMatchObject({ attempts: 1, maybe_sent_by: null })
    expect(ledger.writes).toHaveLength(2)
  })

  it('nor do those of two accounts that were written together', async () => {
    const accounts = ['a', 'b']
    const old = await agentOn(await newStore(driver), { accounts, route: ({ bound }) => bound })
    for (const phone of old.phones.values()) phone.open = false
    const ids: string[] = []
    for (const account of accounts)
      ids.push((await old.accept({ account, to: `+44794600000${ids.length}` })).id)
    await old.path.look()
    for (const phone of old.phones.values()) phone.open = true
    const pools = await old.opened.sql.query<{ account: string | null }>('SELECT account FROM message')
    expect(pools.map(({ account }) => account).toSorted()).toEqual(accounts)
    let faults = 1
    old.sql.fault = () => (faults-- > 0 ? 'unheard' : 'none')
    old.path.outbox.wakeAll()
    await until('the claims were given up', () => faults <= 0)
    for (const id of ids) expect(await old.ended(id)).toMatchObject({ state: 'acked', attempts: 1 })
    expect(old.ledger.writes).toHaveLength(2)
  })

  it('a decision that was written and not heard of is not taken for one on the next attempt', async () => {
    const { old, ledger } = await pair()
    const second = Promise.withResolvers<number>()
    let attempts = 0
    old.phone().answer = () => {
      attempts += 1
      if (attempts > 1) return second.promise
      let faults = 1
      old.sql.fault = () => (faults-- > 0 ? 'unheard' : 'none')
      return Promise.reject(unknown())
    }
    const { id } = await old.accept()
    const look = setInterval(() => old.path.outbox.wake('a'), 10)
    onTestFinished(() => clearInterval(look))
    await until('the next attempt is on its way', () => attempts === 2)
    await until('the first decision was written again', () => old.path.outbox.unwritten === 0)
    expect(await old.row(id)).toMatchObject({ state: 'claimed', attempts: 2 })
    second.resolve(1)
    expect((await old.ended(id)).state).toBe('acked')
    expect(ledger.overlaps).toEqual([])
  })
})
