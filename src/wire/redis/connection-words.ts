import { CR, LF, ZERO } from './bytes.js'

/** Commands that change how a connection goes on. All others take one reply and leave it as it was. */
export type ConnectionWord =
  | 'MULTI'
  | 'EXEC'
  | 'DISCARD'
  | 'SUBSCRIBE'
  | 'PSUBSCRIBE'
  | 'SSUBSCRIBE'
  | 'UNSUBSCRIBE'
  | 'PUNSUBSCRIBE'
  | 'SUNSUBSCRIBE'
  | 'MONITOR'
  | 'HELLO'
  | 'RESET'
  | 'SELECT'
  | 'AUTH'
  | 'CLIENT'

const WORDS: readonly ConnectionWord[] = [
  ...(['MULTI', 'EXEC', 'DISCARD', 'MONITOR', 'HELLO', 'RESET', 'SELECT', 'AUTH', 'CLIENT'] as const),
  ...(['SUBSCRIBE', 'PSUBSCRIBE', 'SSUBSCRIBE', 'UNSUBSCRIBE', 'PUNSUBSCRIBE', 'SUNSUBSCRIBE'] as const),
]
const LONGEST = 12
/** By length and first letter, so that hardly any other command is looked at further. */
const CANDIDATES: ReadonlyMap<number, readonly ConnectionWord[]> = new Map(
  WORDS.map((word) => [keyOf(word.length, word.charCodeAt(0)), WORDS.filter((other) => isLike(other, word))]),
)

function isLike(one: string, other: string): boolean {
  return one.length === other.length && one[0] === other[0]
}

function keyOf(length: number, letter: number): number {
  return (letter & 0x1f) * 16 + length
}

/** Reads the name in the head of a request made of bulk strings. */
export function readConnectionWord(bytes: Buffer): ConnectionWord | undefined {
  // The shortest is `*1\r\n$1\r\n`; the count has one digit nearly always.
  let at = bytes[3] === LF ? 5 : bytes.indexOf(LF) + 2
  let length = 0
  for (; bytes[at] !== CR && at < bytes.length; at += 1) length = length * 10 + (bytes[at] ?? ZERO) - ZERO
  if (length > LONGEST) return undefined
  at += 2
  const candidates = CANDIDATES.get(keyOf(length, bytes[at] ?? 0))
  return candidates === undefined ? undefined : findWord(candidates, bytes.toString('latin1', at, at + length))
}

export function toConnectionWord(name: string): ConnectionWord | undefined {
  return findWord(WORDS, name)
}

function findWord(words: readonly ConnectionWord[], name: string): ConnectionWord | undefined {
  const upper = name.toUpperCase()
  return words.find((word) => word === upper)
}

export function isSubscription(word: ConnectionWord | undefined): boolean {
  return word !== undefined && word.endsWith('SUBSCRIBE')
}
