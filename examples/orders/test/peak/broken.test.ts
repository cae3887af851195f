import { readMetrics } from 'hotbed'
import { expect } from 'hotbed/vitest'
import { inOneTransaction } from '../../src/peak/in-one-transaction.js'
import { showFailure } from '../jobs/expecting-failure.js'
import { createPeakTest, peak, thresholds } from './peak-test.js'
import { asDeployed } from './stacks.js'

const test = createPeakTest(asDeployed)

test('each order reads all orders of all customers', async ({ suite, open }) => {
  const shop = open(inOneTransaction)

  const run = await suite.record(() => shop.order({ index: 0 }))

  const failure = showFailure(() => expect(run).not.toSeqScan('orders'))
  expect(failure).toContain('The plan reads orders from end to end, by a Seq Scan.')
})

test('300 orders a minute: nobody notices', async ({ suite, open }) => {
  const shop = open(inOneTransaction)

  const report = await suite.load(shop.order, { rate: '300/min', for: { count: 10 }, pools: [shop.pool] })

  expect(report).toMeetThresholds({ 'errors.rate': '==0', 'postgres.statements': '==50', 'postgres.connections': '<=4' })
})

test('4,000 orders a minute: they wait for one row, then for a connection, and then no more', async ({ suite, open }) => {
  const shop = open(inOneTransaction)

  const report = await suite.load(shop.order, { ...peak, pools: [shop.pool] })

  const failure = showFailure(() => expect(report).toMeetThresholds({ ...thresholds, 'pool.share': '<0.5', 'postgres.share': '<0.5' }))
  expect(failure).toContain('5 of 6 thresholds are missed at 66.7/s, of 134 requests.')
  expect(failure.match(/✗ \S+/g)).toEqual(['✗ p(95)', '✗ errors.rate', '✗ rate', '✗ backlog', '✗ pool.share'])
  // Four connections that wait for one row are all of the database that the requests ever see.
  expect(failure).toContain('✓ postgres.share')
  expect(failure).toMatch(/HTTP 500 × \d+, first at .*timeout exceeded when trying to connect/)
  expect(readMetrics(report).errorRate).toBeGreaterThan(0.3)
})
