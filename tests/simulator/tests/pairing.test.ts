// Linking a device, by code and by QR, as bare Baileys does it, and every way in which it does not come about.
import { expect, test } from 'vitest'
import { SimulatorError } from '../index.ts'
import { eventually, stage } from './stage.ts'

const phone = '971505760056'

test('a scanned QR code links the device, and it logs in without a wait', async () => {
  const { client, unpaired, connect } = await stage()
  const { auth, bare } = unpaired()
  expect(await client.scan(`+${phone}`, await bare.qr())).toBe('linked')
  expect(await bare.closed()).toBe(515)
  const again = connect(auth)
  await again.open()
  expect(auth.creds.me?.id).toBe(`${phone}:1@s.whatsapp.net`)
  // The history has come, so a message is not held back for 20 s.
  await again.until('first sync', () => auth.creds.accountSyncCounter === 1)
  await client.send({ from: '4915100000001', to: phone, text: 'welcome' })
  await again.text('welcome')
  const [view] = await client.accounts()
  expect(view).toMatchObject({ phone, linked: true, online: true, preKeys: 810 })
})

test('a phone looks, and scans the newest code after its delay', async () => {
  const { client, unpaired } = await stage({ refFirstMs: 300, refNextMs: 300 })
  await client.setPhone(phone, { scan: { kind: 'fixed', ms: 500 } })
  const { bare } = unpaired({ qrTimeout: 300 })
  expect(await client.look(phone, await bare.qr(1))).toEqual({ attempt: 1, scanInMs: 500 })
  expect(await client.look(phone, await bare.qr(2))).toEqual({ attempt: 1, scanInMs: 500 })
  expect(await bare.closed()).toBe(515)
  const scans = (await client.ledger()).filter((entry) => entry.kind === 'scan')
  expect(scans).toMatchObject([{ phone, attempt: 1, outcome: 'linked' }])
})

test('a phone that scans a stale code gets nowhere', async () => {
  const { client, unpaired } = await stage({ refFirstMs: 1, refNextMs: 1200 })
  await client.setPhone(phone, { scan: { kind: 'stale', ms: 1100 } })
  const { bare } = unpaired({ qrTimeout: 1200 })
  await client.look(phone, await bare.qr(1))
  await client.look(phone, await bare.qr(2))
  const scan = await eventually('a scan', async () =>
    (await client.ledger()).find((entry) => entry.kind === 'scan'),
  )
  expect(scan).toMatchObject({ outcome: 'expired' })
  expect(await client.scan(phone, await bare.qr(2))).toBe('linked')
})

test('a phone that never scans says so, and codes nobody issued are unknown', async () => {
  const { client, unpaired } = await stage()
  await client.setPhone(phone, { scan: { kind: 'never' } })
  const { bare } = unpaired()
  expect(await client.look(phone, await bare.qr())).toEqual({ attempt: 1, scanInMs: null })
  expect(await client.scan(phone, 'https://wa.me/settings/linked_devices#2@abc,a,b,c,1')).toBe('unknown')
  expect(await client.scan(phone, 'hello')).toBe('unknown')
})

test('a code dies with its socket', async () => {
  const { client, unpaired } = await stage()
  const { bare } = unpaired()
  const code = await bare.qr()
  await bare.end()
  await eventually('socket gone', async () => (await client.state()).connections === 0)
  expect(await client.scan(phone, code)).toBe('expired')
})

test('codes run out with 408', async () => {
  const { unpaired } = await stage({ refFirstMs: 100, refNextMs: 100 })
  const { bare } = unpaired({ qrTimeout: 100 })
  expect(await bare.closed()).toBe(408)
  expect(bare.codes).toHaveLength(6)
})

test('an 8-character code links the device; a wrong one shows only at the phone', async () => {
  const { client, unpaired, connect } = await stage()
  const { auth, bare } = unpaired()
  await bare.qr()
  expect(await client.enter(phone, 'AAAAAAAA')).toBe('no-request')
  const code = await bare.sock.requestPairingCode(phone)
  expect(await client.enter(phone, code === 'AAAAAAAA' ? 'BBBBBBBB' : 'AAAAAAAA')).toBe('wrong-code')
  expect(bare.updates.some((update) => update.connection === 'close')).toBe(false)
  expect(await client.enter(phone, code)).toBe('linked')
  expect(await bare.closed()).toBe(515)
  const again = connect(auth)
  await again.open()
  const id = await again.send('4915100000001', 'by code')
  expect((await again.acked(id)).error).toBeUndefined()
})

test('credentials of an abandoned pairing code are refused with 401', async () => {
  const { unpaired, connect } = await stage()
  const { auth, bare } = unpaired()
  await bare.qr()
  await bare.sock.requestPairingCode(phone)
  await bare.end()
  expect(await connect(auth).closed()).toBe(401)
})

test.each(['phone', 'fault'])(
  'a passkey demand set by %s is seen on the wire, and nothing is linked',
  async (by) => {
    const { client, unpaired } = await stage()
    if (by === 'phone') await client.setPhone(phone, { passkey: true })
    else await client.fault({ fault: { kind: 'passkey' } })
    const { bare } = unpaired()
    const demand = new Promise((resolve) =>
      bare.sock.ws.on('CB:notification,type:passkey_prologue_request', resolve),
    )
    expect(await client.scan(phone, await bare.qr())).toBe('passkey')
    await demand
    expect(await client.accounts()).toEqual([])
  },
)

test('a new link takes the place of the older one', async () => {
  const { client, account, connect, unpaired } = await stage()
  const old = await account(phone)
  const older = connect(old.auth)
  await older.open()
  const { auth, bare } = unpaired()
  expect(await client.scan(phone, await bare.qr())).toBe('linked')
  expect(await older.closed()).toBe(401)
  expect(await connect(old.auth).closed()).toBe(401)
  const newer = connect(auth)
  await newer.open()
  expect(auth.creds.me?.id).toBe(`${phone}:2@s.whatsapp.net`)
})

test('logout from the phone: 401 now, 401 at the next login, and 404 when there is nothing to log out', async () => {
  const { client, open, connect } = await stage()
  const { account, auth, bare } = await open()
  await client.logout(account.phone)
  expect(await bare.closed()).toBe(401)
  expect(await connect(auth).closed()).toBe(401)
  await expect(client.logout(account.phone)).rejects.toThrow(SimulatorError)
})

test('logout from the client unlinks the account', async () => {
  const { client, open } = await stage()
  const { bare } = await open()
  await bare.sock.logout()
  await eventually('unlinked', async () => (await client.accounts())[0]?.linked === false)
})
