import { createHash } from 'node:crypto'
import type { FingerprintPart } from '../../primitives/fingerprint.js'
import { prepareGenerator, type PrepareContext } from '../generator.js'
import { isCache, type CacheEntries } from './cache-of.js'
import { isGenerator, type RedisEntries } from './entries.js'

/** Counted up when the same entries give other keys than before. */
const KEYS_ENGINE = 1

/** Everything that decides the keys, but for the rows of tables. Functions count by their text. Samples the pools. */
export async function fingerprintEntries(
  list: readonly (RedisEntries | CacheEntries)[],
  context: PrepareContext,
): Promise<FingerprintPart> {
  const parts: FingerprintPart[] = [KEYS_ENGINE, context.seed, context.epochMs]
  for (const entries of list) {
    // The order of names is the order of draws and of hash fields: it counts.
    if (isCache(entries)) parts.push({ cacheOf: entries.cacheOf, rows: entries.rows, source: entries.toCached.toString() })
    else parts.push(await describe(entries, context))
  }
  return parts
}

/** True when the keys are made of rows of tables. A generator says only in its spec what it refers to. */
export async function needsTables(list: readonly (RedisEntries | CacheEntries)[], context: PrepareContext): Promise<boolean> {
  for (const entries of list) if (isCache(entries) || /foreignKey/.test(JSON.stringify(await specsIn(entries, context)))) return true
  return false
}

async function specsIn(source: unknown, context: PrepareContext): Promise<FingerprintPart> {
  if (isGenerator(source)) return (await prepareGenerator(source, context)).spec
  if (typeof source !== 'object' || source === null || source instanceof Uint8Array) return null
  return Promise.all(Object.values(source).map((inner) => specsIn(inner, context)))
}

async function describe(source: unknown, context: PrepareContext): Promise<FingerprintPart> {
  if (typeof source === 'function') return source.toString()
  if (isGenerator(source)) return (await prepareGenerator(source, context)).spec
  if (source instanceof Uint8Array) return createHash('sha256').update(source).digest('hex')
  if (typeof source === 'bigint') return `${source}n`
  if (typeof source === 'number' || typeof source === 'symbol') return String(source)
  if (typeof source !== 'object' || source === null) return source as FingerprintPart
  const parts: FingerprintPart[] = []
  for (const [name, inner] of Object.entries(source)) parts.push([name, await describe(inner, context)])
  return parts
}
