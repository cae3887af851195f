import { HotbedError } from '../../primitives/error.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { readCountable } from '../recording/countable.js'
import { windowLine } from '../recording/recording-excerpt.js'
import { countLookups, shareText, type LookupOptions } from './count-lookups.js'
import { hitLines, missLines } from './miss-lines.js'

/** Shares between 0 and 1; both belong to the range. */
export interface HitRatioBounds {
  /** @default 0 */
  readonly min?: number
  /** @default 1 */
  readonly max?: number
}

/**
 * Passes when the share of lookups that found something is within the bounds. Each key that a command looks up counts once, and each field of a
 * hash that is asked for by its name; what only tells of a key (EXISTS, TTL, STRLEN) is no lookup. It is no pass and no failure but an error when
 * nothing was looked up: a ratio of nothing says nothing.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, one that overlaps with another, or one in which no such key was looked up
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for bounds or options that are none
 */
export function toHaveCacheHitRatio(received: unknown, bounds: HitRatioBounds, options: LookupOptions = {}): MatcherVerdict {
  readCountable(received, 'toHaveCacheHitRatio')
  const { min, max, label } = readBounds(bounds)
  const counted = countLookups(received, 'toHaveCacheHitRatio', options)
  const { recording, hits, misses } = counted
  const ratio = hits / (hits + misses)
  const said = `hit ratio${counted.label} ${formatRatio(ratio)} (${shareText(counted)})`
  return makeVerdict(
    ratio >= min && ratio <= max,
    () => [`${said}, expected ${label}`, windowLine(recording), ...(ratio < min ? missLines(counted) : hitLines(counted))],
    () => [`${said}, expected not ${label}`, windowLine(recording), ...(misses > 0 ? missLines(counted) : hitLines(counted))],
  )
}

function readBounds(bounds: unknown): { readonly min: number; readonly max: number; readonly label: string } {
  if (typeof bounds !== 'object' || bounds === null || Array.isArray(bounds)) {
    throw wrongOption('bounds', '{ min, max }, such as { min: 0.9 }', bounds)
  }
  checkOptionNames(bounds, ['min', 'max'], 'toHaveCacheHitRatio()')
  const { min, max }: { readonly min?: unknown; readonly max?: unknown } = bounds
  if (min === undefined && max === undefined) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: 'toHaveCacheHitRatio() was given no bounds.',
      remedy: 'Give min, max or both: { min: 0.9 }',
    })
  }
  for (const [name, value] of Object.entries({ min, max })) {
    if (value !== undefined && !isShare(value)) throw wrongOption(name, 'a share between 0 and 1', value)
  }
  const [low, high] = [min ?? 0, max ?? 1].map(Number) as [number, number]
  if (low > high) throw wrongOption('min', `at most max (${high})`, low)
  const label = min === undefined ? `<= ${high}` : max === undefined ? `>= ${low}` : `between ${low} and ${high}`
  return { min: low, max: high, label }
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1
}

/** Cut, not rounded: 0.8999 is no 0.90. */
function formatRatio(ratio: number): string {
  return (Math.floor(ratio * 100) / 100).toFixed(2)
}
