import { afterAll, beforeAll, test } from 'vitest'
import { startSuite, type QueueSnapshot, type Suite } from '../../../src/index.js'
import { makeQueueSnapshot } from '../../../src/queues/queue-snapshot.js'
import { expect } from '../../../src/vitest/expect.js'
import { openJobs } from '../../queues/bullmq-jobs.js'
import { closing } from '../../queues/closing.js'
import { messageOf } from '../races/message-of.js'

let suite: Suite<{ redis: {} }>
let names = 0

beforeAll(async () => {
  suite = await startSuite({ redis: {} })
})
afterAll(() => suite?.dispose())

const openQueue = (): ReturnType<typeof openJobs> & AsyncDisposable => closing(openJobs(suite.redis.url, `mail-${(names += 1)}`))
const inspect = (...queues: readonly { readonly queue: { readonly name: string } }[]): Promise<QueueSnapshot> =>
  suite.inspectQueues(queues.map(({ queue }) => queue.name))

test('the depth counts what has not ended, in every state', async () => {
  await using jobs = openQueue()
  await jobs.add('send', { to: 'ann' })
  await jobs.add('send', { to: 'bob' }, { priority: 5 })
  await jobs.add('send', { to: 'cid' }, { delay: 60_000 })
  await jobs.queue.upsertJobScheduler('daily', { pattern: '0 0 3 * * *' })

  const queues = await inspect(jobs)

  expect(queues).toHaveQueueDepth(3)
  expect(queues).toHaveQueueDepth({ min: 1, max: 3 }, { queue: jobs.queue.name })
  expect(queues).not.toHaveQueueDepth(0)
  expect(
    messageOf(() => expect(queues).toHaveQueueDepth({ max: 2 }))
      .replaceAll(/due in [\d.hmin s]+,/g, 'due in n,')
      .replace(/daily:\d+/, 'daily:n'),
  ).toMatchInlineSnapshot(`
    "The depth of the queue mail-1 is 3, expected at most 2.
      mail-1 (bullmq): 1 waiting, 1 prioritized, 1 delayed, 1 scheduled, 0 completed
        #1 send  waiting, 0 of 1 attempt made  {"to":"ann"}
        #2 send  prioritized, 0 of 1 attempt made  {"to":"bob"}
        #3 send  delayed, due in n, 0 of 1 attempt made  {"to":"cid"}
        #repeat:daily:n daily  scheduled, due in n, 0 of 1 attempt made  {}"
  `)
  expect(messageOf(() => expect(queues).not.toHaveQueueDepth(3))).toMatch(
    /^The depth of the queue mail-\d+ is 3, expected not exactly 3\.\n/,
  )
  expect(messageOf(() => expect(queues).toDrain()).split('\n')[0]).toBe(
    `The queue ${jobs.queue.name} did not drain: 3 jobs have not ended.`,
  )
})

test('a queue whose jobs are all done has drained, one in which a job has failed has not', async () => {
  await using jobs = openQueue()
  await jobs.work(async ({ data }) => {
    if ((data as { to: string }).to === 'nobody') throw new Error('no such mailbox')
  })
  await jobs.add('send', { to: 'ann' })
  const drained = await suite.quiet({ queues: [jobs.queue.name] })
  await jobs.add('send', { to: 'nobody' })
  const failed = await suite.quiet({ queues: [jobs.queue.name] })

  expect(drained).toDrain()
  expect(drained).toHaveQueueDepth(0)
  expect(failed).not.toDrain()
  expect(messageOf(() => expect(drained).not.toDrain()).replaceAll(/mail-\d+/g, 'mail')).toMatchInlineSnapshot(`
    "The queue mail drained, expected that something is left or has failed.
      mail (bullmq): 1 completed"
  `)
  expect(messageOf(() => expect(failed).toDrain()).replaceAll(/mail-\d+/g, 'mail')).toMatchInlineSnapshot(`
    "The queue mail did not drain: 1 job has failed for good.
      mail (bullmq): 1 failed, 1 completed
        #2 send  failed, 1 of 1 attempt made: no such mailbox  {"to":"nobody"}"
  `)
})

test('a job that is given up after three attempts is dead-lettered, once', async () => {
  await using jobs = openQueue()
  await using dead = openQueue()
  const worker = await jobs.work(() => Promise.reject(new Error('no such mailbox')))
  worker.on('failed', (job) => {
    if (job !== undefined && job.attemptsMade >= (job.opts.attempts ?? 1)) void dead.add('dead', job.data as object)
  })
  await jobs.add('send', { to: 'ann' }, { attempts: 3, backoff: { type: 'fixed', delay: 1 } })
  await suite.quiet({ queues: [jobs.queue.name] })

  const queues = await inspect(jobs, dead)
  const deadLetterQueue = dead.queue.name

  expect(queues).toDeadLetter({ after: 3, jobs: 1, deadLetterQueue, queue: jobs.queue.name })
  const mask = (text: string): string => text.replaceAll(jobs.queue.name, 'mail').replaceAll(dead.queue.name, 'dead-mail')
  expect(mask(messageOf(() => expect(queues).toDeadLetter({ after: 5, jobs: 2, deadLetterQueue })))).toMatchInlineSnapshot(`
    "Expected the dead letters of the queue mail after 5 attempts: 1 job failed for good instead of 2; 1 job failed after 3 attempts instead of 5.
      mail (bullmq): 1 failed, 0 completed
      dead-mail (bullmq): 1 waiting, 0 completed
        ✗ #1 send  failed, 3 of 3 attempts made: no such mailbox  {"to":"ann"}"
  `)
  expect(mask(messageOf(() => expect(queues).not.toDeadLetter({ after: 3, deadLetterQueue })))).toMatchInlineSnapshot(`
    "1 job failed for good after 3 attempts, expected that none does.
      mail (bullmq): 1 failed, 0 completed
      dead-mail (bullmq): 1 waiting, 0 completed
        ✗ #1 send  failed, 3 of 3 attempts made: no such mailbox  {"to":"ann"}"
  `)
  await dead.add('dead', { to: 'ann' })
  expect(mask(messageOf(() => expect(queues).toDeadLetter({ after: 3, deadLetterQueue })))).toBe('it was met')
  const twice = await inspect(jobs, dead)
  expect(mask(messageOf(() => expect(twice).toDeadLetter({ after: 3, deadLetterQueue })))).toContain(
    'dead-mail holds 2 jobs for 1 that failed',
  )
})

test('a job that fails at once although three attempts were expected, and one that is still tried', async () => {
  await using jobs = openQueue()
  await jobs.work(() => Promise.reject(new Error('no such mailbox')))
  await jobs.add('once', {})
  await jobs.add('later', {}, { attempts: 3, backoff: { type: 'fixed', delay: 3_600_000 } })
  await expect(suite.quiet({ queues: [jobs.queue.name] })).rejects.toThrow(/what is left is due later/)

  const queues = await inspect(jobs)
  expect(messageOf(() => expect(queues).toDeadLetter({ after: 3 }))).toMatch(
    /1 job is still to be tried; 1 job failed after 1 attempt instead of 3/,
  )
})

test('how many jobs were active at a time, over several workers', async () => {
  await using jobs = openQueue()
  const arrived: (() => void)[] = []
  const atOnce = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      arrived.push(resolve)
      if (arrived.length === 3) for (const go of arrived) go()
    })
  }
  await jobs.work(atOnce, { concurrency: 2 })
  await jobs.work(atOnce, { concurrency: 1 })
  for (let job = 0; job < 3; job += 1) await jobs.add('report', { job })

  const queues = await suite.quiet({ queues: [jobs.queue.name] })

  expect(queues).toHaveMaxActiveJobs(3)
  expect(queues).not.toHaveMaxActiveJobs(2)
  expect(messageOf(() => expect(queues).toHaveMaxActiveJobs(2)).replaceAll(/mail-\d+/g, 'mail')).toMatchInlineSnapshot(`
    "At its peak 3 jobs of mail were active at the same time, expected at most 2.
      mail (bullmq): 3 completed
      The concurrency of a worker is its own: with several processes limit the queue, in BullMQ by queue.setGlobalConcurrency()."
  `)
})

test('what is no evidence is thrown, with and without .not', async () => {
  await using jobs = openQueue()
  await jobs.queue.waitUntilReady()
  await jobs.add('send', {}).then((job) => jobs.queue.remove((job as { id: string }).id))
  const emptied = await inspect(jobs)
  expect(messageOf(() => expect(emptied).toDrain())).toBe('it was met')
  expect(messageOf(() => expect(emptied).toHaveMaxActiveJobs(1))).toContain('was active yet')

  const nothing = makeQueueSnapshot([])
  const [queue] = emptied.queues
  const never = makeQueueSnapshot(queue === undefined ? [] : [{ ...queue, added: 0 }])
  const graphile = makeQueueSnapshot(queue === undefined ? [] : [{ ...queue, library: 'graphile-worker', peakActive: undefined }])
  const thrown: readonly (readonly [string, () => void, () => void])[] = [
    ['there is none: no keys of BullMQ', () => expect(nothing).toDrain(), () => expect(nothing).not.toDrain()],
    ['there never was one', () => expect(never).toDrain(), () => expect(never).not.toDrain()],
    ['there never was one', () => expect(never).toHaveQueueDepth(0), () => expect(never).not.toHaveQueueDepth(0)],
    ['there never was one', () => expect(never).toDeadLetter({ after: 1 }), () => expect(never).not.toDeadLetter({ after: 1 })],
    ['keeps no record', () => expect(graphile).toHaveMaxActiveJobs(1), () => expect(graphile).not.toHaveMaxActiveJobs(1)],
    ['toDrain judges queues, and was given an array of 0', () => expect([]).toDrain(), () => expect([]).not.toDrain()],
  ]
  for (const [message, judge, judgeNot] of thrown) for (const one of [judge, judgeNot]) expect(messageOf(one)).toContain(message)
})

test.each<[string, (queues: QueueSnapshot) => void, string]>([
  ['a depth', (queues) => expect(queues).toHaveQueueDepth(-1), "'range' must be a whole number"],
  ['a queue', (queues) => expect(queues).toDrain({ queue: 'mial' }), "'queue' must be one of mail"],
  ['an option', (queues) => expect(queues).toDrain({ name: 'mail' } as never), "toDrain() has no option 'name'"],
  ['attempts', (queues) => expect(queues).toDeadLetter({ after: 0 }), "'after' must be a whole number of attempts"],
  ['a dead-letter queue', (queues) => expect(queues).toDeadLetter({ after: 1, deadLetterQueue: 'x' }), "'deadLetterQueue' must be one of"],
  ['a number of jobs', (queues) => expect(queues).toHaveMaxActiveJobs(0), "'most' must be a whole number"],
])('%s that is none is refused', async (_name, judge, message) => {
  await using jobs = openQueue()
  await jobs.add('send', {})
  expect(messageOf(() => judge(makeQueueSnapshot([])))).not.toBe('it was met')
  const queues = await inspect(jobs)
  expect(messageOf(() => judge(queues))).toContain(message)
})
