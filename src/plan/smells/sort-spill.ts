import { isObject, readNumber } from '../explain-json.js'
import { formatCount } from '../print.js'
import { planNodes } from '../walk.js'
import { orderRemedy } from './index-remedy.js'
import type { Smell } from './smell.js'
import { formatKb, setWorkMem, withWorkers } from './work-mem.js'

/** Rows in memory take more room than in the files of a sort: the manual's reason why a sort of n MB on disk needs more than n MB of work_mem. */
const MEMORY_PER_DISK = 3

/** A sort does not fit into `work_mem` and goes through temporary files. */
export const sortSpill: Smell = {
  id: 'sort-spill',
  title: 'A sort goes through temporary files',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      const kb = Math.max(...withWorkers(node).map(diskOf))
      if (kb <= 0) return []
      const rows = node.children[0]?.actual?.rows ?? node.actual?.rows ?? 0
      const remedies = [setWorkMem(kb * MEMORY_PER_DISK), orderRemedy(plan, node, 'Sort Key')].filter((one) => one !== undefined)
      return [
        {
          node,
          text: `sorts ${formatCount(rows)} rows through ${formatKb(kb)} of temporary files`,
          remedy:
            remedies.length === 0
              ? 'Sort fewer or narrower rows: filter first, and join wide columns after the LIMIT'
              : remedies.join(', or '),
        },
      ]
    }),
}

function diskOf(sort: Readonly<Record<string, unknown>>): number {
  if (sort['Sort Space Type'] === 'Disk') return readNumber(sort, 'Sort Space Used') ?? 0
  // An Incremental Sort says it of its groups.
  const groups = [sort['Full-sort Groups'], sort['Pre-sorted Groups']].map((group) =>
    isObject(group) ? group['Sort Space Disk'] : undefined,
  )
  return Math.max(0, ...groups.map((space) => (isObject(space) ? (readNumber(space, 'Peak Sort Space Used') ?? 0) : 0)))
}
