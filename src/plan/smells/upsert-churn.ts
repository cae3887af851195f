import { quoteName } from '../../primitives/sql-name.js'
import { readNumber, readText } from '../explain-json.js'
import type { PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { planNodes } from '../walk.js'
import { relationName } from './relation-name.js'
import { MANY_ROWS } from './rows-examined.js'
import { setColumns } from './set-columns.js'
import type { Smell } from './smell.js'

/** For each row that was new, so many were there already. */
const CONFLICTS_PER_INSERT = 10

/** INSERT … ON CONFLICT DO UPDATE that writes rows anew which were there already, changed or not. */
export const upsertChurn: Smell = {
  id: 'upsert-churn',
  title: 'An upsert writes rows that are there already',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      if (node.type !== 'ModifyTable' || readText(node.raw, 'Conflict Resolution') !== 'UPDATE') return []
      const [inserted, rewritten] = [readNumber(node.raw, 'Tuples Inserted') ?? 0, rowsRewritten(node)]
      if (rewritten < MANY_ROWS || rewritten < CONFLICTS_PER_INSERT * inserted || readsOldRow(plan.sql, node)) return []
      const table = relationName(plan, node)
      return [
        {
          node,
          text: `inserts ${formatCount(inserted)} rows into ${table} and writes ${formatCount(rewritten)} that were there, whether they differ or not`,
          remedy: `Leave rows that are the same: DO UPDATE SET … WHERE ${differs(plan.sql, node)}`,
        },
      ]
    }),
}

function differs(sql: string, { relation }: PlanNode): string {
  // What is set to now() differs in each row, and is no reason to write it.
  const columns = setColumns(sql).flatMap(({ name, isExcluded }) => (isExcluded ? [quoteName(name)] : []))
  const row = (name: string): string => {
    const cells = (columns.length === 0 ? ['…'] : columns).map((column) => `${name}.${column}`).join(', ')
    return columns.length === 1 ? cells : `(${cells})`
  }
  return `${row(quoteName(relation?.alias ?? ''))} IS DISTINCT FROM ${row('excluded')}`
}

function rowsRewritten({ raw, actual }: PlanNode): number {
  const spared = (readNumber(raw, 'Rows Removed by Conflict Filter') ?? 0) * (actual?.loops ?? 1)
  return (readNumber(raw, 'Conflicting Tuples') ?? 0) - spared
}

/** `SET visits = pages.visits + 1` changes every row it meets: that is what it is for. */
function readsOldRow(sql: string, { relation }: PlanNode): boolean {
  const set = /\bdo\s+update\s+set\b([^]*?)(?:\bwhere\b|\breturning\b|$)/i.exec(sql)?.[1] ?? ''
  return [relation?.alias, relation?.table].some(
    (name) => name !== undefined && set.replaceAll('"', '').toLowerCase().includes(`${name.toLowerCase()}.`),
  )
}
