import { plural } from '../../primitives/plural.js'
import { createIndex } from '../../primitives/create-index.js'
import { rootTables, sizeOf, type Catalogue, type CatalogueForeignKey } from '../catalogue.js'
import { printBytes } from '../print-inspection.js'
import type { SchemaFinding } from '../schema-inspection.js'
import { quoteName, quoteTable, tableLabel } from '../../primitives/sql-name.js'

/**
 * Foreign keys whose columns are the leading ones of no index: a DELETE of a referenced row, or an UPDATE of its key, reads the referencing table
 * from end to end. PostgreSQL makes no such index by itself.
 */
export function findUnindexedForeignKeys(catalogue: Catalogue): readonly SchemaFinding[] {
  const { tables, foreignKeys } = catalogue
  const roots = new Set(rootTables(catalogue).map(({ oid }) => oid))
  return foreignKeys.flatMap((key) => {
    const table = tables.get(key.table)
    if (table === undefined || key.parent !== undefined || isServed(catalogue, key)) return []
    const { rows, bytes } = sizeOf(catalogue, table)
    const referenced = tableLabel(key.referenced)
    const size = `${rows === undefined ? '' : `${plural(rows, 'row')}, `}${printBytes(bytes)}`
    const label = tableLabel(table)
    return [
      {
        id: 'unindexed-foreign-key',
        schema: table.schema,
        table: table.name,
        name: key.name,
        text: `${key.name}: no index on ${label} leads with (${key.columns.join(', ')}). Each DELETE from ${referenced} (ON DELETE ${key.onDelete}) reads ${roots.has(table.oid) ? 'the whole of' : 'the partition'} ${label} (${size})`,
        remedy: `${createIndex({ on: quoteTable(table), columns: key.columns.map(quoteName) })};`,
      } satisfies SchemaFinding,
    ]
  })
}

/** The indexes that serve the key; those of all partitions do, too. */
export function servingIndexes({ indexes }: Catalogue, key: CatalogueForeignKey): readonly number[] {
  const always = new Set(key.columns.map((column) => `${quoteName(column)} IS NOT NULL`))
  return indexes
    .filter(({ oid, predicate }) => key.indexes.includes(oid) && (predicate === undefined || impliedBy(predicate, always)))
    .map(({ oid }) => oid)
}

function isServed(catalogue: Catalogue, key: CatalogueForeignKey): boolean {
  if (servingIndexes(catalogue, key).length > 0) return true
  // Of a reference to a partitioned table there are copies as well, which are of the same table.
  const parts = catalogue.foreignKeys.filter(({ parent, table }) => parent === key.oid && table !== key.table)
  return parts.length > 0 && parts.every((part) => isServed(catalogue, part))
}

/** `column = value`, which is what a foreign key asks, is never true of a NULL: an index without the NULLs serves it. */
function impliedBy(predicate: string, always: ReadonlySet<string>): boolean {
  return predicate
    .replaceAll(/^\(|\)$/g, '')
    .split(' AND ')
    .every((part) => always.has(part.replaceAll(/^\(|\)$/g, '')))
}
