import type { ReplyDigest } from '../exchange.js'
import { createElementReader } from './elements.js'
import { announcedElements, isNullAt, type Reply } from './reply.js'

/** Elements whose presence is written down. */
export const MAX_PRESENCE = 65_536

const KINDS: Readonly<Record<string, string>> = {
  '+': 'status',
  '-': 'error',
  '!': 'error',
  ':': 'integer',
  ',': 'double',
  '#': 'boolean',
  '(': 'big number',
  _: 'null',
  $: 'bulk',
  '=': 'verbatim',
  '*': 'array',
  '~': 'set',
  '>': 'push',
  '%': 'map',
}
const AGGREGATES = '*~>%'

/** What is kept of a reply that is too large. The elements of a map are its keys and values by turns. */
export function digestReply(reply: Reply): ReplyDigest {
  const items = 'items' in reply ? reply.items : []
  const presence = items.slice(0, MAX_PRESENCE).map((item) => (item.kind === 'null' ? '0' : '1'))
  return { kind: reply.kind, elements: items.length, presence: presence.join('') }
}

/** Makes the digest of a reply that comes in pieces. One that begins with an attribute has the kind `attribute` and no elements. */
export interface DigestReader {
  readonly read: (piece: Buffer) => void
  readonly digest: () => ReplyDigest
}

export function createDigestReader(): DigestReader {
  let kind: string | undefined
  let announced = 0
  let elements = 0
  let presence = ''
  const note = (isNull: boolean): void => {
    elements += 1
    if (elements <= MAX_PRESENCE) presence += isNull ? '0' : '1'
  }
  const reader = createElementReader({
    frame: (_kind, bytes) => {
      if (bytes[0] !== 46) note(isNullAt(bytes))
    },
    piece: (_kind, _bytes, index) => {
      if (index === 0) note(false)
    },
  })
  let isAggregate = false
  return {
    read: (piece) => {
      if (kind === undefined) {
        const type = String.fromCharCode(piece[0] ?? 0)
        kind = KINDS[type] ?? 'attribute'
        announced = announcedElements(piece)
        // A streamed aggregate ends with a mark that is no value: only its kind is kept.
        isAggregate = AGGREGATES.includes(type) && announced > 0
      }
      if (isAggregate) reader.read(piece)
    },
    digest: () => ({ kind: kind ?? 'null', elements: Math.max(announced, elements), presence }),
  }
}
