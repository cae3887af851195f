import { expect, expectTypeOf, test } from 'vitest'
import { measureGrowth, startSuite, type Plan, type PlanGrowth, type PlanStability, type WorkGrowth } from '../../../src/index.js'

test('growth and stability have their evidence and their matchers', async () => {
  const suite = await startSuite({ postgres: {}, redis: {} })
  const { postgres } = suite
  const work = await measureGrowth({ seed: (n) => n, act: () => suite.record(() => 1) }, [1, 10, 100])
  expectTypeOf(work).toEqualTypeOf<WorkGrowth>()
  expectTypeOf(expect(work).toGrowAtMost('O(n log n)')).toEqualTypeOf<void>()
  expect(work).not.toGrowAtMost('O(1)', { measure: ['buffers', 'statements'] })
  // @ts-expect-error a law that does not exist
  expect(work).toGrowAtMost('O(n^2)')
  // @ts-expect-error times are not counted
  expect(work).toGrowAtMost('O(1)', { measure: 'time' })
  // @ts-expect-error act has to give evidence
  await measureGrowth({ seed: () => 1, act: () => 1 }, [1, 10, 100])

  const stability = await postgres.planStability('SELECT $1', { one: [1] }, { settings: { work_mem: '1MB' } })
  expectTypeOf(stability).toEqualTypeOf<PlanStability>()
  expectTypeOf(stability.sets[0]?.custom).toEqualTypeOf<Plan | undefined>()
  expectTypeOf(await postgres.planStability({ text: 'SELECT $1' }, [[1], [2]])).toEqualTypeOf<PlanStability>()
  expectTypeOf(expect(stability).toBeStable({ within: 3, evenIfNotUsed: true })).toEqualTypeOf<void>()
  // @ts-expect-error a bound that does not exist
  expect(stability).toBeStable({ factor: 2 })
  // @ts-expect-error sets are lists of values
  await postgres.planStability('SELECT $1', { one: 1 })

  const growth = await postgres.planGrowth('SELECT $1', [1], { orders: { upTo: 10 } }, { confirm: true, sizes: 20 })
  expectTypeOf(growth).toEqualTypeOf<PlanGrowth>()
  expectTypeOf(await postgres.planGrowth('SELECT $1', { a: [1] }, { orders: { from: 1, upTo: 10 } })).toEqualTypeOf<PlanGrowth>()
  expectTypeOf(expect(growth).toKeepItsPlan()).toEqualTypeOf<void>()
  expectTypeOf(expect(growth).toFlipAbove({ orders: 5 })).toEqualTypeOf<void>()
  // @ts-expect-error up to where has to be said
  await postgres.planGrowth('SELECT $1', [1], { orders: { from: 1 } })
  // @ts-expect-error how many rows has to be said
  expect(growth).toFlipAbove()
  // @ts-expect-error evidence does not change
  growth.sets.push()

  expectTypeOf((await postgres.weighValues('orders.user_id')).heaviest).toEqualTypeOf<unknown>()
  const users = await postgres.weighValues<number>('orders.user_id')
  expectTypeOf(users.median).toEqualTypeOf<number>()
  expectTypeOf(users.ranked).toEqualTypeOf<readonly number[]>()
  // @ts-expect-error a column is named by a text
  await postgres.weighValues(['orders', 'user_id'])
})
