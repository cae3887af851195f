import type { BoundTable } from './bind-dataset.js'

/** Tables that foreign keys tie together: loaded in one transaction, parents first. Circles are broken where they are met. */
export function orderTables(tables: readonly BoundTable[]): readonly (readonly BoundTable[])[] {
  const byId = new Map(tables.map((bound) => [bound.table.id, bound]))
  const groups: BoundTable[][] = []
  const seen = new Set<string>()
  const neighbours = (bound: BoundTable): readonly BoundTable[] => [
    ...parentsOf(bound, byId),
    ...tables.filter((other) => other.table.foreignKeys.some(({ parent }) => parent === bound.table.id)),
  ]
  for (const bound of tables) {
    if (seen.has(bound.table.id)) continue
    const group: BoundTable[] = []
    const waiting = [bound]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next.table.id)) continue
      seen.add(next.table.id)
      group.push(next)
      waiting.push(...neighbours(next))
    }
    groups.push([...parentsFirst(group)])
  }
  return groups
}

function parentsFirst(group: readonly BoundTable[]): readonly BoundTable[] {
  const byId = new Map(group.map((bound) => [bound.table.id, bound]))
  const ordered = new Set<BoundTable>()
  const entered = new Set<BoundTable>()
  const enter = (bound: BoundTable): void => {
    if (entered.has(bound)) return
    entered.add(bound)
    for (const parent of parentsOf(bound, byId)) enter(parent)
    ordered.add(bound)
  }
  for (const bound of group) enter(bound)
  return [...ordered]
}

function parentsOf({ table }: BoundTable, byId: ReadonlyMap<string, BoundTable>): readonly BoundTable[] {
  return table.foreignKeys.flatMap(({ parent }) => byId.get(parent) ?? [])
}
