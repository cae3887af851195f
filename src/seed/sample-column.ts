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
  /** In order, where the order is that of numbers; NULLs and most common ones among them. */
  readonly ordered: readonly { readonly place: number; readonly text: string }[] | undefined
}

const UNKNOWN: ColumnSample = { rises: false, nulls: 0, values: 0, counts: [], ordered: undefined }

/** Looks at rows that are spread evenly; `undefined` for a column whose values cannot be known without a server. */
export function sampleColumn({ bound, schema }: BoundColumn, rows: number): ColumnSample | undefined {
  if (bound.sql !== undefined) return undefined
  // It rises, unless it is all the same.
  if (bound.isSorted === true) return { ...UNKNOWN, rises: rows > 1 && String(bound.at(0)) !== String(bound.at(rows - 1)) }
  if (bound.isUnique === true && typeof bound.at(0) === 'string') return { ...UNKNOWN, values: SAMPLE_ROWS }
  const from = Math.max(rows, SAMPLED_FROM)
  const counts = new Map<string, number>()
  const ordered: { readonly place: number; readonly text: string }[] = []
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
  const rises = isNumeric && counts.size > 1 && risesWithRow(ordered.map(({ place }) => place))
  return {
    rises,
    nulls,
    values: SAMPLE_ROWS - nulls,
    counts: [...counts].toSorted(([, a], [, b]) => b - a),
    ordered: isNumeric ? ordered.toSorted((a, b) => a.place - b.place) : undefined,
  }
}

/** The statistics that ANALYZE would take from such a sample of a table of this size (compute_scalar_stats of PostgreSQL's analyze.c). */
export function projectSample({ bound, schema }: BoundColumn, sample: ColumnSample, rows: number): ColumnProjection | undefined {
  const nullFraction = sample.nulls / SAMPLE_ROWS
  if (sample.values === 0) return sample.nulls === 0 ? undefined : { column: schema.name, nullFraction: 1 }
  if (bound.isUnique === true)
    return { column: schema.name, nullFraction, distinct: -(1 - nullFraction), mostCommon: undefined, ...boundsOf(sample, new Set()) }
  const once = sample.counts.filter(([, count]) => count === 1).length
  // The estimator of Haas and Stokes.
  const estimated = (sample.values * sample.counts.length) / (sample.values - once + (once * sample.values) / (rows * (1 - nullFraction)))
  const different = Math.max(1, Math.min(estimated, bound.distinct ?? estimated, rows))
  const common = mostCommon(sample, different, rows)
  const isWhole = common.length === sample.counts.length
  return {
    column: schema.name,
    nullFraction,
    distinct: different > rows * 0.1 ? -different / rows : Math.round(isWhole ? common.length : different),
    mostCommon:
      common.length === 0
        ? undefined
        : { values: common.map(([text]) => text), frequencies: common.map(([, count]) => count / SAMPLE_ROWS) },
    ...(isWhole ? { bounds: undefined } : boundsOf(sample, new Set(common.map(([text]) => text)))),
  }
}

/** Values that are significantly more common than the rest (analyze_mcv_list of PostgreSQL's analyze.c). */
function mostCommon({ counts, values, nulls }: ColumnSample, different: number, rows: number): readonly (readonly [string, number])[] {
  const repeated = counts.filter(([, count]) => count > 1)
  if (counts.length <= MOST_COMMON && repeated.length === counts.length) return counts
  let kept = Math.min(MOST_COMMON, repeated.length)
  const sampled = values + nulls
  let sum = counts.slice(0, Math.max(0, kept - 1)).reduce((total, [, count]) => total + count, 0)
  while (kept > 0) {
    const others = Math.max(1, different - (kept - 1))
    const share = Math.min(1, Math.max(0, 1 - (sum + nulls) / sampled)) / others
    const seen = counts[kept - 1]?.[1] ?? 0
    const all = (rows * seen) / sampled
    const spread = rows <= sampled ? 0 : (sampled * all * (rows - all) * (rows - sampled)) / (rows * rows * (rows - 1))
    if (seen > share * sampled + 2 * Math.sqrt(Math.max(0, spread)) + 0.5) break
    kept -= 1
    sum -= counts[kept - 1]?.[1] ?? 0
  }
  return counts.slice(0, kept)
}

/** Text that is not of numbers is sorted by the server's collation: its bounds stay as they are. */
function boundsOf({ ordered }: ColumnSample, without: ReadonlySet<string>): Pick<ColumnProjection, 'bounds'> | Record<string, never> {
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
