import { withDeadline } from '../../primitives/deadline.js'
import { HotbedError } from '../../primitives/error.js'
import { isRespError, type RespReply } from '../../servers/redis/resp.js'
import { missingShards, shardRows, type Shard } from '../shards/shard.js'
import type { BoundEntries } from './bind-entries.js'
import type { RedisLoadReport } from './load-redis.js'
import { connectLink, type RedisLink, type RedisTarget } from './redis-link.js'

/** A hash of this name says which shards are there: a list that is written twice has its members twice. */
const LEDGER = 'hotbed:shards'

export interface ShardContext {
  /** Fingerprint of the entries. */
  readonly content: string
  readonly shard: Shard
  readonly stallMs: number
}

/**
 * Writes one shard of the entries, once. Redis takes nothing back: a shard that broke off is refused afterwards.
 *
 * @throws {HotbedError} `ERR_HOTBED_SEED` for a shard that was begun and not ended, and for another number of shards
 */
export async function writeShard(
  target: RedisTarget,
  bound: readonly BoundEntries[],
  { content, shard, stallMs }: ShardContext,
  write: (part: readonly BoundEntries[]) => Promise<RedisLoadReport>,
): Promise<RedisLoadReport> {
  const isNew = await withLink(target, stallMs, (link) => begin(link, content, shard))
  const report = isNew ? await write(bound.map((entries) => partOf(entries, shard))) : { keys: 0, commands: 0, bytes: 0, seconds: 0 }
  return withLink(target, stallMs, async (link) => {
    if (isNew) await ask(link, ['HSET', LEDGER, fieldOf(content, shard.index), 'written'])
    const missing = missingShards(shard.count, await readPresent(link, content))
    return { ...report, shard: { ...shard, isNew, missing, isLast: isNew && missing.length === 0 } }
  })
}

async function withLink<T>(target: RedisTarget, stallMs: number, use: (link: RedisLink) => Promise<T>): Promise<T> {
  const link = await connectLink(target, stallMs)
  try {
    return await withDeadline(use(link), stallMs, 'Redis to say which shards are there')
  } finally {
    link.destroy()
  }
}

function partOf(entries: BoundEntries, shard: Shard): BoundEntries {
  const { from, to } = shardRows(entries.rows, shard)
  return { ...entries, from, rows: to }
}

/** @returns false when the shard is there */
async function begin(link: RedisLink, content: string, { index, count }: Shard): Promise<boolean> {
  await ask(link, ['HSETNX', LEDGER, content, String(count)])
  const known = Number(await ask(link, ['HGET', LEDGER, content]))
  if (known !== count) {
    throw new HotbedError('ERR_HOTBED_SEED', {
      message: `These keys are loaded here in ${known} shards, and ${index}/${count} is one of ${count}.`,
      remedy: `Load the missing ones of ${known}. Or remove the keys, then: HDEL ${LEDGER} ${content}`,
    })
  }
  const field = fieldOf(content, index)
  if ((await ask(link, ['HSETNX', LEDGER, field, 'writing'])) === 1) return true
  if ((await ask(link, ['HGET', LEDGER, field])) === 'written') return false
  throw new HotbedError('ERR_HOTBED_SEED', {
    message: `Shard ${index}/${count} was begun and is not there: another process is writing it, or one broke off and left some of its keys.`,
    remedy: `Where none is at it, remove the keys of all shards, then: DEL ${LEDGER}. Then load all shards.`,
  })
}

async function readPresent(link: RedisLink, content: string): Promise<ReadonlySet<number>> {
  const reply = await ask(link, ['HGETALL', LEDGER])
  const words = isList(reply) ? reply : []
  const present = new Set<number>()
  for (let at = 0; at + 1 < words.length; at += 2) {
    const field = words[at]
    if (typeof field === 'string' && field.startsWith(`${content} `) && words[at + 1] === 'written')
      present.add(Number(field.slice(content.length + 1)))
  }
  return present
}

function fieldOf(content: string, index: number): string {
  return `${content} ${index}`
}

function isList(reply: RespReply): reply is readonly RespReply[] {
  return Array.isArray(reply)
}

async function ask(link: RedisLink, words: readonly string[]): Promise<RespReply> {
  const reply = await link.ask(words)
  if (!isRespError(reply)) return reply
  throw new HotbedError('ERR_HOTBED_SEED', { message: `Redis refused ${words[0]} ${LEDGER}: ${reply.error}.` })
}
