import bloomFilters from 'bloom-filters'
import type { Redis } from 'ioredis'

/** The share of what is absent that still reaches the database. */
export const ERROR_RATE = 0.01
const SEED = 0x5eed
const BATCH = 1_000

export interface SharedFilter {
  readonly add: (items: readonly string[]) => Promise<void>
  /** False: definitely not. */
  readonly mayHave: (item: string) => Promise<boolean>
  /** Adds all there is, unless another instance has. From then on it may say "definitely not". */
  readonly fill: (all: () => Promise<readonly string[]>) => Promise<void>
}

/**
 * A Bloom filter whose bits are in Redis, so that all instances see one. Where its bits are is said by the hashes of bloom-filters. The last bit
 * says that it has been filled; it is in the same key, so that the one is not evicted without the other.
 */
export function createSharedFilter(redis: Redis, key: string, capacity: number): SharedFilter {
  const { size, _nbHashes: hashes } = bloomFilters.BloomFilter.create(capacity, ERROR_RATE)
  const hashing = new bloomFilters.Hashing()
  const bitsOf = (item: string): readonly number[] => hashing.getDistinctIndexes(item, size, hashes, SEED)
  const add = async (items: readonly string[]): Promise<void> => {
    for (let at = 0; at < items.length; at += BATCH) {
      const bits = items.slice(at, at + BATCH).flatMap(bitsOf)
      await redis.call('BITFIELD', key, ...bits.flatMap((bit) => ['SET', 'u1', String(bit), '1']))
    }
  }
  return {
    add,
    mayHave: async (item) => {
      const [isFilled, ...set] = await readBits(redis, key, [size, ...bitsOf(item)])
      return isFilled === 0 || set.every((bit) => bit === 1)
    },
    fill: async (all) => {
      if ((await redis.getbit(key, size)) === 1) return
      await add(await all())
      await redis.setbit(key, size, 1)
    },
  }
}

async function readBits(redis: Redis, key: string, bits: readonly number[]): Promise<readonly number[]> {
  return (await redis.call('BITFIELD_RO', key, ...bits.flatMap((bit) => ['GET', 'u1', String(bit)]))) as number[]
}
