import { errorFields } from '../../primitives/error-fields.js'
import { HotbedError } from '../../primitives/error.js'
import type { BoundTable } from '../bind-dataset.js'
import { planConstraints, restoreForeignKeys, suspendConstraints, type ConstraintPlan } from '../constraints.js'
import type { LoadOptions, Powers } from '../load.js'
import { loadRemedy } from '../load-error.js'
import type { LoadSession } from '../load-session.js'
import { advanceSequences } from '../sequences.js'
import { updateStatistics } from '../statistics.js'
import { tableName } from '../table-name.js'
import { markDone, takeFinish } from './ledger.js'
import type { RegisteredDataset } from './register-dataset.js'

/** What was done once for a table, when all its rows were there. */
export interface FinishedTable {
  readonly foreignKeysChecked: readonly string[]
  readonly sequences: readonly string[]
  /** Rows that ANALYZE read. */
  readonly sampledRows: number
}

/**
 * Checks foreign keys, moves sequences and brings statistics up to date, once all shards are there. Can be done again after it failed, by
 * loading any shard once more.
 *
 * @returns what was done by table id; `undefined` when another process does it, or has
 * @throws {HotbedError} `ERR_HOTBED_SEED`; the shards stay
 */
export async function finishShards(
  session: LoadSession,
  open: () => Promise<LoadSession>,
  { registration: { dataset, count }, bound }: RegisteredDataset,
  powers: Powers,
  { onProgress, statistics = bound.dataset.statistics }: LoadOptions,
): Promise<ReadonlyMap<string, FinishedTable> | undefined> {
  // VACUUM runs in no transaction, and the mark must be held while it runs: hence another connection.
  const guard = await open()
  await guard.query('BEGIN')
  if (!(await takeFinish(guard, dataset))) {
    await guard.query('ROLLBACK')
    return undefined
  }
  const tables = [...bound.tables.values()].filter(({ rows }) => rows > 0)
  let doing = 'checking foreign keys'
  try {
    const plan = planConstraints(bound.schema, tables, powers)
    const foreignKeysOnly: ConstraintPlan = { foreignKeys: plan.foreignKeys, indexes: [], triggers: [] }
    await checkForeignKeys(session, tables, foreignKeysOnly)
    const finished = new Map<string, FinishedTable>()
    for (const table of tables) {
      const { id } = table.table
      doing = `moving the sequences of '${id}'`
      const sequences = await advanceSequences(session, table)
      doing = `analysing '${id}'`
      onProgress?.({ table: id, phase: 'statistics', rowsDone: table.rows, rows: table.rows, bytes: 0 })
      const sampledRows = await updateStatistics(session, bound.schema, table, statistics)
      const checked = plan.foreignKeys.filter((planned) => planned.table.id === id).map(({ foreignKey }) => foreignKey.name)
      finished.set(id, { foreignKeysChecked: checked, sequences, sampledRows })
    }
    doing = 'noting that all is done'
    await markDone(guard, dataset)
    await guard.query('COMMIT')
    return finished
  } catch (error) {
    await guard.query('ROLLBACK').catch(() => {})
    const { message, detail, code, hint } = errorFields(error)
    throw new HotbedError('ERR_HOTBED_SEED', {
      message: `All ${count} shards are there, but ${doing} failed: ${message}${detail === undefined ? '' : `: ${detail}`}${code === undefined ? '' : ` (${code})`}`,
      remedy: loadRemedy(code, hint).remedy ?? 'Load any of the shards again: it finds its rows there and takes up what is left to do.',
      cause: error,
    })
  }
}

async function checkForeignKeys(session: LoadSession, tables: readonly BoundTable[], plan: ConstraintPlan): Promise<void> {
  if (plan.foreignKeys.length === 0) return
  await session.query('BEGIN')
  try {
    await session.query("SET LOCAL lock_timeout = '30s'")
    await session.query(`LOCK TABLE ${tables.map(({ table }) => tableName(table)).join(', ')} IN SHARE ROW EXCLUSIVE MODE`)
    await suspendConstraints(session, plan)
    await restoreForeignKeys(session, plan)
    await session.query('COMMIT')
  } catch (error) {
    await session.query('ROLLBACK').catch(() => {})
    throw error
  }
}
