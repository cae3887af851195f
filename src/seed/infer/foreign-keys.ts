import type { ColumnContext, Draws, Generator } from '../generator.js'
import { permutationOf } from '../generators/order-key.js'
import { createZipfIndexes } from '../generators/zipf-ranks.js'
import type { ForeignKeySchema, TableSchema } from '../schema.js'
import { domainTooSmall, inferred, notInferable } from './inferred.js'

/** How much the most frequent parents dominate: as customers do. Even data has plans that production never sees. */
const EXPONENT = 0.8
const NULL_SHARE = 0.1

export interface ForeignKeyTarget {
  readonly table: TableSchema
  readonly foreignKey: ForeignKeySchema
  readonly rows: number
  readonly parentRows: number
  /** Each parent at most once. */
  readonly isUnique: boolean
  /** The key's columns may be NULL. */
  readonly isNullable: boolean
  /** The parent of a row, where a composite key has decided it. */
  readonly parentOf?: ((context: ColumnContext) => (row: number) => number) | undefined
}

/** Which parent a row has: -1 for none. All columns of one foreign key agree on it. */
type ParentOf = (row: number) => number

/**
 * A generator for each column of a foreign key.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for a parent without rows, or with fewer than a unique reference needs
 */
export function inferForeignKey(target: ForeignKeyTarget): ReadonlyMap<string, Generator> {
  const { table, foreignKey, rows, parentRows, isUnique, isNullable } = target
  const { parent, columns, parentColumns } = foreignKey
  const isSelf = parent === table.id
  if (parentRows === 0 && !isNullable && rows > 0) {
    const column = table.columns.find(({ name }) => name === columns[0])
    if (column !== undefined) throw emptyParent(table, foreignKey)
  }
  if (isUnique && rows > parentRows && !isNullable) throw domainTooSmall(table, columns, rows, parentRows)
  const spec = [foreignKey.name, parent, [...columns], [...parentColumns], isUnique, isNullable, isSelf]
  const generators = columns.map((column, i) => {
    const parentColumn = parentColumns[i] ?? ''
    return [
      column,
      inferred('foreign key', spec, (context) => {
        // Bound when first asked: a table may refer to itself, and two tables to each other.
        let keyAt: ((row: number) => unknown) | undefined
        const keyOf = (row: number): unknown => (keyAt ??= context.valueOf(parent, parentColumn).at)(row)
        if (parentRows === 0) return { at: () => null }
        const draws = context.drawsOf(`foreign key ${foreignKey.name}`)
        const { parentOf, hottest } = chooseParents(target, context, draws, isSelf)
        return {
          at: (row) => {
            const chosen = parentOf(row)
            return chosen < 0 ? null : keyOf(chosen)
          },
          distinct: parentRows,
          ...(isUnique && columns.length === 1 ? { isUnique } : {}),
          ...(hottest === undefined
            ? {}
            : { hottest: (count: number) => Array.from({ length: Math.min(count, parentRows) }, (_, rank) => keyOf(hottest(rank))) }),
        }
      }),
    ] as const
  })
  return new Map(generators)
}

function chooseParents(
  { parentRows, isUnique, isNullable, parentOf }: ForeignKeyTarget,
  context: ColumnContext,
  draws: Draws,
  isSelf: boolean,
): { readonly parentOf: ParentOf; readonly hottest?: (rank: number) => number } {
  if (parentOf !== undefined) return { parentOf: parentOf(context) }
  const permutation = permutationOf(draws, parentRows)
  if (isUnique) return { parentOf: (row) => (row < parentRows ? permutation(row) : -1) }
  if (isSelf) {
    // An earlier row, so that there are no circles; a root refers to nothing, or to itself where it must.
    const isRoot = (row: number): boolean => row === 0 || draws.unit(row, 1) < 0.02
    return { parentOf: (row) => (isRoot(row) ? (isNullable ? -1 : row) : draws.below(row, Math.min(row, parentRows))) }
  }
  const index = createZipfIndexes(parentRows, EXPONENT, draws, permutation)
  const none = draws.fork('null')
  return {
    parentOf: (row) => (isNullable && none.unit(row) < NULL_SHARE ? -1 : index(row)),
    hottest: permutation,
  }
}

function emptyParent(table: TableSchema, { columns, parent, name }: ForeignKeySchema): Error {
  const bare = parent.slice(parent.indexOf('.') + 1)
  const column = table.columns.find((candidate) => candidate.name === columns[0])
  if (column === undefined) throw new TypeError(`${name} has no columns`)
  return notInferable(
    table,
    column,
    `it refers to '${parent}' (${name}), which has no rows. Give that table rows, as in tables: { ${JSON.stringify(bare)}: 1000 }, or migrate rows into it`,
    'constant(…)',
  )
}
