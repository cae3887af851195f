import { filterFrozen } from '../../primitives/filter-frozen.js'
import type { Command } from './recording.js'

/** What a command did to a key: it took it away, or wrote it anew or in part. */
export interface KeyEffect {
  readonly command: Command
  /** Undefined: every key of the database. */
  readonly key: string | undefined
  readonly kind: 'removed' | 'overwritten'
  /** Position and time at which it was asked for: within MULTI, those of EXEC. */
  readonly at: number
  readonly atMs: number
}

type Effects = (command: Command) => readonly Effect[]
type Effect = Pick<KeyEffect, 'key' | 'kind'>

const removed = (key: string | undefined): Effect => ({ key, kind: 'removed' })
const overwritten = (key: string | undefined): Effect => ({ key, kind: 'overwritten' })
const at = (keys: readonly string[], index: number, effect: (key: string) => Effect): readonly Effect[] => {
  const key = keys[index]
  return key === undefined ? [] : [effect(key)]
}

const removesAll: Effects = ({ keys }) => keys.map(removed)
const removesFirst: Effects = ({ keys }) => at(keys, 0, removed)
const writesAll: Effects = ({ keys }) => keys.map(overwritten)
const writesFirst: Effects = ({ keys }) => at(keys, 0, overwritten)
const writesSecond: Effects = ({ keys }) => at(keys, 1, overwritten)
const writesLast: Effects = ({ keys }) => at(keys, keys.length - 1, overwritten)
const flushes: Effects = () => [removed(undefined)]
const renames: Effects = ({ keys }) => [...at(keys, 0, removed), ...at(keys, 1, overwritten)]

const isZero = ({ reply }: Command): boolean => reply?.kind === 'integer' && reply.text === '0'
const unlessZero =
  (effects: Effects): Effects =>
  (command) =>
    isZero(command) ? [] : effects(command)

const hasWord = ({ args }: Command, from: number, words: RegExp): boolean => args.slice(from).some((word) => words.test(word))

/** NX and XX may have refused it: nil, unless GET asks for the old value. */
const sets: Effects = (command) =>
  command.args.length > 3 && command.reply?.kind === 'null' && !hasWord(command, 3, /^get$/i) ? [] : writesFirst(command)

/** A life of nothing, or that ended long ago, removes the key; any other leaves it. */
const expires =
  (longAgo: number): Effects =>
  (command) =>
    Number(command.args[2]) > longAgo || (command.args.length > 3 && isZero(command)) ? [] : removesFirst(command)

/** The document, or a part of it. */
const removesJson: Effects = (command) =>
  command.args[2] === undefined || command.args[2] === '$' || command.args[2] === '.' ? removesFirst(command) : writesFirst(command)

const stores =
  (words: RegExp): Effects =>
  (command) =>
    hasWord(command, 2, words) ? writesLast(command) : []

/** September 2001: no test counts time from before it. */
const LONG_AGO_SECONDS = 1_000_000_000

const EFFECTS: ReadonlyMap<string, Effects> = new Map<string, Effects>([
  ...named('DEL UNLINK', removesAll),
  ...named('GETDEL MOVE DELEX', removesFirst),
  ...named('FLUSHDB FLUSHALL SWAPDB', flushes),
  ['RENAME', renames],
  ['RENAMENX', unlessZero(renames)],
  ...named('EXPIRE PEXPIRE', expires(0)),
  ['EXPIREAT', expires(LONG_AGO_SECONDS)],
  ['PEXPIREAT', expires(LONG_AGO_SECONDS * 1000)],
  ...named('JSON.DEL JSON.FORGET', removesJson),
  ['SET', sets],
  ...named('MSET MSETEX JSON.MSET SMOVE LMOVE RPOPLPUSH BLMOVE BRPOPLPUSH', writesAll),
  ['MSETNX', unlessZero(writesAll)],
  ...named('SETNX HSETNX', unlessZero(writesFirst)),
  ['COPY', unlessZero(writesSecond)],
  ['SORT', stores(/^store$/i)],
  ...named('GEORADIUS GEORADIUSBYMEMBER', stores(/^store(?:dist)?$/i)),
  ...named(
    'SETEX PSETEX GETSET APPEND SETRANGE SETBIT BITFIELD INCR INCRBY INCRBYFLOAT DECR DECRBY RESTORE BITOP PFADD PFMERGE',
    writesFirst,
  ),
  ...named('HSET HMSET HSETEX HINCRBY HINCRBYFLOAT HDEL HGETDEL LPUSH RPUSH LPUSHX RPUSHX LSET LINSERT LREM LTRIM LPOP RPOP', writesFirst),
  ...named('SADD SREM SPOP SINTERSTORE SUNIONSTORE SDIFFSTORE ZADD ZINCRBY ZREM ZREMRANGEBYRANK ZREMRANGEBYSCORE', writesFirst),
  ...named(
    'ZREMRANGEBYLEX ZPOPMIN ZPOPMAX ZRANGESTORE ZUNIONSTORE ZINTERSTORE ZDIFFSTORE GEOADD GEOSEARCHSTORE XADD XDEL XTRIM',
    writesFirst,
  ),
  ...named('JSON.SET JSON.MERGE JSON.CLEAR JSON.TOGGLE JSON.NUMINCRBY JSON.NUMMULTBY JSON.STRAPPEND JSON.ARRAPPEND', writesFirst),
  ...named('JSON.ARRINSERT JSON.ARRPOP JSON.ARRTRIM', writesFirst),
])

function named(names: string, effects: Effects): [string, Effects][] {
  return names.split(' ').map((name) => [name, effects])
}

type Found = { -readonly [Name in keyof KeyEffect]: KeyEffect[Name] }

/**
 * What commands did to keys, in the order of the commands. Those that failed, were thrown away with their MULTI, or never reached the server did
 * nothing; what scripts did is not known.
 */
export function readKeyEffects(commands: readonly Command[]): readonly KeyEffect[] {
  const found: Found[] = []
  const queued = new Map<number, Found[]>()
  // Most only read.
  for (const command of filterFrozen(commands, ({ name }) => name === 'EXEC' || EFFECTS.has(name))) {
    if (command.name === 'EXEC') {
      for (const effect of queued.get(command.connection) ?? []) {
        effect.at = command.start
        effect.atMs = command.startMs
      }
      queued.delete(command.connection)
      continue
    }
    const effects = EFFECTS.get(command.name)
    if (effects === undefined || !hasRun(command)) continue
    for (const { key, kind } of effects(command)) {
      const effect: Found = { command, key, kind, at: command.start, atMs: command.startMs }
      found.push(effect)
      if (!command.inTransaction) continue
      const list = queued.get(command.connection)
      if (list === undefined) queued.set(command.connection, [effect])
      else list.push(effect)
    }
  }
  return found
}

function hasRun({ error, end, steered, inTransaction, reply }: Command): boolean {
  if (error !== undefined) return false
  if (steered?.startsWith('dropped after') === true) return true
  if (end === undefined || steered === 'answered by a rule') return false
  // Without a reply: CLIENT REPLY OFF, or a MULTI that was discarded. A rule that let nothing through says so.
  return !(inTransaction || steered !== undefined) || reply !== undefined
}
