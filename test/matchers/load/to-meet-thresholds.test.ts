import pg from 'pg'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { startSuite, type LoadReport, type Suite } from '../../../src/index.js'
import { expect } from '../../../src/vitest/index.js'
import { messageOf } from '../races/message-of.js'

let suite: Suite<{ postgres: {} }>
let pool: pg.Pool
/** 40 requests of a statement each, of which 4 fail. */
let report: LoadReport

beforeAll(async () => {
  suite = await startSuite({ postgres: {} })
  pool = new pg.Pool({ connectionString: suite.postgres.url, max: 2 })
  await Promise.all([pool.query('SELECT pg_sleep(0.01)'), pool.query('SELECT pg_sleep(0.01)')])
  const act = async ({ index }: { readonly index: number }): Promise<void> => {
    await pool.query('SELECT pg_sleep(0.002)')
    if (index % 10 === 3) throw Object.assign(new Error('the payment was refused'), { code: 'EREFUSED' })
  }
  report = await suite.load(act, { rate: 200, for: { count: 40 }, pools: [pool] })
})
afterAll(async () => {
  await pool.end()
  await suite.dispose()
})

test('bounds that hold pass, of every kind', () => {
  expect(report).toMeetThresholds({
    'p(95)': '<60000',
    max: ['>=2', '<60000'],
    'succeeded.p(90)': '>=2',
    'errors.rate': '<=0.1',
    'errors.count': '==4',
    'postgres.share': '>0',
    'postgres.p(95)': '>=2',
    'postgres.statements': '===40',
    'postgres.connections': '<=2',
    'postgres.errors': '==0',
    'pool.waiting': '<40',
    unsettled: '==0',
    dropped: '==0',
    rate: '>0',
  })
})

test('what is missed stands beside what is met, with where the time went and what failed', () => {
  const message = messageOf(() =>
    expect(report).toMeetThresholds({ 'errors.rate': '<0.01', 'errors.count': '<100', 'postgres.statements': '<20' }),
  )

  expect(masked(message)).toMatchInlineSnapshot(`
    "2 of 3 thresholds are missed at 200/s, of 40 requests.
      ✗ errors.rate <0.01        0.1
      ✓ errors.count <100        4
      ✗ postgres.statements <20  40
      Where the time went:
      postgres    n % of the time: 40 statements, p95 n ms, 2 connections at most
      pool        n % of the time waited for a connection: n ms on average, n at a time; 2 connections
      event loop  n % busy
      errors      EREFUSED × 4, first at 15.0 ms (request 3): the payment was refused"
  `)
})

test('the other voice asks for a threshold that is missed', () => {
  expect(report).not.toMeetThresholds({ 'errors.rate': '<0.01', 'errors.count': '<100' })
  expect(masked(messageOf(() => expect(report).not.toMeetThresholds({ 'errors.rate': '<0.2' })))).toMatchInlineSnapshot(`
    "The threshold is met at 200/s, of 40 requests, expected at least one to be missed.
      ✓ errors.rate <0.2  0.1
      Where the time went:
      postgres    n % of the time: 40 statements, p95 n ms, 2 connections at most
      pool        n % of the time waited for a connection: n ms on average, n at a time; 2 connections
      event loop  n % busy
      errors      EREFUSED × 4, first at 15.0 ms (request 3): the payment was refused"
  `)
})

describe('what proves nothing is refused, with and without .not', () => {
  test.each([
    [{ 'p(99)': '<200' }, 'p(99) cannot be judged: there are 40 values, and below 100 it is their maximum.'],
    [{ 'redis.share': '<0.5' }, 'redis.share cannot be judged: the stack has no redis.'],
    [{ 'errors.ratio': '<0.5' }, "Did you mean 'errors.rate'?"],
    [{ p95: '<200' }, "Did you mean 'p(95)'?"],
    [{ 'p(95)': '200' }, "Option 'p(95)' must be a comparison with a number, such as '<200' or '>=0.5', but is \"200\"."],
    [{}, 'toMeetThresholds() was given no threshold.'],
  ])('%j', (thresholds, message) => {
    expect(messageOf(() => expect(report).toMeetThresholds(thresholds as never))).toContain(message)
    expect(messageOf(() => expect(report).not.toMeetThresholds(thresholds as never))).toContain(message)
  })

  test('a share of a store that no connection of the application has reached through the tap', async () => {
    await using unseen = await startSuite({ postgres: {} })
    const silent = await unseen.load(() => {}, { rate: 500, for: { count: 20 } })

    expect(messageOf(() => expect(silent).toMeetThresholds({ 'postgres.share': '<0.5' }))).toMatchInlineSnapshot(`
      "postgres.share cannot be judged: no connection of the application has come through the tap in this suite. [ERR_HOTBED_EVIDENCE]
        → Give the application suite.postgres.url; what goes to directUrl is not seen."
    `)
    expect(messageOf(() => expect(silent).toMeetThresholds({ 'pool.wait': '<0.5' }))).toContain('no pool was watched')
  })

  test('what is no report', () => {
    expect(messageOf(() => expect({ latency: 3 }).toMeetThresholds({ max: '<3' }))).toContain(
      'toMeetThresholds judges the report of a load',
    )
  })
})

/** Without figures that differ from run to run. */
function masked(message: string): string {
  return message
    .replace(/(postgres +)[\d.]+ %(.*p95 )[\d.]+/, '$1n %$2n')
    .replace(/(pool +)[\d.]+ %(.*connection: )[\d.]+ ms on average, \d+/, '$1n %$2n ms on average, n')
    .replace(/(event loop +)[\d.]+ % busy(, late by up to [\d.]+ ms)?/, '$1n % busy')
}
