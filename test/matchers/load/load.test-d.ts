import { expect } from 'hotbed/vitest'
import { expectTypeOf, test } from 'vitest'
import { startSuite, type KneeReport, type LoadComparison, type LoadReport, type SuiteLoad } from '../../../src/index.js'

test('a load is of a function or a URL, at a rate or by users', async () => {
  const suite = await startSuite({ postgres: {} })
  const report = await suite.load(({ index, user, signal }) => [index + user, signal.aborted], { rate: '350/s', for: '10s' })
  expectTypeOf(report).toEqualTypeOf<LoadReport>()
  await suite.load('http://127.0.0.1:3000/', { users: 20, for: { count: 200 }, warmUp: '1s', timeoutMs: 500 })
  await suite.load({ url: 'http://127.0.0.1:3000/', method: 'POST', body: '{}' }, { rate: 20, for: 2, arrivals: 'poisson', seed: 7 })
  expectTypeOf(expect(report).toMeetThresholds({ 'p(95)': ['<200', '>1'], 'errors.rate': '<0.01' })).toEqualTypeOf<void>()
  // @ts-expect-error how long
  await suite.load(() => 1, { rate: 20 })
  // @ts-expect-error arrivals that do not exist
  await suite.load(() => 1, { rate: 20, for: '1s', arrivals: 'bursts' })
  // @ts-expect-error nothing that could be asked
  await suite.load(7, { rate: 20, for: '1s' })
  // @ts-expect-error a comparison is a text
  expect(report).toMeetThresholds({ 'p(95)': 200 })
  const comparison = await suite.compareLoad(() => 1, 'http://127.0.0.1:3000/', { rate: 200, for: '10s', slices: 30 })
  expectTypeOf(comparison).toEqualTypeOf<LoadComparison>()
  expect(comparison).toBeFasterThan('a', { ratio: 2 })
  const knee = await suite.findKnee(() => 1, { from: 20, upTo: '400/s', stepFor: '1s', processes: [7] })
  expectTypeOf(knee).toEqualTypeOf<KneeReport>()
  expect(knee).toHandle('150/s')
  // @ts-expect-error one of the two
  expect(comparison).toBeFasterThan('c')
  // @ts-expect-error up to where
  await suite.findKnee(() => 1, { from: 20 })
  // @ts-expect-error how much
  expect(knee).toHandle()
  // @ts-expect-error of a report
  expectTypeOf<SuiteLoad['load']>().returns.toEqualTypeOf<string>()
})
