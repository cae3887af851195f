import { createHash } from 'node:crypto'
import type { Redis } from '../app.js'

/** Seconds that an entry lives, at most; and at least. */
export const TTL = { max: 300, min: 240 } as const
/** Absence is believed for a shorter time. */
export const ABSENT_TTL = 30

/** Looks in Redis first, then asks `load`, and keeps what it says for a few minutes; that there is nothing, for half a one. */
export async function cacheAside<Value>(redis: Redis, key: string, load: () => Promise<Value | undefined>): Promise<Value | undefined> {
  const cached = await redis.get(key)
  if (cached !== null) return decode<Value>(cached)
  const value = await load()
  await redis.set(key, encode(value), { EX: value === undefined ? ABSENT_TTL : ttlOf(key) })
  return value
}

/** Spread, so that what was filled together does not expire together; and by the key, so that it is the same in each instance. */
export function ttlOf(key: string): number {
  const hash = createHash('sha1').update(key).digest().readUInt32BE()
  return TTL.min + (hash % (TTL.max - TTL.min + 1))
}

export function encode(value: unknown): string {
  return JSON.stringify(value ?? null)
}

export function decode<Value>(text: string): Value | undefined {
  return (JSON.parse(text) as Value | null) ?? undefined
}
