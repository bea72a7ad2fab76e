// Names of the chat and of the writer of an inbound message, for keys: no two people and no two chats have the same.

import type { Writer } from './socket.ts'

/** A conversation with a phone is named by its digits alone, as it is for what is sent to it. */
export function chatOf({ from, lid, group }: Writer): string {
  if (group !== null) return `group/${group}`
  return from ?? `lid/${lid}`
}

export function authorOf(writer: Writer): string {
  const { lid, group, participant } = writer
  return group === null ? chatOf(writer) : `group/${group}/${participant ?? `lid/${lid}`}`
}
