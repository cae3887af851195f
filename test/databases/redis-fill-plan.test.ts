import { describe, expect, test } from 'vitest'
import { createRun } from '../../src/databases/run.js'
import type { StackDefinition } from '../../src/databases/stack.js'
import { defineDataset } from '../../src/seed/define-dataset.js'
import { cacheOf } from '../../src/seed/redis/cache-of.js'
import { startSuite } from '../../src/start-suite.js'
import { makeFolder } from './place.js'
import { cachedProduct, keysOnly, withSuites } from './redis-datasets.js'

const migrations = makeFolder({
  'schema.sql': 'CREATE TABLE products (id bigserial PRIMARY KEY, name text NOT NULL, price_cents int NOT NULL);',
})

describe('A dataset that cannot fill Redis', () => {
  const open = (stack: StackDefinition): Promise<void> => withSuites(stack, 1, () => Promise.resolve())

  test.each<[string, () => StackDefinition, string]>([
    ['without keys', () => ({ redis: { dataset: defineDataset({ tables: {} }) } }), "Option 'redis.dataset' has no keys for Redis."],
    [
      'of tables that are nowhere',
      () => ({ redis: { dataset: defineDataset({ tables: { products: 5 }, redis: [cacheOf('products', cachedProduct)] }) } }),
      "Keys of 'redis.dataset' are made of rows of its tables, but the stack has no postgres.",
    ],
    [
      'of another dataset than the one of Postgres',
      () => ({
        postgres: { migrations, dataset: defineDataset({ tables: { products: 5 } }) },
        redis: { dataset: defineDataset({ tables: { products: 6 }, redis: [cacheOf('products', cachedProduct)] }) },
      }),
      "'postgres.dataset' is not the same dataset",
    ],
    [
      'of a table that it lacks',
      () => ({
        postgres: { migrations, dataset: defineDataset({ tables: { products: 5 }, redis: [cacheOf('orders', cachedProduct)] }) },
        redis: {},
      }),
      "'orders'",
    ],
    [
      'with one key for two types',
      () => ({
        redis: {
          dataset: keysOnly([
            { key: 'k', rows: 1, value: 'x' },
            { key: () => 'k', rows: 1, value: { list: ['a'] } },
          ]),
        },
      }),
      `Redis refused command 2 of the load, RPUSH "k" (of 'redis entries 2'): WRONGTYPE`,
    ],
    [
      'that is too large for maxmemory',
      () => ({
        redis: { maxmemory: '3mb', policy: 'noeviction', dataset: keysOnly([{ key: 'k:{row}', rows: 50_000, value: 'x'.repeat(100) }]) },
      }),
      'Raise maxmemory',
    ],
    [
      'with documents, without the module',
      () => ({ redis: { dataset: keysOnly([{ key: 'j', rows: 1, value: { json: {} } }]) } }),
      'no JSON module',
    ],
    [
      'where DEBUG is off',
      () => ({ redis: { config: { 'enable-debug-command': 'no' }, dataset: keysOnly() } }),
      'hotbed loads saved keys by DEBUG RELOAD',
    ],
    ['that is none', () => ({ redis: { dataset: 7 as unknown as string } }), "Option 'redis.dataset' must be what defineDataset()"],
  ])('%s is refused, and says why', async (_, stack, message) => {
    await expect(open(stack())).rejects.toThrow(message)
  })

  test('is refused while it is defined', () => {
    expect(() => keysOnly([{ key: 'k', rows: 2, value: 'x' }])).toThrow("Option 'redis[0].key' must be a pattern with {row}")
    expect(() => keysOnly({} as never)).toThrow("Option 'redis' must be a list such as [cacheOf('products', …)")
    expect(() => defineDataset({})).toThrow("Option 'tables' must be an object such as { users: 1000 }")
  })

  test('is refused for a path where nothing is', async () => {
    await expect(startSuite({ redis: { dataset: './nowhere.mjs' } })).rejects.toThrow("Option 'redis.dataset' names './nowhere.mjs'")
  })

  test('does not stand in the way of a suite that comes later', async () => {
    let fails = true
    const value = (): string => {
      if (fails) throw new Error('not yet')
      return 'now'
    }
    const run = createRun()
    const stack = { redis: { dataset: keysOnly([{ key: 'k', rows: 1, value }]) } }
    try {
      await expect(run.openSuite(stack)).rejects.toThrow('not yet')
      fails = false
      expect(await (await run.openSuite(stack)).verbs.send(['GET', 'k'])).toBe('now')
    } finally {
      await run.close()
    }
  })
})
