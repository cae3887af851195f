import { wrongOption } from '../../primitives/options.js'

/** One of the parts that a dataset is written in. */
export interface Shard {
  /** From 1. */
  readonly index: number
  readonly count: number
}

/** What became of a shard. */
export interface LoadedShard extends Shard {
  /** False when the shard was there already: then nothing was written. */
  readonly isNew: boolean
  /** Shards of the dataset that are not there yet, from 1. */
  readonly missing: readonly number[]
  /** True when this load found all shards there, and did what is done once: foreign keys, sequences, statistics. */
  readonly isLast: boolean
}

/** Far more than anybody has machines. */
const MOST = 100_000

/**
 * Reads `3/16`, as vitest's own `--shard` has it.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export function readShard(text: unknown): Shard {
  const [, index, count] = typeof text === 'string' ? (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []) : []
  const shard = { index: Number(index), count: Number(count) }
  if (shard.index >= 1 && shard.index <= shard.count && shard.count <= MOST) return shard
  throw wrongOption('shard', "a part and the number of parts, such as '3/16' (from '1/16' to '16/16')", text)
}

/** The rows of a shard: neighbours, in sizes that differ by at most one, and all shards together are all rows. */
export function shardRows(rows: number, { index, count }: Shard): { readonly from: number; readonly to: number } {
  const edge = (shards: number): number => Number((BigInt(rows) * BigInt(shards)) / BigInt(count))
  return { from: edge(index - 1), to: edge(index) }
}

export function missingShards(count: number, present: ReadonlySet<number>): readonly number[] {
  return Array.from({ length: count }, (_, i) => i + 1).filter((index) => !present.has(index))
}

/** `1, 2, 3 and 12 more`. */
export function listShards(shards: readonly number[]): string {
  const shown = shards.slice(0, 8).join(', ')
  return shards.length > 8 ? `${shown} and ${shards.length - 8} more` : shown
}
