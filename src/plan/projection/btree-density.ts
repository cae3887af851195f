import type { ColumnStatistics } from '../../databases/table-statistics.js'
import type { CatalogueColumn } from './catalogue.js'

/** Of a btree block and its tuples (PostgreSQL sources, access/nbtree.h, nbtsort.c, nbtdedup.c). */
const PAGE_OVERHEAD_BYTES = 24 + 16
const LINE_POINTER_BYTES = 4
const TUPLE_HEADER_BYTES = 8
const HEAP_POINTER_BYTES = 6
const ALIGNMENT = 8
const INNER_FILL_FACTOR = 70
const LEAF_FILL_FACTOR = 90
/** A list of rows with the same key takes at most a tenth of a block when an index is built. */
const POSTING_SHARE = 0.1

/** What decides the size of a btree. */
export interface BtreeShape {
  readonly rows: number
  readonly blockBytes: number
  readonly fillFactor: number | null
  /** Rows with the same key share its bytes. */
  readonly deduplicates: boolean
  /** Key and INCLUDE columns in order; `undefined` for an expression. */
  readonly columns: readonly (CatalogueColumn | undefined)[]
  /** Of these columns, at this number of rows. */
  readonly statistics: readonly (ColumnStatistics | undefined)[]
  /** Different keys there can be, when it is less than the product of the columns' tells. */
  readonly isUnique: boolean
}

/** A tree by its blocks. */
export interface BtreeSize {
  readonly pages: number
  /** Levels above the leaves. */
  readonly height: number
}

/** The size of a btree that is built, or grown at its right end, over this many rows. */
export function btreeSize(shape: BtreeShape, correction = 1): BtreeSize {
  return treeAbove(Math.max(1, Math.ceil(leafPages(shape) * correction)), shape)
}

/** What the model's number of leaves has to be multiplied by to give the pages that there are; 1 where it explains them. */
export function leafCorrection(shape: BtreeShape, pages: number): number {
  const model = btreeSize(shape)
  if (model.pages === pages || pages <= 2) return 1
  return (pages - 1.5) / (model.pages - 1)
}

function leafPages({ rows, blockBytes, fillFactor, ...shape }: BtreeShape): number {
  const key = keyBytes(shape)
  const reserve = Math.floor((blockBytes * (100 - (fillFactor ?? LEAF_FILL_FACTOR))) / 100)
  const room = blockBytes - PAGE_OVERHEAD_BYTES - reserve
  const single = key + LINE_POINTER_BYTES
  if (shape.isUnique || !shape.deduplicates) return rows / Math.floor(room / single)
  const most = align(Math.floor(blockBytes * POSTING_SHARE), ALIGNMENT) - ALIGNMENT
  const perPosting = Math.max(1, Math.floor((most - key) / HEAP_POINTER_BYTES))
  let bytes = 0
  for (const { keys, copies } of keyCopies(rows, shape.statistics)) {
    const full = Math.floor(copies / perPosting)
    const rest = copies - full * perPosting
    const last = rest < 1 ? rest * single : align(key + (rest > 1 ? rest * HEAP_POINTER_BYTES : 0), ALIGNMENT) + LINE_POINTER_BYTES
    bytes += keys * (full * (align(key + perPosting * HEAP_POINTER_BYTES, ALIGNMENT) + LINE_POINTER_BYTES) + last)
  }
  return bytes / room
}

/** How many keys have how many rows. */
function keyCopies(
  rows: number,
  statistics: readonly (ColumnStatistics | undefined)[],
): readonly { readonly keys: number; readonly copies: number }[] {
  const distinct = statistics.map((one) => distinctCount(one, rows)).reduce((product, count) => product * count, 1)
  const only = statistics.length === 1 ? statistics[0] : undefined
  if (distinct >= rows) return [{ keys: rows, copies: 1 }]
  const frequencies = only?.mostCommon?.frequencies ?? []
  const nulls = only?.nullFraction ?? 0
  const rest = Math.max(0, rows * (1 - nulls - frequencies.reduce((sum, one) => sum + one, 0)))
  const others = Math.max(1, distinct - frequencies.length)
  return [
    ...(nulls > 0 ? [{ keys: 1, copies: rows * nulls }] : []),
    ...frequencies.map((frequency) => ({ keys: 1, copies: rows * frequency })),
    ...(rest > 0 ? [{ keys: Math.min(others, rest), copies: Math.max(1, rest / others) }] : []),
  ]
}

export function distinctCount(statistics: ColumnStatistics | undefined, rows: number): number {
  if (statistics === undefined || statistics.distinct === 0) return rows
  return Math.max(1, statistics.distinct > 0 ? statistics.distinct : -statistics.distinct * rows)
}

function keyBytes({ columns, statistics }: Pick<BtreeShape, 'columns' | 'statistics'>): number {
  let bytes = TUPLE_HEADER_BYTES
  for (const [index, column] of columns.entries()) {
    const width = column !== undefined && column.length > 0 ? column.length : (statistics[index]?.averageWidth ?? 16)
    bytes = column !== undefined && column.length > 0 ? align(bytes, column.alignment) + width : bytes + width
  }
  const isExact = columns.every((column) => column !== undefined && column.length > 0)
  return isExact ? align(bytes, ALIGNMENT) : bytes + (ALIGNMENT - 1) / 2
}

function treeAbove(leaves: number, shape: BtreeShape): BtreeSize {
  const room = (shape.blockBytes - PAGE_OVERHEAD_BYTES) * (INNER_FILL_FACTOR / 100)
  const perInner = Math.max(2, Math.floor(room / (keyBytes(shape) + LINE_POINTER_BYTES)))
  let pages = 1 + leaves
  let height = 0
  for (let level = leaves; level > 1; height += 1) {
    level = Math.ceil(level / perInner)
    pages += level
  }
  return { pages, height }
}

function align(bytes: number, to: number): number {
  return Math.ceil(bytes / to) * to
}
