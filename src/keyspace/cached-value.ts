import type { SendCommand } from './inspect.js'

/** What is cached under a key: a text, bytes that are no UTF-8, or the fields of a hash. */
export type CachedValue = string | Buffer | Readonly<Record<string, string>>

/** What decoding makes of bytes that are no UTF-8. */
const REPLACEMENT = '\uFFFD'

/** Bytes as text: replies come decoded, and what is no UTF-8 is lost on the way. */
const READ_HEX = `return (string.gsub(redis.call('GET', KEYS[1]) or '', '.', function (one) return string.format('%02x', string.byte(one)) end))`

/** As TYPE calls a document of RedisJSON, and of Valkey's module. */
const JSON_TYPE = 'ReJSON-RL'

/** Undefined: it is gone, or of a type that is not compared. */
export async function readCachedValue(send: SendCommand, key: string, type: string): Promise<CachedValue | undefined> {
  if (type === 'hash') {
    const reply = await send(['HGETALL', key])
    const words: readonly unknown[] = Array.isArray(reply) ? reply : []
    const fields = words.flatMap((word, index) => (index % 2 === 0 ? [[String(word), String(words[index + 1])] as const] : []))
    return fields.length === 0 ? undefined : Object.fromEntries(fields)
  }
  if (type === JSON_TYPE) return readText(await send(['JSON.GET', key]))
  if (type !== 'string') return undefined
  const text = await send(['GET', key])
  if (typeof text !== 'string') return undefined
  if (!text.includes(REPLACEMENT)) return text
  const bytes = Buffer.from(String(await send(['EVAL', READ_HEX, 1, key])), 'hex')
  // The replacement character itself may be in a text.
  return Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes) ? bytes.toString('utf8') : bytes
}

function readText(reply: unknown): string | undefined {
  return typeof reply === 'string' ? reply : undefined
}
