import { plural } from '../primitives/plural.js'
import type { Difference } from './first-difference.js'

/**
 * What came of one cached key.
 *
 * - `equal`, `different`: as its value beside the loader's answer says.
 * - `orphaned`: the loader found nothing (undefined or null), and something is cached.
 * - `unloaded`: the loader threw, or took too long. `unreadable`: what is cached cannot be compared. `note` says why.
 */
export type CacheEntryState = 'equal' | 'different' | 'orphaned' | 'unloaded' | 'unreadable'

/** One cached key beside what the loader says it should be. */
export interface CacheEntry {
  /** Bytes that are no UTF-8 are written `\xff`. */
  readonly key: string
  readonly type: string
  /** How long it stays so. */
  readonly ttlMs: number | 'persistent'
  readonly state: CacheEntryState
  /** The decoded value; of what is no JSON the text. */
  readonly cached: unknown
  /** The loader's answer as JSON has it. */
  readonly loaded: unknown
  /** The first place at which they differ. */
  readonly difference: Difference | undefined
  readonly note: string | undefined
}

/** Evidence of `suite.compareCache`: a cache beside its source. Immutable. */
export interface CacheComparison {
  readonly kind: 'cache comparison'
  /** The glob as SCAN takes it. */
  readonly pattern: string
  /** In the order of their names. */
  readonly entries: readonly CacheEntry[]
  readonly totals: Readonly<Record<CacheEntryState | 'keys', number>>
  /** A line for each key. */
  readonly toString: () => string
}

const VALUE = 60

export function makeCacheComparison(pattern: string, found: readonly CacheEntry[]): CacheComparison {
  const entries = Object.freeze(found.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map((entry) => Object.freeze(entry)))
  const count = (state: CacheEntryState): number => entries.filter((entry) => entry.state === state).length
  const comparison = {
    kind: 'cache comparison' as const,
    pattern,
    entries,
    totals: Object.freeze({
      keys: entries.length,
      equal: count('equal'),
      different: count('different'),
      orphaned: count('orphaned'),
      unloaded: count('unloaded'),
      unreadable: count('unreadable'),
    }),
  }
  // Not enumerable, so that the comparison stays plain data to `toEqual` and structuredClone.
  Object.defineProperty(comparison, 'toString', { value: (): string => printComparison(comparison) })
  return Object.freeze(comparison)
}

/** True for a `CacheComparison`, also one made by another copy of the package. */
export function isCacheComparison(value: unknown): value is CacheComparison {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'cache comparison' && 'entries' in value
}

/** `price: 100 in Redis, 250 by the loader` */
export function describeEntry({ state, cached, loaded, difference, note }: CacheEntry): string {
  const aside = note === undefined ? '' : ` (${note})`
  if (state === 'equal') return `equal${aside}`
  if (state === 'orphaned') return `${show(cached)} in Redis, and the loader finds nothing${aside}`
  if (state === 'unloaded' || state === 'unreadable') return note ?? state
  const { path, cached: own, loaded: other } = difference ?? { path: '', cached, loaded }
  return `${path === '' ? '' : `${path}: `}${show(own)} in Redis, ${show(other)} by the loader${aside}`
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length <= VALUE ? text : `${text.slice(0, VALUE - 1)}…`
}

function printComparison({ pattern, entries, totals }: Omit<CacheComparison, 'toString'>): string {
  const counts = (['equal', 'different', 'orphaned', 'unloaded', 'unreadable'] as const).flatMap((state) =>
    totals[state] === 0 ? [] : [`${totals[state].toLocaleString('en-US')} ${state}`],
  )
  const head = `${plural(totals.keys, 'key')} like '${pattern}'${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`
  const width = entries.reduce((most, { key }) => Math.max(most, key.length), 0)
  return [head, ...entries.map((entry) => `  ${entry.key.padEnd(width)}  ${describeEntry(entry)}`)].join('\n')
}
