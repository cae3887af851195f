import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolveCacheDirectory } from '../../src/primitives/cache-directory.js'
import type { SuiteParts } from '../../src/databases/suite-parts.js'
import { defineDataset } from '../../src/seed/define-dataset.js'
import { foreignKey } from '../../src/seed/generators/foreign-key.js'
import { cacheOf } from '../../src/seed/redis/cache-of.js'
import { startSuite } from '../../src/start-suite.js'
import { cachedProduct, keysOnly, sessions, withSuites } from './redis-datasets.js'

let folder: string
let migrations: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotbed-keys-'))
  migrations = join(folder, 'schema.sql')
  writeFileSync(
    migrations,
    'CREATE TABLE products (id bigserial PRIMARY KEY, name text NOT NULL, price_cents int NOT NULL, added timestamptz NOT NULL);',
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const dump = async ({ verbs }: SuiteParts): Promise<readonly unknown[]> => {
  const keys = ((await verbs.send(['KEYS', '*'])) as string[]).toSorted()
  return Promise.all(keys.map(async (key) => [key, await verbs.send(['DEBUG', 'DIGEST-VALUE', key])]))
}
const livesOf = async ({ verbs }: SuiteParts, rows: number): Promise<number[]> =>
  Promise.all(Array.from({ length: rows }, async (_, row) => Number(await verbs.send(['PEXPIRETIME', `session:${row}`]))))

describe('A Redis with a dataset', () => {
  test('holds the same keys and lives in every suite, spare or not, from the first command on', async () => {
    await withSuites({ redis: { dataset: keysOnly() } }, 3, async (...suites) => {
      const [one, two, three] = await Promise.all(suites.map(dump))
      expect(one).toHaveLength(400)
      expect(two).toEqual(one)
      expect(three).toEqual(one)

      const [first = [], , last = []] = await Promise.all(suites.map((suite) => livesOf(suite, 400)))
      const shift = Number(last[0]) - Number(first[0])
      // All lives begin at one moment: the suites differ by nothing else.
      expect(last.map((life) => life - shift)).toEqual(first)
      expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(900_000)
    })
  })

  test('has them with fresh lives after a reset: what was deleted, changed and added is as before', async () => {
    await withSuites({ redis: { dataset: keysOnly([sessions, { key: 'z', rows: 1, value: { zset: { a: 1 } } }]) } }, 1, async (suite) => {
      const { verbs } = suite
      const before = await dump(suite)
      const lives = await livesOf(suite, 1)
      await verbs.send(['DEL', 'session:0', 'z'])
      await verbs.send(['SET', 'z', 'another type'])
      await verbs.send(['PEXPIRE', 'session:1', 5])
      await verbs.send(['SET', 'added', '1'])
      await verbs.send(['CONFIG', 'SET', 'maxmemory', '500mb'])
      await verbs.send(['SAVE'])

      await verbs.reset()

      expect(await dump(suite)).toEqual(before)
      expect(await livesOf(suite, 1)).not.toEqual(lives)
      expect(await verbs.send(['TTL', 'session:1'])).toBeGreaterThan(900)
      expect(await verbs.send(['CONFIG', 'GET', 'maxmemory'])).toEqual(['maxmemory', '0'])
      expect(await verbs.send(['INFO', 'stats'])).toContain('\r\nexpired_keys:0\r\n')
      expect(await verbs.send(['SLOWLOG', 'LEN'])).toBe(0)
    })
  })

  test('has them after a reset although the test has set a password', async () => {
    await withSuites({ redis: { dataset: keysOnly() } }, 1, async ({ verbs }) => {
      await verbs.send(['CONFIG', 'SET', 'requirepass', 'late'])
      await verbs.send(['FLUSHALL'])

      await verbs.reset()

      expect(await verbs.send(['DBSIZE'])).toBe(400)
    })
  })

  test('with a password, settings and another name of the dump is filled too', async () => {
    const config = { requirepass: 'p@ss "word', dbfilename: 'mine.rdb' }
    await withSuites({ redis: { config, maxmemory: '50mb', policy: 'volatile-lru', dataset: keysOnly() } }, 2, async (_, { verbs }) => {
      expect(await verbs.send(['DBSIZE'])).toBe(400)
      await verbs.reset()
      expect(await verbs.send(['DBSIZE'])).toBe(400)
    })
  })

  test('makes them once: another run loads what was saved, one with other keys makes them anew', async () => {
    let calls = 0
    const counted = (text: string) =>
      keysOnly([
        {
          key: `${folder}:{row}`,
          rows: 5,
          value: (row) => {
            calls += 1
            return `${row}`
          },
        },
        { key: 'text', rows: 1, value: text },
      ])
    const sizes: unknown[] = []
    const open = (text: string): Promise<void> =>
      withSuites({ redis: { dataset: counted(text) } }, 1, async ({ verbs }) => void sizes.push(await verbs.send(['GET', 'text'])))

    await open('a')
    expect(calls).toBe(5)
    await open('a')
    expect(calls).toBe(5)
    await open('b')

    expect(calls).toBe(10)
    expect(sizes).toEqual(['a', 'a', 'b'])
  })

  test('makes them again when somebody has emptied the cache meanwhile', async () => {
    const dataset = keysOnly([{ key: `${folder}:gone:{row}`, rows: 7, value: 'x' }])
    const images = join(resolveCacheDirectory(), 'images')
    const known = new Set(readdirSync(images).filter((name) => name.startsWith('keys-')))
    await withSuites({ redis: { dataset } }, 1, async ({ verbs }) => {
      const made = readdirSync(images).filter((name) => /^keys-.*[0-9a-f]{20}$/.test(name) && !known.has(name))
      for (const name of made) rmSync(join(images, name), { recursive: true })
      expect(made).not.toEqual([])

      await verbs.reset()

      expect(await verbs.send(['DBSIZE'])).toBe(7)
    })
  })

  test('holds every kind of value as it was written, also one that looks like the mark of a life', async () => {
    const mark = Buffer.from([0xfc, 1, 2, 3, 4, 5, 0xb7, 0xe3, 0x5a])
    const dataset = keysOnly([
      { key: 'bytes', rows: 1, value: mark, ttlSeconds: 100 },
      { key: 'hash', rows: 1, value: { hash: { a: 1, b: 'é' } }, ttlSeconds: 0.9e9 },
      { key: 'list', rows: 1, value: { list: ['a', 'b'] } },
      { key: 'set', rows: 1, value: { set: ['a', 'b'] }, ttlSeconds: 100 },
      { key: 'zset', rows: 1, value: { zset: { low: -1.5 } } },
      { key: 'stream', rows: 1, value: { stream: () => [{ a: 1 }] } },
      { key: 'long', rows: 1, value: { list: Array.from({ length: 5000 }, (__, i) => `member ${i}`) }, ttlSeconds: 50 },
    ])
    await withSuites({ redis: { dataset } }, 2, async (_, { verbs }) => {
      const { send } = verbs
      expect(await send(['BITCOUNT', 'bytes'])).toBe(28)
      expect(await send(['TTL', 'bytes'])).toBeGreaterThan(80)
      expect(await send(['TTL', 'bytes'])).toBeLessThanOrEqual(100)
      expect(await send(['HGETALL', 'hash'])).toEqual(['a', '1', 'b', 'é'])
      expect(Number(await send(['TTL', 'hash'])) / 0.9e9).toBeCloseTo(1, 5)
      expect(await send(['LRANGE', 'list', 0, -1])).toEqual(['a', 'b'])
      expect(await send(['TTL', 'list'])).toBe(-1)
      expect(await send(['SCARD', 'set'])).toBe(2)
      expect(await send(['ZSCORE', 'zset', 'low'])).toBe('-1.5')
      expect(await send(['XRANGE', 'stream', '-', '+'])).toEqual([['1735689600000-0', ['a', '1']]])
      expect(await send(['LINDEX', 'long', -1])).toBe('member 4999')
      expect(await send(['TTL', 'long'])).toBeGreaterThan(30)
    })
  })
})

describe('A cache of tables', () => {
  const shop = (rows = 300) =>
    defineDataset({
      tables: { products: rows },
      redis: [
        cacheOf('products', cachedProduct),
        { key: 'last:{product}:{row}', parts: { product: foreignKey('products') }, rows: 20, value: 'x' },
      ],
    })

  test('is taken from the dataset of Postgres and equals its rows, in every suite and after a reset', async () => {
    await withSuites({ postgres: { migrations, dataset: shop() }, redis: {} }, 2, async (...suites) => {
      for (const suite of suites) {
        const { rows } = await suite.verbs.query('SELECT id, name, price_cents FROM products ORDER BY id', [])
        const expected = rows.map(({ id, name, price_cents: price }) => [`product:${String(id)}`, ['name', name, 'price', String(price)]])
        const cached = async () =>
          Promise.all(rows.map(async ({ id }) => [`product:${String(id)}`, await suite.verbs.send(['HGETALL', `product:${String(id)}`])]))

        expect(expected).toHaveLength(300)
        expect(await cached()).toEqual(expected)
        expect(await suite.verbs.send(['DBSIZE'])).toBe(320)
        await suite.verbs.send(['FLUSHALL'])
        await suite.verbs.query('DELETE FROM products', [])
        await suite.verbs.reset()
        expect(await cached()).toEqual(expected)
      }
    })
  })

  test('follows migrations: another schema, other keys', async () => {
    const path = join(folder, 'changing.sql')
    const nameOf = async (type: string): Promise<unknown> => {
      writeFileSync(path, `CREATE TABLE products (id bigserial PRIMARY KEY, name ${type} NOT NULL, price_cents int NOT NULL);`)
      let name: unknown
      await withSuites({ postgres: { migrations: path, dataset: shop(5) }, redis: {} }, 1, async ({ verbs }) => {
        name = await verbs.send(['HGET', 'product:1', 'name'])
        expect((await verbs.query('SELECT name FROM products WHERE id = 1', [])).rows).toEqual([{ name }])
      })
      return name
    }

    expect(await nameOf('text')).not.toEqual(await nameOf('varchar(3)'))
  })

  test('works with a template that is made anew in each run, and with a Postgres of its own', async () => {
    const run = async ({ query }: { query: (sql: string) => Promise<unknown> }): Promise<void> =>
      void (await query('CREATE TABLE products (id bigserial PRIMARY KEY, name text NOT NULL, price_cents int NOT NULL)'))
    await using suite = await startSuite({ postgres: { migrations: { run }, dataset: shop(40) }, redis: {} }, { isolation: 'server' })

    expect(await suite.redis.send('DBSIZE')).toBe(60)
    await suite.reset()
    expect(await suite.redis.send('DBSIZE')).toBe(60)
  })

  test("comes back with isolation 'rollback' as well", async () => {
    await using suite = await startSuite({ postgres: { migrations, dataset: shop(40) }, redis: {} }, { isolation: 'rollback' })
    await suite.redis.send('DEL', 'product:7')
    await suite.redis.send('SET', 'added', '1')

    await suite.reset()

    expect(await suite.redis.send('EXISTS', 'product:7', 'added')).toBe(1)
  })

  test('of a table with older rows holds those of the dataset', async () => {
    const path = join(folder, 'older.sql')
    writeFileSync(
      path,
      "CREATE TABLE products (id bigserial PRIMARY KEY, name text NOT NULL, price_cents int NOT NULL); INSERT INTO products (name, price_cents) VALUES ('older', 1), ('older', 2)",
    )
    const dataset = defineDataset({
      tables: { products: 10 },
      redis: [cacheOf('products', (row) => ({ key: `product:${String(row['id'])}`, value: String(row['name']) }))],
    })
    await withSuites({ postgres: { migrations: path, dataset }, redis: {} }, 1, async ({ verbs }) => {
      const { rows } = await verbs.query('SELECT id, name FROM products WHERE id > 2 ORDER BY id', [])
      expect(rows).toHaveLength(10)
      for (const { id, name } of rows) expect(await verbs.send(['GET', `product:${String(id)}`])).toBe(name)
    })
  })
})
