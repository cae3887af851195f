import { formatCount } from '../print.js'
import { planNodes } from '../walk.js'
import type { Smell } from './smell.js'
import { formatKb, highestOf, setWorkMem } from './work-mem.js'

/** The hash table of a join does not fit into `work_mem` and is split into batches, which go through temporary files. */
export const hashSpill: Smell = {
  id: 'hash-spill',
  title: 'The hash table of a join goes through temporary files',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      const batches = highestOf(node, 'Hash Batches')
      if (node.type !== 'Hash' || batches <= 1) return []
      const peakKb = highestOf(node, 'Peak Memory Usage')
      const planned = highestOf(node, 'Original Hash Batches')
      return [
        {
          node,
          text: `hashes ${formatCount(node.actual?.rows ?? 0)} rows in ${formatCount(batches)} batches of up to ${formatKb(peakKb)}${planned < batches ? `, planned were ${formatCount(planned)}` : ''}`,
          remedy:
            setWorkMem(peakKb * batches) ??
            'Join fewer or narrower rows: filter before the join, and select only the columns that are needed',
        },
      ]
    }),
}
