import type { ExplainObject } from '../explain-json.js'
import { isObject, readNumber } from '../explain-json.js'
import type { PlanNode } from '../plan.js'

/** More memory than this for one node of one statement is no remedy: a server has many of both. */
const MOST_KB = 256 * 1024

/** `SET work_mem = '16MB'`, or `undefined` where that would be too much to be wise. Rounded up to a power of 2. */
export function setWorkMem(neededKb: number): string | undefined {
  const kb = 2 ** Math.ceil(Math.log2(Math.max(neededKb, 64)))
  if (kb > MOST_KB) return undefined
  return `SET work_mem = '${kb >= 1024 ? `${kb / 1024}MB` : `${kb}kB`}'`
}

/** 1,234 kB, or 12 MB. */
export function formatKb(kb: number): string {
  return kb < 10_240 ? `${kb.toLocaleString('en-US')} kB` : `${Math.round(kb / 1024).toLocaleString('en-US')} MB`
}

/** A node as EXPLAIN has it, and what its parallel workers say of themselves. */
export function withWorkers({ raw }: PlanNode): readonly ExplainObject[] {
  const workers = raw['Workers']
  return [raw, ...(Array.isArray(workers) ? workers.filter(isObject) : [])]
}

/** The sum of a number over the node and its workers; 0 where it is not said. */
export function sumOf(node: PlanNode, field: string): number {
  return withWorkers(node).reduce((sum, one) => sum + (readNumber(one, field) ?? 0), 0)
}

/** The highest of a number over the node and its workers; 0 where it is not said. */
export function highestOf(node: PlanNode, field: string): number {
  return Math.max(...withWorkers(node).map((one) => readNumber(one, field) ?? 0))
}
