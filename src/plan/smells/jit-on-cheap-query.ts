import { plural } from '../../primitives/plural.js'
import { isObject, readNumber } from '../explain-json.js'
import type { Plan } from '../plan.js'
import { planNodes } from '../walk.js'
import type { Smell } from './smell.js'

/** Compiling takes the same time for any number of rows, and is for long-running statements (jit-decision in the manual): fewer rows are soon read. */
const ROWS_WORTH_COMPILING = 100_000

/** A statement is compiled to machine code that handles a few rows. */
export const jitOnCheapQuery: Smell = {
  id: 'jit-on-cheap-query',
  title: 'A statement of few rows is compiled to machine code',
  find: (plan) => {
    const jit = plan.raw['JIT']
    const functions = isObject(jit) ? (readNumber(jit, 'Functions') ?? 0) : 0
    const rows = rowsHandled(plan)
    if (!plan.analyzed || functions === 0 || rows >= ROWS_WORTH_COMPILING) return []
    return [
      {
        node: undefined,
        text: `compiles ${plural(functions, 'function')} to handle ${plural(rows, 'row')}`,
        remedy:
          "ALTER ROLE <the application's> SET jit = off, or raise jit_above_cost; and look at the estimates that make this plan seem dear",
      },
    ]
  },
}

/** Every row that a node was given or threw away, each once per node. */
function rowsHandled(plan: Plan): number {
  return planNodes(plan).reduce((sum, { actual }) => {
    if (actual === undefined) return sum
    const { byFilter, byJoinFilter, byIndexRecheck } = actual.rowsRemoved
    return sum + Math.round(actual.rows + byFilter + byJoinFilter + byIndexRecheck)
  }, 0)
}
