// After linking, the phone sends its (empty) history, without which Baileys holds back every event for 20 seconds.
import { deflateSync } from 'node:zlib'
import { type BinaryNode, proto } from '@whiskeysockets/baileys'
import type { Connection } from '../wire/connection.ts'
import { node, phoneJid, seconds } from '../wire/nodes.ts'
import type { World } from '../world.ts'
import { sealFor } from './inbound.ts'

export async function sendHistory(world: World, connection: Connection): Promise<void> {
  const account = world.accounts.linked(connection.account ?? '')
  if (!account || account.historySent || !connection.live) return
  world.accounts.markHistorySent(account)
  const syncType = proto.HistorySync.HistorySyncType.INITIAL_BOOTSTRAP
  const history = proto.HistorySync.encode({
    syncType,
    conversations: [],
    chunkOrder: 1,
    progress: 100,
  }).finish()
  const message: proto.IMessage = {
    protocolMessage: {
      type: proto.Message.ProtocolMessage.Type.HISTORY_SYNC_NOTIFICATION,
      historySyncNotification: {
        syncType,
        initialHistBootstrapInlinePayload: deflateSync(history),
        chunkOrder: 1,
      },
    },
  }
  const enc = await sealFor(world, account.phone, account, message)
  const stanza: BinaryNode = node(
    'message',
    {
      from: phoneJid(account.phone),
      id: `HISTORY${account.phone}${account.device}`,
      category: 'peer',
      type: 'protocol',
      t: seconds(),
    },
    [enc],
  )
  await world.hub.deliver(account.phone, stanza)
}
