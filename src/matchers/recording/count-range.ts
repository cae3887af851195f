import { HotbedError } from '../../primitives/error.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'

/** How many: exactly so many, or between two bounds, which belong to it. */
export type CountRange = number | { readonly min?: number; readonly max?: number }

export interface ReadRange {
  readonly holds: (count: number) => boolean
  /** `expected 1`, `expected at least 1`. */
  readonly label: string
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no range */
export function readRange(range: unknown, matcher: string): ReadRange {
  if (isCount(range)) return { holds: (count) => count === range, label: `exactly ${formatCount(range)}` }
  if (typeof range !== 'object' || range === null || Array.isArray(range)) {
    throw wrongOption('range', 'a whole number from 0 on, or { min, max }', range)
  }
  checkOptionNames(range, ['min', 'max'], `${matcher}()`)
  const { min, max }: { readonly min?: unknown; readonly max?: unknown } = range
  if (min !== undefined && !isCount(min)) throw wrongOption('min', 'a whole number from 0 on', min)
  if (max !== undefined && !isCount(max)) throw wrongOption('max', 'a whole number from 0 on', max)
  if (min === undefined && max === undefined)
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `${matcher}() was given a range without bounds.`,
      remedy: 'Give min, max or both.',
    })
  if (min !== undefined && max !== undefined && min > max) throw wrongOption('min', `at most max (${max})`, min)
  return { holds: (count) => count >= (min ?? 0) && count <= (max ?? Infinity), label: labelOf(min, max) }
}

/** True for what stands for a range rather than for a match. */
export function looksLikeRange(value: unknown): value is CountRange {
  if (typeof value === 'number') return true
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof RegExp) &&
    ('min' in value || 'max' in value || Object.keys(value).length === 0)
  )
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

function labelOf(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return `between ${formatCount(min)} and ${formatCount(max)}`
  return min === undefined ? `at most ${formatCount(max ?? 0)}` : `at least ${formatCount(min)}`
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
