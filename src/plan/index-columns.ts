import { isPlainName, readIndexColumn } from '../primitives/create-index.js'
import type { PlanIndex } from './plan.js'

/** Whether the index begins with these columns, in this order. A column without a direction stands for both. */
export function hasLeadingColumns(index: PlanIndex, columns: readonly string[]): boolean {
  return columns.every((text, position) => {
    const wanted = readIndexColumn(text)
    const there = index.columns[position]
    if (there === undefined) return false
    const found = readIndexColumn(there)
    return found.name === wanted.name && (wanted.direction === undefined || wanted.direction === (found.direction ?? 'ASC'))
  })
}

/** The first that is a plain name and no column of the table. Expressions are let through. */
export function findUnknownColumn(columns: readonly string[], known: readonly string[]): string | undefined {
  return columns.map((text) => readIndexColumn(text).name).find((name) => isPlainName(name) && !known.includes(name))
}

/** `(user_id, created_at DESC)` */
export function describeColumns(columns: readonly string[]): string {
  return `(${columns.join(', ')})`
}
