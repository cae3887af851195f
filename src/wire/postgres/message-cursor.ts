import { WireError } from '../wire-error.js'

/** Reads the fields of one message, in order. Whatever the bytes say, it reads nothing beyond them. */
export interface MessageCursor {
  readonly byte: () => number
  readonly uint16: () => number
  readonly uint32: () => number
  /** Up to the next NUL, as UTF-8. Of a cut message: as far as it goes. */
  readonly text: () => string
  /** The next bytes, of which at most `keep`, as latin1. Of a cut message: as far as they go. */
  readonly bytes: (length: number, keep: number) => string
  /** All that is left, as latin1. */
  readonly rest: () => string
  /** @param count default: 1 byte */
  readonly hasMore: (count?: number) => boolean
  /** The bytes are only the first piece of their message. */
  readonly isCut: boolean
}

const HEADER = 5

/**
 * @param mayBeCut the frame may be only the beginning of its message
 * @throws {WireError} when the frame is of another kind, or not as long as it says
 */
export function openMessage(frame: Buffer, kind: string, name: string, mayBeCut = false): MessageCursor {
  if (frame.length < HEADER) throw new WireError(`${name} has ${frame.length} bytes, which is less than a header`)
  if (frame[0] !== kind.charCodeAt(0)) throw new WireError(`${name} begins with byte ${frame[0]}, not with '${kind}'`)
  const said = frame.readUInt32BE(1) + 1
  const isCut = mayBeCut && said > frame.length
  if (said !== frame.length && !isCut) throw new WireError(`${name} says that it is ${said} bytes long and has ${frame.length}`)
  return createCursor(frame, HEADER, name, isCut)
}

export function createCursor(bytes: Buffer, from: number, name: string, isCut = false): MessageCursor {
  let at = from
  const take = (length: number): number => {
    const start = at
    if (length > bytes.length - start) throw new WireError(`${name} ends in the middle of a field`)
    at = start + length
    return start
  }
  return {
    isCut,
    byte: () => bytes[take(1)] ?? 0,
    uint16: () => bytes.readUInt16BE(take(2)),
    uint32: () => bytes.readUInt32BE(take(4)),
    text: () => {
      const start = at
      const end = bytes.indexOf(0, start)
      if (end >= 0) {
        at = end + 1
        return bytes.toString('utf8', start, end)
      }
      if (!isCut) throw new WireError(`${name} has a text that does not end`)
      at = bytes.length
      return bytes.toString('utf8', start, wholeCharacters(bytes, start))
    },
    bytes: (length, keep) => {
      const size = isCut ? Math.min(length, bytes.length - at) : length
      const start = take(size)
      return bytes.toString('latin1', start, start + Math.min(size, keep))
    },
    rest: () => bytes.toString('latin1', take(bytes.length - at)),
    hasMore: (count = 1) => bytes.length - at >= count,
  }
}

/** Where the last whole UTF-8 character ends. */
function wholeCharacters(bytes: Buffer, start: number): number {
  let lead = bytes.length - 1
  while (lead > start && lead > bytes.length - 4 && ((bytes[lead] ?? 0) & 0xc0) === 0x80) lead -= 1
  if (lead < start) return bytes.length
  const first = bytes[lead] ?? 0
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1
  return lead + size > bytes.length ? lead : bytes.length
}
