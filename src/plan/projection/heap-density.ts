import type { ColumnStatistics } from '../../databases/table-statistics.js'
import type { CatalogueColumn } from './catalogue.js'

/** Of a block and a row (PostgreSQL manual, "Database Page Layout"). */
const PAGE_HEADER_BYTES = 24
const LINE_POINTER_BYTES = 4
const ROW_HEADER_BYTES = 23
const ALIGNMENT = 8

/** What decides how many rows fit into a block. */
export interface HeapShape {
  readonly rows: number
  readonly pages: number
  readonly blockBytes: number
  /** Percent. */
  readonly fillFactor: number
  readonly columns: readonly CatalogueColumn[]
  readonly statistics: readonly ColumnStatistics[]
}

/**
 * Rows in a full block. The last block of a small table may be nearly empty, so dividing rows by pages is wrong by up to a page; the widths of the
 * columns tell it exactly where they explain the pages that there are, and else it is taken from the middle of what the pages allow.
 */
export function rowsPerPage({ rows, pages, blockBytes, fillFactor, columns, statistics }: HeapShape): number {
  const room = (blockBytes - PAGE_HEADER_BYTES) * (fillFactor / 100)
  const { bytes, isExact } = rowBytes(columns, statistics)
  const modelled = isExact ? Math.floor(room / bytes) : (room - bytes / 2) / bytes
  if (pages <= 0 || rows <= 0) return Math.max(modelled, 1 / 8)
  if (Math.ceil(rows / modelled) === pages) return modelled
  // Of one page nothing is known but the least.
  return pages === 1 ? Math.max(modelled, rows) : rows / (pages - 0.5)
}

function rowBytes(
  columns: readonly CatalogueColumn[],
  statistics: readonly ColumnStatistics[],
): { readonly bytes: number; readonly isExact: boolean } {
  const of = new Map(statistics.map((one) => [one.column, one]))
  const hasNulls = statistics.some(({ nullFraction }) => nullFraction > 0)
  let bytes = align(ROW_HEADER_BYTES + (hasNulls ? Math.ceil(columns.length / 8) : 0), ALIGNMENT)
  let isExact = true
  for (const { name, length, alignment } of columns) {
    const { averageWidth = 16, nullFraction = 0 } = of.get(name) ?? {}
    isExact &&= length > 0 && (nullFraction === 0 || nullFraction === 1)
    if (length > 0 && nullFraction === 0) bytes = isExact ? align(bytes, alignment) + length : bytes + (alignment - 1) / 2 + length
    else bytes += averageWidth * (1 - nullFraction)
  }
  return { bytes: (isExact ? align(bytes, ALIGNMENT) : bytes + (ALIGNMENT - 1) / 2) + LINE_POINTER_BYTES, isExact }
}

function align(bytes: number, to: number): number {
  return Math.ceil(bytes / to) * to
}
