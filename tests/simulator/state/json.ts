// Writes values with bytes in them as Baileys does, so that stored and handed-out keys read back as Buffers.
import { BufferJSON } from '@whiskeysockets/baileys'

export const toJson = (value: unknown): string => JSON.stringify(value, BufferJSON.replacer)

export const fromJson = <T>(text: string): T => JSON.parse(text, BufferJSON.reviver) as T
