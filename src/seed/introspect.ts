import type { SqlClient } from '../databases/sql-client.js'
import { readExisting } from './introspect-existing.js'
import { INTROSPECT_QUERY } from './introspect-query.js'
import type {
  CheckSchema,
  ColumnSchema,
  DatabaseSchema,
  ForeignKeySchema,
  KeySchema,
  SequenceSchema,
  TableSchema,
  TriggerSchema,
  TypeSchema,
} from './schema.js'

interface CatalogueType {
  readonly oid: number
  readonly typname: string
  readonly nspname: string
  readonly typtype: string
  readonly typcategory: string
  readonly typnotnull: boolean
  readonly typtypmod: number
  readonly typdefault: string | null
  readonly of: number | null
  readonly labels: readonly string[] | null
  readonly checks: readonly string[] | null
}

interface CatalogueColumn {
  readonly name: string
  readonly position: number
  readonly type: number
  readonly typmod: number
  readonly isNotNull: boolean
  readonly defaultSql: string | null
  readonly identity: string
  readonly generated: string
  readonly collation: string | null
  readonly sequence: SequenceSchema | null
}

interface CatalogueIndex {
  readonly name: string
  readonly oid: number
  readonly definition: string
  readonly isUnique: boolean
  readonly isPrimary: boolean
  readonly isValid: boolean
  readonly isSpecial: boolean
  readonly comment: string | null
  readonly constraint: string | null
  readonly predicate: string | null
  readonly nullsNotDistinct: boolean
  readonly columns: readonly (string | null)[]
}

interface CatalogueTable {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly relkind: string
  readonly isPartition: boolean
  readonly isEmpty: boolean
  readonly hasRowSecurity: boolean
  readonly partitionKey: string | null
  readonly partitions: TableSchema['partitions']
  readonly columns: readonly CatalogueColumn[] | null
  readonly indexes: readonly CatalogueIndex[]
  readonly foreignKeys: readonly ForeignKeySchema[]
  readonly checks: readonly CheckSchema[]
  readonly triggers: readonly TriggerSchema[]
}

interface Catalogue {
  readonly version: number
  readonly searchPath: readonly string[] | null
  readonly types: readonly CatalogueType[] | null
  readonly tables: readonly CatalogueTable[] | null
}

/**
 * Reads the live schema: one query for the catalogue, and the rows that are there already. PostgreSQL 13 and later.
 *
 * @param passedBy tables whose rows are not looked at, as if they were empty @default none
 */
export async function introspect(
  sql: Pick<SqlClient, 'query'>,
  passedBy: (tables: ReadonlyMap<string, TableSchema>) => Iterable<string> = () => [],
): Promise<DatabaseSchema> {
  const { rows } = await sql.query(INTROSPECT_QUERY)
  const catalogue = JSON.parse(String(rows[0]?.['catalogue'])) as Catalogue
  const types = new Map((catalogue.types ?? []).map((type) => [type.oid, type]))
  const tables = new Map<string, TableSchema>()
  const empty = new Set<string>()
  for (const table of catalogue.tables ?? []) {
    const schema = toTable(table, types)
    tables.set(schema.id, schema)
    if (table.isEmpty) empty.add(schema.id)
  }
  const schema = { serverVersion: catalogue.version, searchPath: catalogue.searchPath ?? [], tables }
  return readExisting(sql, schema, new Set([...empty, ...passedBy(tables)]))
}

function toTable(table: CatalogueTable, types: ReadonlyMap<number, CatalogueType>): TableSchema {
  const { oid, schema, name, hasRowSecurity, partitions, foreignKeys, checks, triggers } = table
  return {
    id: `${schema}.${name}`,
    schema,
    name,
    oid,
    kind: table.relkind === 'p' ? 'partitioned' : table.relkind === 'f' ? 'foreign' : table.isPartition ? 'partition' : 'table',
    partitions,
    partitionKey: table.partitionKey ?? undefined,
    columns: (table.columns ?? []).map((column) => toColumn(column, types)),
    keys: table.indexes.filter((index) => index.isUnique && index.isValid).map(toKey),
    foreignKeys: foreignKeys.map((foreignKey) => ({ ...foreignKey, comment: foreignKey.comment ?? undefined })),
    checks,
    indexes: table.indexes.map(
      ({ name: index, oid: indexOid, definition, isUnique, isPrimary, isValid, isSpecial, comment, constraint }) => ({
        name: index,
        oid: indexOid,
        definition,
        isUnique,
        isPrimary,
        isValid,
        isSpecial,
        comment: comment ?? undefined,
        constraint: constraint ?? undefined,
      }),
    ),
    triggers,
    hasRowSecurity,
    existingRows: 0,
    existingKeys: new Map(),
  }
}

function toKey(index: CatalogueIndex): KeySchema {
  const columns = index.columns.filter((column) => column !== null)
  const isExpression = columns.length < index.columns.length
  const indexOnly = index.constraint === null
  return {
    name: index.name,
    columns,
    isPrimary: index.isPrimary,
    nullsNotDistinct: index.nullsNotDistinct,
    indexOnly,
    predicate: index.predicate ?? (isExpression ? index.definition : undefined),
  }
}

function toColumn(column: CatalogueColumn, types: ReadonlyMap<number, CatalogueType>): ColumnSchema {
  const { name, position, identity, generated } = column
  const type = toType(column.type, types)
  let own = types.get(column.type)
  let isNotNull = column.isNotNull
  let { typmod } = column
  while (own?.typtype === 'd' && own.of !== null) {
    isNotNull ||= own.typnotnull
    if (typmod < 0) typmod = own.typtypmod
    own = types.get(own.of)
  }
  if (own?.typcategory === 'A' && own.of !== null) own = types.get(own.of)
  return {
    name,
    position,
    type,
    ...readModifier(own?.typname ?? '', typmod),
    isNotNull,
    defaultSql: generated === '' ? (column.defaultSql ?? undefined) : undefined,
    identity: identity === 'a' ? 'always' : identity === 'd' ? 'by default' : undefined,
    isGenerated: generated !== '',
    collation: column.collation ?? undefined,
    sequence: column.sequence ?? undefined,
  }
}

/** What `atttypmod` says, type by type (PostgreSQL sources: varchar.c, numeric.c, varbit.c, timestamp.c). */
function readModifier(type: string, typmod: number): Pick<ColumnSchema, 'length' | 'precision' | 'scale'> {
  const none = { length: undefined, precision: undefined, scale: undefined }
  if (typmod < 0) return none
  if (type === 'varchar' || type === 'bpchar') return { ...none, length: typmod - 4 }
  if (type === 'bit' || type === 'varbit') return { ...none, length: typmod }
  if (type === 'numeric') {
    const scale = (typmod - 4) & 0x7ff
    return { ...none, precision: ((typmod - 4) >> 16) & 0xffff, scale: scale > 1023 ? scale - 2048 : scale }
  }
  if (type.startsWith('time')) return { ...none, precision: typmod }
  if (type === 'interval') return { ...none, precision: (typmod & 0xffff) === 0xffff ? undefined : typmod & 0xffff }
  return none
}

function toType(oid: number, types: ReadonlyMap<number, CatalogueType>): TypeSchema {
  const type = types.get(oid)
  if (type === undefined) return { oid, name: 'unknown', kind: 'pseudo' }
  const kind = kindOf(type)
  return {
    oid,
    name: type.nspname === 'pg_catalog' ? type.typname : `${type.nspname}.${type.typname}`,
    kind,
    ...(type.labels === null ? {} : { labels: type.labels }),
    ...(type.of === null ? {} : { of: toType(type.of, types) }),
    ...(type.checks === null ? {} : { checks: type.checks }),
  }
}

const KINDS: Readonly<Record<string, TypeSchema['kind']>> = {
  b: 'base',
  e: 'enum',
  d: 'domain',
  r: 'range',
  m: 'multirange',
  c: 'composite',
  p: 'pseudo',
}

function kindOf(type: CatalogueType): TypeSchema['kind'] {
  if (type.typtype === 'b' && type.typcategory === 'A' && type.of !== null) return 'array'
  return KINDS[type.typtype] ?? 'pseudo'
}
