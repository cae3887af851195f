import { plural } from '../../primitives/plural.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { foldIds } from '../../wire/recording/fingerprint.js'
import type { Command, Recording } from '../../wire/recording/recording.js'
import type { Lookup } from '../../wire/redis/lookups.js'
import { unjudgeable } from '../message/evidence.js'
import { formatCount } from '../recording/count-range.js'
import { readCountable, requireSeenApplication } from '../recording/countable.js'
import { windowLine } from '../recording/recording-excerpt.js'
import { readKeyList, type KeyList } from './key-list.js'
import type { KeyLookup } from './key-story.js'
import { unseenLines } from './unseen-lookups.js'

export interface LookupOptions {
  /** Which keys count: names, or globs as Redis has them. @default all */
  readonly keys?: KeyList
}

/** The lookups of a recording that count. */
export interface CountedLookups {
  readonly recording: Recording
  /** ` of product:*`, or nothing where all count. */
  readonly label: string
  readonly has: (key: string) => boolean
  readonly hits: number
  readonly misses: number
  /** Those with an outcome, in the order of the timeline. Made when it is called: a verdict needs their number only. */
  readonly list: (outcome: Lookup['outcome']) => readonly KeyLookup[]
}

const SHOWN = 5

/**
 * Reads the options of a matcher about lookups, and counts.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what cannot be counted, and where nothing was looked up: that is neither a hit nor a miss
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for options that are none
 */
export function countLookups(received: unknown, matcher: string, options: unknown): CountedLookups {
  const recording = readCountable(received, matcher)
  const keys = readLookupKeys(options, matcher)
  const has = keys?.has ?? ((): boolean => true)
  let hits = 0
  let misses = 0
  eachLookup(recording, (_, { key, outcome }) => {
    if (!has(key)) return
    if (outcome === 'hit') hits += 1
    else misses += 1
  })
  const label = keys === undefined ? '' : ` of ${keys.texts.join(', ')}`
  if (hits + misses === 0) throw nothingLookedUp(recording, matcher, keys?.texts.join(', '))
  const list = (outcome: Lookup['outcome']): readonly KeyLookup[] => {
    const found: KeyLookup[] = []
    eachLookup(recording, (command, lookup) => {
      if (lookup.outcome === outcome && has(lookup.key)) found.push({ command, lookup })
    })
    return found
  }
  return { recording, label, has, hits, misses, list }
}

/** By index: of a frozen list, for…of makes an object for each element. */
function eachLookup({ commands }: Recording, look: (command: Command, lookup: Lookup) => void): void {
  for (let at = 0; at < commands.length; at += 1) {
    const command = commands[at]
    if (command === undefined) continue
    const { lookups } = command
    for (let index = 0; index < lookups.length; index += 1) {
      const lookup = lookups[index]
      if (lookup !== undefined) look(command, lookup)
    }
  }
}

/** `6 hits / 9 lookups` */
export function shareText({ hits, misses }: CountedLookups): string {
  return `${plural(hits, 'hit')} / ${plural(hits + misses, 'lookup')}`
}

/** Undefined: every key. */
export function readLookupKeys(options: unknown, matcher: string): ReturnType<typeof readKeyList> | undefined {
  if (typeof options !== 'object' || options === null) throw wrongOption('options', "{ keys }, such as { keys: 'product:*' }", options)
  checkOptionNames(options, ['keys'], `${matcher}()`)
  const { keys }: { readonly keys?: unknown } = options
  return keys === undefined ? undefined : readKeyList(keys)
}

/** For a verdict about lookups of which there are none. */
export function nothingLookedUp(recording: Recording, matcher: string, keys: string | undefined): Error {
  requireSeenApplication(recording, matcher)
  return unjudgeable(
    [
      `${matcher} judges lookups, and ${keys === undefined ? 'nothing was looked up in Redis' : `no key like ${keys} was looked up`}.`,
      windowLine(recording),
      ...lookedUpLines(recording),
      ...unseenLines(recording, () => true),
    ],
    `Record what reads the cache, and compare the keys. That nothing is asked is said by: .not.toSendCommands('GET ${keys ?? 'product:*'}')`,
  )
}

/** What was looked up instead, ids folded, the most frequent first. */
function lookedUpLines({ commands }: Recording): readonly string[] {
  const counts = new Map<string, number>()
  for (const { lookups } of commands) {
    for (const { key } of lookups) {
      const folded = foldIds(key)
      counts.set(folded, (counts.get(folded) ?? 0) + 1)
    }
  }
  if (counts.size === 0) return []
  const sorted = [...counts].toSorted((a, b) => b[1] - a[1])
  const shown = sorted.slice(0, SHOWN).map(([key, count]) => `${key} ×${formatCount(count)}`)
  const rest = sorted.length - shown.length
  return [`  looked up instead: ${shown.join(', ')}${rest > 0 ? `, … and ${formatCount(rest)} more` : ''}`]
}
