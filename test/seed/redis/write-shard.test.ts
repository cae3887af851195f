import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { uniform } from '../../../src/seed/generators/uniform.js'
import { loadRedis } from '../../../src/seed/redis/load-redis.js'
import type { RedisEntries } from '../../../src/seed/redis/entries.js'
import { startSuite } from '../../../src/start-suite.js'
import type { Suite } from '../../../src/suite.js'

let suite: Suite<{ readonly redis: object }>
beforeAll(async () => {
  suite = await startSuite({ redis: {} })
}, 60_000)
afterAll(() => suite?.dispose())
beforeEach(() => suite.redis.send('FLUSHALL'))

const ENTRIES: readonly RedisEntries[] = [
  { key: 'session:{row}', rows: 1_003, value: { hash: { user: uniform({ min: 1, max: 90 }), seen: (row) => row } } },
  { key: 'feed:{row}', rows: 50, value: { list: (row) => ['a', 'b', row] } },
  { key: 'text:{row}', rows: 777, value: uniform({ min: 0, max: 1_000_000 }) },
]

/** Every key but the ledger's, with a digest of its value. */
async function digest(): Promise<unknown> {
  const keys = ((await suite.redis.send('KEYS', '*')) as readonly string[]).filter((key) => key !== 'hotbed:shards').toSorted()
  return Promise.all(keys.map(async (key) => [key, await suite.redis.send('DEBUG', 'DIGEST-VALUE', key)]))
}

describe('Shards of the keys of a dataset', () => {
  it.each([2, 3, 16])('are together what one load gives: %d written at once', async (count) => {
    await loadRedis(suite.redis, ENTRIES)
    const whole = await digest()
    await suite.redis.send('FLUSHALL')

    const loaded = await Promise.all(
      Array.from({ length: count }, (_, i) => loadRedis(suite.redis, ENTRIES, { shard: `${i + 1}/${count}` })),
    )

    expect(await digest()).toEqual(whole)
    expect(loaded.reduce((sum, { keys }) => sum + keys, 0)).toBe(1_003 + 50 + 777)
  })

  it('are written once', async () => {
    const { shard } = await loadRedis(suite.redis, ENTRIES, { shard: '1/2' })
    const again = await loadRedis(suite.redis, ENTRIES, { shard: '1/2' })

    expect(shard).toEqual({ index: 1, count: 2, isNew: true, missing: [2], isLast: false })
    expect(again).toMatchObject({ keys: 0, shard: { isNew: false, missing: [2] } })
    expect(await suite.redis.send('LLEN', 'feed:7')).toBe(3)
  })

  it('are refused in another number, and after one broke off', async () => {
    await loadRedis(suite.redis, ENTRIES, { shard: '1/2' })
    await expect(loadRedis(suite.redis, ENTRIES, { shard: '1/3' })).rejects.toThrow(
      /^These keys are loaded here in 2 shards, and 1\/3 is one of 3\./,
    )
    const stopped = new AbortController()
    const entries: readonly RedisEntries[] = [
      { key: 'a:{row}', rows: 4, value: (row) => (row === 3 ? stopped.abort(new Error('enough')) : undefined, { list: [row] }) },
    ]
    await expect(loadRedis(suite.redis, entries, { shard: '2/2', signal: stopped.signal })).rejects.toThrow('enough')

    await expect(loadRedis(suite.redis, entries, { shard: '2/2' })).rejects.toThrow(
      /^Shard 2\/2 was begun and is not there: another process is writing it, or one broke off and left some of its keys\. \[ERR_HOTBED_SEED\]\n {2}→ /,
    )
  })

  it('are not taken for what they are not', async () => {
    await expect(loadRedis(suite.redis, ENTRIES, { shard: '0/4' })).rejects.toThrow("Option 'shard' must be a part")
    expect(await suite.redis.send('DBSIZE')).toBe(0)
  })
})
