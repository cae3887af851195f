import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { uniform } from '../../../src/seed/generators/uniform.js'
import { seed } from '../../../src/seed/load.js'
import type { LoadProgress } from '../../../src/seed/load-report.js'
import { cacheOf } from '../../../src/seed/redis/cache-of.js'
import { loadRedis } from '../../../src/seed/redis/load-redis.js'
import { startSuite } from '../../../src/start-suite.js'
import type { Suite } from '../../../src/suite.js'

let suite: Suite<{ readonly redis: object }>
beforeAll(async () => {
  suite = await startSuite({ redis: {} })
}, 60_000)
afterAll(() => suite?.dispose())
beforeEach(() => suite.redis.send('FLUSHALL'))

describe('loadRedis', () => {
  it('writes every kind of value, as Redis then has it', async () => {
    const report = await loadRedis(suite.redis, [
      { key: 'text:{row}', rows: 250, value: (row) => `v${row} é` },
      { key: 'bytes', rows: 1, value: Buffer.from([0, 255, 13, 10]) },
      { key: 'hash:{row}', rows: 2, value: { hash: { name: (row) => `n${row}`, age: 7, left: null } } },
      { key: 'list', rows: 1, value: { list: ['a', 'b', 'a'] } },
      { key: 'set', rows: 1, value: { set: ['a', 'b', 'a'] } },
      { key: 'zset', rows: 1, value: { zset: { low: -1.5, high: Infinity } } },
      { key: 'stream', rows: 1, value: { stream: () => [{ a: 1 }, { a: 2 }] } },
      { key: 'empty', rows: 1, value: { list: [] } },
    ])
    const { send } = suite.redis

    expect(report.keys).toBe(257)
    expect(await send('DBSIZE')).toBe(257)
    expect(await send('GET', 'text:249')).toBe('v249 é')
    expect(await send('STRLEN', 'bytes')).toBe(4)
    expect(await send('HGETALL', 'hash:1')).toEqual(['name', 'n1', 'age', '7'])
    expect(await send('LRANGE', 'list', 0, -1)).toEqual(['a', 'b', 'a'])
    expect(await send('SCARD', 'set')).toBe(2)
    expect(await send('ZRANGE', 'zset', 0, -1, 'WITHSCORES')).toEqual(['low', '-1.5', 'high', 'inf'])
    expect(await send('XRANGE', 'stream', '-', '+')).toEqual([
      ['1735689599999-0', ['a', '1']],
      ['1735689600000-0', ['a', '2']],
    ])
  })

  it('gives texts and members a life', async () => {
    await loadRedis(suite.redis, [
      { key: 'fixed:{row}', rows: 3, value: 'x', ttlSeconds: 100 },
      { key: 'drawn:{row}', rows: 300, value: { list: ['x'] }, ttlSeconds: uniform({ min: 1000, max: 2000 }) },
      { key: 'forever', rows: 1, value: 'x' },
    ])
    const keys = (await suite.redis.inspect()).keys
    const lives = keys.filter(({ key }) => key.startsWith('drawn')).map(({ ttlMs }) => Number(ttlMs) / 1000)

    expect(Math.min(...lives)).toBeGreaterThan(900)
    expect(Math.max(...lives)).toBeLessThanOrEqual(2000)
    expect(new Set(lives.map((life) => Math.floor(life / 100))).size).toBeGreaterThan(8)
    expect(await suite.redis.send('TTL', 'fixed:2')).toBeGreaterThan(50)
    expect(await suite.redis.send('TTL', 'forever')).toBe(-1)
  })

  it('writes values that are larger than a chunk, and collections of many members', async () => {
    await loadRedis(suite.redis, [
      { key: 'large:{row}', rows: 3, value: (row) => String(row).repeat(300_000), ttlSeconds: 1000 },
      { key: 'long', rows: 1, value: { list: Array.from({ length: 12_345 }, (_, index) => index) } },
    ])

    expect(await suite.redis.send('STRLEN', 'large:2')).toBe(300_000)
    expect(await suite.redis.send('LINDEX', 'long', 12_344)).toBe('12344')
  })

  it('takes host, port, and a database of the server', async () => {
    const { hostname: host, port } = new URL(suite.redis.url)
    await loadRedis({ host, port: Number(port) }, [{ key: 'a', rows: 1, value: 'x' }])
    await loadRedis(`redis://${host}:${port}/3`, [{ key: 'b', rows: 1, value: 'x' }])

    expect(await suite.redis.send('KEYS', '*')).toEqual(['a'])
    expect(await suite.redis.send('INFO', 'keyspace')).toContain('db3:keys=1')
  })

  it('logs in with a password, and as a user', async () => {
    await using locked = await startSuite({ redis: { config: { requirepass: 'p@ss/wörd' } } })
    const { host, port, send } = locked.redis
    await send('ACL', 'SETUSER', 'writer', 'on', '>secret', '~a:*', '+@write', '+@connection')

    await loadRedis(locked.redis, [{ key: 'a', rows: 1, value: 'x' }])
    await loadRedis(`redis://writer:secret@${host}:${port}`, [{ key: 'a:{row}', rows: 2, value: 'x' }])

    expect(await send('DBSIZE')).toBe(3)
    await expect(loadRedis(`redis://:wrong@${host}:${port}`, [])).rejects.toThrow(/refused AUTH: WRONGPASS/)
    await expect(loadRedis(`redis://writer:secret@${host}:${port}`, [{ key: 'b', rows: 1, value: 'x', ttlSeconds: 5 }])).rejects.toThrow(
      /Redis refused command 1 of the load, SET "b" \(of 'redis b'\): NOPERM/,
    )
    await expect(loadRedis({ host, port }, [{ key: 'c', rows: 1, value: 'x' }])).rejects.toThrow(/MSET "c".*NOAUTH/)
  })

  it('tells of its progress, to the last row of each pattern', async () => {
    const told: LoadProgress[] = []

    await loadRedis(
      suite.redis,
      [
        { key: 'a:{row}', rows: 200_000, value: 'x' },
        { key: 'b:{row}', rows: 10, value: 'x' },
      ],
      { onProgress: (event) => told.push(event) },
    )

    expect(told.length).toBeGreaterThan(3)
    expect(told.find(({ rowsDone, table }) => table === 'redis a:{row}' && rowsDone === 200_000)).toMatchObject({ rows: 200_000 })
    expect(told.at(-1)).toMatchObject({ table: 'redis b:{row}', phase: 'rows', rowsDone: 10, rows: 10 })
  })

  it('names the command that the server refuses', async () => {
    await suite.redis.send('SET', 'list:7', 'a text')

    const loading = loadRedis(suite.redis, [{ key: 'list:{row}', rows: 10, value: { list: ['a'] } }])

    await expect(loading).rejects.toThrow(
      /Redis refused command 8 of the load, RPUSH "list:7" \(of 'redis list:\{row\}'\): WRONGTYPE .*ERR_HOTBED_SEED/,
    )
    await expect(loading).rejects.toThrow('load into an empty Redis, or change the pattern')
  })

  it('stops when the memory is full, and says which keys were not written', async () => {
    await using small = await startSuite({ redis: { maxmemory: '3mb', policy: 'noeviction' } })

    const loading = loadRedis(small.redis, [{ key: 'k:{row}', rows: 1_000_000, value: 'x'.repeat(100) }])

    await expect(loading).rejects.toThrow(/refused command [\d,]+ of the load, MSET "k:\d+00" and 99 more keys, up to "k:\d+99" .*: OOM/)
    await expect(loading).rejects.toThrow('Raise maxmemory')
  }, 60_000)

  it('refuses documents where the server has no module for them, before it writes anything', async () => {
    const loading = loadRedis(suite.redis, [
      { key: 'a', rows: 1, value: 'x' },
      { key: 'j', rows: 1, value: { json: { a: 1 } } },
    ])

    await expect(loading).rejects.toThrow(/hold \{ json \} values, but this Redis has no JSON module/)
    expect(await suite.redis.send('DBSIZE')).toBe(0)
  })

  it('says so when documents turn up in a function of the row', async () => {
    const loading = loadRedis(suite.redis, [{ key: 'j', rows: 1, value: () => ({ json: { a: 1 } }) }])

    await expect(loading).rejects.toThrow('no JSON module')
  })

  it('gives up when the signal aborts', async () => {
    const abort = new AbortController()
    const reason = new Error('enough')

    const loading = loadRedis(suite.redis, [{ key: 'k:{row}', rows: 100_000_000, value: 'x' }], {
      signal: abort.signal,
      onProgress: () => abort.abort(reason),
    })

    await expect(loading).rejects.toBe(reason)
    expect(await suite.redis.send('DBSIZE')).toBeGreaterThan(0)
  })

  it('says that the server is gone', async () => {
    await using doomed = await startSuite({ redis: {} })
    let killing: Promise<unknown> | undefined

    const loading = loadRedis(doomed.redis, [{ key: 'k:{row}', rows: 100_000_000, value: 'x' }], {
      onProgress: () => {
        killing ??= doomed.redis.send('SHUTDOWN', 'NOSAVE').catch(() => {})
      },
    })

    await expect(loading).rejects.toThrow(/broke off after [\d,]+ answered commands: the connection was lost .*ERR_HOTBED_SEED/)
    await killing
  }, 60_000)

  it('says that nobody answers, and that an address is none', async () => {
    await expect(loadRedis({ host: '127.0.0.1', port: 1 }, [])).rejects.toThrow(/Redis at 127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/)
    await expect(loadRedis('http://x', [])).rejects.toThrow("Option 'target' must be a URL such as 'redis://127.0.0.1:6379'")
  })
})

describe('cacheOf', () => {
  it('holds what the tables hold', async () => {
    await using both = await startSuite({ postgres: {}, redis: {} })
    await both.postgres.query('CREATE TABLE products (id bigserial PRIMARY KEY, name text NOT NULL, price_cents int NOT NULL)')
    const { dataset } = await seed(both.postgres, { products: 500 })

    const { keys } = await loadRedis(
      both.redis,
      [
        cacheOf('products', (row, index) =>
          index % 2 === 0 ? { key: `product:${index}`, value: JSON.stringify([row['name'], row['price_cents']]), ttlSeconds: 300 } : null,
        ),
      ],
      { dataset },
    )

    const { rows } = await both.postgres.query<{ name: string; price_cents: number }>('SELECT name, price_cents FROM products ORDER BY id')
    expect(keys).toBe(250)
    for (const index of [0, 2, 498]) {
      const stored = rows[index]
      expect(await both.redis.send('GET', `product:${index}`)).toBe(JSON.stringify([stored?.name, stored?.price_cents]))
    }
    expect(await both.redis.send('EXISTS', 'product:1')).toBe(0)
    expect(await both.redis.send('TTL', 'product:0')).toBeGreaterThan(200)
  }, 60_000)

  it('needs the dataset', async () => {
    const loading = loadRedis(suite.redis, [cacheOf('products', () => null)])

    await expect(loading).rejects.toThrow(/cacheOf\('products'\) makes keys of the rows of a dataset, but was given none/)
  })
})
