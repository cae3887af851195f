import { readIndexColumn } from '../../primitives/create-index.js'
import type { Plan } from '../plan.js'
import { makeCandidate, type CandidateShape, type IndexCandidate } from './index-candidate.js'
import type { DemandedColumn } from './relation-scope.js'
import { readTableDemands, type TableDemand } from './table-demand.js'

const MOST_INCLUDED = 4

/**
 * The indexes that may serve a statement, those of the costliest scan first, plain ones before partial and covering ones. Nothing is asked of a
 * server: whether one of them helps is for the planner to say. Indexes that the tables have already are left out.
 *
 * Columns stand in the order that a B-tree can use: those with one value, then those that give the order or the join, then one range.
 */
export function adviseCandidates(plan: Plan): readonly IndexCandidate[] {
  const found = new Map<string, IndexCandidate>()
  for (const demand of readTableDemands(plan)) {
    for (const shape of shapesFor(plan, demand)) {
      const candidate = makeCandidate(shape, plan.schema)
      if (candidate !== undefined && !found.has(candidate.ddl)) found.set(candidate.ddl, candidate)
    }
  }
  return [...found.values()]
}

function shapesFor(plan: Plan, demand: TableDemand): readonly CandidateShape[] {
  const equality = distinct(demand.equality.map(indexed))
  const [ordered, filtered, ...joined] = [
    demand.order.length === 0 ? undefined : keys(demand, equality, demand.order),
    // One range is all that an index can use, and a list is as good as one for the columns after it.
    keys(demand, equality, [...demand.lists.map(indexed), ...demand.ranges.map(indexed).slice(0, 1)]),
    ...(demand.joins.length === 0 ? [] : [keys(demand, distinct([...equality, ...demand.joins.map(indexed)]), [])]),
  ]
  const ranges = demand.ranges.slice(1).map((column) => keys(demand, equality, [...demand.lists.map(indexed), indexed(column)]))
  const plain = [ordered, filtered, ...joined, ...ranges].filter((shape) => shape !== undefined).filter(hasKeys)
  const first = plain[0]
  const partial = first === undefined ? undefined : partialOf(plan, demand, first)
  return [
    ...plain,
    ...expressionsOf(demand, plain),
    ...demand.others.flatMap((column) => otherShapes(demand, equality, column)),
    ...(partial === undefined ? [] : [partial]),
    ...plain.slice(0, 1).flatMap((shape) => coveringOf(demand, shape)),
    ...(partial === undefined ? [] : coveringOf(demand, partial)),
  ]
}

function keys({ table }: TableDemand, equality: readonly string[], after: readonly string[]): CandidateShape {
  const taken = new Set(equality.map((text) => readIndexColumn(text).name))
  // What has one value needs no place in the order.
  const rest = distinct(after).filter((text) => !taken.has(readIndexColumn(text).name))
  return {
    table: { schema: table.schema, name: table.name, columns: table.columns },
    method: 'btree',
    equality,
    rest,
    operatorClass: undefined,
    included: [],
    predicate: undefined,
  }
}

function hasKeys({ equality, rest }: CandidateShape): boolean {
  return equality.length + rest.length > 0
}

/** The column as an index would have it: a `varchar` is compared as text, and an index on the column itself serves. */
function indexed({ text, bare }: DemandedColumn): string {
  return bare ?? text
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Map(texts.map((text) => [readIndexColumn(text).name, text])).values()]
}

/** For casts that convert (`id::text = '5'`) the column itself does not serve, and the expression does. */
function expressionsOf({ equality, lists, ranges }: TableDemand, plain: readonly CandidateShape[]): readonly CandidateShape[] {
  const casts = new Map([...equality, ...lists, ...ranges].flatMap(({ bare, text }) => (bare === undefined ? [] : [[bare, text] as const])))
  const cast = (text: string): string => casts.get(text) ?? text
  return casts.size === 0
    ? []
    : plain.slice(0, 1).map((shape) => ({ ...shape, equality: shape.equality.map(cast), rest: shape.rest.map(cast) }))
}

/** What PostgreSQL's `jsonb_ops`, `array_ops` and `tsvector_ops` of GIN can search for. */
const GIN_OPERATORS = ['@>', '<@', '&&', '?', '?|', '?&', '@@', '@?']

function otherShapes(demand: TableDemand, equality: readonly string[], column: DemandedColumn): readonly CandidateShape[] {
  const { operator, value = '' } = column.condition
  if (GIN_OPERATORS.includes(operator)) return [{ ...keys(demand, [], [column.text]), method: 'gin' }]
  // A pattern that begins with text is a range of it, in the order of bytes.
  if (operator === '~~' && /^'[^%_\\]/.test(value))
    return [{ ...keys(demand, equality, [indexed(column)]), operatorClass: 'text_pattern_ops' }]
  return []
}

/** Only rows with a constant of the statement's text: where a parameter has the value, other values are asked for as well. */
function partialOf(plan: Plan, demand: TableDemand, base: CandidateShape): CandidateShape | undefined {
  const constants = [...demand.equality, ...demand.others].filter((column) => isConstant(plan, column))
  return constants
    .map((constant) => ({
      ...base,
      equality: base.equality.filter((text) => text !== indexed(constant)),
      predicate: constant.predicate,
    }))
    .find(hasKeys)
}

/** Numbers, dates and ids of a text are one of many values, words are mostly one of few. */
const FEW_VALUED = /^(?:true|false|'((?:[^']|'')*)'(?:::(?!date|time|uuid|interval|"?char)[^']*)?)$/

function isConstant({ params }: Plan, { condition: { operator, value, columns } }: DemandedColumn): boolean {
  if (columns.length !== 1) return false
  if (operator === 'IS NULL' || operator === 'IS NOT NULL') return true
  const match = operator === '=' && value !== undefined ? FEW_VALUED.exec(value) : null
  if (match === null) return false
  const literal = match[1]?.replaceAll("''", "'") ?? match[0]
  return !params.some((param) => String(param) === literal)
}

/** With the few other columns that the statement needs, so that the table itself need not be read. Not a copy of the whole table. */
function coveringOf({ needed, table, equality }: TableDemand, base: CandidateShape): readonly CandidateShape[] {
  if (needed === undefined) return []
  const carried = [...base.equality, ...base.rest].map((text) => readIndexColumn(text).name)
  // What the predicate says need not be looked up.
  const said = equality.filter(({ predicate }) => predicate === base.predicate).map(({ condition }) => condition.column)
  const included = needed.filter((name) => !carried.includes(name) && !said.includes(name) && table.columns.includes(name))
  const isCopy = table.columns.every((name) => carried.includes(name) || included.includes(name))
  return included.length === 0 || included.length > MOST_INCLUDED || isCopy ? [] : [{ ...base, included }]
}
