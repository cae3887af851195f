import { readNumber, type ExplainObject } from './explain-json.js'
import type { PlanBuffers } from './plan.js'

type Counts = Omit<PlanBuffers, 'total'>

const FIELDS: Readonly<Record<keyof Counts, string>> = {
  sharedHit: 'Shared Hit Blocks',
  sharedRead: 'Shared Read Blocks',
  sharedDirtied: 'Shared Dirtied Blocks',
  sharedWritten: 'Shared Written Blocks',
  localHit: 'Local Hit Blocks',
  localRead: 'Local Read Blocks',
  tempRead: 'Temp Read Blocks',
  tempWritten: 'Temp Written Blocks',
}

const NAMES = Object.keys(FIELDS) as readonly (keyof Counts)[]

/** The counts of a node as EXPLAIN has them: with everything below it. `undefined` without BUFFERS. */
export function readBuffers(node: ExplainObject): PlanBuffers | undefined {
  if (readNumber(node, FIELDS.sharedHit) === undefined) return undefined
  return makeBuffers((name) => readNumber(node, FIELDS[name]) ?? 0)
}

/** `whole` without `parts`. Never below 0: an InitPlan is counted at the node that first asked for it, not at the one it hangs on. */
export function subtractBuffers(whole: PlanBuffers, parts: readonly PlanBuffers[]): PlanBuffers {
  return makeBuffers((name) =>
    Math.max(
      0,
      parts.reduce((rest, part) => rest - part[name], whole[name]),
    ),
  )
}

function makeBuffers(count: (name: keyof Counts) => number): PlanBuffers {
  const counts = Object.fromEntries(NAMES.map((name) => [name, count(name)])) as unknown as Counts
  return { total: counts.sharedHit + counts.sharedRead, ...counts }
}
