import { HotbedError } from '../../primitives/error.js'
import { showValue } from '../generators/argument.js'
import type { BoundEntries } from './bind-entries.js'
import { isScalar, type RedisScalar, type RedisValue } from './redis-value.js'

/** A word of a command, as it goes over the wire. */
export type RedisWord = string | Uint8Array

export interface RedisCommand {
  /** With the name. */
  readonly words: readonly RedisWord[]
  readonly entries: BoundEntries
  /** Rows of `entries` that are done once it is answered. */
  readonly rowsDone: number
  /** Keys that it makes; 0 for one that adds to a key. */
  readonly keys: number
}

/** A fifth faster than a SET for each; more at once bring nothing and hold other clients up. */
const KEYS_PER_MSET = 100
/** Members that one command adds. */
const MEMBERS = 1000

/** Such lives take 40 bits. */
const LONGEST_LIFE_MS: number = 2 ** 40 - 1

/**
 * The commands that write the entries, in order. A pure function of them: the n-th command is the same whenever it is asked for.
 *
 * @param lifeBase the moment from which lives are counted, in milliseconds since 1970; without it, the moment when the server gets the command
 */
export function* commandsOf(list: readonly BoundEntries[], lifeBase?: bigint): Generator<RedisCommand, void, void> {
  for (const entries of list) {
    let texts: RedisWord[] = ['MSET']
    const takeTexts = (rowsDone: number): RedisCommand => {
      const command = { words: texts, entries, rowsDone, keys: (texts.length - 1) / 2 }
      texts = ['MSET']
      return command
    }
    for (let row = entries.from ?? 0; row < entries.rows; row += 1) {
      const write = entries.at(row)
      if (write === null) continue
      const { key, value, ttlMs } = write
      const place = { key, entries, row }
      if (typeof key !== 'string') throw unfit(place, 'a key that is a text', key)
      if (ttlMs === undefined && isScalar(value)) {
        texts.push(key, toWord(value, place))
        if (texts.length > 2 * KEYS_PER_MSET) yield takeTexts(row + 1)
        continue
      }
      // A row may write a key of an earlier one again: order is kept.
      if (texts.length > 1) yield takeTexts(row)
      let keys = 1
      for (const words of commandsOfKey(value, ttlMs, place, lifeBase)) {
        yield { words, entries, rowsDone: row + 1, keys }
        keys = 0
      }
    }
    if (texts.length > 1) yield takeTexts(entries.rows)
  }
}

interface Place {
  readonly key: string
  readonly entries: BoundEntries
  readonly row: number
}

/**
 * Unless the caller knows from when on, the life of a key is told as a length (PX), not as a moment: the moment would have to come from a clock,
 * the dataset's stands in the past, where Redis deletes the key at once, and ours may differ from the server's.
 */
function* commandsOfKey(
  value: RedisValue,
  ttlMs: number | undefined,
  place: Place,
  lifeBase: bigint | undefined,
): Generator<RedisWord[], void, void> {
  const { key } = place
  const px = ttlMs === undefined ? undefined : toTtl(ttlMs, place)
  const until = px === undefined || lifeBase === undefined ? undefined : String(lifeBase + BigInt(px))
  if (isScalar(value)) {
    const word = toWord(value, place)
    if (px === undefined) yield ['SET', key, word]
    else yield until === undefined ? ['SET', key, word, 'PX', px] : ['SET', key, word, 'PXAT', until]
    return
  }
  if (typeof value !== 'object' || value === null) throw unfit(place, 'a value such as a text, or { hash: … }', value)
  let made = false
  for (const words of addCommands(value, place)) {
    made = true
    yield words
  }
  if (made && px !== undefined) yield until === undefined ? ['PEXPIRE', key, px] : ['PEXPIREAT', key, until]
}

function* addCommands(value: Exclude<RedisValue, RedisScalar>, place: Place): Generator<RedisWord[], void, void> {
  const { key } = place
  if ('hash' in value) yield* inParts(['HSET', key], pairWords(value.hash, place), 2)
  else if ('list' in value) yield* inParts(['RPUSH', key], memberWords(value.list, place), 1)
  else if ('set' in value) yield* inParts(['SADD', key], memberWords(value.set, place), 1)
  else if ('zset' in value) yield* inParts(['ZADD', key], scoreWords(value.zset, place), 2)
  else if ('stream' in value) yield* streamCommands(value.stream, place)
  else if ('json' in value) yield ['JSON.SET', key, '$', jsonWord(value.json, place)]
  else throw unfit(place, 'one of { hash }, { list }, { set }, { zset }, { stream } and { json }', value)
}

function* inParts(start: readonly RedisWord[], words: readonly RedisWord[], size: number): Generator<RedisWord[], void, void> {
  for (let at = 0; at < words.length; at += MEMBERS * size) yield [...start, ...words.slice(at, at + MEMBERS * size)]
}

function* streamCommands(stream: unknown, place: Place): Generator<RedisWord[], void, void> {
  if (!Array.isArray(stream)) throw unfit(place, 'a list of stream entries', stream)
  const { epochMs } = place.entries
  for (const [index, item] of (stream as readonly unknown[]).entries()) {
    const [id, fields] = Array.isArray(item) ? (item as readonly unknown[]) : [`${epochMs - stream.length + 1 + index}-0`, item]
    if (typeof id !== 'string') throw unfit(place, "an id such as '1700000000000-0'", id)
    const words = pairWords(fields, place)
    if (words.length === 0) throw unfit(place, 'stream entries with at least one field', fields)
    yield ['XADD', place.key, id, ...words]
  }
}

function pairWords(pairs: unknown, place: Place): RedisWord[] {
  if (typeof pairs !== 'object' || pairs === null || Array.isArray(pairs)) throw unfit(place, 'an object of fields', pairs)
  const words: RedisWord[] = []
  for (const [field, value] of Object.entries(pairs)) words.push(field, toWord(value, place, field))
  return words
}

function memberWords(members: unknown, place: Place): RedisWord[] {
  if (!Array.isArray(members)) throw unfit(place, 'a list', members)
  return members.map((member: unknown) => toWord(member, place))
}

function scoreWords(scores: unknown, place: Place): RedisWord[] {
  if (typeof scores !== 'object' || scores === null) throw unfit(place, 'a list of [member, score]', scores)
  const pairs: readonly unknown[] = Array.isArray(scores) ? scores : Object.entries(scores)
  return pairs.flatMap((pair) => {
    if (!Array.isArray(pair)) throw unfit(place, 'a list of [member, score]', pair)
    const [member, score] = pair as readonly unknown[]
    // Infinities are scores; NaN is none.
    if (typeof score !== 'number' || Number.isNaN(score)) throw unfit(place, `a number as the score of ${showValue(member)}`, score)
    return [scoreText(score), toWord(member, place)]
  })
}

function scoreText(score: number): string {
  return Number.isFinite(score) ? String(score) : score > 0 ? '+inf' : '-inf'
}

function jsonWord(value: unknown, place: Place): string {
  const text: string | undefined = JSON.stringify(value)
  if (text === undefined) throw unfit(place, 'a value that JSON can say', value)
  return text
}

function toWord(value: unknown, place: Place, field?: string): RedisWord {
  if (typeof value === 'string' || value instanceof Uint8Array) return value
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  throw unfit(place, `a text, bytes or a finite number${field === undefined ? '' : ` in the field '${field}'`}`, value)
}

function toTtl(ttlMs: number, place: Place): string {
  if (typeof ttlMs === 'number' && ttlMs > 0 && ttlMs <= LONGEST_LIFE_MS) return String(Math.max(1, Math.round(ttlMs)))
  throw unfit(place, `a life of more than 0 seconds${ttlMs > 0 ? ' and less than 34 years' : ''} (null for ever)`, ttlMs / 1000)
}

function unfit({ key, entries, row }: Place, expected: string, given: unknown): HotbedError {
  return new HotbedError('ERR_HOTBED_DATASET', {
    message: `Row ${row.toLocaleString('en')} of '${entries.label}', key ${showValue(key)}, needs ${expected}, but has ${showValue(given)}.`,
  })
}
