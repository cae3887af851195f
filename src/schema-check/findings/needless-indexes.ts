import type { Catalogue, CatalogueIndex } from '../catalogue.js'
import { printBytes } from '../print-inspection.js'
import type { SchemaFinding } from '../schema-inspection.js'
import { quoteName, quoteTable, tableLabel } from '../../primitives/sql-name.js'
import { covers, isSameIndex, staysRather } from './index-cover.js'

/** Indexes that another one equals in everything but the name. */
export function findDuplicateIndexes(catalogue: Catalogue): readonly SchemaFinding[] {
  return removable(catalogue).flatMap((index) => {
    const twin = ofTable(catalogue, index).find((other) => isDuplicate(index, other))
    if (twin === undefined) return []
    return [describe(catalogue, index, 'duplicate-index', `has the same columns, conditions and order as ${nameOf(twin)}`)]
  })
}

/**
 * Indexes whose columns another one begins with. An index that enforces something, such as a unique one, is needed all the same, unless the other is
 * unique on the same columns.
 */
export function findRedundantIndexes(catalogue: Catalogue): readonly SchemaFinding[] {
  return removable(catalogue).flatMap((index) => {
    const all = ofTable(catalogue, index)
    if (all.some((other) => isDuplicate(index, other))) return []
    const wider = all.filter((other) => isRedundant(index, other))
    const stays = (one: CatalogueIndex): boolean => !all.some((other) => isRedundant(one, other) || isDuplicate(one, other))
    // One that is to go itself is no reason; what it begins with, the one that stays begins with as well.
    const [other] = wider.toSorted((a, b) => Number(stays(b)) - Number(stays(a)) || a.keys.length - b.keys.length || a.oid - b.oid)
    if (other === undefined) return []
    return [
      describe(catalogue, index, 'redundant-index', `(${columnsOf(index)}) is what ${nameOf(other)} (${columnsOf(other)}) begins with`),
    ]
  })
}

function isDuplicate(index: CatalogueIndex, other: CatalogueIndex): boolean {
  if (other === index || !isSameIndex(index, other) || !staysRather(other, index)) return false
  return !index.unique || enforcesTheSame(index, other)
}

function isRedundant(index: CatalogueIndex, other: CatalogueIndex): boolean {
  if (other === index || !covers(other, index)) return false
  if (index.unique && !(other.keys.length === index.keys.length && enforcesTheSame(index, other))) return false
  // Two that cover each other: one of them is to stay.
  return !covers(index, other) || staysRather(other, index) || (index.unique && !other.unique)
}

function enforcesTheSame(index: CatalogueIndex, other: CatalogueIndex): boolean {
  return other.unique && other.nullsNotDistinct === index.nullsNotDistinct
}

/** Parts of a partitioned table's index go with it. */
function removable({ indexes }: Catalogue): readonly CatalogueIndex[] {
  return indexes.filter(
    ({ parent, needed, primary, exclusion, valid }) => parent === undefined && !needed && !primary && !exclusion && valid,
  )
}

function ofTable({ indexes }: Catalogue, { table }: CatalogueIndex): readonly CatalogueIndex[] {
  return indexes.filter((index) => index.table === table)
}

function describe({ tables }: Catalogue, index: CatalogueIndex, id: SchemaFinding['id'], text: string): SchemaFinding {
  const table = tables.get(index.table)
  const names = { schema: table?.schema ?? index.schema, name: table?.name ?? '' }
  const size = index.partitioned ? '' : ` (${printBytes(index.bytes)})`
  return {
    id,
    schema: names.schema,
    table: names.name,
    name: index.name,
    text: `${index.name} on ${tableLabel(names)} ${text}${size}`,
    remedy:
      index.constraint === undefined
        ? `DROP INDEX ${quoteTable(index)};`
        : `ALTER TABLE ${quoteTable(names)} DROP CONSTRAINT ${quoteName(index.constraint)};`,
  }
}

function nameOf({ name, constraint, primary }: CatalogueIndex): string {
  if (primary) return `the primary key ${name}`
  return constraint === undefined ? name : `the constraint ${name}`
}

function columnsOf({ keys }: CatalogueIndex): string {
  return keys.map(({ text }) => text).join(', ')
}
