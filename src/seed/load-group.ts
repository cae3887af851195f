import { HotbedError } from '../primitives/error.js'
import type { BoundDataset, BoundTable } from './bind-dataset.js'
import {
  planConstraints,
  restoreForeignKeys,
  restoreIndexes,
  suspendConstraints,
  type ConstraintPlan,
  type LoadPowers,
} from './constraints.js'
import { explainLoadError } from './load-error.js'
import type { LoadProgress } from './load-report.js'
import type { LoadSession } from './load-session.js'
import { computeColumns, copyTable, type TableCopy } from './load-table.js'
import type { DatabaseSchema, TableSchema } from './schema.js'
import { advanceSequences } from './sequences.js'
import { tableName } from './table-name.js'

export interface GroupOptions extends LoadPowers {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined
}

/** What was written, and not yet committed. */
export interface LoadedGroup {
  readonly plan: ConstraintPlan
  readonly copies: ReadonlyMap<BoundTable, TableCopy & { readonly frozen: boolean }>
  readonly sequences: ReadonlyMap<BoundTable, readonly string[]>
}

/**
 * Loads tables that hang together, in one open transaction: rows, then indexes, then foreign keys. The caller commits; until then, whatever
 * happens to this process or to the server, the tables are as they were.
 */
export async function loadGroup(
  session: LoadSession,
  dataset: BoundDataset,
  group: readonly BoundTable[],
  options: GroupOptions,
): Promise<LoadedGroup> {
  const { isSuperuser, fireTriggers, signal, onProgress } = options
  const plan = planConstraints(dataset.schema, group, options)
  const tell = (phase: LoadProgress['phase']): void => {
    for (const { table, rows, from } of group) onProgress?.({ table: table.id, phase, rowsDone: rows - from, rows: rows - from, bytes: 0 })
  }
  await session.query('BEGIN')
  let doing = 'locking the tables'
  try {
    if (isSuperuser && !fireTriggers) await session.query('SET LOCAL session_replication_role = replica')
    await session.query("SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL lock_timeout = '30s'")
    await session.query(`LOCK TABLE ${group.map(({ table }) => tableName(table)).join(', ')} IN ACCESS EXCLUSIVE MODE`)
    await checkUnchanged(session, group)
    const emptied = await truncateEmpty(session, dataset.schema, group)
    doing = 'pausing indexes and foreign keys'
    await suspendConstraints(session, plan)
    const copies = new Map<BoundTable, TableCopy & { readonly frozen: boolean }>()
    for (const bound of group) {
      doing = `writing '${bound.table.id}'`
      // Frozen rows need no VACUUM to become visible to index-only scans; a partitioned table cannot have them through its root.
      const frozen = emptied.has(bound.table.id) && bound.table.kind !== 'partitioned'
      const copy = await copyTable(session, bound, { freeze: frozen, signal, onProgress })
      doing = `computing columns of '${bound.table.id}'`
      await computeColumns(session, bound)
      copies.set(bound, { ...copy, frozen })
    }
    tell('indexes')
    doing = 'rebuilding indexes'
    await restoreIndexes(session, plan)
    tell('constraints')
    doing = 'checking foreign keys'
    await restoreForeignKeys(session, plan)
    doing = 'moving sequences'
    const sequences = new Map<BoundTable, readonly string[]>()
    for (const bound of group) sequences.set(bound, await advanceSequences(session, bound))
    return { plan, copies, sequences }
  } catch (error) {
    await session.query('ROLLBACK').catch(() => {})
    throw explainLoadError(error, doing)
  }
}

/** The dataset was bound to what the tables held before they were locked. */
async function checkUnchanged(session: LoadSession, group: readonly BoundTable[]): Promise<void> {
  for (const { table } of group) {
    const { rows } = await session.query(`SELECT count(*) AS rows FROM ${tableName(table)}`)
    const count = Number(rows[0]?.['rows'])
    if (count === table.existingRows) continue
    throw new HotbedError('ERR_HOTBED_SEED', {
      message: `'${table.id}' had ${table.existingRows} rows when the load was planned and has ${count} now: another session writes to it.`,
      remedy: 'End what else uses the database, and load again.',
    })
  }
}

/**
 * Truncates tables that are empty: their rows can then be written frozen, and without WAL where wal_level is minimal. Postgres wants all
 * tables that refer to them in the same statement, so those must be empty too.
 *
 * @returns the tables truncated
 */
async function truncateEmpty(session: LoadSession, schema: DatabaseSchema, group: readonly BoundTable[]): Promise<ReadonlySet<string>> {
  const all = [...schema.tables.values()]
  const together = new Set<TableSchema>()
  for (const { table } of group) {
    const family = new Set([table])
    for (const member of family) {
      for (const child of all) if (child.foreignKeys.some(({ parent }) => parent === member.id)) family.add(child)
    }
    if ([...family].every(({ existingRows, kind }) => existingRows === 0 && kind !== 'foreign'))
      for (const member of family) together.add(member)
  }
  if (together.size > 0) await session.query(`TRUNCATE ${[...together].map(tableName).join(', ')}`)
  return new Set([...together].map(({ id }) => id))
}
