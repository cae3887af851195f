import type { ColumnProjection, ColumnStatistics } from '../../databases/table-statistics.js'
import { distinctCount } from './btree-density.js'
import { stretch } from './stretch.js'
import type { ValueLine } from './value-line.js'

/**
 * How a column goes on when its table grows.
 *
 * - `continues`: further rows have further values, as ids and times of creation do.
 * - `fixed`: further rows repeat the values that there are.
 * - `distinct`: there are more different values, in the range that there is, as tenants of a platform that grows.
 */
export type ColumnRule = 'continues' | 'fixed' | 'distinct'

export const COLUMN_RULES: readonly string[] = ['continues', 'fixed', 'distinct'] satisfies readonly ColumnRule[]

/** What is known of a column besides its statistics. */
export interface GrowingColumn {
  readonly statistics: ColumnStatistics
  readonly rows: { readonly seeded: number; readonly projected: number }
  /** `undefined` where nothing was said and nothing follows from the schema: its statistics stay. */
  readonly rule: ColumnRule | undefined
  /** What a dataset, which knows the rows, says: stronger than what follows from the schema. */
  readonly told: ColumnProjection | undefined
  /** Of a foreign key: how many rows the parent is to have, and how many it was seeded with. */
  readonly parent: { readonly seeded: number; readonly projected: number; readonly continues: boolean } | undefined
  readonly line: ValueLine | undefined
}

export interface ProjectedColumn {
  readonly statistics: ColumnStatistics
  /** The first and the last value, when they are others than those the statistics began with. */
  readonly ends: readonly [string, string] | undefined
  /** Why it could not be done as the rule has it. */
  readonly note: string | undefined
}

/** A column's statistics when its table has another number of rows. */
export function projectColumn(column: GrowingColumn): ProjectedColumn {
  const { statistics, told, rule, parent, line } = column
  if (rule === undefined && told !== undefined) {
    const { ends, column: _, ...changed } = told
    if (ends === undefined || line === undefined) return { statistics: { ...statistics, ...changed }, ends, note: undefined }
    const within = withinType(ends, line)
    const bounds = changed.bounds === undefined ? {} : { bounds: withinType(changed.bounds, line).values }
    const [first = ends[0], last = ends[1]] = within.values
    return { statistics: { ...statistics, ...changed, ...bounds }, ends: [first, last], note: stopNote(statistics, within.stopsAt) }
  }
  if (rule === 'continues') return continueColumn(column)
  if (rule === 'distinct') return { statistics: spreadColumn(column), ends: undefined, note: undefined }
  if (rule === 'fixed')
    return { statistics: withDistinct(column, distinctCount(statistics, column.rows.seeded)), ends: undefined, note: undefined }
  if (parent !== undefined) return followParent(column, parent)
  return { statistics, ends: undefined, note: undefined }
}

function continueColumn(column: GrowingColumn): ProjectedColumn {
  const { statistics, rows, line } = column
  const factor = rows.seeded < 2 ? rows.projected : (rows.projected - 1) / (rows.seeded - 1)
  const stretched = line === undefined ? undefined : stretch(statistics, line, factor)
  if (stretched === undefined) {
    const note = `${statistics.column} cannot continue: ${line === undefined ? 'its type has no next value' : 'its values have no place in a row'}; its range stays`
    return { statistics: spreadColumn(column), ends: undefined, note }
  }
  const distinct = statistics.distinct < 0 ? statistics.distinct : statistics.distinct * factor
  return {
    statistics: { ...withDistinct(column, distinct), mostCommon: undefined, bounds: stretched.bounds },
    ends: stretched.ends,
    note: stopNote(statistics, stretched.stopsAt),
  }
}

/** A dataset gives values that its column may not be able to hold. */
function withinType(
  values: readonly string[],
  line: ValueLine,
): { readonly values: readonly string[]; readonly stopsAt: string | undefined } {
  let stopsAt: string | undefined
  const within = values.map((value) => {
    const place = line.read(value)
    if (place === undefined || (place >= line.ends[0] && place <= line.ends[1])) return value
    return (stopsAt = line.write(place))
  })
  return { values: within, stopsAt }
}

function stopNote({ column }: ColumnStatistics, stopsAt: string | undefined): string | undefined {
  return stopsAt === undefined ? undefined : `${column} stops at ${stopsAt}, where its type ends: further rows are taken to have that value`
}

/** More different values within the range: those that were common are so no more. */
function spreadColumn({ statistics, rows, line }: GrowingColumn): ColumnStatistics {
  const distinct = statistics.distinct > 0 ? -statistics.distinct / rows.seeded : statistics.distinct
  const bounds = line === undefined ? undefined : stretch(statistics, line, 1)?.bounds
  return { ...statistics, distinct, mostCommon: undefined, bounds: bounds ?? statistics.bounds }
}

/** Children keep their number per parent while parents are added; without further parents there are no further values. */
function followParent(
  column: GrowingColumn,
  parent: { readonly seeded: number; readonly projected: number; readonly continues: boolean },
): ProjectedColumn {
  const { statistics, rows, line } = column
  const factor = parent.seeded < 1 ? 1 : parent.projected / parent.seeded
  const seen = distinctCount(statistics, rows.seeded)
  // ANALYZE writes a share where it believes that there are more values than it saw (compute_scalar_stats of analyze.c).
  const grown = statistics.distinct < 0 ? seen * (rows.projected / rows.seeded) : seen * factor
  const distinct = Math.max(1, Math.min(grown, parent.projected, rows.projected))
  const { mostCommon } = statistics
  const followed: ColumnStatistics = {
    ...withDistinct(column, distinct),
    mostCommon:
      mostCommon === undefined ? undefined : { ...mostCommon, frequencies: mostCommon.frequencies.map((one) => one / Math.max(1, factor)) },
  }
  if (!parent.continues || factor === 1 || line === undefined) return { statistics: followed, ends: undefined, note: undefined }
  const stretched = stretch(spreadCommon(statistics, Math.max(1, factor)), line, factor)
  if (stretched === undefined) return { statistics: followed, ends: undefined, note: undefined }
  return { statistics: { ...followed, bounds: stretched.bounds }, ends: stretched.ends, note: stopNote(statistics, stretched.stopsAt) }
}

/** What common values lose of their frequency when there are more of them goes to the others of their kind, at their places. */
function spreadCommon(statistics: ColumnStatistics, factor: number): ColumnStatistics {
  const { mostCommon, nullFraction } = statistics
  if (mostCommon === undefined) return statistics
  const kept = mostCommon.frequencies.reduce((sum, one) => sum + one, 0) / factor
  const frequencies = mostCommon.frequencies.map((one) => one * (1 - 1 / factor))
  return { ...statistics, nullFraction: nullFraction + kept, mostCommon: { ...mostCommon, frequencies } }
}

/** As ANALYZE writes it: a share of the rows where it is more than a tenth of them. */
function withDistinct({ statistics, rows }: GrowingColumn, distinct: number): ColumnStatistics {
  if (distinct < 0) return { ...statistics, distinct }
  return { ...statistics, distinct: distinct > rows.projected * 0.1 ? -Math.min(1, distinct / rows.projected) : Math.round(distinct) }
}
