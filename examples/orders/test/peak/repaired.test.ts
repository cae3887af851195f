import { readMetrics } from 'hotbed'
import { expect } from 'hotbed/vitest'
import { inOneStatement } from '../../src/peak/in-one-statement.js'
import { inOneTransaction } from '../../src/peak/in-one-transaction.js'
import { createPeakTest, peak, thresholds } from './peak-test.js'
import { repaired } from './stacks.js'

const test = createPeakTest(repaired)

test('who has ordered is looked up by an index, once', async ({ suite, open }) => {
  const shop = open(inOneStatement)

  const first = await suite.record(() => shop.order({ index: 0 }))
  const second = await suite.record(() => shop.order({ index: 0 }))

  expect(first).toUseIndex({ table: 'orders', columns: ['customer'] })
  expect(second).toExecuteStatements(1)
})

test('4,000 orders a minute: all are taken', async ({ suite, open }) => {
  const shop = open(inOneStatement)

  const report = await suite.load(shop.order, { ...peak, pools: [shop.pool] })

  expect(report).toMeetThresholds(thresholds)
  const metrics = readMetrics(report)
  console.log(`\n${String(metrics)}\n`)
  expect(metrics.cacheHitRatio).toBeGreaterThanOrEqual(0.5)
  const { rows } = await suite.postgres.query('SELECT (max(number) - count(*))::int AS gaps FROM orders')
  expect(rows).toEqual([{ gaps: 0 }])
})

test('in turn with the long transaction, which has the index too: less than 38 % of its time', async ({ suite, open }) => {
  const comparison = await suite.compareLoad(open(inOneTransaction).order, open(inOneStatement).order, {
    rate: 100,
    for: '1.2s',
    slices: 12,
  })

  console.log(`\n${String(comparison)}\n`)
  expect(comparison).toBeFasterThan('a', { ratio: 2.6 })
})
