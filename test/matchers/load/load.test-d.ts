import { expect } from 'hotbed/vitest'
import { expectTypeOf, test } from 'vitest'
import { startSuite, type LoadReport, type SuiteLoad } from '../../../src/index.js'

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
  // @ts-expect-error of a report
  expectTypeOf<SuiteLoad['load']>().returns.toEqualTypeOf<string>()
})
