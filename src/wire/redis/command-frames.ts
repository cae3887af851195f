import { WireError } from '../wire-error.js'
import { ARRAY, BULK, CR, LF, MAX_BULK_BYTES, MAX_INLINE_BYTES, MINUS, NINE, ZERO, describeByte, expectByte } from './bytes.js'
import { createFrameReader, type FrameHandler, type FrameReader } from '../frame-reader.js'
import { createFrameAssembly } from './frame-assembly.js'

/** Of one request, since Redis 7. Servers before it refuse more than 1,048,576 themselves. */
const MAX_ARGUMENTS = 2_147_483_647
/** Longer numbers are no lengths. */
const MAX_DIGITS = 11

type State = 'start' | 'count' | 'count-end' | 'bulk' | 'length' | 'length-end' | 'payload' | 'payload-cr' | 'payload-lf' | 'inline'

/**
 * Reads what a client sends. Kinds of frames: `command` (an array of bulk strings), `inline` (a line of words), and `empty` (a blank line or
 * an array without elements: Redis does not answer it).
 */
export function createCommandFrames(handler: FrameHandler): FrameReader {
  const assembly = createFrameAssembly(handler)
  let state: State = 'start'
  let kind = 'command'
  let number = 0
  let digits = 0
  let isNegative = false
  let missingArguments = 0
  let payloadBytes = 0
  let inlineBytes = 0
  let hasWords = false

  const startNumber = (next: State): void => {
    state = next
    number = 0
    digits = 0
    isNegative = false
  }
  /** True at its end. */
  const readDigit = (byte: number, what: string): boolean => {
    if (byte >= ZERO && byte <= NINE && digits < MAX_DIGITS) {
      number = number * 10 + byte - ZERO
      digits += 1
      return false
    }
    if (byte === MINUS && digits === 0 && !isNegative) {
      isNegative = true
      return false
    }
    if (byte !== CR || digits === 0) throw new WireError(`${what} is not a number: ${describeByte(byte)} in it`)
    return true
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
      switch (state) {
        case 'start':
          if (byte === ARRAY) {
            kind = 'command'
            startNumber('count')
            break
          }
          kind = 'inline'
          state = 'inline'
          inlineBytes = 0
          hasWords = false
          at -= 1
          break
        case 'count':
          if (readDigit(byte, 'the number of arguments')) state = 'count-end'
          break
        case 'count-end':
          expectByte(byte, LF, 'the number of arguments')
          if (!isNegative && number > MAX_ARGUMENTS) throw new WireError(`a request of ${number} arguments; ${MAX_ARGUMENTS} are allowed`)
          missingArguments = isNegative ? 0 : number
          state = 'bulk'
          if (missingArguments > 0) break
          state = 'start'
          assembly.finish('empty', chunk, start, at)
          start = at
          break
        case 'bulk':
          expectByte(byte, BULK, 'the number of arguments or an argument')
          startNumber('length')
          break
        case 'length':
          if (readDigit(byte, 'the length of an argument')) state = 'length-end'
          break
        case 'length-end':
          expectByte(byte, LF, 'the length of an argument')
          if (isNegative || number > MAX_BULK_BYTES) {
            throw new WireError(`an argument of ${isNegative ? '-' : ''}${number} bytes; ${MAX_BULK_BYTES} are allowed`)
          }
          payloadBytes = number
          state = 'payload'
          break
        case 'payload-cr':
          expectByte(byte, CR, 'an argument')
          state = 'payload-lf'
          break
        case 'payload-lf':
          expectByte(byte, LF, 'an argument')
          missingArguments -= 1
          state = 'bulk'
          if (missingArguments > 0) break
          state = 'start'
          assembly.finish('command', chunk, start, at)
          start = at
          break
        case 'inline':
          inlineBytes += 1
          if (byte === LF) {
            state = 'start'
            assembly.finish(hasWords ? 'inline' : 'empty', chunk, start, at)
            start = at
            break
          }
          // Redis reads the line as a C string, which ends at a zero byte.
          if (byte > 32 || (byte !== 32 && (byte < 9 || byte > 13) && (byte !== 0 || hasWords))) hasWords = true
          if (inlineBytes >= MAX_INLINE_BYTES) throw new WireError(`a line of more than ${MAX_INLINE_BYTES} bytes as a request`)
      }
    }
    if (start < end) assembly.keep(kind, chunk, start)
  }
  return createFrameReader(read)
}
