import { expect } from 'hotbed/vitest'
import { expectTypeOf, test } from 'vitest'
import { startSuite, type CacheComparison, type MemoryMeasurement } from '../../../src/index.js'

test('expectations take what they judge by', async () => {
  const suite = await startSuite({ postgres: {}, redis: {} })
  const run = await suite.record(() => 1)
  expectTypeOf(expect(run).toInvalidate('product:7')).toEqualTypeOf<void>()
  expect(run).toInvalidate(['product:7', 'list:*'], { after: 'commit', of: 'UPDATE products' })
  expect(run).toInvalidateOnly(['product:7'])
  expect(run).toHaveMaxConcurrency('SELECT', 1)
  expect(run).toHaveMaxConcurrency({ acquire: 'SET lock:*', release: { redis: 'EVAL', key: 'lock:*' } }, 1)
  expect(run).toHaveRoundTrips({ postgres: 3, redis: { max: 2 } })
  expect(run).toReduce('postgres.statements', { by: 0.7, from: run })
  expect(run).toHaveValuesUnder(1_000, { keys: 'product:*' })
  // @ts-expect-error an order that does not exist
  expect(run).toInvalidate('product:7', { after: 'rollback' })
  // @ts-expect-error which keys
  expect(run).toInvalidateOnly()
  // @ts-expect-error a lock is taken and given back
  expect(run).toHaveMaxConcurrency({ acquire: 'SET lock:*' }, 1)
  // @ts-expect-error how many
  expect(run).toHaveMaxConcurrency('SELECT')
  // @ts-expect-error a store that does not exist
  expect(run).toHaveRoundTrips({ mysql: 1 })
  // @ts-expect-error a measure that does not exist
  expect(run).toReduce('postgres.milliseconds', { by: 0.7, from: run })
  // @ts-expect-error a baseline
  expect(run).toReduce('postgres.statements', { by: 0.7 })
})

test('evidence of keys, memory and coherence knows what it is', async () => {
  const suite = await startSuite({ postgres: {}, redis: {} })
  const keys = await suite.redis.inspect('*', { values: true, lengths: true })
  expectTypeOf(keys.keys[0]?.valueBytes).toEqualTypeOf<number | undefined>()
  expect(keys).toHaveNoPersistentKeys({ except: ['config:*'] })
  expect(keys).toSpreadExpiry({ window: '1m', maxShare: 0.2 })
  const memory = await suite.redis.measureMemory(async () => 'warm', { keys: 'product:*' })
  expectTypeOf(memory).toEqualTypeOf<MemoryMeasurement<string>>()
  expect(memory).toStayWithinMemory(1_000)
  expect(memory).toEvict({ max: 3 })
  expect(memory).toEvict()
  expect(memory).toRetain(['hot:*'])
  const cache = await suite.compareCache('product:*', (key) => ({ key }), { decode: (value, key) => [value, key], concurrency: 2 })
  expectTypeOf(cache).toEqualTypeOf<CacheComparison>()
  expectTypeOf(expect(cache).toBeCoherent()).toEqualTypeOf<void>()
  // @ts-expect-error both belong together
  expect(keys).toSpreadExpiry({ window: '1m' })
  // @ts-expect-error bytes are a number
  expect(memory).toStayWithinMemory('200mb')
  // @ts-expect-error a loader is a function
  await suite.compareCache('product:*', { 'product:7': 1 })
  // @ts-expect-error an option that does not exist
  await suite.redis.inspect('*', { bytes: true })
  // @ts-expect-error evidence does not change
  cache.entries.push()
})
