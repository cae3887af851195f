import { expect, test } from 'vitest'
import { startSuite } from '../../src/index.js'
import { defineDataset, foreignKey, oneOf, sequence, weighted } from '../../src/seed/index.js'
import { makeFolder } from '../databases/place.js'

const migrations = makeFolder({
  '1.sql': `CREATE TABLE users (id int PRIMARY KEY);
    CREATE TABLE visits (id int PRIMARY KEY, user_id int NOT NULL REFERENCES users, page text NOT NULL, note text);
    CREATE TABLE other (id int)`,
})
const dataset = defineDataset({
  tables: {
    users: { rows: 51, columns: { id: sequence() } },
    visits: {
      rows: 5_000,
      columns: {
        id: sequence(),
        user_id: foreignKey('users', { distribution: { zipf: 1 } }),
        page: weighted({ home: 0.9, cart: 0.09, terms: 0.01 }),
        note: oneOf([null]),
      },
    },
  },
})

test('the dataset names the heaviest, the median and the lightest value of a column', async () => {
  await using suite = await startSuite({ postgres: { migrations, dataset } })
  const users = await suite.postgres.weighValues<number>('visits.user_id')
  const { rows } = await suite.postgres.query<{ user_id: number; n: number }>(
    'SELECT u.id AS user_id, count(v.id)::int AS n FROM users u LEFT JOIN visits v ON v.user_id = u.id GROUP BY 1 ORDER BY 2 DESC, 1',
  )
  const visits = new Map(rows.map(({ user_id, n }) => [user_id, n]))

  expect(users.heaviest).toBe(rows[0]?.user_id)
  expect(users.ranked).toHaveLength(51)
  expect(users.distinct).toBe(51)
  expect(users.median).toBe(users.ranked[25])
  expect(users.lightest).toBe(users.ranked[50])
  // About as many as Zipf's law says of ranks 1, 26 and 51: chance is in it, the order of magnitude is not chance's.
  expect(visits.get(users.heaviest)).toBeGreaterThan(10 * (visits.get(users.median) ?? 0))
  expect(visits.get(users.median)).toBeGreaterThan(visits.get(users.lightest) ?? 0)
  expect(await suite.postgres.weighValues('visits.page')).toEqual({
    heaviest: 'home',
    median: 'cart',
    lightest: 'terms',
    ranked: ['home', 'cart', 'terms'],
    distinct: 3,
  })
})

test('a value that most rows have stays it when the table has grown', async () => {
  await using suite = await startSuite({ postgres: { migrations, dataset } })
  const before = await suite.postgres.weighValues<number>('visits.user_id')
  await suite.postgres.grow({ visits: 20_000 })
  expect(await suite.postgres.weighValues('visits.user_id')).toEqual(before)
  const { rows } = await suite.postgres.query<{ user_id: number }>('SELECT user_id FROM visits GROUP BY 1 ORDER BY count(*) DESC LIMIT 1')
  expect(rows[0]?.user_id).toBe(before.heaviest)
})

test('a transaction is told the same', async () => {
  await using suite = await startSuite({ postgres: { migrations, dataset } }, { isolation: 'rollback' })
  expect((await suite.postgres.weighValues('visits.page')).heaviest).toBe('home')
})

test('what the dataset does not write is refused by name', async () => {
  await using suite = await startSuite({ postgres: { migrations, dataset } })
  const messageOf = async (column: string): Promise<string> =>
    suite.postgres.weighValues(column).then(
      () => 'no error',
      (error: unknown) => String(error),
    )
  expect(await messageOf('visits.users')).toMatchInlineSnapshot(
    `"HotbedError: The dataset writes no column 'users' of 'public.visits'. It writes: id, user_id, page, note. [ERR_HOTBED_DATASET]"`,
  )
  expect(await messageOf('visit.user_id')).toMatchInlineSnapshot(`
    "HotbedError: The test names the table 'visit', which the database does not have. [ERR_HOTBED_DATASET]
      → Did you mean 'visits'?"
  `)
  expect(await messageOf('other.id')).toMatchInlineSnapshot(
    `"HotbedError: The dataset has no table 'other'. It has: public.users, public.visits. [ERR_HOTBED_DATASET]"`,
  )
  expect(await messageOf('user_id')).toMatchInlineSnapshot(
    `"HotbedError: Option 'column' must be a table and its column, such as 'orders.user_id', but is "user_id". [ERR_HOTBED_OPTION]"`,
  )
  expect(await messageOf('visits.note')).toMatchInlineSnapshot(
    `"HotbedError: No row of the dataset has a value in 'visits.note'. [ERR_HOTBED_DATASET]"`,
  )
})

test('a stack without a dataset is told to have one', async () => {
  await using suite = await startSuite({ postgres: { migrations } })
  await expect(suite.postgres.weighValues('visits.user_id')).rejects.toThrow(
    'postgres.weighValues() asks the dataset of the stack, but the stack has none. [ERR_HOTBED_OPTION]',
  )
})
