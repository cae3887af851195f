/** A table, partitioned table or materialised view. */
export interface CatalogueTable {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly kind: 'table' | 'partitioned' | 'materialised view'
  /** The topmost partitioned table above; of any other table itself. */
  readonly root: number
  readonly reltuples: number
  readonly relpages: number
  /** Of the main file. */
  readonly bytes: number
}

/** A column of an index. */
export interface IndexColumn {
  /** A name, or an expression's text. */
  readonly text: string
  readonly opclass: number
  readonly collation: number
  /** `pg_index.indoption`: 1 DESC, 2 NULLS FIRST. */
  readonly option: number
}

export interface CatalogueIndex {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly table: number
  readonly method: string
  readonly bytes: number
  readonly unique: boolean
  readonly primary: boolean
  readonly exclusion: boolean
  readonly nullsNotDistinct: boolean
  readonly valid: boolean
  /** CREATE INDEX CONCURRENTLY or REINDEX is at work on it now. */
  readonly building: boolean
  readonly partitioned: boolean
  /** The index of the partitioned table that it is a part of. */
  readonly parent: number | undefined
  readonly keys: readonly IndexColumn[]
  readonly included: readonly string[]
  readonly predicate: string | undefined
  /** Could become a primary key by ALTER TABLE … ADD PRIMARY KEY USING INDEX. */
  readonly canBePrimary: boolean
  /** The primary key, unique or exclusion constraint that it backs. */
  readonly constraint: string | undefined
  /** Something needs just this one: a foreign key refers to it, or it is the replica identity. */
  readonly needed: boolean
  readonly definition: string
}

export interface CatalogueForeignKey {
  readonly oid: number
  readonly name: string
  readonly table: number
  readonly referenced: { readonly schema: string; readonly name: string }
  readonly columns: readonly string[]
  /** As in `ON DELETE CASCADE`. */
  readonly onDelete: 'NO ACTION' | 'RESTRICT' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT'
  /** The foreign key of the partitioned table that it is a part of. */
  readonly parent: number | undefined
  /** Indexes that find the referencing rows, apart from their predicates. */
  readonly indexes: readonly number[]
}

/** What the catalogue says of the tables that are the application's own. */
export interface Catalogue {
  readonly tables: ReadonlyMap<number, CatalogueTable>
  readonly indexes: readonly CatalogueIndex[]
  readonly foreignKeys: readonly CatalogueForeignKey[]
}

/** Rows and bytes of a table with all its partitions. */
export function sizeOf(catalogue: Catalogue, table: CatalogueTable): { readonly rows: number | undefined; readonly bytes: number } {
  const parts = partsOf(catalogue, table)
  const analysed = parts.filter(({ reltuples, relpages }) => reltuples > 0 || (reltuples === 0 && relpages === 0))
  return {
    rows: analysed.length === parts.length ? parts.reduce((sum, { reltuples }) => sum + reltuples, 0) : undefined,
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

/** The tables that have a file: a table itself, or the partitions of a partitioned one. */
export function partsOf(catalogue: Catalogue, table: CatalogueTable): readonly CatalogueTable[] {
  if (table.kind !== 'partitioned') return [table]
  return [...catalogue.tables.values()].filter(({ root, kind }) => root === table.oid && kind !== 'partitioned')
}

/** The tables that are reported on: partitions are part of theirs. */
export function rootTables({ tables }: Catalogue): readonly CatalogueTable[] {
  return [...tables.values()].filter(({ oid, root }) => oid === root)
}
