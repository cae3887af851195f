import { formatCount } from '../print.js'
import { planNodes } from '../walk.js'
import { relationName } from './relation-name.js'
import type { Smell } from './smell.js'
import { setWorkMem, sumOf } from './work-mem.js'

/** What a bitmap needs for one page of the table, less than 64 bytes (`tbm_calculate_entries`). */
const BYTES_PER_PAGE = 64

/** A bitmap does not fit into `work_mem` and forgets which rows of a page were meant: all of them are looked at again. */
export const lossyBitmap: Smell = {
  id: 'lossy-bitmap',
  title: 'A bitmap forgets which rows of a page were meant',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      const lossy = sumOf(node, 'Lossy Heap Blocks')
      if (node.type !== 'Bitmap Heap Scan' || lossy === 0) return []
      const pages = (lossy + sumOf(node, 'Exact Heap Blocks')) / Math.max(node.actual?.loops ?? 1, 1)
      const removed = Math.round(node.actual?.rowsRemoved.byIndexRecheck ?? 0)
      return [
        {
          node,
          text: `keeps ${formatCount(lossy)} pages of ${relationName(plan, node)} without their rows and throws ${formatCount(removed)} rows away again`,
          remedy: setWorkMem((pages * BYTES_PER_PAGE) / 1024) ?? 'Ask for fewer rows, or for a range that lies together',
        },
      ]
    }),
}
