import type { Plan, PlanNode } from '../../plan/plan.js'
import { planNodes } from '../../plan/walk.js'
import { rowsOf } from '../../plan/work.js'

/** A node whose rows did not fit into `work_mem`. */
export interface Spill {
  readonly node: PlanNode
  /** `Sort`, `Hash`, `HashAggregate`, or the node's own name. */
  readonly what: string
  /** Written to temporary files. */
  readonly diskKb: number
  /** The `work_mem` that would hold it, by what the plan tells, rounded up; `undefined` where it tells too little. */
  readonly enoughKb: number | undefined
}

const BLOCK_KB = 8
/** Beside its data a row takes: header and memory chunk, and the place in the array of rows. */
const ROW_BYTES = 64
/** A group of a HashAggregate takes beside its data: row, place in the table, states of the aggregates. */
const GROUP_BYTES = 192

/** Every spill of a plan, the largest first. */
export function findSpills(plan: Plan): readonly Spill[] {
  const spills: Spill[] = []
  const visit = (node: PlanNode): void => {
    for (const child of node.children) visit(child)
    // A Hash Join writes the batches of its other side where the Hash below it spilled.
    const explained = node.type === 'Hash Join' && node.children.some((child) => spills.some((spill) => spill.node === child))
    const spill = explained ? undefined : readSpill(node, plan)
    if (spill !== undefined) spills.push(spill)
  }
  visit(plan.root)
  return spills.toSorted((a, b) => b.diskKb - a.diskKb)
}

/** Fields of the node, or of any of the parallel workers that did its work. */
function largest(node: PlanNode, field: string): number {
  const workers: unknown = node.raw['Workers']
  const all: readonly unknown[] = [node.raw, ...(Array.isArray(workers) ? workers : [])]
  return Math.max(0, ...all.map((one) => (typeof one === 'object' && one !== null ? Number(Reflect.get(one, field) ?? 0) : 0)))
}

function readSpill(node: PlanNode, plan: Plan): Spill | undefined {
  const writtenKb = (node.actual?.buffers?.own.tempWritten ?? 0) * BLOCK_KB
  if (node.type === 'Hash') {
    const batches = largest(node, 'Hash Batches')
    if (batches <= 1) return undefined
    const neededKb = Math.max(largest(node, 'Peak Memory Usage') * batches, rowsKb(node, ROW_BYTES))
    return { node, what: 'Hash', diskKb: writtenKb, enoughKb: roundUp(neededKb / hashShare(plan)) }
  }
  if (node.type === 'Aggregate' && node.strategy !== 'Plain' && node.strategy !== 'Sorted') {
    const diskKb = largest(node, 'Disk Usage')
    if (diskKb === 0) return undefined
    const neededKb = Math.max(largest(node, 'Peak Memory Usage') * 2, rowsKb(node, GROUP_BYTES))
    return { node, what: 'HashAggregate', diskKb, enoughKb: roundUp(neededKb / hashShare(plan)) }
  }
  if (writtenKb === 0 && !isOnDisk(node)) return undefined
  if (node.type === 'Sort') {
    const diskKb = largest(node, 'Sort Space Used')
    return { node, what: 'Sort', diskKb, enoughKb: roundUp(diskKb + (rowsOf(node) * ROW_BYTES) / 1024) }
  }
  const below = node.children[0] ?? node
  const isStore = node.type === 'Materialize' || node.type === 'CTE Scan'
  const enoughKb = isStore ? roundUp(writtenKb + (Math.max(rowsOf(node), rowsOf(below)) * ROW_BYTES) / 1024) : undefined
  return { node, what: node.type, diskKb: writtenKb, enoughKb }
}

/** Also where buffers were not counted. */
function isOnDisk({ raw }: PlanNode): boolean {
  return raw['Sort Space Type'] === 'Disk' || raw['Storage'] === 'Disk'
}

function rowsKb(node: PlanNode, overhead: number): number {
  const width = Number(node.raw['Plan Width'] ?? 0)
  return (rowsOf(node) * (width + overhead)) / 1024
}

/** Hashes may take more than `work_mem`: twice as much from 15 on, by default. */
function hashShare({ settings, postgresVersion }: Plan): number {
  const set = Number(settings['hash_mem_multiplier'])
  if (set > 0) return set
  return Number.parseInt(postgresVersion, 10) >= 15 ? 2 : 1
}

/** To a power of two, as such settings are written. */
function roundUp(kilobytes: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(kilobytes, 64)))
}

/** Every node that wrote to temporary files or would have said so. */
export function canSpill(plan: Plan): readonly PlanNode[] {
  return planNodes(plan).filter(({ type, strategy }) => /Sort|^Hash$|Materialize/.test(type) || strategy === 'Hashed')
}
