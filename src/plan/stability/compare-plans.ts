import { HotbedError } from '../../primitives/error.js'
import { checkOptionNames } from '../../primitives/options.js'
import { explain, type ExplainOptions } from '../explain.js'
import { readParameterSets, type ParameterSets } from '../parameter-sets.js'
import type { PlanSession } from '../session.js'
import { readStatement, type ExplainableStatement } from '../statement.js'
import type { PlanStability, StabilitySet } from './plan-stability.js'
import { printStability } from './print-stability.js'
import { watchSwitch } from './watch-switch.js'

/** How the plans of a statement are compared. */
export type StabilityOptions = Pick<ExplainOptions, 'settings' | 'timeoutMs' | 'insideTransaction'>

const OPTION_NAMES = ['settings', 'timeoutMs', 'insideTransaction']

/**
 * Compares, for several sets of values, the plan made for the values (custom) with the one made without looking at them (generic). Both are
 * executed, and what they write is rolled back. Then a real prepared statement is executed again and again, to see whether the server would
 * go over to the generic plan.
 *
 * PostgreSQL's rule (`choose_custom_plan` in plancache.c; PREPARE in the manual): the first five executions are planned for their values. From
 * the sixth on the generic plan is used when its cost is less than the average cost of the custom plans so far, in which planning itself is
 * counted. `plan_cache_mode` overrides it. What a client sends with a statement name of its own is prepared in this sense; so is what a
 * function of PL/pgSQL executes.
 *
 * @throws {HotbedError} `ERR_HOTBED_PLAN` for a statement without parameters, and as `explain`
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for wrong sets or options
 */
export async function comparePlans(
  session: PlanSession,
  statement: ExplainableStatement,
  paramSets: ParameterSets,
  options: StabilityOptions = {},
): Promise<PlanStability> {
  checkOptionNames(options, OPTION_NAMES, 'planStability()')
  const { settings = {}, timeoutMs = 30_000, insideTransaction = false } = options
  const sets = readParameterSets(paramSets)
  const [sql = ''] = sets.map(({ params }) => readStatement(statement, params, { valuesNeeded: true }).sql)
  if (sets.every(({ params }) => params.length === 0)) {
    throw new HotbedError('ERR_HOTBED_PLAN', {
      message: 'The statement has no parameters, so there is one plan only and nothing to compare.',
      remedy: 'Write $1 where the application sends a value.',
    })
  }
  const compared: StabilitySet[] = []
  for (const { name, params } of sets) {
    const explainOne = (generic: boolean) => explain(session, statement, params, { ...options, generic })
    compared.push({ name, params, custom: await explainOne(false), generic: await explainOne(true) })
  }
  const change = await watchSwitch(session, { sql, sets, settings, timeoutMs, insideTransaction })
  return makePlanStability({ sql, sets: compared, switch: change })
}

/** Evidence does not change. Plans are frozen already, and values of parameters are the caller's own. */
function makePlanStability(facts: Pick<PlanStability, 'sql' | 'sets' | 'switch'>): PlanStability {
  const stability = { kind: 'plan-stability' as const, ...facts }
  // Not enumerable, so that the evidence stays plain data to `toEqual`, snapshots and structuredClone.
  Object.defineProperty(stability, 'toString', { value: (): string => printStability(facts).join('\n') })
  for (const set of facts.sets) Object.freeze(set)
  Object.freeze(facts.sets)
  for (const series of facts.switch.series) Object.freeze(series)
  Object.freeze(facts.switch.series)
  Object.freeze(facts.switch)
  return Object.freeze(stability)
}
