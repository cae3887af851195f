import { quoteIdentifier, quoteLiteral } from '../databases/sql-client.js'
import { HotbedError } from '../primitives/error.js'
import type { BoundTable } from './bind-dataset.js'
import type { LoadSession } from './load-session.js'
import type { DatabaseSchema, ForeignKeySchema, IndexSchema, TableSchema } from './schema.js'
import { tableName } from './table-name.js'

/** Below this many rows an index is kept up while loading: rebuilding it costs more than it saves. */
const REBUILD_FROM = 10_000

/**
 * - `pause`: marked as not ready and rebuilt by REINDEX, the same index all along (superuser).
 * - `rebuild`: dropped and created again by its definition (owner).
 */
export interface PlannedIndex {
  readonly table: TableSchema
  readonly index: IndexSchema
  readonly how: 'pause' | 'rebuild'
}

/**
 * - `validate`: not checked row by row, then validated whole; the same constraint all along (superuser).
 * - `rebuild`: dropped and added again by its definition (owner).
 */
export interface PlannedForeignKey {
  readonly table: TableSchema
  readonly foreignKey: ForeignKeySchema
  readonly how: 'validate' | 'rebuild'
}

/** How indexes, foreign keys and triggers get out of the way of a load. What is not named here stays as it is. */
export interface ConstraintPlan {
  readonly indexes: readonly PlannedIndex[]
  readonly foreignKeys: readonly PlannedForeignKey[]
  /** Triggers that the owner must disable one by one; a superuser's session just does not fire them. */
  readonly triggers: readonly { readonly table: TableSchema; readonly name: string }[]
}

export interface LoadPowers {
  readonly isSuperuser: boolean
  readonly fireTriggers: boolean
}

/** Decides what happens to the indexes, foreign keys and triggers of tables that are loaded together. */
export function planConstraints(schema: DatabaseSchema, group: readonly BoundTable[], powers: LoadPowers): ConstraintPlan {
  const { isSuperuser, fireTriggers } = powers
  const indexes = group
    .filter(isWorthRebuilding)
    .flatMap((bound) =>
      leavesOf(schema, bound.table).flatMap((table) => table.indexes.flatMap((index) => planIndex(table, index, isSuperuser) ?? [])),
    )
  const foreignKeys = group.flatMap(({ table }) =>
    table.foreignKeys.flatMap((foreignKey) => planForeignKey(table, foreignKey, isSuperuser && !fireTriggers) ?? []),
  )
  const triggers =
    isSuperuser || fireTriggers
      ? []
      : group.flatMap(({ table }) => table.triggers.filter(({ enabled }) => enabled === 'O').map(({ name }) => ({ table, name })))
  return { indexes, foreignKeys, triggers }
}

function isWorthRebuilding({ table, from, rows }: BoundTable): boolean {
  const added = rows - from
  return added >= REBUILD_FROM && added * 2 >= table.existingRows
}

function planIndex(table: TableSchema, index: IndexSchema, isSuperuser: boolean): PlannedIndex | undefined {
  if (!index.isValid) return undefined
  if (isSuperuser) return { table, index, how: 'pause' }
  return index.constraint === undefined && !index.isSpecial && table.kind === 'table' ? { table, index, how: 'rebuild' } : undefined
}

function planForeignKey(table: TableSchema, foreignKey: ForeignKeySchema, isReplica: boolean): PlannedForeignKey | undefined {
  if (isReplica) return foreignKey.isValid ? { table, foreignKey, how: 'validate' } : undefined
  return table.kind === 'table' ? { table, foreignKey, how: 'rebuild' } : undefined
}

/** Index entries are in the leaves. */
function leavesOf(schema: DatabaseSchema, table: TableSchema): readonly TableSchema[] {
  return table.kind === 'partitioned' ? table.partitions.flatMap(({ id }) => schema.tables.get(id) ?? []) : [table]
}

/** Within the load's transaction: whatever happens, a rollback brings everything back. */
export async function suspendConstraints(session: LoadSession, plan: ConstraintPlan): Promise<void> {
  for (const { table, name } of plan.triggers)
    await session.query(`ALTER TABLE ${tableName(table)} DISABLE TRIGGER ${quoteIdentifier(name)}`)
  for (const { table, foreignKey, how } of plan.foreignKeys) {
    if (how === 'rebuild') await session.query(`ALTER TABLE ${tableName(table)} DROP CONSTRAINT ${quoteIdentifier(foreignKey.name)}`)
  }
  const paused = plan.indexes.filter(({ how }) => how === 'pause').map(({ index }) => index.oid)
  // COPY passes by an index that is not ready, as it does by one that CREATE INDEX CONCURRENTLY is still building.
  if (paused.length > 0)
    await session.query('UPDATE pg_catalog.pg_index SET indisready = false WHERE indexrelid = ANY ($1::oid[])', [paused])
  for (const { table, index, how } of plan.indexes) {
    if (how === 'rebuild') await session.query(`DROP INDEX ${quoteIdentifier(table.schema)}.${quoteIdentifier(index.name)}`)
  }
}

export async function restoreIndexes(session: LoadSession, plan: ConstraintPlan): Promise<void> {
  for (const { table, index, how } of plan.indexes) {
    const name = `${quoteIdentifier(table.schema)}.${quoteIdentifier(index.name)}`
    if (how === 'pause') await session.query(`REINDEX INDEX ${name}`)
    else {
      await session.query(index.definition)
      if (index.comment !== undefined) await session.query(`COMMENT ON INDEX ${name} IS ${quoteLiteral(index.comment)}`)
    }
  }
  const paused = plan.indexes.filter(({ how }) => how === 'pause').map(({ index }) => index.oid)
  const { rows } = await session.query(
    'SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indexrelid = ANY ($1::oid[]) AND NOT (indisready AND indisvalid AND indislive)',
    [paused],
  )
  if (rows.length > 0) throw notRestored('indexes', rows)
}

/** Checks all rows at once, which is some twenty times as fast as row by row. */
export async function restoreForeignKeys(session: LoadSession, plan: ConstraintPlan): Promise<void> {
  const validated = plan.foreignKeys.filter(({ how }) => how === 'validate').map(({ foreignKey }) => foreignKey.oid)
  if (validated.length > 0) {
    // With those of partitions: 18 validates them one by one, earlier versions the whole.
    const family = `WITH RECURSIVE family AS (SELECT oid FROM pg_constraint WHERE oid = ANY ($1::oid[])
      UNION SELECT k.oid FROM pg_constraint k JOIN family ON k.conparentid = family.oid)`
    await session.query(`${family} UPDATE pg_catalog.pg_constraint SET convalidated = false WHERE oid IN (SELECT oid FROM family)`, [
      validated,
    ])
    for (const { table, foreignKey, how } of plan.foreignKeys) {
      if (how === 'validate') await session.query(`ALTER TABLE ${tableName(table)} VALIDATE CONSTRAINT ${quoteIdentifier(foreignKey.name)}`)
    }
    await session.query(
      `${family} UPDATE pg_catalog.pg_constraint k SET convalidated = true WHERE NOT convalidated AND oid IN (SELECT oid FROM family)
        AND EXISTS (SELECT 1 FROM pg_constraint up WHERE up.oid = k.conparentid AND up.convalidated)`,
      [validated],
    )
    const { rows } = await session.query('SELECT conname AS name FROM pg_constraint WHERE oid = ANY ($1::oid[]) AND NOT convalidated', [
      validated,
    ])
    if (rows.length > 0) throw notRestored('foreign keys', rows)
  }
  for (const { table, foreignKey, how } of plan.foreignKeys) {
    if (how !== 'rebuild') continue
    const { name, definition } = foreignKey
    await session.query(`ALTER TABLE ${tableName(table)} ADD CONSTRAINT ${quoteIdentifier(name)} ${definition}`)
    if (foreignKey.comment !== undefined) {
      await session.query(`COMMENT ON CONSTRAINT ${quoteIdentifier(name)} ON ${tableName(table)} IS ${quoteLiteral(foreignKey.comment)}`)
    }
  }
  for (const { table, name } of plan.triggers)
    await session.query(`ALTER TABLE ${tableName(table)} ENABLE TRIGGER ${quoteIdentifier(name)}`)
}

function notRestored(what: string, rows: readonly Readonly<Record<string, unknown>>[]): HotbedError {
  return new HotbedError('ERR_HOTBED_SEED', {
    message: `These ${what} were not as before after the load, which was therefore rolled back: ${rows.map(({ name }) => String(name)).join(', ')}.`,
  })
}
