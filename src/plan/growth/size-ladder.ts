import { wrongOption } from '../../primitives/options.js'
import type { TableRows } from './plan-growth.js'

/** From where to where a table grows. */
export interface GrowthRange {
  /** @default the rows of the template */
  readonly from?: number
  readonly upTo: number
}

/** A table's way from its first size to its last. */
export interface TableRange {
  readonly table: string
  readonly seeded: number
  readonly from: number
  readonly upTo: number
}

const MOST_ROWS = 1e12

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no range */
export function checkRanges(ranges: unknown): asserts ranges is Readonly<Record<string, GrowthRange>> {
  const expected = 'ranges by table, such as { orders: { upTo: 1_000_000_000 } }'
  if (typeof ranges !== 'object' || ranges === null || Array.isArray(ranges) || Object.keys(ranges).length === 0)
    throw wrongOption('rows', expected, ranges)
  const isRows = (rows: unknown): boolean => typeof rows === 'number' && Number.isInteger(rows) && rows >= 1 && rows <= MOST_ROWS
  for (const [table, range] of Object.entries(ranges as Readonly<Record<string, unknown>>)) {
    if (typeof range !== 'object' || range === null) throw wrongOption(`rows.${table}`, '{ from, upTo }', range)
    const other = Object.keys(range).find((name) => name !== 'from' && name !== 'upTo')
    if (other !== undefined) throw wrongOption(`rows.${table}`, '{ from, upTo }', `an object with ${other}`)
    const { from, upTo }: { readonly from?: unknown; readonly upTo?: unknown } = range
    const expectedRows = `a whole number of rows from 1 to ${MOST_ROWS.toLocaleString('en-US')}`
    if (!isRows(upTo)) throw wrongOption(`rows.${table}.upTo`, expectedRows, upTo)
    if (from !== undefined && !isRows(from)) throw wrongOption(`rows.${table}.from`, expectedRows, from)
  }
}

/** Rows of all tables at a place between 0, the first size, and 1, the last: each table grows by equal factors over equal ways. */
export function rowsAt(ranges: readonly TableRange[], place: number): TableRows {
  return Object.fromEntries(ranges.map(({ table, from, upTo }) => [table, Math.round(from * (upTo / from) ** place)]))
}

/** Places of equal steps, from 0 to 1. */
export function ladder(sizes: number): readonly number[] {
  return Array.from({ length: sizes }, (_, index) => index / (sizes - 1))
}

/** True when no table differs by more than the share between two sizes, or one row. */
export function areNear(a: TableRows, b: TableRows, share: number): boolean {
  return Object.entries(a).every(([table, rows]) => Math.abs((b[table] ?? 0) - rows) <= Math.max(1, rows * share))
}
