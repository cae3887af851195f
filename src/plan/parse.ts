import { isObject, readExplainJson, readNumber, type ExplainObject } from './explain-json.js'
import { readNodes } from './parse-node.js'
import type { Plan, PlanScale, PlanSchema } from './plan.js'
import { printPlan } from './print.js'

/** What EXPLAIN does not say itself. */
export interface PlanFacts {
  readonly sql: string
  readonly params: readonly unknown[]
  /** @default false */
  readonly generic?: boolean
  /** `18.4`. */
  readonly postgresVersion: string
  /** @default no tables: matchers then refuse what they cannot know */
  readonly schema?: PlanSchema
  /** @default what is loaded */
  readonly scale?: PlanScale | undefined
}

/**
 * Reads the output of EXPLAIN (FORMAT JSON) of PostgreSQL 13 to 18, with or without ANALYZE, BUFFERS and VERBOSE, as text or parsed.
 * Text is better: a driver's JSON parser rounds the 64-bit query identifier.
 *
 * @throws {HotbedError} `ERR_HOTBED_PLAN` when it is not that
 */
export function parsePlan(output: unknown, facts: PlanFacts): Plan {
  const { statement, root } = readExplainJson(output)
  const schema = facts.schema ?? { tables: [], indexes: [] }
  const plan = {
    kind: 'plan',
    sql: facts.sql,
    params: [...facts.params],
    analyzed: readNumber(root, 'Actual Loops') !== undefined,
    generic: facts.generic ?? false,
    postgresVersion: facts.postgresVersion,
    root: readNodes(root, schema),
    schema,
    scale: facts.scale,
    settings: readSettings(statement),
    queryIdentifier: readIdentifier(statement),
    planningTimeMs: readNumber(statement, 'Planning Time'),
    executionTimeMs: readNumber(statement, 'Execution Time'),
    raw: statement,
  } as const
  // Not enumerable, so that the plan stays plain data to `toEqual`, snapshots and structuredClone.
  Object.defineProperty(plan, 'toString', { value: (): string => printPlan(plan) })
  const { params: _, ...facted } = plan
  Object.values(facted).forEach(freeze)
  return Object.freeze(plan)
}

/** Evidence does not change. The values of parameters are the caller's own and are left alone. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  Object.values(value).forEach(freeze)
}

function readSettings(statement: ExplainObject): Readonly<Record<string, string>> {
  const settings = statement['Settings']
  // In the order of their names: servers differ.
  return isObject(settings)
    ? Object.fromEntries(
        Object.keys(settings)
          .toSorted()
          .map((name) => [name, String(settings[name])]),
      )
    : {}
}

function readIdentifier(statement: ExplainObject): string | undefined {
  const identifier = statement['Query Identifier']
  if (typeof identifier === 'string') return identifier
  return typeof identifier === 'number' && Number.isSafeInteger(identifier) ? String(identifier) : undefined
}
