import { formatTtl, type KeyspaceKey, type KeyspaceSnapshot } from '../../keyspace/keyspace-snapshot.js'
import { unjudgeable } from '../message/evidence.js'

const SHOWN = 5

/**
 * A pattern that nothing matches says nothing about keys.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE`
 */
export function requireKeys({ keys, pattern }: KeyspaceSnapshot, what: string): void {
  if (keys.length > 0) return
  throw unjudgeable(
    [`No key matched '${pattern}', so there is no ${what} to judge.`],
    "See what is there: String(await redis.inspect('*'))",
  )
}

/** `3 of 12 keys like 'product:*'` */
export function countKeys(keys: readonly KeyspaceKey[], { keys: all, pattern }: KeyspaceSnapshot): string {
  const noun = all.length === 1 ? 'key' : 'keys'
  return `${keys.length.toLocaleString('en-US')} of ${all.length.toLocaleString('en-US')} ${noun} like '${pattern}'`
}

/** The first of them, each with what is wrong about it. */
export function keyLines(
  keys: readonly KeyspaceKey[],
  tell: (key: KeyspaceKey) => string = ({ type, ttlMs }) => `${formatTtl(ttlMs)}  (${type})`,
): readonly string[] {
  const shown = keys.slice(0, SHOWN)
  const width = Math.max(...shown.map(({ key }) => key.length))
  const lines = shown.map((one) => `  ✗ ${one.key.padEnd(width)}  ${tell(one)}`)
  const rest = keys.length - shown.length
  return rest === 0 ? lines : [...lines, `  … and ${rest.toLocaleString('en-US')} more`]
}

export function persistentLines(keys: readonly KeyspaceKey[]): readonly string[] {
  return keys.some(({ ttlMs }) => ttlMs === 'persistent')
    ? ['  A key is persistent when it was written without EX, PX or EXPIRE, or when a later SET without KEEPTTL took its TTL away.']
    : []
}
