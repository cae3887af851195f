import { describe, expect, it } from 'vitest'
import { listShards, missingShards, readShard, shardRows } from '../../../src/seed/shards/shard.js'

describe('A shard', () => {
  it("is written as vitest's own", () => {
    expect(readShard('3/16')).toEqual({ index: 3, count: 16 })
    expect(readShard('1/1')).toEqual({ index: 1, count: 1 })
  })

  it.each(['0/4', '5/4', 'a/b', '1/0', '1', '1/2/3', '-1/4', '1.5/4', '3/1000000', '', 3, undefined])('is refused as %j', (given) => {
    expect(() => readShard(given)).toThrow(
      /^Option 'shard' must be a part and the number of parts, such as '3\/16' \(from '1\/16' to '16\/16'\), but is /,
    )
  })

  it.each([
    [0, 3],
    [1, 3],
    [10, 3],
    [1000, 16],
    [16, 16],
    [5, 16],
    [Number.MAX_SAFE_INTEGER, 7],
  ])('of %d rows in %d is disjoint and without gaps, and as large as any other but for one row', (rows, count) => {
    const parts = Array.from({ length: count }, (_, i) => shardRows(rows, { index: i + 1, count }))

    expect(parts[0]?.from).toBe(0)
    expect(parts.at(-1)?.to).toBe(rows)
    expect(parts.slice(1).every(({ from }, i) => from === parts[i]?.to)).toBe(true)
    const sizes = parts.map(({ from, to }) => to - from)
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
  })

  it('is missing until it is there', () => {
    expect(missingShards(4, new Set([2, 3]))).toEqual([1, 4])
    expect(listShards(missingShards(12, new Set()))).toBe('1, 2, 3, 4, 5, 6, 7, 8 and 4 more')
  })
})
