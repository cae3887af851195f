import { plural } from '../../primitives/plural.js'
import { formatCount, printPath, scaleLines } from '../../plan/print.js'
import type { Plan, PlanIndex, PlanNode, PlanTable } from '../../plan/plan.js'
import type { JudgedPlan } from './judged-plans.js'

const STATEMENT_LINES = 6
const PATH_LINES = 8
const INDEX_LINES = 6

/** The statement and the values of its parameters. */
export function statementLines({ sql, params, scale }: Plan): readonly string[] {
  const lines = dedent(sql)
  const values = params.map((value, index) => `$${index + 1} = ${printValue(value)}`)
  return [
    ...clip(lines, STATEMENT_LINES).map((line) => `  ${line}`),
    ...(values.length === 0 ? [] : [`  ${clipText(values.join('  '), 120)}`]),
    ...scaleLines({ scale }).map((line) => `  ${clipText(line, 140)}`),
  ]
}

/** The statement that a plan is of, with the one that ran it where it is another. `times`: how often it was executed so. */
export function judgedLines({ plan, statement, nested }: JudgedPlan, times: number): readonly string[] {
  const repeated = times > 1 ? [`  (the worst of ${formatCount(times)} executions)`] : []
  if (nested === undefined || statement === undefined) return [...statementLines(plan), ...repeated]
  const runs = nested.times > 1 ? `runs ${formatCount(nested.times)} times: ` : 'runs: '
  return [`  ${clipText(squeeze(statement.sql), 60)}  ${runs}${clipText(squeeze(nested.sql), 120)}`, ...repeated]
}

/** The way through the plan to the nodes that decided, each marked ✗. */
export function pathLines(plan: Plan, guilty: readonly PlanNode[]): readonly string[] {
  return clip(printPath(plan, { guilty }), PATH_LINES).map((line) => `  ${clipText(line, 140)}`)
}

/** The indexes that a table has. */
export function indexLines(table: string, indexes: readonly PlanIndex[]): readonly string[] {
  if (indexes.length === 0) return [`  ${table} has no index.`]
  return [`  Indexes on ${table}:`, ...clip(indexes.map(printIndex), INDEX_LINES).map((line) => `    ${line}`)]
}

/** `orders_pkey (id) unique` */
export function printIndex({ name, columns, included, predicate, unique, valid, method }: PlanIndex): string {
  const parts = [`${name} (${columns.join(', ')})`]
  if (included.length > 0) parts.push(`include (${included.join(', ')})`)
  if (predicate !== undefined) parts.push(`where ${predicate}`)
  if (unique) parts.push('unique')
  if (method !== 'btree') parts.push(method)
  if (!valid) parts.push('INVALID')
  return parts.join(' ')
}

/** `orders: 10 rows on 1 page`, by the statistics the planner had. */
export function printSize({ name, reltuples, relpages }: PlanTable): string {
  return `${name}: ${plural(reltuples, 'row')} on ${plural(relpages, 'page')}`
}

function dedent(text: string): readonly string[] {
  const lines = text.trim().split('\n')
  const indents = lines
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length)
  const indent = indents.length === 0 ? 0 : Math.min(...indents)
  return lines.map((line, index) => clipText(index === 0 ? line : line.slice(indent), 120))
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

function clip(lines: readonly string[], most: number): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), `… ${lines.length - most + 1} more`]
}

function clipText(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

function printValue(value: unknown): string {
  if (typeof value === 'string') return `'${clipText(value, 40)}'`
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `${value.length} bytes`
  return typeof value === 'object' && value !== null ? clipText(JSON.stringify(value), 40) : String(value)
}
