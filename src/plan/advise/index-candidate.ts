import { createIndex, readIndexColumn } from '../../primitives/create-index.js'
import { quoteTable } from '../../primitives/sql-name.js'
import type { PlanIndex, PlanSchema, PlanTable } from '../plan.js'

/** An index that may serve a statement. */
export interface IndexCandidate {
  readonly table: Pick<PlanTable, 'schema' | 'name'> & Partial<Pick<PlanTable, 'columns'>>
  readonly method: 'btree' | 'gin'
  /** Key columns whose order among themselves does not matter to the statement: they come first. */
  readonly equality: readonly string[]
  /** Key columns after those, in this order. */
  readonly rest: readonly string[]
  /** Operator class of the last column. */
  readonly operatorClass: string | undefined
  readonly included: readonly string[]
  readonly predicate: string | undefined
  /** An index that has the same columns, in an order that does not serve. */
  readonly misordered: PlanIndex | undefined
  /** The statement that makes it. */
  readonly ddl: string
}

/** What a candidate is made from. */
export type CandidateShape = Omit<IndexCandidate, 'ddl' | 'misordered'>

/** Completes a candidate by its DDL and what the table has already. `undefined`: an index that serves as well is there. */
export function makeCandidate(shape: CandidateShape, schema: PlanSchema): IndexCandidate | undefined {
  const existing = schema.indexes.filter(
    ({ schema: owner, table, valid }) => valid && owner === shape.table.schema && table === shape.table.name,
  )
  if (existing.some((index) => isServedBy(shape, index))) return undefined
  return { ...shape, misordered: existing.find((index) => isMisordered(shape, index)), ddl: writeIndex(shape) }
}

/** `CREATE INDEX ON orders (user_id, created_at DESC) INCLUDE (total) WHERE status = 'open';` */
export function writeIndex(shape: CandidateShape, name?: string): string {
  return `${createIndex({ ...shape, name, on: quoteTable(shape.table), known: shape.table.columns, columns: [...shape.equality, ...shape.rest] })};`
}

/** Whether whatever `shape` is for is done as well by `index`: its columns begin it, equality columns in any order, directions as they are or all turned round. */
export function isServedBy(shape: CandidateShape, index: Pick<PlanIndex, 'method' | 'columns' | 'included' | 'predicate'>): boolean {
  if (index.method !== shape.method || shape.operatorClass !== undefined) return false
  if (index.predicate !== undefined && squeeze(index.predicate) !== squeeze(shape.predicate ?? '')) return false
  const columns = index.columns.map(readIndexColumn)
  const leading = new Set(columns.slice(0, shape.equality.length).map(({ name }) => name))
  if (!shape.equality.every((text) => leading.has(readIndexColumn(text).name))) return false
  const carried = [...columns.map(({ name }) => name), ...index.included]
  if (!shape.included.every((name) => carried.includes(name))) return false
  const rest = shape.rest.map((text, position) => {
    const wanted = readIndexColumn(text)
    const there = columns[shape.equality.length + position]
    if (there?.name !== wanted.name) return undefined
    return (there.direction ?? 'ASC') === (wanted.direction ?? 'ASC') ? 'same' : 'turned'
  })
  return !rest.includes(undefined) && new Set(rest).size <= 1
}

function isMisordered(shape: CandidateShape, index: PlanIndex): boolean {
  const { method, equality, rest, predicate } = shape
  // What it lacks may be the columns that are only carried: then its order serves.
  if (isServedBy({ ...shape, included: [] }, index)) return false
  if (method !== 'btree' || index.method !== 'btree' || index.predicate !== undefined || predicate !== undefined) return false
  const there = index.columns.map((text) => readIndexColumn(text).name)
  const wanted = [...equality, ...rest].map((text) => readIndexColumn(text).name)
  return there.length > 1 && wanted.every((name) => there.includes(name))
}

function squeeze(text: string): string {
  return text.replaceAll(/[\s()]|::text/g, '')
}
