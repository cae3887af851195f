import { plural } from '../../primitives/plural.js'
import { rootTables, sizeOf, type Catalogue } from '../catalogue.js'
import { printBytes } from '../print-inspection.js'
import type { SchemaFinding } from '../schema-inspection.js'
import { quoteName, quoteTable, tableLabel } from '../../primitives/sql-name.js'

/** Tables without a primary key: a row cannot be named, and logical replication cannot update or delete one. */
export function findMissingPrimaryKeys(catalogue: Catalogue): readonly SchemaFinding[] {
  return rootTables(catalogue).flatMap((table) => {
    if (table.kind === 'materialised view') return []
    const indexes = catalogue.indexes.filter((index) => index.table === table.oid)
    if (indexes.some(({ primary }) => primary)) return []
    const candidate = indexes.find(({ canBePrimary, constraint }) => canBePrimary && constraint === undefined)
    const { rows, bytes } = sizeOf(catalogue, table)
    return [
      {
        id: 'missing-primary-key',
        schema: table.schema,
        table: table.name,
        name: table.name,
        text: `${tableLabel(table)} has no primary key (${rows === undefined ? '' : `${plural(rows, 'row')}, `}${printBytes(bytes)})`,
        remedy:
          candidate === undefined
            ? `ALTER TABLE ${quoteTable(table)} ADD PRIMARY KEY (…);`
            : `ALTER TABLE ${quoteTable(table)} ADD PRIMARY KEY USING INDEX ${quoteName(candidate.name)};`,
      } satisfies SchemaFinding,
    ]
  })
}
