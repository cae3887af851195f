import { Queue, QueueEvents, Worker } from 'bullmq'
import { expect, test } from 'vitest'
import { startSuite } from '../../../src/index.js'
import { portOf } from './tapped-suite.js'

test('BullMQ does 200 jobs through the tap, and no reply is without its request', async () => {
  await using suite = await startSuite({ redis: {} })
  const connection = { host: '127.0.0.1', port: portOf(suite.redis.url) }
  const queue = new Queue('jobs', { connection })
  const events = new QueueEvents('jobs', { connection })
  const done: number[] = []
  const worker = new Worker<number>(
    'jobs',
    async ({ data }) => {
      done.push(data)
      return data * 2
    },
    { connection, concurrency: 10 },
  )
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady(), worker.waitUntilReady()])

  const run = await suite.record(async () => {
    const jobs = await queue.addBulk(Array.from({ length: 200 }, (_, data) => ({ name: 'double', data })))
    return Promise.all(jobs.map(async (job) => (await job.waitUntilFinished(events, 30_000)) as number))
  })
  await Promise.all([worker.close(), queue.close(), events.close()])

  expect(run.result).toEqual(Array.from({ length: 200 }, (_, data) => data * 2))
  expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, data) => data))
  expect(run.connections.list.map(({ orphans, endedBecause }) => [orphans, endedBecause])).toEqual(
    run.connections.list.map(() => [0, undefined]),
  )
  expect(run.commands.filter(({ isScript }) => isScript).length).toBeGreaterThanOrEqual(200)
  // Nothing but a command that waits was without its reply when the recording ended.
  expect(run.commands.filter(({ end, isBlocking }) => end === undefined && !isBlocking)).toEqual([])
})
