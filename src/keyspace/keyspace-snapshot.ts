import { plural } from '../primitives/plural.js'
import { formatDuration } from '../primitives/duration.js'

/** What Redis holds under one key. */
export interface KeyspaceKey {
  /** Bytes that are no UTF-8 are written `\xff`. */
  readonly key: string
  /** `string`, `hash`, `list`, `set`, `zset`, `stream`, or a module's own. */
  readonly type: string
  /** Milliseconds until it expires, or `'persistent'`. */
  readonly ttlMs: number | 'persistent'
  /** Memory that key and value take, as MEMORY USAGE counts it; `undefined` where the server does not tell. */
  readonly bytes: number | undefined
  /** Bytes of a string, or elements of a collection; only when it was asked for. */
  readonly length: number | undefined
  /** When it expires, in milliseconds since 1970 by the server's clock; only where it does, and from Redis 7.0 on. */
  readonly expiresAtMs?: number
  /** Bytes of the value by itself: of a string, or of all fields, members and elements; only when it was asked for. */
  readonly valueBytes?: number
}

/** Evidence of `redis.inspect`: the keys that match a pattern. Immutable. */
export interface KeyspaceSnapshot {
  readonly kind: 'keyspace'
  /** The glob as SCAN takes it. */
  readonly pattern: string
  /** In the order of their names. */
  readonly keys: readonly KeyspaceKey[]
  /** Milliseconds since 1970, by the machine's clock also where a test has moved the process' own, when the last key had been read. */
  readonly takenAtMs: number
  readonly totals: { readonly keys: number; readonly persistent: number; readonly bytes: number }
  /** A table. */
  readonly toString: () => string
}

export function makeKeyspaceSnapshot(pattern: string, found: readonly KeyspaceKey[], takenAtMs: number): KeyspaceSnapshot {
  const keys = found.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map((key) => Object.freeze(key))
  const snapshot = {
    kind: 'keyspace',
    pattern,
    keys: Object.freeze(keys),
    takenAtMs,
    totals: {
      keys: keys.length,
      persistent: keys.filter(({ ttlMs }) => ttlMs === 'persistent').length,
      bytes: keys.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    },
  } as const
  // Not enumerable, so that the snapshot stays plain data to `toEqual` and structuredClone.
  Object.defineProperty(snapshot, 'toString', { value: (): string => printKeyspace(snapshot) })
  return Object.freeze(snapshot)
}

/** True for a `KeyspaceSnapshot`, also one made by another copy of the package. */
export function isKeyspaceSnapshot(value: unknown): value is KeyspaceSnapshot {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'keyspace' && 'keys' in value
}

/** `expires in 59.9 s` or `persistent`. */
export function formatTtl(ttlMs: KeyspaceKey['ttlMs']): string {
  return ttlMs === 'persistent' ? 'persistent' : `expires in ${formatDuration(ttlMs)}`
}

function printKeyspace({ pattern, keys, totals }: Pick<KeyspaceSnapshot, 'pattern' | 'keys' | 'totals'>): string {
  const count = plural(totals.keys, 'key')
  const head = `${count} like '${pattern}'  ${totals.bytes.toLocaleString('en-US')} bytes  ${totals.persistent.toLocaleString('en-US')} persistent`
  const rows = keys.map(({ key, type, ttlMs, bytes, length, valueBytes }) => [
    key,
    type,
    formatTtl(ttlMs),
    bytes === undefined ? '' : `${bytes.toLocaleString('en-US')} bytes`,
    length === undefined ? '' : `length ${length.toLocaleString('en-US')}`,
    valueBytes === undefined ? '' : `value of ${valueBytes.toLocaleString('en-US')} bytes`,
  ])
  const widths = rows.reduce<readonly number[]>((widest, row) => row.map((cell, column) => Math.max(cell.length, widest[column] ?? 0)), [])
  return [head, ...rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())].join('\n')
}
