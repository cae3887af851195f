import { WireError } from '../wire-error.js'
import {
  ARRAY,
  ATTRIBUTE,
  BIG_NUMBER,
  BOOLEAN,
  BULK,
  BULK_ERROR,
  CHUNK,
  CR,
  DOUBLE,
  END,
  ERROR,
  INTEGER,
  LF,
  MAP,
  MAX_BULK_BYTES,
  MINUS,
  NINE,
  NULL,
  PUSH,
  QUESTION,
  SET,
  STATUS,
  VERBATIM,
  ZERO,
  describeByte,
  expectByte,
} from './bytes.js'
import { createFrameReader, type FrameHandler, type FrameReader } from '../frame-reader.js'
import { createFrameAssembly } from './frame-assembly.js'

/** Aggregates in aggregates; a Lua script reaches some hundreds. */
const MAX_DEPTH = 1024
const MAX_ELEMENTS = 2 ** 31
/** Longer numbers are no lengths. */
const MAX_DIGITS = 11
/** Of a number on a line; Redis' big numbers and doubles are far shorter. */
const MAX_LINE = 4096

/** What stands on a level instead of how many elements are missing: their number was not known at the start. */
const STREAMED = -1
const STREAMED_STRING = -2

type State = 'type' | 'line' | 'line-end' | 'length' | 'length-end' | 'payload' | 'payload-cr' | 'payload-lf'

/**
 * Reads what a server sends, RESP2 and RESP3. Kinds of frames: `reply`, and `push`, which belongs to no request. An attribute is part of the
 * value that it precedes.
 */
export function createReplyFrames(handler: FrameHandler): FrameReader {
  const assembly = createFrameAssembly(handler)
  let state: State = 'type'
  let kind = 'reply'
  let type = 0
  let number = 0
  /** Bytes of the line or number so far. */
  let width = 0
  let isNegative = false
  let isStreamed = false
  let payloadBytes = 0
  let depth = 0
  /** Elements that are missing, by level; the value itself is level 0. */
  const missing: number[] = [1]

  const startValue = (byte: number): void => {
    const level = missing[depth]
    if (level === STREAMED_STRING ? byte !== CHUNK : byte === CHUNK || (byte === END && level !== STREAMED)) throw noReply(byte)
    if (depth === 0) {
      // After an attribute the second byte decides.
      kind = byte === PUSH ? 'push' : 'reply'
    }
    type = byte
    width = 0
    switch (byte) {
      case STATUS:
      case ERROR:
      case INTEGER:
      case DOUBLE:
      case BIG_NUMBER:
      case BOOLEAN:
      case NULL:
      case END:
        state = 'line'
        return
      case BULK:
      case BULK_ERROR:
      case VERBATIM:
      case ARRAY:
      case SET:
      case PUSH:
      case MAP:
      case ATTRIBUTE:
      case CHUNK:
        state = 'length'
        number = 0
        isNegative = false
        isStreamed = false
        return
      default:
        throw noReply(byte)
    }
  }

  /** Whether the whole reply has ended with the value that just did. */
  const endValue = (): boolean => {
    state = 'type'
    while (true) {
      const left = missing[depth] ?? 0
      if (left < 0) return false
      missing[depth] = left - 1
      if (left > 1) return false
      if (depth === 0) break
      depth -= 1
    }
    missing[0] = 1
    return true
  }

  const open = (elements: number): boolean => {
    if (elements === 0) return endValue()
    if (depth === MAX_DEPTH) throw new WireError(`a reply nested deeper than ${MAX_DEPTH} levels`)
    depth += 1
    missing[depth] = elements
    state = 'type'
    return false
  }

  const close = (): boolean => {
    depth -= 1
    return endValue()
  }

  const endLength = (): boolean => {
    if (type === BULK || type === BULK_ERROR || type === VERBATIM || type === CHUNK) {
      if (isStreamed) return open(STREAMED_STRING)
      if (isNegative) return endValue()
      if (type === CHUNK && number === 0) return close()
      if (number > MAX_BULK_BYTES) throw new WireError(`a text of ${number} bytes; ${MAX_BULK_BYTES} are allowed`)
      payloadBytes = number
      state = 'payload'
      return false
    }
    if (number > MAX_ELEMENTS) throw new WireError(`a reply of ${number} elements; ${MAX_ELEMENTS} are allowed`)
    // An attribute is no element: the one that it precedes still comes.
    if (type === ATTRIBUTE && (missing[depth] ?? 0) > 0) missing[depth] = (missing[depth] ?? 0) + 1
    if (isNegative) return endValue()
    return open(isStreamed ? STREAMED : type === MAP || type === ATTRIBUTE ? number * 2 : number)
  }

  const readLength = (byte: number): void => {
    if (byte >= ZERO && byte <= NINE && width < MAX_DIGITS && !isStreamed) {
      number = number * 10 + byte - ZERO
      width += 1
    } else if (byte === CR && (isStreamed || width > 0)) {
      if (isNegative && (number !== 1 || (type !== BULK && type !== ARRAY))) throw new WireError(`a length of -${number}`)
      state = 'length-end'
    } else if (byte === MINUS && width === 0 && !isNegative && !isStreamed) isNegative = true
    else if (byte === QUESTION && width === 0 && !isNegative && !isStreamed && mayStream(type)) isStreamed = true
    else throw new WireError(`the length in a reply is not a number: ${describeByte(byte)} in it`)
  }

  const readLine = (byte: number): void => {
    if (byte === CR) {
      if (width === 0 && type !== STATUS && type !== ERROR && type !== NULL && type !== END) throw noReply(byte)
      state = 'line-end'
      return
    }
    width += 1
    if (type !== STATUS && type !== ERROR && (width > MAX_LINE || !fits(type, byte, width))) throw noReply(byte)
    if (byte === LF) throw noReply(byte)
  }

  const read = (chunk: Buffer): void => {
    let start = 0
    let at = 0
    const end = chunk.length
    while (at < end) {
      if (state === 'payload') {
        const rest = end - at
        if (rest < payloadBytes) {
          payloadBytes -= rest
          break
        }
        at += payloadBytes
        state = 'payload-cr'
        continue
      }
      const byte = chunk[at++] ?? 0
      let isWhole = false
      switch (state) {
        case 'type':
          startValue(byte)
          break
        case 'line':
          readLine(byte)
          break
        case 'line-end':
          expectByte(byte, LF, 'a line')
          isWhole = type === END ? close() : endValue()
          break
        case 'length':
          readLength(byte)
          break
        case 'length-end':
          expectByte(byte, LF, 'a length')
          isWhole = endLength()
          break
        case 'payload-cr':
          expectByte(byte, CR, 'a text')
          state = 'payload-lf'
          break
        case 'payload-lf':
          expectByte(byte, LF, 'a text')
          isWhole = endValue()
      }
      if (!isWhole) continue
      assembly.finish(kind, chunk, start, at)
      start = at
    }
    if (start < end) assembly.keep(kind, chunk, start)
  }
  return createFrameReader(read)
}

function mayStream(type: number): boolean {
  return type === BULK || type === ARRAY || type === SET || type === MAP || type === PUSH || type === ATTRIBUTE
}

function fits(type: number, byte: number, width: number): boolean {
  const isDigit = byte >= ZERO && byte <= NINE
  if (type === INTEGER || type === BIG_NUMBER) return isDigit || (width === 1 && (byte === MINUS || byte === 43))
  if (type === BOOLEAN) return width === 1 && (byte === 116 || byte === 102)
  // Digits, sign, point, exponent, `inf` and `nan`.
  if (type === DOUBLE) return isDigit || '+-.eEinfa'.includes(String.fromCharCode(byte))
  return false
}

function noReply(byte: number): WireError {
  return new WireError(`${describeByte(byte)} where a reply of Redis goes on`)
}
