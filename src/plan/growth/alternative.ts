import { quoteIdentifier, quoteLiteral } from '../../databases/sql-client.js'
import type { Plan } from '../plan.js'
import type { PlanSession } from '../session.js'
import { planShape } from '../shape.js'
import { indexUses, planNodes } from '../walk.js'

/** Plans a statement with settings, at the present size. */
export type ExplainWith = (settings: Readonly<Record<string, boolean>>) => Promise<Plan>

const SWITCHES: Readonly<Record<string, string>> = {
  'Seq Scan': 'enable_seqscan',
  'Index Scan': 'enable_indexscan',
  'Index Only Scan': 'enable_indexonlyscan',
  'Bitmap Heap Scan': 'enable_bitmapscan',
  'Nested Loop': 'enable_nestloop',
  'Hash Join': 'enable_hashjoin',
  'Merge Join': 'enable_mergejoin',
  Sort: 'enable_sort',
  'Incremental Sort': 'enable_incremental_sort',
  Materialize: 'enable_material',
  Memoize: 'enable_memoize',
}

/**
 * What the plan that was not chosen would have cost, at the present size of a throw-away database: the planner has no way to be asked, so the
 * indexes that only the chosen plan uses are hidden from it, and what only the chosen plan does is switched off. `undefined` when it then
 * takes a third plan.
 */
export async function findAlternative(
  session: PlanSession,
  role: string,
  explainWith: ExplainWith,
  { chosen, wanted }: { readonly chosen: Plan; readonly wanted: Plan },
): Promise<Plan | undefined> {
  const shape = planShape(wanted)
  const hidden = indexNames(chosen).filter((name) => !indexNames(wanted).includes(name))
  const kinds = new Set(planNodes(wanted).map(({ type }) => type))
  const off = planNodes(chosen).flatMap(({ type }) => (kinds.has(type) ? [] : (SWITCHES[type] ?? [])))
  const switches = Object.fromEntries(off.map((name) => [name, false]))
  const attempts = [...(hidden.length > 0 ? [{}] : []), ...(off.length > 0 ? [switches] : [])]
  await setValid(session, role, hidden, false)
  try {
    for (const settings of attempts) {
      // A switch that this version does not have is one reason to know nothing.
      const plan = await explainWith(settings).catch(() => undefined)
      if (plan !== undefined && planShape(plan) === shape) return plan
    }
    return undefined
  } finally {
    await setValid(session, role, hidden, true)
  }
}

function indexNames(plan: Plan): readonly string[] {
  return indexUses(plan).flatMap(({ index }) =>
    index === undefined ? [] : [`${quoteIdentifier(index.schema)}.${quoteIdentifier(index.name)}`],
  )
}

/** An index that is not valid is no choice for the planner. Only a superuser may say so; the statement is planned as the application's role. */
async function setValid(session: PlanSession, role: string, indexes: readonly string[], valid: boolean): Promise<void> {
  if (indexes.length === 0) return
  const oids = [...new Set(indexes)].map((name) => `${quoteLiteral(name)}::regclass`).join(', ')
  await session.query(
    `BEGIN; RESET ROLE; UPDATE pg_index SET indisvalid = ${valid} WHERE indexrelid IN (${oids}); COMMIT; SET ROLE ${quoteIdentifier(role)}`,
  )
}
