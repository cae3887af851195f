import { quoteIdentifier, quoteLiteral } from '../../databases/sql-client.js'
import { putEnds, type Extremes } from './ends.js'
import type { ProjectedFamilies } from './project-family.js'
import { PLAIN_TEXTS } from './read-seeded.js'
import { updateColumns, UPDATE_RELATIONS, type ColumnRow, type RelationRow } from './write-statistics.js'

/** SQL, once per session: planning these two takes as long as running them. */
export function prepareBatch(): string {
  return `PREPARE hotbed_columns (jsonb) AS ${updateColumns()}; PREPARE hotbed_relations (jsonb) AS ${UPDATE_RELATIONS}`
}

/** What a new size is made of. */
export interface Batch {
  readonly projected: ProjectedFamilies
  /** By the oid of the table. */
  readonly extremes: ReadonlyMap<number, Extremes>
  /** Statistics that are others than before. */
  readonly columns: readonly ColumnRow[]
  /** Tables that take no rows of ours, by oid. */
  readonly refused: ReadonlyMap<number, string>
  /** Other files of indexes, by the oid of the index. */
  readonly files: ReadonlyMap<number, number>
  readonly role: string
}

/** SQL, in one text and one transaction: statistics, sizes and end rows. */
export function projectionBatch({ projected, extremes, columns, refused, files, role }: Batch): string {
  const relations = projected.parts.flatMap(({ table, statistics }): readonly RelationRow[] => [
    { oid: table.oid, rows: statistics.rows, pages: blocks(statistics.pages), visible: blocks(statistics.allVisiblePages) },
    ...table.indexes.flatMap((index) => {
      const size = statistics.indexes.find(({ name }) => name === index.name)
      return size === undefined
        ? []
        : [{ oid: index.oid, rows: size.rows, pages: blocks(size.pages), visible: null, file: files.get(index.oid) }]
    }),
  ])
  const rows = projected.parts
    .filter(({ table }) => table.path !== null && !refused.has(table.oid))
    .map(({ table, ends }) => putEnds(table, extremes.get(table.oid) ?? new Map(), ends))
  return [
    'BEGIN',
    'RESET ROLE',
    PLAIN_TEXTS,
    'SET LOCAL session_replication_role = replica',
    ...(columns.length === 0 ? [] : [`EXECUTE hotbed_columns (${quoteLiteral(JSON.stringify(columns))})`]),
    `EXECUTE hotbed_relations (${quoteLiteral(JSON.stringify(relations))})`,
    ...rows.filter((text) => text !== ''),
    'COMMIT',
    `SET ROLE ${quoteIdentifier(role)}`,
  ].join(';\n')
}

/** SQL that tries the end rows of one table and leaves nothing of them. */
export function trialOf({ table, ends }: ProjectedFamilies['parts'][number], extremes: Extremes): string {
  return `BEGIN; RESET ROLE; ${PLAIN_TEXTS}; SET LOCAL session_replication_role = replica; ${putEnds(table, extremes, ends) || 'SELECT 1'}`
}

/** SQL that tries the statistics of one column, in a transaction that is left open. */
export function trialOfColumn(row: ColumnRow): string {
  return `BEGIN; RESET ROLE; ${PLAIN_TEXTS}; EXECUTE hotbed_columns (${quoteLiteral(JSON.stringify([row]))})`
}

/** The catalogue keeps numbers of blocks, which have 32 bits, as whole numbers with a sign (BlockNumber of storage/block.h). */
function blocks(pages: number): number {
  return pages | 0
}
