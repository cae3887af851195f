import { Queue, Worker } from 'bullmq'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSuite, type KneeReport, type Suite } from '../../../src/index.js'

let suite: Suite<{ postgres: {}; redis: {} }>

beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
})
afterAll(() => suite.dispose())

const COARSE = { from: 35, upTo: 250, stepFor: '800ms', factor: 1.98, precision: 0.99 } as const

/** Of an endpoint that leaves a job of 20 ms. */
async function findKnee(name: string, concurrency: number): Promise<KneeReport> {
  const connection = { url: suite.redis.url }
  const queue = new Queue(name, { connection })
  const worker = new Worker(name, () => suite.postgres.query('SELECT pg_sleep(0.02)'), { connection, concurrency })
  try {
    await worker.waitUntilReady()
    return await suite.findKnee(() => queue.add('welcome', {}), COARSE)
  } finally {
    await worker.close(true)
    await queue.close()
  }
}

test('requests that are answered at once, and leave more jobs than the worker can do, crack by the queue', async () => {
  const knee = await findKnee('mail', 1)

  expect(knee.bottleneck?.kind).toBe('queue')
  const broken = knee.steps.find(({ ratePerSecond }) => ratePerSecond === knee.broke)
  expect(broken).toMatchObject({ behind: 'jobs', holds: false })
  expect(broken?.because).toMatch(/^jobs pile up in the queue mail: \d+ at the end, \d+ at the start$/)
  expect(String(knee)).toMatch(/what gave way: queue: jobs pile up in the queue mail: .*; its workers do not follow\n/)
})

test('jobs that wait for their time on purpose are no pile', async () => {
  const queue = new Queue('reminders', { connection: { url: suite.redis.url } })
  try {
    const knee = await suite.findKnee(() => queue.add('later', {}, { delay: 3_600_000 }), { ...COARSE, upTo: 90 })

    expect(knee.broke).toBeUndefined()
    expect(knee.steps[0]?.queues.find(({ queue: name }) => name === 'reminders')).toEqual({ queue: 'reminders', before: 0, after: 0 })
  } finally {
    await queue.close()
  }
})
