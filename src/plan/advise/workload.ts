import { readIndexColumn } from '../../primitives/create-index.js'
import type { Plan, PlanSchema } from '../plan.js'
import { buffersOf } from '../work.js'
import { adviseCandidates } from './candidates.js'
import { makeCandidate, type IndexCandidate } from './index-candidate.js'

/** Executions of one shape of statement. */
export interface WorkloadStatement {
  readonly shape: string
  /** How often it ran. */
  readonly times: number
  /** Of the execution that read most. */
  readonly plan: Plan
}

/** Of the candidates the first so many are built. */
const MOST_CANDIDATES = 24

/** The candidates of all statements, those of the heaviest first, merged where one can serve for two. */
export function mergeCandidates(statements: readonly WorkloadStatement[]): readonly IndexCandidate[] {
  const schema = mergeSchemas(statements)
  const own = new Map<string, IndexCandidate>()
  for (const { plan } of statements.toSorted((a, b) => workOf(b) - workOf(a))) {
    for (const candidate of adviseCandidates(plan)) if (!own.has(candidate.ddl)) own.set(candidate.ddl, candidate)
  }
  const all = [...own.values()]
  const merged = all.map((candidate) => mergePrefixes(candidate, all, schema))
  return [...new Map([...merged, ...all].map((one) => [one.ddl, one])).values()].slice(0, MOST_CANDIDATES)
}

function workOf({ plan, times }: WorkloadStatement): number {
  return buffersOf(plan) * times
}

/** Columns with one value can stand in any order: in that in which they begin with the columns of another candidate, which is then not needed. */
function mergePrefixes(candidate: IndexCandidate, all: readonly IndexCandidate[], schema: PlanSchema): IndexCandidate {
  const names = candidate.equality.map(nameOf)
  const prefixes = all
    .filter(
      ({ table, method, equality, rest, included, predicate }) =>
        table.name === candidate.table.name &&
        table.schema === candidate.table.schema &&
        method === candidate.method &&
        predicate === candidate.predicate &&
        rest.length === 0 &&
        included.length === 0 &&
        equality.length < names.length &&
        equality.every((text) => names.includes(nameOf(text))),
    )
    .toSorted((a, b) => a.equality.length - b.equality.length)
  if (prefixes.length === 0) return candidate
  const order = [...new Set([...prefixes.flatMap(({ equality }) => equality.map(nameOf)), ...names])]
  const equality = candidate.equality.toSorted((a, b) => order.indexOf(nameOf(a)) - order.indexOf(nameOf(b)))
  return makeCandidate({ ...candidate, equality }, schema) ?? candidate
}

function nameOf(text: string): string {
  return readIndexColumn(text).name
}

/** What the plans together know of the tables. */
export function mergeSchemas(statements: readonly WorkloadStatement[]): PlanSchema {
  const schemas = statements.map(({ plan }) => plan.schema)
  const byName = <Entry extends { readonly schema: string; readonly name: string }>(entries: readonly Entry[]): readonly Entry[] => [
    ...new Map(entries.map((entry) => [`${entry.schema}.${entry.name}`, entry])).values(),
  ]
  return { tables: byName(schemas.flatMap(({ tables }) => tables)), indexes: byName(schemas.flatMap(({ indexes }) => indexes)) }
}
