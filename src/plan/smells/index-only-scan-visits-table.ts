import { formatCount } from '../print.js'
import { planNodes } from '../walk.js'
import { relationName } from './relation-name.js'
import { MANY_ROWS } from './rows-examined.js'
import type { Smell } from './smell.js'

/** From this share on the scan is an Index Scan by another name. */
const SHARE = 0.1

/** An Index Only Scan has to look into the table, because no VACUUM has marked its pages as visible to all. */
export const indexOnlyScanVisitsTable: Smell = {
  id: 'index-only-scan-visits-table',
  title: 'An Index Only Scan visits the table all the same',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      const fetches = node.actual?.heapFetches ?? 0
      if (node.type !== 'Index Only Scan' || node.actual === undefined || fetches < MANY_ROWS) return []
      const rows = Math.round(node.actual.rows + node.actual.rowsRemoved.byFilter)
      if (fetches < SHARE * rows) return []
      const table = relationName(plan, node)
      return [
        {
          node,
          text: `visits ${table} ${formatCount(fetches)} times for ${formatCount(rows)} rows that are all in ${node.index}`,
          remedy: `VACUUM ${table}`,
        },
      ]
    }),
}
