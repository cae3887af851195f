import { errorFields } from '../../primitives/error-fields.js'
import type { Deadline } from '../../primitives/deadline.js'
import { explain } from '../explain.js'
import { quoteName } from '../../primitives/sql-name.js'
import type { Plan } from '../plan.js'
import { indexUses } from '../walk.js'
import { writeIndex, type IndexCandidate } from './index-candidate.js'
import { measureInsertCost } from './insert-cost.js'
import { causeOf, limitStatements, rethrowLost, undone, type Workbench } from './workbench.js'

/** What became of an index that was really built. */
export interface IndexTrial {
  readonly candidate: IndexCandidate
  /**
   * `used`: the planner took it, and the numbers say what for. `unused`: it went another way. `refused`: PostgreSQL did not build it. `late`: the
   * time was up.
   */
  readonly outcome: 'used' | 'unused' | 'refused' | 'late'
  /** Why it was refused, as the end of a sentence. */
  readonly reason: string | undefined
  /** The name that PostgreSQL gave it; there when it was used. */
  readonly index: string | undefined
  /** With the index; there when it was used. */
  readonly plan: Plan | undefined
  /** Size of the index. */
  readonly bytes: number | undefined
  /** How many more buffers one INSERT touches; `undefined` when it could not be measured. */
  readonly insertBuffers: number | undefined
}

/** Builds an index, plans the statement again and runs it. The index is gone afterwards. */
export async function tryIndex(bench: Workbench, plan: Plan, candidate: IndexCandidate, deadline: Deadline): Promise<IndexTrial> {
  const nothing = { candidate, reason: undefined, index: undefined, plan: undefined, bytes: undefined, insertBuffers: undefined }
  try {
    return await undone(bench, async () => {
      await limitStatements(bench, deadline.remainingMs())
      await bench.session.query("SET LOCAL maintenance_work_mem = '256MB'")
      await buildIndex(bench, candidate)
      const known = new Set(plan.schema.indexes.map(({ name }) => name))
      const estimated = await explainAgain(bench, plan, deadline, false)
      const isNew = (name: string | undefined): boolean => name !== undefined && !known.has(name)
      if (!indexUses(estimated).some(({ node }) => isNew(node.index))) return { ...nothing, outcome: 'unused' }
      const after = canRun(plan) ? await explainAgain(bench, plan, deadline, true) : estimated
      const { schema, name } = candidate.table
      const made = estimated.schema.indexes.find((index) => isNew(index.name) && index.table === name && index.schema === schema)
      const path = made === undefined ? undefined : `${quoteName(made.schema)}.${quoteName(made.name)}`
      return {
        ...nothing,
        outcome: 'used',
        index: made?.name,
        plan: after,
        bytes: path === undefined ? undefined : await sizeOf(bench, path),
        insertBuffers: path === undefined ? undefined : await measureInsertCost(bench, candidate.table, path),
      }
    })
  } catch (error) {
    rethrowLost(error)
    const { code, message } = errorFields(causeOf(error))
    return {
      ...nothing,
      outcome: code === '57014' || deadline.isOver() ? 'late' : 'refused',
      reason: code === '55P03' ? ', because another session holds a lock on the table' : `: ${message}`,
    }
  }
}

/** The plan of the same statement under the same settings, as it is now. */
export async function explainAgain(bench: Workbench, plan: Plan, deadline: Deadline, analyze: boolean): Promise<Plan> {
  return undone(bench, async () => {
    if (bench.runAs !== undefined) await bench.session.query(`SET LOCAL ROLE ${quoteName(bench.runAs)}`)
    return explain(bench.session, plan.sql, plan.params, {
      analyze,
      generic: plan.generic,
      settings: plan.settings,
      timeoutMs: Math.max(1, Math.floor(deadline.remainingMs())),
      insideTransaction: true,
    })
  })
}

/** A plan that was made without values cannot be run. */
export function canRun({ analyzed, generic, params }: Plan): boolean {
  return analyzed || !generic || params.length > 0
}

/** Builds an index, with the statistics that it needs. */
export async function buildIndex(bench: Workbench, candidate: IndexCandidate, name?: string): Promise<void> {
  await bench.session.query(writeIndex(candidate, name))
  const isExpression = [...candidate.equality, ...candidate.rest].some((text) => text.includes('('))
  // Of an expression the planner knows nothing before ANALYZE. What that writes into pg_class no rollback takes back: only where the database is thrown away.
  if (isExpression && bench.runAs !== undefined) {
    await bench.session.query(`ANALYZE ${quoteName(candidate.table.schema)}.${quoteName(candidate.table.name)}`)
  }
}

/** Of an index in bytes; of a partitioned one with its parts. */
export async function sizeOf({ session }: Workbench, index: string): Promise<number> {
  const { rows } = await session.query(
    'SELECT greatest(pg_relation_size($1::regclass), (SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree($1::regclass)))::bigint::text AS bytes',
    [index],
  )
  return Number(rows[0]?.['bytes'])
}
