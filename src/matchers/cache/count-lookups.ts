import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { foldIds } from '../../wire/recording/fingerprint.js'
import { plural } from '../../wire/recording/print-recording.js'
import type { Recording } from '../../wire/recording/recording.js'
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
  readonly hits: readonly KeyLookup[]
  readonly misses: readonly KeyLookup[]
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
  const hits: KeyLookup[] = []
  const misses: KeyLookup[] = []
  for (const command of recording.commands) {
    for (const lookup of command.lookups) {
      if (has(lookup.key)) (lookup.outcome === 'hit' ? hits : misses).push({ command, lookup })
    }
  }
  const label = keys === undefined ? '' : ` of ${keys.texts.join(', ')}`
  if (hits.length + misses.length === 0) throw nothingLookedUp(recording, matcher, keys?.texts.join(', '))
  return { recording, label, has, hits, misses }
}

/** `6 hits / 9 lookups` */
export function shareText({ hits, misses }: CountedLookups): string {
  return `${plural(hits.length, 'hit')} / ${plural(hits.length + misses.length, 'lookup')}`
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
