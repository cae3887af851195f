import { unfit, type TypeLimits, type ValueCodec, type ValueWriter } from './value-writer.js'

export const text: ValueCodec = {
  types: ['text', 'varchar', 'bpchar', 'citext', 'xml', 'unknown'],
  createValueWriter: ({ length }: TypeLimits) => (length === undefined ? writeText : limitedWriter(length)),
}

export const name: ValueCodec = {
  types: ['name'],
  createValueWriter: () => (target, at, value) => {
    const end = writeText(target, at, value)
    if (end - at > 63) throw unfit('at most 63 bytes long')
    return end
  },
}

/** `"char"`, one byte. */
export const char: ValueCodec = {
  types: ['char'],
  createValueWriter: () => (target, at, value) => {
    const end = writeText(target, at, value)
    if (end >= 0 && end - at !== 1) throw unfit('one ASCII character')
    return end
  },
}

function limitedWriter(length: number): ValueWriter {
  return (target, at, value) => {
    // Code units are never fewer than characters, so counting is seldom needed.
    if (typeof value === 'string' && value.length > length && characters(value) > length) {
      throw unfit(`at most ${length} characters long (this has ${characters(value)})`)
    }
    return writeText(target, at, value)
  }
}

/** UTF-8. ASCII is written here: crossing into the runtime costs more than a short text. */
export function writeText(target: Buffer, at: number, value: unknown): number {
  const content = typeof value === 'string' ? value : plainText(value)
  const { length } = content
  if (at + length > target.length) return -1
  if (length > 128) return writeEncoded(target, at, content)
  for (let index = 0; index < length; index += 1) {
    const code = content.charCodeAt(index)
    if ((code - 1) >>> 0 >= 0x7f) return writeEncoded(target, at, content)
    target[at + index] = code
  }
  return at + length
}

function writeEncoded(target: Buffer, at: number, content: string): number {
  if (content.includes('\0')) throw unfit('free of the character NUL, which Postgres cannot store')
  // Most texts are within the room even if every code unit takes three bytes.
  if (at + content.length * 3 > target.length && at + Buffer.byteLength(content) > target.length) return -1
  const end = at + target.write(content, at)
  if (end - at > content.length && /\p{Surrogate}/u.test(content)) throw unfit('well-formed: half of a surrogate pair is no character')
  return end
}

function plainText(value: unknown): string {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  throw unfit('a text')
}

function characters(content: string): number {
  let count = 0
  for (const _ of content) count += 1
  return count
}
