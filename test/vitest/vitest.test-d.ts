import { createTest, expect as hotbedExpect, test as suiteTest, type SuiteFixtures } from 'hotbed/vitest'
import { hotbed, type HotbedPlugin } from 'hotbed/vitest/plugin'
import { expect, expectTypeOf, test } from 'vitest'
import { defineConfig } from 'vitest/config'
import type { ClockAdvance, SuiteClock } from '../../src/index.js'
import type { Plan } from '../../src/plan/plan.js'
import type { Recording } from '../../src/wire/recording/recording.js'

declare const plan: Plan
declare const run: Recording<number>

test('expect has the matchers, also the one of vitest, and they give nothing back', () => {
  expectTypeOf(hotbedExpect(plan).toUseIndex('orders_pkey')).toEqualTypeOf<void>()
  expectTypeOf(expect(plan).not.toSeqScan('orders')).toEqualTypeOf<void>()
  expectTypeOf(expect(plan).toUseIndex({ table: 'orders', columns: ['user_id', 'created_at DESC'] })).toEqualTypeOf<void>()
  expectTypeOf(expect.soft(plan).toHaveTtl({ min: 1, max: 60 })).toEqualTypeOf<void>()
  expectTypeOf(expect(plan).resolves.toSeqScan).toBeFunction()
})

test('expect refuses what is not there', () => {
  expectTypeOf(expect(plan)).not.toHaveProperty('toUseIndx')
  // @ts-expect-error an index has to be named
  expect(plan).toUseIndex()
  // @ts-expect-error an option that does not exist
  expect(plan).toUseIndex({ tabel: 'orders', columns: ['id'] })
  // @ts-expect-error bounds are lengths of time
  expect(plan).toHaveTtl({ min: true })
})

test('the clock of a suite, and what is judged by it', () => {
  suiteTest('has a clock', async ({ clock, suite }) => {
    expectTypeOf(clock).toEqualTypeOf<SuiteClock>()
    expectTypeOf(suite.clock).toEqualTypeOf<SuiteClock>()
    expectTypeOf(await clock.advance('5m')).toEqualTypeOf<ClockAdvance>()
    expectTypeOf(clock.now()).toBeNumber()
    expect(await clock.probeExpiry('a', { after: '5m' })).toExpireAfter('5m')
    expect(await clock.probeRateLimit(() => fetch('/'), { window: '1m', attempts: 20 })).toEnforceRateLimit({
      limit: 10,
      window: 60,
      burst: 20,
    })
    expect(await clock.probeRateLimit(() => ({ statusCode: 429 }), { window: '1m', attempts: 20 })).not.toEnforceRateLimit({
      limit: 10,
      window: '1m',
    })
    // @ts-expect-error how long it lives has to be said
    await clock.probeExpiry('a', {})
    // @ts-expect-error an attempt gives an answer
    await clock.probeRateLimit(() => 'ok', { window: '1m', attempts: 20 })
    // @ts-expect-error a length of time
    await clock.advance(true)
    // @ts-expect-error a limit has a window
    expect(clock).toEnforceRateLimit({ limit: 10 })
    // @ts-expect-error after how long
    expect(clock).toExpireAfter()
  })
  createTest({ redis: {} }, { clock: { timers: ['opossum'] } })('has one, too', ({ clock }) =>
    expectTypeOf(clock).toEqualTypeOf<SuiteClock>(),
  )
  // @ts-expect-error a list of names
  createTest({ redis: {} }, { clock: { timers: 'opossum' } })
  hotbed({ redis: {}, clock: { timers: ['opossum'] } })
})

test('matchers of plans take plans, statements and recordings', () => {
  expect(plan).toUseIndexOnlyScan()
  expect(run.statements[0]).toUseIndexOnlyScan({ table: 'orders', columns: ['user_id'] })
  expect(run).toReadAtMostBuffers(100)
  expect(run).toExamineAtMostRows({ perRowReturned: 10, inTotal: 1000 })
  expect(run).not.toSpillToDisk()
  expect(plan).not.toSort({ ofMoreRowsThan: 100 })
  expect(plan).toEstimateRowsWithin(10)
  expect(plan).toPrunePartitionsTo(1, { table: 'events' })
  expectTypeOf(expect(run).not.toCascadeWithoutIndex()).toEqualTypeOf<void>()
  expectTypeOf(expect(plan).toMatchPlanSnapshot({ tolerance: 0.2 })).toEqualTypeOf<void>()
})

test('matchers of plans refuse what is no budget', () => {
  expectTypeOf(expect(plan)).not.toHaveProperty('toReadAtMostBuffer')
  // @ts-expect-error the budget has to be said
  expect(plan).toReadAtMostBuffers()
  // @ts-expect-error a budget is a number
  expect(plan).toReadAtMostBuffers('100')
  // @ts-expect-error a budget has a name
  expect(plan).toExamineAtMostRows(10)
  // @ts-expect-error an option that does not exist
  expect(plan).toSort({ rows: 5 })
  // @ts-expect-error the factor has to be said
  expect(plan).toEstimateRowsWithin()
  // @ts-expect-error the table is an option
  expect(plan).toPrunePartitionsTo(1, 'events')
  // @ts-expect-error it takes nothing
  expect(run).toCascadeWithoutIndex('orders')
  // @ts-expect-error an option that does not exist
  expect(plan).toMatchPlanSnapshot({ hint: 'first' })
})

test('matchers of recordings take a match, a range, or both', () => {
  expectTypeOf(expect(run).toExecuteStatements()).toEqualTypeOf<void>()
  expect(run).toExecuteStatements(3)
  expect(run).not.toExecuteStatements('UPDATE seats', { max: 2 })
  expect(run).toExecuteStatements({ sql: /^update/i }, 1)
  expect(run).toSendCommands({ redis: 'SET', key: /^cart:/ }, { min: 1, max: 2 })
  expect(run).toSendCommands((subject) => subject.keys?.includes('a') === true)
  expect(run).not.toRepeatStatement({ times: 3, identical: true })
  expect(run).toHavePeakConnections({ max: 5 }, { store: 'redis' })
  expect(run).toMatchWireSnapshot({ hint: 'first', unordered: true })
  expectTypeOf(run.result).toBeNumber()
  expectTypeOf(run.filter('GET user:*').result).toBeNumber()
  expectTypeOf(run.statements[0]?.plan).toEqualTypeOf<Plan | undefined>()
})

test('matchers of recordings refuse what is no match and no range', () => {
  expectTypeOf(expect(run)).not.toHaveProperty('toExecuteStatement')
  // @ts-expect-error a regular expression has to say of what
  expect(run).toExecuteStatements(/update/)
  // @ts-expect-error the match comes first
  expect(run).toExecuteStatements(1, 'UPDATE seats')
  // @ts-expect-error a bound that does not exist
  expect(run).toSendCommands('GET', { most: 2 })
  // @ts-expect-error how many has to be said
  expect(run).toHavePeakConnections()
  // @ts-expect-error a store that does not exist
  expect(run).toHavePeakConnections(1, { store: 'mysql' })
  // @ts-expect-error recordings do not change
  run.durationMs = 1
})

test('tests are given the suite and both stores', () => {
  suiteTest('with fixtures', async ({ suite, postgres, redis, task }) => {
    expectTypeOf(suite).toEqualTypeOf<SuiteFixtures['suite']>()
    expectTypeOf(suite.postgres.url).toBeString()
    expectTypeOf(postgres.port).toBeNumber()
    expectTypeOf(redis.send('GET', 'a')).resolves.toBeUnknown()
    expectTypeOf(task.name).toBeString()
    const { rows } = await postgres.query<{ total: string }>('SELECT 1 AS total')
    expectTypeOf(rows).toEqualTypeOf<readonly { total: string }[]>()
  })
  // @ts-expect-error a fixture that is not there
  suiteTest('refuses', ({ mysql }) => mysql)
})

test('fixtures of a file and of a test can build on them', () => {
  const appTest = suiteTest
    .extend('app', { scope: 'file' }, async ({ suite, postgres }, { onCleanup }) => {
      onCleanup(suite.reset)
      return { url: postgres.url }
    })
    .extend('user', ({ app, redis, task }) => `${app.url} ${redis.url} ${task.name}`)
  appTest('has them', ({ app, user, suite }) => {
    expectTypeOf(app).toEqualTypeOf<{ url: string }>()
    expectTypeOf(user).toBeString()
    expectTypeOf(suite.redis.url).toBeString()
  })
  appTest.beforeAll(({ app, suite }) => {
    expectTypeOf(app.url).toBeString()
    expectTypeOf(suite.postgres.url).toBeString()
  })
  // @ts-expect-error a fixture of a file knows no test
  suiteTest.extend('wrong', { scope: 'file' }, ({ task }) => task)
})

test('createTest gives the stores of its stack, and undefined for others', () => {
  const postgresTest = createTest({ postgres: { migrations: './migrations' } })
  postgresTest('one store', ({ suite, postgres, redis }) => {
    expectTypeOf(postgres.url).toBeString()
    expectTypeOf(suite.redis).toEqualTypeOf<undefined>()
    expectTypeOf(redis).toEqualTypeOf<undefined>()
  })
  const bothTest = createTest({ postgres: {}, redis: { maxmemory: '64mb' } }, { scope: 'test', isolation: 'server' })
  bothTest('two stores', ({ suite }) => expectTypeOf(suite.redis.send).toBeFunction())
  const appTest = createTest({ redis: {} }).extend('app', { scope: 'file' }, ({ suite }) => suite.redis.url)
  appTest('on top', ({ app }) => expectTypeOf(app).toBeString())
})

test('createTest refuses wrong options', () => {
  expectTypeOf(createTest).toBeFunction()
  // @ts-expect-error an option that does not exist
  createTest({ postgres: {} }, { scop: 'file' })
  // @ts-expect-error a value that does not exist
  createTest({ postgres: {} }, { isolation: 'none' })
  // @ts-expect-error a version is a number
  createTest({ postgres: { version: '17' } })
})

test('the plugin fits into a config', () => {
  defineConfig({ plugins: [hotbed({ postgres: { migrations: './migrations' }, redis: {} })] })
  expectTypeOf(hotbed({ postgres: {}, env: { DATABASE_URL: 'postgres', PGHOST: 'postgres.host' } })).toEqualTypeOf<HotbedPlugin>()
  hotbed({
    postgres: { seed: [{ run: ({ query }) => query('SELECT 1'), inputs: ['seed/**'] }] },
    keep: 'on-failure',
    summary: true,
    spares: 2,
  })
})

test('the plugin refuses wrong options', () => {
  expectTypeOf(hotbed).returns.toEqualTypeOf<HotbedPlugin>()
  // @ts-expect-error an option that does not exist
  hotbed({ postgres: {}, isolatoin: 'clone' })
  // @ts-expect-error a value that does not exist
  hotbed({ postgres: {}, keep: 'always' })
  // @ts-expect-error a fact that does not exist
  hotbed({ postgres: {}, env: { DATABASE_URL: 'postgres.uri' } })
  // @ts-expect-error migrations are a path, a function, a command, or several of them
  hotbed({ postgres: { migrations: 1 } })
})

test('matchers of reads and fills take a recording', () => {
  expect(run).toHaveCacheHitRatio({ min: 0.9 }, { keys: 'product:*' })
  expect(run).toHaveCacheHits()
  expect(run).toHaveCacheHits(3, { keys: ['product:7', 'user:*'] })
  expect(run).not.toHaveCacheMisses({ min: 1 })
  expect(run).toBeServedFrom('memory')
  expect(run).toPopulateCache('product:7', { ttl: { max: '5m' } })
  expect(run).toCacheAbsence({ statement: { sql: /from links/i }, absent: ['nope'], asked: 2 })
  expectTypeOf(expect(run).toBlockPenetration({ maxRate: 0.01, absent: [404], present: ['7'] })).toEqualTypeOf<void>()
  expectTypeOf(run.connections.seen).toEqualTypeOf<number>()
  expectTypeOf(run.clock.jumps[0]?.byMs).toEqualTypeOf<number | undefined>()
})

test('matchers of reads and fills refuse what is none', () => {
  // @ts-expect-error the bounds have to be said
  expect(run).toHaveCacheHitRatio()
  // @ts-expect-error a ratio is between bounds
  expect(run).toHaveCacheHitRatio(0.9)
  // @ts-expect-error keys are names and globs
  expect(run).toHaveCacheHits(1, { keys: /^product:/ })
  // @ts-expect-error a layer that does not exist
  expect(run).toBeServedFrom('disk')
  // @ts-expect-error the keys have to be said
  expect(run).toPopulateCache()
  // @ts-expect-error bounds are lengths of time
  expect(run).toPopulateCache('product:7', { ttl: 300 })
  // @ts-expect-error an option that does not exist
  expect(run).toCacheAbsence({ ids: [404] })
  // @ts-expect-error the absent ids have to be said
  expect(run).toBlockPenetration({ maxRate: 0.01 })
})
