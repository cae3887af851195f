import type { ReplyDigest } from '../exchange.js'
import type { Reply } from './reply.js'

const MAX_TEXT = 40

/** A reply in a few words for people: `OK`, `nil`, `3`, `"{\"id\":7…"`, `[5 elements]`, `WRONGTYPE Operation against…`. */
export function describeReply(reply: Reply | ReplyDigest | undefined): string {
  if (reply === undefined) return 'no reply'
  if ('presence' in reply) return describeDigest(reply)
  switch (reply.kind) {
    case 'status':
      return cut(reply.text)
    case 'error':
      return cut(reply.text, 120)
    case 'integer':
    case 'double':
    case 'boolean':
      return String(reply.value)
    case 'big number':
      return cut(reply.digits)
    case 'null':
      return 'nil'
    case 'bulk':
    case 'verbatim':
      return describeText(reply.bytes)
    case 'map':
      return describeCount(reply.items.length / 2, 'field')
    case 'array':
    case 'set':
    case 'push':
      return describeCount(reply.items.length, 'element')
    default:
      return reply satisfies never
  }
}

function describeDigest({ kind, elements }: ReplyDigest): string {
  if (kind === 'map') return describeCount(elements / 2, 'field')
  return kind === 'array' || kind === 'set' || kind === 'push' ? describeCount(elements, 'element') : `[a large ${kind}]`
}

function describeCount(count: number, noun: string): string {
  return `[${count} ${noun}${count === 1 ? '' : 's'}]`
}

function describeText(bytes: Buffer): string {
  // Four bytes a character at most, and one character more than is shown, so that the cut is seen.
  const text = Array.from(bytes.toString('utf8', 0, MAX_TEXT * 4 + 4))
    .slice(0, MAX_TEXT + 1)
    .join('')
  return text.includes('\uFFFD') ? `[${bytes.length} ${bytes.length === 1 ? 'byte' : 'bytes'}]` : JSON.stringify(cut(text))
}

function cut(text: string, length = MAX_TEXT): string {
  const characters = Array.from(text.slice(0, length * 2 + 2))
  return characters.length > length ? `${characters.slice(0, length).join('')}…` : text
}
