import type { Plan, PlanNode } from '../plan.js'
import { indexUses } from '../walk.js'
import { comparedColumns } from './compared-columns.js'
import { plainName } from './index-remedy.js'

const LAST_ORDER = /\border\s+by\b(?![^]*\border\s+by\b)([^]*)$/i

/**
 * The order in which an index scan gives its rows, as far as the statement asks for it: columns of the index without those that have one
 * value only, as `created_at DESC`. Empty for what gives no order that was asked for.
 */
export function orderGiven(plan: Plan, node: PlanNode): readonly string[] {
  const asked = LAST_ORDER.exec(plan.sql)?.[1]?.toLowerCase()
  const columns = indexUses(plan).find((use) => use.node === node)?.index?.columns ?? []
  if (asked === undefined || !node.type.startsWith('Index')) return []
  const fixed = comparedColumns(plan, node, [node.conditions.indexCond]).equal
  const given = columns.filter((column) => !fixed.includes(plainName(column)) && asked.includes(plainName(column).toLowerCase()))
  return node.scanDirection === 'Backward' ? given.map(reversed) : given
}

function reversed(column: string): string {
  if (column.endsWith(' DESC NULLS LAST')) return column.replace(' DESC NULLS LAST', ' NULLS FIRST')
  if (column.endsWith(' NULLS FIRST')) return column.replace(' NULLS FIRST', ' DESC NULLS LAST')
  return column.endsWith(' DESC') ? column.slice(0, -5) : `${column} DESC`
}
