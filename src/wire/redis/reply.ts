import { WireError } from '../wire-error.js'
import { ATTRIBUTE, CR, LF, MINUS, QUESTION, ZERO } from './bytes.js'

/** One value of RESP2 or RESP3. Attributes are skipped: they are no part of the value. */
export type Reply =
  | { readonly kind: 'status' | 'error'; readonly text: string }
  | { readonly kind: 'integer'; readonly value: number | bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'big number'; readonly digits: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'bulk'; readonly bytes: Buffer }
  | { readonly kind: 'verbatim'; readonly format: string; readonly bytes: Buffer }
  | { readonly kind: 'array' | 'set' | 'push'; readonly items: readonly Reply[] }
  /** Keys and values by turns, as RESP2 has them. */
  | { readonly kind: 'map'; readonly items: readonly Reply[] }

/** Far deeper than replies are, and than the frame reader lets through. */
const MAX_DEPTH = 1100

interface Cursor {
  readonly bytes: Buffer
  at: number
}

/** @throws {WireError} `bytes` are not one whole reply */
export function readReply(bytes: Buffer): Reply {
  const cursor = { bytes, at: 0 }
  const reply = readValue(cursor, 0)
  if (cursor.at !== bytes.length) throw new WireError(`${bytes.length - cursor.at} bytes after a reply's end`)
  return reply
}

function readValue(cursor: Cursor, depth: number): Reply {
  if (depth > MAX_DEPTH) throw new WireError(`a reply nested deeper than ${MAX_DEPTH} levels`)
  const type = String.fromCharCode(cursor.bytes[cursor.at++] ?? 0)
  const line = readLine(cursor)
  switch (type) {
    case '+':
      return { kind: 'status', text: line }
    case '-':
      return { kind: 'error', text: line }
    case ':':
      return { kind: 'integer', value: readInteger(line) }
    case ',':
      return { kind: 'double', value: readDouble(line) }
    case '#':
      return { kind: 'boolean', value: line === 't' }
    case '(':
      return { kind: 'big number', digits: line }
    case '_':
      return { kind: 'null' }
    case '$': {
      const text = readBulk(cursor, line)
      return text === undefined ? { kind: 'null' } : { kind: 'bulk', bytes: text }
    }
    case '!':
      return { kind: 'error', text: (readBulk(cursor, line) ?? Buffer.alloc(0)).toString() }
    case '=': {
      const text = readBulk(cursor, line) ?? Buffer.alloc(0)
      return { kind: 'verbatim', format: text.toString('latin1', 0, 3), bytes: text.subarray(4) }
    }
    case '*':
      return line === '-1' ? { kind: 'null' } : { kind: 'array', items: readItems(cursor, line, 1, depth) }
    case '~':
      return { kind: 'set', items: readItems(cursor, line, 1, depth) }
    case '>':
      return { kind: 'push', items: readItems(cursor, line, 1, depth) }
    case '%':
      return { kind: 'map', items: readItems(cursor, line, 2, depth) }
    case '|':
      readItems(cursor, line, 2, depth)
      return readValue(cursor, depth)
    default:
      throw new WireError(`${JSON.stringify(type)} where a reply begins`)
  }
}

function readLine(cursor: Cursor): string {
  const { bytes, at } = cursor
  const end = bytes.indexOf(LF, at)
  if (end <= at || bytes[end - 1] !== CR) throw new WireError('a reply that ends inside a line')
  cursor.at = end + 1
  return bytes.toString('utf8', at, end - 1)
}

function readItems(cursor: Cursor, line: string, width: number, depth: number): Reply[] {
  const items: Reply[] = []
  const isStreamed = line === '?'
  const count = isStreamed ? Infinity : lengthOf(line) * width
  while (items.length < count) {
    if (isStreamed && cursor.bytes[cursor.at] === 46) {
      cursor.at += 1
      readLine(cursor)
      break
    }
    items.push(readValue(cursor, depth + 1))
  }
  return items
}

function readBulk(cursor: Cursor, line: string): Buffer | undefined {
  if (line === '-1') return undefined
  if (line === '?') return readChunks(cursor)
  const start = cursor.at
  const end = start + lengthOf(line)
  cursor.at = end + 2
  if (cursor.at > cursor.bytes.length) throw new WireError('a reply that ends inside a text')
  return cursor.bytes.subarray(start, end)
}

function readChunks(cursor: Cursor): Buffer {
  const chunks: Buffer[] = []
  while (true) {
    if (cursor.bytes[cursor.at++] !== 59) throw new WireError('a streamed text that does not go on')
    const line = readLine(cursor)
    if (line === '0') return Buffer.concat(chunks)
    chunks.push(readBulk(cursor, line) ?? Buffer.alloc(0))
  }
}

function lengthOf(line: string): number {
  if (!/^\d+$/.test(line)) throw new WireError(`a length of ${JSON.stringify(line)} in a reply`)
  return Number(line)
}

function readInteger(line: string): number | bigint {
  if (!/^[+-]?\d+$/.test(line)) throw new WireError(`${JSON.stringify(line)} as a whole number`)
  return Number.isSafeInteger(Number(line)) ? Number(line) : BigInt(line.replace('+', ''))
}

function readDouble(line: string): number {
  const sign = line.startsWith('-') ? -1 : 1
  return /^[+-]?inf/i.test(line) ? sign * Infinity : Number(line)
}

/** Whether a value that begins so is null, in either protocol. */
export function isNullAt(bytes: Buffer, at = 0): boolean {
  const type = bytes[at]
  return type === 95 || ((type === 36 || type === 42) && bytes[at + 1] === MINUS)
}

/** How many elements the header of an aggregate announces; 0 for other values, for null, and where it does not say. */
export function announcedElements(bytes: Buffer): number {
  const type = bytes[0] ?? 0
  if (type === ATTRIBUTE || !'*~>%'.includes(String.fromCharCode(type)) || bytes[1] === MINUS || bytes[1] === QUESTION) return 0
  let count = 0
  for (let at = 1; bytes[at] !== CR && at < bytes.length; at += 1) count = count * 10 + (bytes[at] ?? ZERO) - ZERO
  return type === 37 ? count * 2 : count
}
