import { formatOpenMetrics, readMetrics } from 'hotbed'
import { createTest, expect } from 'hotbed/vitest'
import { loseAnInstance } from './lose-an-instance.js'
import { logIn, stack, startOrders } from './start-orders.js'

const test = createTest(stack, { scope: 'test' })

test('sessions in Redis: every instance knows who has logged in', async ({ suite }) => {
  await using app = await startOrders(suite, 'repaired', 3)
  const cookie = await logIn(app)

  const comparison = await app.compareInstances({ path: '/me', headers: { cookie } })

  expect(comparison).toAnswerAlike()
  expect(comparison.requests[0]?.answers.map(({ status, commands }) => [status, commands])).toEqual([
    [200, 1],
    [200, 1],
    [200, 1],
  ])
})

test('orders at once: an instance is killed in the middle of the load, and no accepted order is lost', async ({ suite }) => {
  await using app = await startOrders(suite, 'repaired', 2)

  const { report, accepted, lost, failedAfterwards } = await loseAnInstance(suite, app)

  expect(lost).toEqual([])
  // What was on its way to the killed instance failed, as it does in production. Everything after went to the other one.
  expect(failedAfterwards).toEqual([])
  expect(accepted.length + report.counts.failed).toBe(report.counts.scheduled)

  const metrics = readMetrics(report, { queues: await suite.inspectQueues() })
  expect(metrics.errorRate).toBe(report.counts.failed / report.counts.scheduled)
  expect(metrics.throughput).toBeGreaterThan(0)
  expect(metrics.databaseLatency?.count).toBeGreaterThanOrEqual(accepted.length)
  expect(metrics.queueDepth).toEqual({})
  const text = formatOpenMetrics(metrics, { labels: { test: 'an instance is lost' } })
  expect(text).toMatch(/^hotbed_request_error_ratio\{test="an instance is lost"\} 0(?:\.\d+)?$/m)
  console.log(`\n${String(metrics)}\n\n${text}`)
})
