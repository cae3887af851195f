import { baseType } from '../base-type.js'
import type { Bound, ColumnContext, Generator } from '../generator.js'
import type { ColumnSchema, TableSchema } from '../schema.js'
import { inferred, limitsSpec, type InferenceTarget } from './inferred.js'

const DAY = 86_400_000
const SPAN_DAYS = 730
const CREATED =
  /^(created|inserted|placed|ordered|registered|signed_up|joined|occurred|happened|recorded|posted|published|sent|logged)(_at|_on|_date|at|on)?$|^(date|time|timestamp|ts|at)$/
const UPDATED =
  /^(updated|modified|changed|edited|last_seen|last_login|finished|completed|closed|shipped|delivered|paid|cancelled|canceled|deleted|archived|expires|expired|ended)(_at|_on|_date|at|on)?$/

export function isTimeType(column: ColumnSchema): boolean {
  return /^(date|timestamp|timestamptz)$/.test(baseType(column.type).name)
}

/** The column that says when a row came about, whose order is the order of the rows. */
export function createdColumn(table: TableSchema): ColumnSchema | undefined {
  return table.columns.find((column) => isTimeType(column) && CREATED.test(column.name.toLowerCase().replaceAll(/([a-z])_?on$/g, '$1_on')))
}

/** Created in row order over the two years before the dataset's now; updated at some time between creation and now; else anywhere in the span. */
export function inferTime(target: InferenceTarget): Generator<number> {
  const { table, column, limits, isUnique } = target
  const name = column.name.toLowerCase()
  const grain = baseType(column.type).name === 'date' ? DAY : column.precision === undefined || column.precision >= 3 ? 1 : 1000
  const created = createdColumn(table)
  const spec = [column.name, grain, limitsSpec(limits)]
  const { min, max } = limits
  const low = momentOf(min?.value)
  const high = momentOf(max?.value)
  const span = (epochMs: number): readonly [number, number] => {
    const to = high === undefined ? Math.max(epochMs, (low ?? 0) + DAY) : Math.min(high - (max?.isExclusive === true ? grain : 0), high)
    const from = Math.max(
      low === undefined ? -Infinity : low + (min?.isExclusive === true ? grain : 0),
      Math.min(epochMs, to) - SPAN_DAYS * DAY,
    )
    return [Math.ceil(from / grain) * grain, Math.floor(to / grain) * grain]
  }
  if (isUnique) return inferred('unique time', spec, (context) => bindUnique(context, span(context.epochMs)[0], grain))
  if (created === column) return inferred('time in row order', spec, (context) => bindOrdered(context, span(context.epochMs), grain))
  if (created !== undefined && UPDATED.test(name)) {
    return inferred('time after creation', [...spec, created.name], (context) =>
      bindAfter(context, created.name, span(context.epochMs), grain),
    )
  }
  return inferred('time', spec, (context) => {
    const [from, to] = span(context.epochMs)
    const steps = Math.max(1, Math.floor((to - from) / grain) + 1)
    return { at: (row) => from + context.draws.below(row, steps) * grain, isTime: true }
  })
}

/** Evenly with jitter, never decreasing; rows beyond the dataset's continue after its now. */
function bindOrdered({ draws, rows }: ColumnContext, [from, to]: readonly [number, number], grain: number): Bound<number> {
  const step = (to - from) / Math.max(1, rows)
  return { at: (row) => Math.floor((from + (row + draws.unit(row)) * step) / grain) * grain, isSorted: true, isTime: true }
}

function bindUnique({ rows }: ColumnContext, from: number, grain: number): Bound<number> {
  return { at: (row) => from + row * grain, distinct: rows, isUnique: true, isSorted: true, isTime: true }
}

function bindAfter(
  { table, draws, valueOf }: ColumnContext,
  created: string,
  [, to]: readonly [number, number],
  grain: number,
): Bound<number> {
  let createdAt: ((row: number) => unknown) | undefined
  return {
    at: (row) => {
      createdAt ??= valueOf(table, created).at
      const start = createdAt(row)
      if (typeof start !== 'number') return null
      const share = draws.unit(row)
      // Mostly soon after; a day's grain must not fall before the creation.
      const end = start + share * share * share * Math.max(0, to - start)
      return Math.max(Math.floor(end / grain) * grain, Math.ceil(start / grain) * grain)
    },
    isTime: true,
  }
}

export function momentOf(value: number | string | undefined): number | undefined {
  if (value === undefined) return undefined
  const text = String(value).replace(' ', 'T')
  const isDay = !text.includes('T')
  const zoned = isDay || /(?:[zZ]|[+-]\d{2}:?\d{2})$/.test(text) ? text : /[+-]\d{2}$/.test(text) ? `${text}:00` : `${text}Z`
  const ms = Date.parse(zoned)
  return Number.isNaN(ms) ? undefined : ms
}
