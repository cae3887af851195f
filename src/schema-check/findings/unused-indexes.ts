import { plural } from '../../primitives/plural.js'
import { sizeOf, type Catalogue, type CatalogueIndex } from '../catalogue.js'
import { printBytes } from '../print-inspection.js'
import type { SchemaFinding } from '../schema-inspection.js'
import { quoteTable, tableLabel } from '../../primitives/sql-name.js'
import { servingIndexes } from './unindexed-foreign-keys.js'

/** What the plans of a recording read and wrote. A schema is `undefined` where a plan does not say it. */
export interface RecordedUse {
  readonly plans: number
  readonly indexes: readonly UsedName[]
  readonly tables: readonly UsedName[]
}

export interface UsedName {
  readonly schema: string | undefined
  readonly name: string
}

/** Up to here the planner rightly reads the whole table, whatever indexes there are. */
const SMALL_BYTES = 10 * 8192

/**
 * Indexes that no plan of the recording used, of tables that it read or wrote. Left out are those that enforce something, and those that alone serve a
 * foreign key: they are for deletes that the recording may not have.
 */
export function findUnusedIndexes(
  catalogue: Catalogue,
  use: RecordedUse,
): { readonly findings: readonly SchemaFinding[]; readonly notes: readonly string[] } {
  const used = withParents(
    catalogue,
    catalogue.indexes.filter((index) => isNamed(use.indexes, index)),
  )
  const touched = new Set([...catalogue.tables.values()].filter((table) => isNamed(use.tables, table)).map(({ root }) => root))
  const spoken = new Set(
    catalogue.foreignKeys.flatMap((key) => {
      const serving = servingIndexes(catalogue, key)
      return serving.length === 1 ? serving : []
    }),
  )
  const findings: SchemaFinding[] = []
  const small = new Set<string>()
  for (const index of catalogue.indexes) {
    const table = catalogue.tables.get(index.table)
    const enforces = index.unique || index.exclusion || index.needed || spoken.has(index.oid)
    if (table === undefined || !touched.has(table.root) || index.parent !== undefined || !index.valid || enforces || used.has(index.oid))
      continue
    if (sizeOf(catalogue, table).bytes <= SMALL_BYTES) small.add(tableLabel(table))
    else
      findings.push({
        id: 'unused-index',
        schema: table.schema,
        table: table.name,
        name: index.name,
        text: `${index.name} on ${tableLabel(table)} was used by none of ${plural(use.plans, 'plan')} (${printBytes(bytesOf(catalogue, index))})`,
        remedy: `DROP INDEX ${quoteTable(index)};`,
      })
  }
  const names = [...small].join(', ')
  return {
    findings,
    notes: small.size === 0 ? [] : [`too small for an index to be worth while, so not judged for unused ones: ${names}`],
  }
}

function isNamed(names: readonly UsedName[], { schema, name }: { readonly schema: string; readonly name: string }): boolean {
  return names.some((used) => used.name === name && (used.schema === undefined || used.schema === schema))
}

function withParents({ indexes }: Catalogue, found: readonly CatalogueIndex[]): ReadonlySet<number> {
  const all = new Map(indexes.map((index) => [index.oid, index]))
  const used = new Set<number>()
  for (const index of found)
    for (let one: CatalogueIndex | undefined = index; one !== undefined; one = one.parent === undefined ? undefined : all.get(one.parent))
      used.add(one.oid)
  return used
}

/** Of the index of a partitioned table: of all its parts. */
function bytesOf({ indexes }: Catalogue, index: CatalogueIndex): number {
  const below = indexes.filter(({ parent }) => parent === index.oid)
  return below.reduce((sum, part) => sum + bytesOf({ indexes } as Catalogue, part), index.bytes)
}
