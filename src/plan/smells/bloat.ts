import type { Plan, PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { planNodes, tableOf } from '../walk.js'
import { relationName } from './relation-name.js'
import type { Smell } from './smell.js'

const MANY_PAGES = 100

/** Three quarters of what is read are empty. */
const PAGES_PER_NEEDED = 4

/** A table that is read from end to end consists mostly of the space of rows that are gone. */
export const bloat: Smell = {
  id: 'bloat',
  title: 'A table is mostly empty pages',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      const read = pagesRead(plan, node)
      if (read === undefined || read.pages < MANY_PAGES || read.pages < PAGES_PER_NEEDED * read.needed) return []
      const table = relationName(plan, node)
      return [
        {
          node,
          text: `reads ${formatCount(read.pages)} pages of ${table} to see ${formatCount(read.rows)} rows, which need ${formatCount(read.needed)}`,
          remedy: `VACUUM (FULL, ANALYZE) ${table}; against its coming back: delete by dropping partitions, or ALTER TABLE ${table} SET (autovacuum_vacuum_scale_factor = 0.02)`,
        },
      ]
    }),
}

interface PagesRead {
  readonly pages: number
  /** Rows that are alive, whether they were kept or not. */
  readonly rows: number
  /** Pages that these rows would fill. */
  readonly needed: number
}

/** A Seq Scan sees every live row of the pages that it reads, also when it ends early. */
function pagesRead(plan: Plan, node: PlanNode): PagesRead | undefined {
  const { type, actual, raw } = node
  const { rowsPerPage, pages = 0 } = tableOf(plan, node) ?? {}
  if (type !== 'Seq Scan' || actual?.buffers === undefined || rowsPerPage === undefined) return undefined
  // Parallel workers share one pass.
  const passes = raw['Parallel Aware'] === true ? 1 : actual.loops
  const rows = Math.round(actual.rows + actual.rowsRemoved.byFilter)
  return {
    // A filter that looks at large values reads them from elsewhere (TOAST), and is charged here.
    pages: Math.min(actual.buffers.own.total, pages * passes),
    rows,
    needed: passes * Math.max(1, Math.ceil(rows / passes / rowsPerPage)),
  }
}
