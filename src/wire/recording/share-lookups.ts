import type { Lookup } from '../redis/lookups.js'
import type { Command } from './recording.js'

const NONE: Command['lookups'] = Object.freeze([])
/** Keys that are all different gain nothing. */
const MOST = 65_536

/**
 * Gives the same list for equal ones: a hundred thousand reads are mostly of a few thousand keys, and whoever counts them then goes through
 * little memory.
 */
export function createLookupSharing(): (lookups: readonly Lookup[]) => Command['lookups'] {
  const hits = new Map<string, Command['lookups']>()
  const misses = new Map<string, Command['lookups']>()
  return (lookups) => {
    const [first] = lookups
    if (first === undefined) return NONE
    const id = first.field === undefined ? first.key : `${first.key}\n${first.field}`
    const known = first.outcome === 'hit' ? hits : misses
    const shared = lookups.length === 1 ? known.get(id) : undefined
    if (shared !== undefined && shared[0]?.field === first.field) return shared
    const list = Object.freeze(lookups.map((one) => Object.freeze(one)))
    if (lookups.length === 1 && known.size < MOST) known.set(id, list)
    return list
  }
}
