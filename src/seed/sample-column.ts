import type { ColumnProjection } from '../databases/table-statistics.js'
import type { BoundColumn } from './bind-dataset.js'
import { textOfValue } from './text-of-value.js'

/** As many rows as ANALYZE reads at the default statistics target. */
const SAMPLE_ROWS = 30_000
/** They are taken from as many rows, or from the whole table when it has more. */
const SAMPLED_FROM = 1_000_000
const MOST_COMMON = 100
const BOUNDS = 101

/** What a column is like, whatever the size of its table. */
export interface ColumnSample {
  /** Values rise with the row: they are other ones at every size. */
  readonly rises: boolean
  readonly nulls: number
  readonly values: number
  /** By how often they were seen, the most frequent first. */
  readonly counts: readonly (readonly [string, number])[]
  /** Values that were seen once. */
  readonly once: number
  /** What does not depend on the size of the table; `undefined` when nothing was looked at. */
  readonly lists: SampleLists | undefined
}

interface SampleLists extends Pick<ColumnProjection, 'mostCommon' | 'bounds'> {
  /** Every value is among the most common ones. */
  readonly isWhole: boolean
}

interface Placed {
  readonly place: number
  readonly text: string
}

const UNKNOWN: ColumnSample = { rises: false, nulls: 0, values: 0, counts: [], once: 0, lists: undefined }

/** Looks at rows that are spread evenly; `undefined` for a column whose values cannot be known without a server. */
export function sampleColumn({ bound, schema }: BoundColumn, rows: number): ColumnSample | undefined {
  if (bound.sql !== undefined) return undefined
  // It rises, unless it is all the same.
  if (bound.isSorted === true) return { ...UNKNOWN, rises: rows > 1 && String(bound.at(0)) !== String(bound.at(rows - 1)) }
  if (bound.isUnique === true && typeof bound.at(0) === 'string') return { ...UNKNOWN, values: SAMPLE_ROWS }
  const from = Math.max(rows, SAMPLED_FROM)
  const counts = new Map<string, number>()
  const ordered: Placed[] = []
  let nulls = 0
  let isNumeric = true
  try {
    for (let index = 0; index < SAMPLE_ROWS; index += 1) {
      const value = bound.at(Math.floor(((index + 0.5) * from) / SAMPLE_ROWS))
      if (value === null) {
        nulls += 1
        continue
      }
      const text = textOfValue(value, schema.type)
      if (text === undefined) return undefined
      counts.set(text, (counts.get(text) ?? 0) + 1)
      const place =
        value instanceof Date ? value.getTime() : Number(typeof value === 'number' || typeof value === 'bigint' ? value : Number.NaN)
      if (Number.isNaN(place)) isNumeric = false
      else ordered.push({ place, text })
    }
  } catch {
    // A generator with a limited range has no values beyond it.
    return undefined
  }
  const found = {
    rises: isNumeric && counts.size > 1 && risesWithRow(ordered.map(({ place }) => place)),
    nulls,
    values: SAMPLE_ROWS - nulls,
    counts: [...counts].toSorted(([, a], [, b]) => b - a),
    once: [...counts.values()].filter((count) => count === 1).length,
  }
  const sorted = isNumeric ? ordered.toSorted((a, b) => a.place - b.place) : undefined
  return { ...found, lists: found.rises || found.values === 0 ? undefined : listsOf(found, sorted, bound.isUnique === true) }
}

/** The statistics that ANALYZE would take from such a sample of a table of this size (compute_scalar_stats of PostgreSQL's analyze.c). */
export function projectSample({ bound, schema }: BoundColumn, sample: ColumnSample, rows: number): ColumnProjection | undefined {
  const { lists, nulls, values, counts, once } = sample
  const nullFraction = nulls / SAMPLE_ROWS
  if (lists === undefined) return values === 0 && nulls > 0 ? { column: schema.name, nullFraction: 1 } : undefined
  if (bound.isUnique === true) return { column: schema.name, nullFraction, distinct: -(1 - nullFraction), ...lists }
  // The estimator of Haas and Stokes.
  const estimated = (values * counts.length) / (values - once + (once * values) / (rows * (1 - nullFraction)))
  const different = lists.isWhole ? counts.length : Math.max(1, Math.min(estimated, bound.distinct ?? estimated, rows))
  const { isWhole: _, ...told } = lists
  return { column: schema.name, nullFraction, distinct: different > rows * 0.1 ? -different / rows : Math.round(different), ...told }
}

function listsOf(sample: Omit<ColumnSample, 'lists'>, ordered: readonly Placed[] | undefined, isUnique: boolean): SampleLists {
  const common = isUnique ? [] : mostCommon(sample)
  const isWhole = common.length === sample.counts.length
  return {
    isWhole,
    mostCommon:
      common.length === 0
        ? undefined
        : { values: common.map(([text]) => text), frequencies: common.map(([, count]) => count / SAMPLE_ROWS) },
    ...(isWhole ? { bounds: undefined } : boundsOf(ordered, new Set(common.map(([text]) => text)))),
  }
}

/** Values that are significantly more common than the rest (analyze_mcv_list of PostgreSQL's analyze.c). */
function mostCommon({ counts, values, nulls }: Omit<ColumnSample, 'lists'>): readonly (readonly [string, number])[] {
  const repeated = counts.filter(([, count]) => count > 1)
  if (counts.length <= MOST_COMMON && repeated.length === counts.length) return counts
  let kept = Math.min(MOST_COMMON, repeated.length)
  const sampled = values + nulls
  const rows = SAMPLED_FROM
  let sum = counts.slice(0, Math.max(0, kept - 1)).reduce((total, [, count]) => total + count, 0)
  while (kept > 0) {
    const others = Math.max(1, counts.length - (kept - 1))
    const share = Math.min(1, Math.max(0, 1 - (sum + nulls) / sampled)) / others
    const seen = counts[kept - 1]?.[1] ?? 0
    const all = (rows * seen) / sampled
    const spread = (sampled * all * (rows - all) * (rows - sampled)) / (rows * rows * (rows - 1))
    if (seen > share * sampled + 2 * Math.sqrt(Math.max(0, spread)) + 0.5) break
    kept -= 1
    sum -= counts[kept - 1]?.[1] ?? 0
  }
  return counts.slice(0, kept)
}

/** Text that is not of numbers is sorted by the server's collation: its bounds stay as they are. */
function boundsOf(ordered: readonly Placed[] | undefined, without: ReadonlySet<string>): Pick<ColumnProjection, 'bounds'> {
  if (ordered === undefined) return {}
  const rest = ordered.filter(({ text }) => !without.has(text))
  const different = new Set(rest.map(({ text }) => text)).size
  if (different < 2) return { bounds: undefined }
  const count = Math.min(BOUNDS, different)
  return { bounds: Array.from({ length: count }, (_, index) => rest[Math.round(((rest.length - 1) * index) / (count - 1))]?.text ?? '') }
}

/** Whether later rows have greater values throughout: Pearson's coefficient of value and row. */
function risesWithRow(places: readonly number[]): boolean {
  const count = places.length
  const mean = places.reduce((sum, place) => sum + place, 0) / count
  const middle = (count - 1) / 2
  let both = 0
  let rowSquares = 0
  let squares = 0
  for (const [row, place] of places.entries()) {
    both += (row - middle) * (place - mean)
    rowSquares += (row - middle) ** 2
    squares += (place - mean) ** 2
  }
  return both / Math.sqrt(rowSquares * squares) > 0.95
}
