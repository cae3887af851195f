import type { ColumnStatistics } from '../../databases/table-statistics.js'
import type { CatalogueColumn } from './catalogue.js'
import { ALIGNMENT, BTREE_SPECIAL_BYTES, LINE_POINTER_BYTES, PAGE_HEADER_BYTES } from './page-layout.js'

/** Of the tuples of a btree (PostgreSQL sources, access/nbtree.h, nbtsort.c, nbtdedup.c). */
const TUPLE_HEADER_BYTES = 8
const HEAP_POINTER_BYTES = 6
const INNER_FILL_FACTOR = 70
const LEAF_FILL_FACTOR = 90
/** A list of rows with the same key takes at most a tenth of a block when an index is built. */
const POSTING_SHARE = 0.1

/** From as many leaves on, how full they are is no accident. */
const TELLING_LEAVES = 100

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

/**
 * What the model's leaves have to be multiplied by to give the pages that there are: the least correction that does. An index that rows were inserted
 * into one by one is less dense than one that was built, and stays so; but of a few leaves nobody can tell, because they all split at the same time.
 */
export function leafCorrection(shape: BtreeShape, pages: number): number {
  const model = leafPages(shape)
  const leaves = pages - 1 - (pages <= 2 ? 0 : innerPages(pages, shape))
  // The last leaf may hold one entry, or be full.
  const least = leaves < TELLING_LEAVES ? 0 : (leaves - 1) / model
  return Math.min(Math.max(1, least), Math.max(1 / 8, leaves / model))
}

function leafPages({ rows, blockBytes, fillFactor, ...shape }: BtreeShape): number {
  const key = keyBytes(shape)
  const reserve = Math.floor((blockBytes * (100 - (fillFactor ?? LEAF_FILL_FACTOR))) / 100)
  const room = blockBytes - PAGE_HEADER_BYTES - BTREE_SPECIAL_BYTES - reserve
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
  const perInner = innerEntries(shape)
  let pages = 1 + leaves
  let height = 0
  for (let level = leaves; level > 1; height += 1) {
    level = Math.ceil(level / perInner)
    pages += level
  }
  return { pages, height }
}

/** Of a tree with so many pages: all that are neither leaves nor the first. */
function innerPages(pages: number, shape: BtreeShape): number {
  const perInner = innerEntries(shape)
  let inner = 0
  for (let level = pages - 1; level > 1; inner += level) level = Math.ceil(level / perInner)
  return inner
}

function innerEntries(shape: BtreeShape): number {
  const room = (shape.blockBytes - PAGE_HEADER_BYTES - BTREE_SPECIAL_BYTES) * (INNER_FILL_FACTOR / 100)
  return Math.max(2, Math.floor(room / (keyBytes(shape) + LINE_POINTER_BYTES)))
}

function align(bytes: number, to: number): number {
  return Math.ceil(bytes / to) * to
}
