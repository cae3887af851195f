import type { ColumnProjection, TableProjection } from '../databases/table-statistics.js'
import type { DatasetStudy } from '../databases/template-dataset.js'
import type { BoundColumn, BoundDataset, BoundTable } from './bind-dataset.js'
import { projectSample, sampleColumn, type ColumnSample } from './sample-column.js'
import type { TableSchema } from './schema.js'
import { findTable } from './table-name.js'
import { textOfValue } from './text-of-value.js'

/** Bounds of a histogram: one more than the default statistics target. */
const BOUNDS = 101
/** Rows that are looked at to see how often neighbours have the same value. */
const NEIGHBOURS = 1000

/**
 * What the columns of a dataset are like at row counts that were never loaded. Every value is a function of its row, so that they can be asked: those
 * that rise with the row at a hundred rows of each size, all others at some thousand rows, once.
 */
export function createProjector(bound: BoundDataset): DatasetStudy['project'] {
  const samples = new Map<BoundColumn, ColumnSample | undefined>()
  const shares = new Map<BoundColumn, number>()
  const shareOf = (column: BoundColumn, table: BoundTable): number => {
    const share =
      shares.get(column) ?? (column.bound.isUnique === true ? 1 : differentShare(column.bound.at, column.schema.type, table.rows))
    shares.set(column, share)
    return share
  }
  const sampleOf = (column: BoundColumn, table: BoundTable): ColumnSample | undefined => {
    if (!samples.has(column)) samples.set(column, sampleColumn(column, table.rows))
    return samples.get(column)
  }
  return (rows) =>
    Object.entries(rows).flatMap(([name, count]): readonly TableProjection[] => {
      const schema = lookUp(bound, name)
      const table = schema === undefined ? undefined : bound.tables.get(schema.id)
      if (schema === undefined || table === undefined || table.rows === 0) return []
      const columns = table.columns.flatMap((column): readonly ColumnProjection[] => {
        const sample = sampleOf(column, table)
        if (sample === undefined) return []
        const projected = sample.rises ? projectRising(column, count, shareOf(column, table)) : projectSample(column, sample, count)
        return projected === undefined ? [] : [projected]
      })
      return [{ schema: schema.schema, table: schema.name, rows: count, columns }]
    })
}

function lookUp(bound: BoundDataset, name: string): TableSchema | undefined {
  try {
    return findTable(bound.schema, name)
  } catch {
    // A table that the dataset knows nothing of: its schema says how it grows.
    return undefined
  }
}

function projectRising({ schema, bound }: BoundColumn, rows: number, share: number): ColumnProjection | undefined {
  const found: string[] = []
  for (let step = 0; step < BOUNDS; step += 1) {
    const text = textNear(bound.at, schema.type, Math.round(((rows - 1) * step) / (BOUNDS - 1)), rows)
    // What has no text has no place in a histogram either: the schema's own rule is left to it.
    if (text === undefined) return undefined
    found.push(text)
  }
  const first = found[0]
  const last = found.at(-1)
  if (first === undefined || last === undefined || found.length < 2) return undefined
  const distinct = share >= 0.1 ? -share : Math.max(1, Math.round(share * rows))
  return { column: schema.name, distinct, mostCommon: undefined, bounds: found, correlation: 1, ends: [first, last] }
}

/** The value of this row, or of the next one that has a value. */
function textNear(at: (row: number) => unknown, type: BoundColumn['schema']['type'], row: number, rows: number): string | undefined {
  for (const near of [row, row + 1, row + 2, row + 3, row - 1, row - 2, row - 3]) {
    const value = near < 0 || near >= rows ? null : at(near)
    if (value !== null) return textOfValue(value, type)
  }
  return undefined
}

function differentShare(at: (row: number) => unknown, type: BoundColumn['schema']['type'], rows: number): number {
  const count = Math.min(NEIGHBOURS, rows)
  const from = Math.floor((rows - count) / 2)
  const seen = new Set<string | undefined>()
  for (let row = from; row < from + count; row += 1) {
    const value = at(row)
    if (value !== null) seen.add(textOfValue(value, type))
  }
  return Math.max(1, seen.size) / count
}
