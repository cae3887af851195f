import type { ColumnStatistics } from '../../databases/table-statistics.js'
import type { CatalogueColumn } from './catalogue.js'
import { ALIGNMENT, LINE_POINTER_BYTES, PAGE_HEADER_BYTES } from './page-layout.js'

/** PostgreSQL manual, "Database Page Layout". */
const ROW_HEADER_BYTES = 23

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
 * columns tell it, as far as the pages that there are allow.
 */
export function rowsPerPage({ rows, pages, blockBytes, fillFactor, columns, statistics }: HeapShape): number {
  const room = (blockBytes - PAGE_HEADER_BYTES) * (fillFactor / 100)
  const { bytes, varies } = rowBytes(columns, statistics)
  const even = Math.floor(room / (align(bytes, ALIGNMENT) + LINE_POINTER_BYTES))
  const uneven = bytes + (ALIGNMENT - 1) / 2 + LINE_POINTER_BYTES
  const mixed = (room - uneven / 2) / uneven
  // Rows of nearly the same width are aligned to the same; else the rest of a page is half a row.
  const models = !varies ? [even] : isMixed(columns, statistics) ? [mixed] : [even, mixed]
  if (pages <= 0 || rows <= 0) return Math.max(even, 1 / 8)
  // The last page may hold one row, or be full; of one page nothing is known but the least.
  const least = rows / pages
  const most = pages === 1 ? Number.POSITIVE_INFINITY : (rows - 1) / (pages - 1)
  const fitting = models.find((model) => model >= least && model <= most)
  return fitting ?? Math.min(Math.max(models.at(-1) ?? least, least), most)
}

/** Whether the values that are known of some column differ by more than alignment hides, or are there in some rows only. */
function isMixed(columns: readonly CatalogueColumn[], statistics: readonly ColumnStatistics[]): boolean {
  const varying = new Set(columns.filter(({ length }) => length < 0).map(({ name }) => name))
  return statistics.some(({ column, nullFraction, mostCommon, bounds = [] }) => {
    const values = varying.has(column) ? [...(mostCommon?.values ?? []), ...bounds] : []
    const lengths = values.map((value) => Buffer.byteLength(value))
    return (nullFraction > 0 && nullFraction < 1) || Math.max(...lengths) - Math.min(...lengths) > ALIGNMENT
  })
}

function rowBytes(
  columns: readonly CatalogueColumn[],
  statistics: readonly ColumnStatistics[],
): { readonly bytes: number; readonly varies: boolean } {
  const of = new Map(statistics.map((one) => [one.column, one]))
  const hasNulls = statistics.some(({ nullFraction }) => nullFraction > 0)
  let bytes = align(ROW_HEADER_BYTES + (hasNulls ? Math.ceil(columns.length / 8) : 0), ALIGNMENT)
  let varies = false
  for (const { name, length, alignment } of columns) {
    const { averageWidth = 16, nullFraction = 0 } = of.get(name) ?? {}
    const isFixed = length > 0 && (nullFraction === 0 || nullFraction === 1)
    if (isFixed && nullFraction === 0) bytes = varies ? bytes + (alignment - 1) / 2 + length : align(bytes, alignment) + length
    else bytes += (length > 0 ? length : averageWidth) * (1 - nullFraction)
    varies ||= !isFixed
  }
  return { bytes, varies }
}

function align(bytes: number, to: number): number {
  return Math.ceil(bytes / to) * to
}
