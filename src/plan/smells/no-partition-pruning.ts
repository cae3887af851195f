import type { Plan, PlanNode, PlanTable } from '../plan.js'
import { formatCount } from '../print.js'
import { planNodes, tableOf } from '../walk.js'
import { buffersOf } from '../work.js'
import { ownComparisons } from './own-comparisons.js'
import { relationName } from './relation-name.js'
import { MANY_ROWS } from './rows-examined.js'
import type { Smell } from './smell.js'

/** Fewer partitions are not worth a condition, and of more than that at least three quarters must have been read in vain. */
const MANY_PARTITIONS = 4
const SHARE_IN_VAIN = 0.75

const MANY_BUFFERS = 20

/** Partitions are read that hold none of the rows, because nothing in the statement says so. */
export const noPartitionPruning: Smell = {
  id: 'no-partition-pruning',
  title: 'Partitions are read in vain',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      if (node.type !== 'Append' && node.type !== 'Merge Append') return []
      const read = node.children.flatMap((child) => partitionRead(plan, child))
      const inVain = read.filter(({ rows }) => rows === 0)
      const [first] = read
      const root = first === undefined ? undefined : rootOf(plan, first.table)
      const enough = inVain.length >= Math.max(MANY_PARTITIONS, SHARE_IN_VAIN * read.length)
      if (root?.partitionKey === undefined || !enough || node.subplansRemoved > 0) return []
      const buffers = sum(inVain.map((one) => one.buffers))
      const large = sum(inVain.map(({ table }) => Math.max(table.reltuples, 0))) >= MANY_ROWS
      const key = keyUse(plan, root, read)
      if (buffers < MANY_BUFFERS || !large || key === 'compared' || first === undefined) return []
      const columns = root.partitionKey.replace(/^\w+ \((.*)\)$/s, '$1')
      return [
        {
          node,
          text: `reads ${formatCount(read.length)} partitions of ${relationName(plan, first.scan)}, ${formatCount(inVain.length)} of them in vain, for ${formatCount(buffers)} buffers`,
          remedy:
            key === 'wrapped'
              ? `Compare the bare partition key, ${columns}, in WHERE: what is wrapped rules out nothing`
              : `Compare the partition key, ${columns}, in WHERE, too: ${root.name} is divided by ${root.partitionKey}`,
        },
      ]
    }),
}

interface PartitionRead {
  readonly scan: PlanNode
  readonly table: PlanTable
  readonly rows: number
  readonly buffers: number
}

/** A partition that was really read: those that are ruled out while running never ran. */
function partitionRead(plan: Plan, child: PlanNode): readonly PartitionRead[] {
  const scan = planNodes({ root: child }).find(({ relation }) => relation !== undefined)
  const table = scan === undefined ? undefined : tableOf(plan, scan)
  const { actual } = child
  if (scan === undefined || table?.root === undefined || actual === undefined || actual.loops === 0) return []
  return [{ scan, table, rows: actual.rows, buffers: buffersOf({ root: child }) }]
}

function rootOf(plan: Plan, { root }: PlanTable): PlanTable | undefined {
  return plan.schema.tables.find(({ schema, name }) => name === root?.name && schema === root.schema)
}

/** What the statement says about the partition key. */
function keyUse(plan: Plan, { partitionKey = '', columns }: PlanTable, read: readonly PartitionRead[]): 'absent' | 'wrapped' | 'compared' {
  const words = partitionKey.split(/[^\p{L}\p{N}_$]+/u)
  const keys = columns.filter((column) => words.includes(column))
  const uses = read.flatMap(({ scan }) => {
    const conditions = planNodes({ root: scan }).flatMap((node) => [node.conditions.indexCond, node.conditions.filter])
    return ownComparisons(plan, scan, conditions).filter(({ column, kind }) => keys.includes(column) && kind !== 'other')
  })
  if (uses.some(({ isBare, alternative }) => isBare && !alternative)) return 'compared'
  return uses.length > 0 ? 'wrapped' : 'absent'
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
