import type { Plan } from '../../plan/plan.js'
import type { PlanText, StatementExchange } from '../exchange.js'
import { unfoldNumbers } from '../postgres/plan-message.js'
import type { NestedStatement, StatementValue } from './recording.js'

/** Makes a plan of EXPLAIN's JSON: `parsePlan` with what it has to know besides. Given, because plans are read elsewhere. */
export type PlanReader = (json: string, facts: { readonly sql: string; readonly params: readonly StatementValue[] }) => Plan

export interface PlanSource {
  readonly shapes: readonly string[]
  readonly readPlan: PlanReader
  /** Plans without execution of statements that failed. */
  readonly estimates: ReadonlyMap<StatementExchange, Plan>
}

interface PlanTree {
  readonly plan: PlanText
  readonly children: readonly PlanTree[]
}

/** The plan of the statement itself: the last, as the server ends it last. */
export function readOwnPlan(
  plans: readonly PlanText[],
  source: PlanSource,
  sql: string,
  params: readonly StatementValue[],
): Plan | undefined {
  const own = plans.findLast(({ depth }) => depth === 0)
  return own === undefined ? undefined : source.readPlan(jsonOf(own, source), { sql, params })
}

/** What ran within a statement. What a rule of the database made of it besides its own plan counts to it. */
export function readNested(plans: readonly PlanText[], source: PlanSource): readonly NestedStatement[] {
  const own = plans.findLast(({ depth }) => depth === 0)
  const read = ({ plan, children }: PlanTree): NestedStatement => {
    const json = jsonOf(plan, source)
    const sql = queryText(json)
    return Object.freeze({
      sql,
      times: plan.times,
      totals:
        plan.totals === undefined
          ? undefined
          : source.readPlan(averaged(jsonOf({ ...plan, numbers: plan.totals }, source), plan.times), { sql, params: [] }),
      plan: source.readPlan(json, { sql, params: [] }),
      nested: Object.freeze(children.map(read)),
    })
  }
  return Object.freeze(growTrees(plans).flatMap((tree) => (tree.plan === own ? tree.children.map(read) : [read(tree)])))
}

/** Plans come in the order in which they ended: below each stand those that ended before it and are deeper. */
function growTrees(plans: readonly PlanText[]): readonly PlanTree[] {
  let waiting: readonly PlanTree[] = []
  for (const plan of plans) {
    const children = waiting.filter((tree) => tree.plan.depth > plan.depth)
    waiting = [...waiting.filter((tree) => tree.plan.depth <= plan.depth), { plan, children }]
  }
  return waiting
}

const PER_LOOP = /("(?:Actual Rows|Rows Removed by [^"]+|Plan Rows|Plan Width|Startup Cost|Total Cost)": ?)(-?[\d.]+)/g

/** Sums over several executions, in which what EXPLAIN says of one loop, or of one execution, is an average again. */
function averaged(json: string, times: number): string {
  return json.replace(PER_LOOP, (_, name: string, sum: string) => `${name}${Number(sum) / times}`)
}

function jsonOf({ shape, numbers, texts }: PlanText, { shapes }: PlanSource): string {
  return unfoldNumbers(shapes[shape] ?? '', numbers, texts)
}

function queryText(json: string): string {
  const parsed: unknown = JSON.parse(json)
  const text: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'Query Text') : undefined
  return typeof text === 'string' ? text : ''
}
