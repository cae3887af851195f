import {
  cacheOf,
  defineDataset,
  derived,
  foreignKey,
  growth,
  json,
  nullable,
  oneOf,
  seed,
  sequence,
  sql,
  uniform,
  weighted,
  zipf,
  type Dataset,
  type Generator,
} from 'hotbed/seed'
import { startSuite } from 'hotbed'
import { expectTypeOf, test } from 'vitest'

interface Order {
  readonly id: number
  readonly user_id: number
  readonly status: 'paid' | 'pending'
  readonly note: string | null
  readonly created_at: Date
}

test('generators know what they make', () => {
  expectTypeOf(oneOf(['a', 'b'])).toEqualTypeOf<Generator<'a' | 'b'>>()
  expectTypeOf(weighted({ paid: 1, pending: 2 })).toEqualTypeOf<Generator<'paid' | 'pending'>>()
  expectTypeOf(nullable(0.1, sequence())).toEqualTypeOf<Generator<number | null>>()
  expectTypeOf(zipf({ values: ['x', 'y'] })).toEqualTypeOf<Generator<'x' | 'y'>>()
  expectTypeOf(derived(() => true)).toEqualTypeOf<Generator<boolean>>()
  // @ts-expect-error a generator where a fraction belongs
  nullable(sequence(), 0.1)
  // @ts-expect-error an option that does not exist
  uniform({ min: 0, maximum: 9 })
})

test('a dataset without row types takes any table', () => {
  expectTypeOf(
    defineDataset({ tables: { users: 1, orders: { rows: 2, columns: { status: oneOf(['a']), meta: json({}) } } } }),
  ).toEqualTypeOf<Dataset>()
  // @ts-expect-error an option that does not exist
  defineDataset({ tabels: {} })
  // @ts-expect-error rows are a number
  defineDataset({ tables: { users: '1000' } })
  // @ts-expect-error a column needs a generator
  defineDataset({ tables: { users: { rows: 1, columns: { name: 'Ada' } } } })
  // @ts-expect-error a mode that does not exist
  defineDataset({ statistics: 'full', tables: {} })
})

test('a dataset with row types checks tables, columns and values', () => {
  const columns = {
    user_id: foreignKey('users'),
    status: oneOf(['paid']),
    note: nullable(0.5, oneOf(['x'])),
    created_at: growth({ from: '2024-01-01' }),
  }
  expectTypeOf(defineDataset<{ orders: Order }>({ tables: { orders: { rows: 1, columns } } })).toEqualTypeOf<Dataset>()
  defineDataset<{ orders: Order }>({ tables: { orders: { rows: 1, columns: { note: sql('lower(status)') } } } })
  // @ts-expect-error a table that does not exist
  defineDataset<{ orders: Order }>({ tables: { ordres: 1 } })
  // @ts-expect-error a column that does not exist
  defineDataset<{ orders: Order }>({ tables: { orders: { rows: 1, columns: { state: oneOf(['paid']) } } } })
  // @ts-expect-error a label that the column does not have
  defineDataset<{ orders: Order }>({ tables: { orders: { rows: 1, columns: { status: oneOf(['payed']) } } } })
  // @ts-expect-error NULL in a column that is never null
  defineDataset<{ orders: Order }>({ tables: { orders: { rows: 1, columns: { user_id: nullable(0.5, sequence()) } } } })
})

test('a dataset goes into a stack, and a clone grows it', () => {
  void (async () => {
    await using suite = await startSuite({ postgres: { dataset: defineDataset({ tables: {} }) } })
    const { dataset } = await seed(suite.postgres, { users: 1 })
    expectTypeOf(dataset.row('users', 0)).toEqualTypeOf<Readonly<Record<string, unknown>>>()
    expectTypeOf((await suite.postgres.grow({ users: 2 })).rows).toBeNumber()
    // @ts-expect-error totals are numbers
    await suite.postgres.grow({ users: 'many' })
  })
  const keys = defineDataset({
    redis: [{ key: 'k:{row}', rows: 2, value: 'x' }, cacheOf('users', ({ id }) => ({ key: `user:${String(id)}`, value: 'x' }))],
  })
  void (async () => {
    await using suite = await startSuite({ redis: { dataset: keys } })
    expectTypeOf(suite.redis.url).toBeString()
    expectTypeOf(suite.postgres).toBeUndefined()
  })
  // @ts-expect-error rows are a number
  defineDataset({ redis: [{ key: 'k:{row}', rows: 'two', value: 'x' }] })
  // @ts-expect-error a definition is not yet a dataset
  void startSuite({ postgres: { dataset: { tables: {} } } })
})
