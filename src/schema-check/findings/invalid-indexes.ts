import type { Catalogue, CatalogueIndex } from '../catalogue.js'
import { printBytes } from '../print-inspection.js'
import type { SchemaFinding } from '../schema-inspection.js'
import { quoteTable, tableLabel } from '../../primitives/sql-name.js'

/**
 * Indexes that no query uses and every write pays for: what a CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY that failed has left, and indexes of a
 * partitioned table that not every partition has.
 */
export function findInvalidIndexes({ tables, indexes }: Catalogue): readonly SchemaFinding[] {
  const invalid = indexes.filter(({ valid, building }) => !valid && !building)
  return invalid.flatMap((index) => {
    const table = tables.get(index.table)
    // The index of the partitioned table above says the same.
    if (table === undefined || (index.partitioned && index.parent !== undefined)) return []
    return [
      {
        id: 'invalid-index',
        schema: table.schema,
        table: table.name,
        name: index.name,
        text: `${index.name} on ${tableLabel(table)} is invalid: ${index.partitioned ? 'not every partition has a valid part of it' : `no query uses it, every write maintains it (${printBytes(index.bytes)})`}`,
        remedy: remedyFor(index),
      } satisfies SchemaFinding,
    ]
  })
}

function remedyFor(index: CatalogueIndex): string {
  const name = quoteTable(index)
  if (index.partitioned) return `ALTER INDEX ${name} ATTACH PARTITION …;  -- for each partition without it`
  // What REINDEX CONCURRENTLY leaves has the number of a copy at its end; the index itself is there and valid.
  return /_cc(new|old)\d*$/.test(index.name) ? `DROP INDEX ${name};` : `REINDEX INDEX ${name};  -- or DROP INDEX, when it is not wanted`
}
