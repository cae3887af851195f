import { beforeAll, describe, expect, it } from 'vitest'
import { connectSql } from '../../src/databases/sql-client.js'
import { bindDataset, type BoundDataset } from '../../src/seed/bind-dataset.js'
import type { DatasetDefinition, DatasetTables } from '../../src/seed/dataset.js'
import { defineDataset } from '../../src/seed/define-dataset.js'
import { derived } from '../../src/seed/generators/derived.js'
import { foreignKey } from '../../src/seed/generators/foreign-key.js'
import { constant, oneOf } from '../../src/seed/generators/one-of.js'
import { sequence } from '../../src/seed/generators/sequence.js'
import { grow } from '../../src/seed/grow.js'
import { introspect } from '../../src/seed/introspect.js'
import { seed } from '../../src/seed/load.js'
import { planSeed } from '../../src/seed/plan-seed.js'
import type { DatabaseSchema } from '../../src/seed/schema.js'
import { countOf, useSuite } from './with-suite.js'

const suite = useSuite(`
  CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, plan text NOT NULL CHECK (plan IN ('free', 'pro')), full_name text GENERATED ALWAYS AS ('x' || email) STORED);
  CREATE TABLE orders (id bigserial PRIMARY KEY, user_id int NOT NULL REFERENCES users, total numeric(8,2) NOT NULL, created_at timestamptz NOT NULL);
  CREATE TABLE flags (on_off boolean PRIMARY KEY);
  CREATE TABLE pairs (user_id int REFERENCES users, plan text CHECK (plan IN ('a', 'b')), PRIMARY KEY (user_id, plan));
  CREATE TABLE odd (id int PRIMARY KEY, secret text NOT NULL CHECK (md5(secret) LIKE '00%'));
  CREATE TABLE vectors (id int PRIMARY KEY, shape tsquery NOT NULL);
  CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.twin (id int); CREATE TABLE b.twin (id int);
`)
let schema: DatabaseSchema
beforeAll(async () => {
  const sql = await connectSql({ connectionString: suite().postgres.url })
  schema = await introspect(sql)
  await sql.close()
})
const bind = (tables: DatasetTables, more: Partial<DatasetDefinition> = {}): Promise<BoundDataset> =>
  bindDataset(defineDataset({ tables, ...more }), schema)

describe('A bound dataset', () => {
  it('answers for rows, counts and the most frequent values without a query', async () => {
    const dataset = await bind({ users: 1000, orders: 5000 })

    expect(dataset.count('orders')).toBe(5000)
    expect(dataset.row('orders', 123)).toMatchObject({ id: 124, user_id: expect.any(Number), created_at: expect.any(Date) })
    const [hottest] = dataset.hottest('orders.user_id')
    const counts = new Map<unknown, number>()
    for (let row = 0; row < 5000; row += 1) {
      const { user_id: user } = dataset.row('orders', row)
      counts.set(user, (counts.get(user) ?? 0) + 1)
    }
    expect(counts.get(hottest)).toBeGreaterThan(20 * (5000 / 1000))
  })

  it('plans more rows than 32 bits count', async () => {
    const dataset = await bind({ users: 10, orders: 2 ** 32 + 1 })

    expect(dataset.count('orders')).toBe(4_294_967_297)
    expect(dataset.row('orders', 2 ** 32)).toMatchObject({ id: 4_294_967_297 })
  })

  it('is scaled, but to no less than one row', async () => {
    const dataset = await bind({ users: 10, orders: 5000 }, { scale: 0.01 })
    expect([dataset.count('users'), dataset.count('orders')]).toEqual([1, 50])
  })

  it('has the same rows for the same seed only', async () => {
    const rowOf = async (seedOf: number): Promise<unknown> => (await bind({ users: 100 }, { seed: seedOf })).row('users', 50)
    expect(await rowOf(1)).toEqual(await rowOf(1))
    expect(await rowOf(1)).not.toEqual(await rowOf(2))
  })

  it.each<[string, DatasetTables, string]>([
    [
      'a table that does not exist',
      { user: 1 },
      "The dataset names the table 'user', which the database does not have. [ERR_HOTBED_DATASET]\n  → Did you mean 'users'?",
    ],
    ['a table that two schemas have', { twin: 1 }, 'which several schemas have: a.twin, b.twin'],
    [
      'a column that does not exist',
      { users: { rows: 1, columns: { emial: constant('x') } } },
      "The dataset names the column 'emial' of 'public.users', which the table does not have. [ERR_HOTBED_DATASET]\n  → Did you mean 'email'?",
    ],
    ['a generated column', { users: { rows: 1, columns: { full_name: constant('x') } } }, 'GENERATED ALWAYS AS an expression'],
    [
      'text for a number',
      { orders: { rows: 1, columns: { total: oneOf(['much']) } }, users: 1 },
      `holds numbers, but oneOf gives 'much' in row 0`,
    ],
    [
      'NULL where it is not allowed',
      { users: { rows: 1, columns: { email: constant(null) } } },
      "'email' of 'public.users' is NOT NULL, but constant gives NULL in row 0",
    ],
    ['a reference to a table without rows', { orders: 1 }, "it refers to 'public.users' (orders_user_id_fkey), which has no rows"],
    [
      'more rows than a unique column has values',
      { flags: 3 },
      'public.flags(on_off) is unique and can hold 2 different values, but the dataset asks for 3 rows',
    ],
    [
      'more rows than a composite key has combinations',
      { users: 3, pairs: 7 },
      'public.pairs(user_id, plan) is unique and can hold 6 different values',
    ],
    [
      'a type that nothing is known of',
      { vectors: 1 },
      "No values can be inferred for the column 'shape' of 'public.vectors': it is NOT NULL and of type tsquery.",
    ],
    [
      'columns derived in a circle',
      {
        users: {
          rows: 1,
          columns: { email: derived(({ value }) => String(value('plan'))), plan: derived(({ value }) => String(value('email'))) },
        },
      },
      'in a circle',
    ],
    ['a negative count', { users: -1 }, 'tables.users asks for -1 rows'],
    ['a broken count', { users: 1.5 }, 'tables.users asks for 1.5 rows'],
  ])('refuses %s', async (_, tables, message) => {
    await expect((async () => bind(tables))()).rejects.toThrow(message)
  })

  it('fills every combination of a composite key when asked to', async () => {
    const dataset = await bind({ users: 3, pairs: 6 })
    const pairs = Array.from({ length: 6 }, (_, row) => JSON.stringify(dataset.row('pairs', row)))
    expect(new Set(pairs).size).toBe(6)
  })
})

describe('Against the server', () => {
  it('a CHECK that is not understood is tried before loading', async () => {
    await expect(seed(suite().postgres, { odd: 50 })).rejects.toThrow(
      /would violate odd_secret_check: CHECK .*md5.*The dataset has secret = .* \(inferred text\)\. \[ERR_HOTBED_DATASET\]\n {2}→ Write a generator that keeps to it: .*secret: derived/s,
    )
  })

  it('a dry run says everything and writes nothing', async () => {
    const plan = await planSeed(suite().postgres, { orders: 1_000_000, users: 20_000 })

    expect(
      plan.tables.map(({ table, rows, indexesRebuilt, foreignKeysChecked, sequences }) => ({
        table,
        rows,
        indexesRebuilt,
        foreignKeysChecked,
        sequences,
      })),
    ).toEqual([
      {
        table: 'public.users',
        rows: 20_000,
        indexesRebuilt: ['users_email_key', 'users_pkey'],
        foreignKeysChecked: [],
        sequences: ['users_id_seq'],
      },
      {
        table: 'public.orders',
        rows: 1_000_000,
        indexesRebuilt: ['orders_pkey'],
        foreignKeysChecked: ['orders_user_id_fkey'],
        sequences: ['orders_id_seq'],
      },
    ])
    expect(plan.tables[0]?.columns).toEqual({
      id: 'inferred sequence',
      email: 'inferred unique text',
      plan: 'inferred choice',
      full_name: 'the server',
    })
    expect(plan.bytes).toBeGreaterThan(50_000_000)
    expect(plan.seconds).toBeGreaterThan(0.5)
    expect(await countOf(suite(), 'SELECT count(*) FROM users')).toBe(0)
  })

  it('a dataset grows without a change to its earlier rows', async () => {
    const dataset = defineDataset({
      tables: {
        users: 50,
        orders: { rows: 300, columns: { id: sequence(), user_id: foreignKey('users', { distribution: { zipf: 1 } }) } },
      },
    })
    const rows = async (): Promise<unknown> => (await suite().postgres.query('SELECT o::text FROM orders o ORDER BY id LIMIT 300')).rows
    await seed(suite().postgres, dataset)
    const before = await rows()

    const grown = await grow(suite().postgres, dataset, { orders: 1000 })

    expect(await rows()).toEqual(before)
    expect(await countOf(suite(), 'SELECT count(DISTINCT id) FROM orders WHERE id BETWEEN 1 AND 1000')).toBe(1000)
    expect(grown.dataset.count('orders')).toBe(1000)
    const {
      rows: [last],
    } = await suite().postgres.query('SELECT id::int, user_id FROM orders ORDER BY id DESC LIMIT 1')
    expect(grown.dataset.row('orders', 999)).toMatchObject(last ?? {})
    expect(grown.dataset.row('orders', 5)).toMatchObject({ id: 6 })

    const again = await grow(suite().postgres, dataset, { orders: 2500, users: 60 })

    expect(await rows()).toEqual(before)
    expect(again.tables.map(({ table, rows: written }) => [table, written])).toEqual([
      ['public.users', 10],
      ['public.orders', 1500],
    ])
    expect(await countOf(suite(), 'SELECT count(DISTINCT id) FROM orders WHERE id BETWEEN 1 AND 2500')).toBe(2500)
    await expect(grow(suite().postgres, dataset, { orders: 2000 })).rejects.toThrow(
      "'orders' has 2,500 rows and cannot grow to 2,000. [ERR_HOTBED_DATASET]",
    )
    await expect(seed(suite().postgres, dataset)).rejects.toThrow(
      "This dataset is already loaded: 'public.users' holds its 60 rows, 'public.orders' holds its 2,500 rows",
    )
    await expect(grow(suite().postgres, defineDataset({ seed: 9, tables: { users: 50, orders: 300 } }), { orders: 2000 })).rejects.toThrow(
      'The database does not hold this dataset',
    )
  })
})
