import type { CommandExchange, ReplyDigest } from '../exchange.js'
import { readJsonLookups } from './json-lookups.js'
import { digestText } from './digest-text.js'
import { readReply, type Reply } from './reply.js'

/**
 * One thing that a command looked up: the value of a key, or one field of it (a field of a hash, a member of a set or sorted set, a path of a
 * JSON document).
 */
export interface Lookup {
  readonly key: string
  readonly field?: string
  readonly outcome: 'hit' | 'miss'
}

type Shape = (call: Call) => readonly Lookup[]

interface Call {
  readonly args: readonly string[]
  readonly keys: readonly string[]
  readonly digest: ReplyDigest
  /** Undefined where only a digest was kept. */
  readonly reply: () => Reply | undefined
  /** As it came; undefined where only a digest was kept. */
  readonly text: string | undefined
}

/**
 * What a command looked up and whether it was there. Redis' own counters do not say that (a field that a hash lacks counts as a hit there), so
 * the count is hotbed's:
 *
 * - A command that returns values looks up: keys (GET, MGET, SMEMBERS, LRANGE, ZRANGE, XRANGE and their like; nil or empty is a miss), or the
 *   fields, members or paths that it names (HGET, SISMEMBER, ZSCORE, JSON.GET; each that is absent is a miss).
 * - GETSET, SET with GET, GETDEL and GETEX give the old value, and count as a lookup beside what they write.
 * - What tells of a key without its value does not count: EXISTS, TTL, TYPE, OBJECT, STRLEN, LLEN, DUMP and so on. Nor do SCAN and its like,
 *   writes, what takes from queues (LPOP, SPOP, XREADGROUP, all that blocks), and commands over several keys at once (SINTER).
 * - Scripts, unknown commands, errors, and calls without a reply give none.
 *
 * Of a reply of which only a digest was kept, the elements beyond its `presence` give none, nor do members of SMISMEMBER.
 */
export function readLookups(
  args: readonly string[],
  keyPositions: CommandExchange['keyPositions'],
  reply: CommandExchange['reply'],
): readonly Lookup[] {
  const name = args[0]?.toUpperCase() ?? ''
  const shape = SHAPES.get(name)
  if (shape === undefined || reply === undefined || keyPositions === undefined || keyPositions.length === 0) return []
  const text = typeof reply === 'string' ? reply : undefined
  const digest = typeof reply === 'string' ? digestText(reply) : reply
  if (digest.kind === 'error' && !name.startsWith('JSON.')) return []
  const keys = keyPositions.map((position) => args[position] ?? '')
  return shape({ args, keys, digest, text, reply: () => (text === undefined ? undefined : readReply(Buffer.from(text, 'latin1'))) })
}

const isEmpty = ({ digest, text }: Call): boolean =>
  digest.kind === 'null' || (AGGREGATES.has(digest.kind) && digest.elements === 0) || text === '$0\r\n\r\n'
const AGGREGATES = new Set(['array', 'map', 'set', 'push'])

const lookUp = (key: string, isThere: boolean, field?: string): Lookup => {
  const outcome = isThere ? 'hit' : 'miss'
  return field === undefined ? { key, outcome } : { key, field, outcome }
}

/** The key's value: nil is a miss. */
const value: Shape = ({ keys, digest }) => [lookUp(keys[0] ?? '', digest.kind !== 'null')]

/** All of the key's value, or a part: nothing is a miss. */
const content: Shape = (call) => [lookUp(call.keys[0] ?? '', !isEmpty(call))]

/** One element of the reply for each key. */
const values: Shape = ({ keys, digest }) => present(digest, keys).map(([key, isThere]) => lookUp(key, isThere))

/** One element of the reply for each of the fields that `from` finds. */
const fields =
  (from: (args: readonly string[]) => readonly string[]): Shape =>
  ({ args, keys, digest }) =>
    digest.kind === 'null'
      ? from(args).map((field) => lookUp(keys[0] ?? '', false, field))
      : present(digest, from(args)).map(([field, isThere]) => lookUp(keys[0] ?? '', isThere, field))

/** The field or member that is the second argument. */
const field: Shape = ({ args, keys, digest }) => [lookUp(keys[0] ?? '', digest.kind !== 'null', args[2])]

const isOne = (reply: Reply | undefined): boolean =>
  (reply?.kind === 'integer' && Number(reply.value) === 1) || (reply?.kind === 'boolean' && reply.value)

const member: Shape = ({ args, keys, text, reply }) => (text === undefined ? [] : [lookUp(keys[0] ?? '', isOne(reply()), args[2])])

const members: Shape = ({ args, keys, reply: read }) => {
  const reply = read()
  return reply?.kind === 'array' ? args.slice(2).map((name, at) => lookUp(keys[0] ?? '', isOne(reply.items[at]), name)) : []
}

const afterKey = (args: readonly string[]): readonly string[] => args.slice(2)

/** HGETEX key [EX seconds …] FIELDS count field [field …] */
const afterFields = (args: readonly string[]): readonly string[] => {
  const at = args.findIndex((argument, index) => index > 1 && argument.toUpperCase() === 'FIELDS')
  return at === -1 ? [] : args.slice(at + 2)
}

/** Only streams with something new are in the reply: pairs in RESP2, a map in RESP3. */
const streams: Shape = ({ args, keys, digest, reply: read }) => {
  if (args.some((argument, at) => at > 0 && at < args.length - keys.length * 2 && argument.toUpperCase() === 'BLOCK')) return []
  if (digest.kind === 'null') return keys.map((key) => lookUp(key, false))
  const reply = read()
  if (reply === undefined || !('items' in reply)) return keys.length === 1 ? [lookUp(keys[0] ?? '', true)] : []
  const names =
    reply.kind === 'map' ? reply.items.filter((_, at) => at % 2 === 0) : reply.items.map((item) => ('items' in item ? item.items[0] : item))
  const found = new Set(names.map((name) => (name?.kind === 'bulk' ? name.bytes.toString('latin1') : '')))
  return keys.map((key) => lookUp(key, found.has(key)))
}

function present(digest: ReplyDigest, names: readonly string[]): readonly (readonly [string, boolean])[] {
  return names.slice(0, digest.presence.length).map((name, at) => [name, digest.presence[at] === '1'])
}

const only =
  (shape: Shape, word: string, isWanted: boolean): Shape =>
  (call) =>
    call.args.slice(2).some((argument) => argument.toUpperCase() === word) === isWanted ? shape(call) : []

/** The value of SET stands before its options. */
const setAndGet: Shape = (call) =>
  call.args.length > 3 && call.args.slice(3).some((argument) => argument.toUpperCase() === 'GET') ? value(call) : []

const SHAPES: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ...named('GET GETEX GETDEL GETSET LINDEX', value),
  ['SET', setAndGet],
  ['MGET', values],
  ...named('GETRANGE SUBSTR HGETALL HKEYS HVALS HRANDFIELD SMEMBERS SRANDMEMBER LRANGE ZRANDMEMBER XRANGE XREVRANGE', content),
  ...named('ZRANGE ZRANGEBYSCORE ZRANGEBYLEX ZREVRANGE ZREVRANGEBYSCORE ZREVRANGEBYLEX GEOSEARCH', content),
  ...named('GEORADIUS_RO GEORADIUSBYMEMBER_RO SORT_RO', content),
  ['SORT', only(content, 'STORE', false)],
  ...['GEORADIUS', 'GEORADIUSBYMEMBER'].map((name): [string, Shape] => [name, only(only(content, 'STORE', false), 'STOREDIST', false)]),
  ...named('HGET ZSCORE ZRANK ZREVRANK', field),
  ...named('HMGET ZMSCORE GEOPOS', fields(afterKey)),
  ['GEOHASH', fields(afterKey)],
  ...named('HGETEX HGETDEL', fields(afterFields)),
  ['SISMEMBER', member],
  ['SMISMEMBER', members],
  ['XREAD', streams],
  ...named('JSON.GET JSON.MGET', readJsonLookups),
])

function named(names: string, shape: Shape): [string, Shape][] {
  return names.split(' ').map((name) => [name, shape])
}
