import { HotbedError } from '../../primitives/error.js'
import type { RedisWord } from './commands.js'

const STAR = 0x2a
const DOLLAR = 0x24
const CR = 0x0d
const LF = 0x0a
const ZERO = 0x30
/** `$`, ten digits and two line ends. */
const FRAME = 16

/** Writes a command as RESP has it: a list of texts, each with its length. Returns the position after it, or -1 when it does not fit. */
export function writeCommand(target: Buffer, start: number, words: readonly RedisWord[]): number {
  if (start + FRAME > target.length) return -1
  let at = writeLength(target, start, STAR, words.length)
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as RedisWord
    at = typeof word === 'string' ? writeTextWord(target, at, word) : writeBytesWord(target, at, word)
    if (at < 0) return -1
  }
  return at
}

/** ASCII is written here, because crossing into the runtime costs more than a short text. */
function writeTextWord(target: Buffer, start: number, word: string): number {
  const { length } = word
  if (length > 128) return writeEncodedWord(target, start, word)
  if (start + length + FRAME > target.length) return -1
  let at = writeLength(target, start, DOLLAR, length)
  for (let index = 0; index < length; index += 1) {
    const code = word.charCodeAt(index)
    if (code > 0x7f) return writeEncodedWord(target, start, word)
    target[at++] = code
  }
  return endLine(target, at)
}

function writeEncodedWord(target: Buffer, start: number, word: string): number {
  const bytes = Buffer.byteLength(word)
  if (bytes > word.length && /\p{Surrogate}/u.test(word)) {
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: `A text for Redis is not well-formed: half of a surrogate pair is no character, in ${JSON.stringify(word.slice(0, 60))}.`,
      remedy: 'Give bytes (a Buffer) where the value is no text.',
    })
  }
  if (start + bytes + FRAME > target.length) return -1
  const at = writeLength(target, start, DOLLAR, bytes)
  return endLine(target, at + target.write(word, at))
}

function writeBytesWord(target: Buffer, start: number, word: Uint8Array): number {
  if (start + word.length + FRAME > target.length) return -1
  const at = writeLength(target, start, DOLLAR, word.length)
  target.set(word, at)
  return endLine(target, at + word.length)
}

function writeLength(target: Buffer, start: number, mark: number, length: number): number {
  target[start] = mark
  let digits = 1
  for (let rest = length; rest >= 10; rest = Math.floor(rest / 10)) digits += 1
  let rest = length
  for (let at = start + digits; at > start; at -= 1) {
    target[at] = ZERO + (rest % 10)
    rest = Math.floor(rest / 10)
  }
  return endLine(target, start + digits + 1)
}

function endLine(target: Buffer, at: number): number {
  target[at] = CR
  target[at + 1] = LF
  return at + 2
}
