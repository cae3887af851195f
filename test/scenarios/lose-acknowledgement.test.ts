import { Logger, run, type Runner } from 'graphile-worker'
import pg from 'pg'
import PgBoss from 'pg-boss'
import { afterAll, beforeAll, test } from 'vitest'
import { startSuite, type Suite } from '../../src/index.js'
import { expect } from '../../src/vitest/expect.js'
import { messageOf, steadyMessageOf } from '../matchers/races/message-of.js'
import { openJobs } from '../queues/bullmq-jobs.js'
import { closing } from '../queues/closing.js'

let suite: Suite<{ postgres: {}; redis: {} }>
let pool: pg.Pool
let orders = 0

beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
  pool = new pg.Pool({ connectionString: suite.postgres.url })
  await suite.postgres.query('CREATE TABLE receipts (order_id int NOT NULL); CREATE TABLE sent (order_id int PRIMARY KEY)')
})
afterAll(async () => {
  await pool?.end()
  await suite?.dispose()
})

const effect = 'SELECT count(*) AS receipts FROM receipts'

/** Broken: each delivery writes a receipt. */
const writeReceipt = async (order: number): Promise<void> => {
  await pool.query('INSERT INTO receipts VALUES ($1)', [order])
}

/** Repaired: the receipt and the key of the job are in one transaction. */
const writeReceiptOnce = async (order: number): Promise<void> => {
  await pool.query(
    'WITH first AS (INSERT INTO sent VALUES ($1) ON CONFLICT DO NOTHING RETURNING order_id) INSERT INTO receipts SELECT order_id FROM first',
    [order],
  )
}

test('BullMQ: a worker that is gone before it acknowledges doubles the receipt, and with a key it does not', async () => {
  for (const [name, send] of [
    ['naive', writeReceipt],
    ['keyed', writeReceiptOnce],
  ] as const) {
    await using jobs = closing(openJobs(suite.redis.url, `receipts-${name}`))
    const start = (): Promise<unknown> => jobs.work(({ data }) => send((data as { order: number }).order))
    await start()
    const order = (orders += 1)

    const race = await suite.loseAcknowledgement(() => jobs.add('send', { order }), { effect, again: start })

    expect(race.job).toEqual({ library: 'bullmq', queue: `receipts-${name}`, place: 'bull', id: '1', name: 'send' })
    expect(race.outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    if (name === 'keyed') {
      expect(race).toBeIdempotent('receipts')
      expect(messageOf(() => expect(race).not.toBeIdempotent())).toContain('The job is idempotent, expected that it is not')
    } else {
      expect(race).not.toBeIdempotent()
      expect(steadyMessageOf(() => expect(race).toBeIdempotent())).toMatchInlineSnapshot(`
        "The job is not idempotent: its worker was gone before the acknowledgement, and the second delivery changed receipts again, 1 → 2.
         receipts-naive # send (bullmq)
         first delivery, not acknowledged: receipts 0 → 1
         second delivery: receipts 1 → 2
         timeline, with the acknowledgement that was lost:
         # ms pg # INSERT INTO receipts VALUES ($1) → 1 row took # ms
         ✗ # ms redis # EVAL bull:receipts-naive:wait bull:receipts-naive:active bull:receipts-naive:prioritized bull:recei… → -2 (held # ms) took # ms
         # ms pg # INSERT INTO receipts VALUES ($1) → 1 row took # ms
         Jobs are delivered at least once: insert the job's key under a unique constraint, in the transaction of its effect, and send it along to a third party."
      `)
    }
    await suite.quiet()
  }
})

test('where nobody takes the job again, it says who would have to', async () => {
  await using jobs = closing(openJobs(suite.redis.url, 'alone'))
  await jobs.work(({ data }) => writeReceipt((data as { order: number }).order))
  const failure = await suite
    .loseAcknowledgement(() => jobs.add('send', { order: (orders += 1) }), { effect, deadlineMs: 1_500 })
    .catch(String)
  await jobs.close()
  await suite.redis.send('FLUSHALL')
  expect(failure).toMatchInlineSnapshot(`
    "HotbedError: loseAcknowledgement: the lock of the worker that did alone #1 was over (lockDuration, 30 s), and in 1500 ms the job was not delivered again to its end.
      #1 send  waiting, 0 of 1 attempt made  {"order":3} [ERR_HOTBED_RACE]
      → Give { again: () => … } that starts another worker: the first waits for the answer to its acknowledgement."
  `)
})

test('a job that is not acknowledged, and one without an effect, prove nothing', async () => {
  await using failing = closing(openJobs(suite.redis.url, 'failing'))
  await failing.work(() => Promise.reject(new Error('no printer')))
  const failure = await suite.loseAcknowledgement(() => failing.add('send', {}), { effect, deadlineMs: 1_500 }).catch(String)
  expect(failure).toMatchInlineSnapshot(`
    "HotbedError: loseAcknowledgement: waited 1500 ms for a worker to acknowledge a job, and none did.
      failing (bullmq): 1 failed, 0 completed
        #1 send  failed, 1 of 1 attempt made: no printer  {} [ERR_HOTBED_RACE]
      → Start a worker through suite.redis.url or suite.postgres.url before, and let its job succeed."
  `)

  await using idle = closing(openJobs(suite.redis.url, 'idle'))
  const start = (): Promise<unknown> => idle.work(() => Promise.resolve())
  await start()
  const race = await suite.loseAcknowledgement(() => idle.add('send', {}), { effect, again: start })
  expect(messageOf(() => expect(race).toBeIdempotent())).toContain('that had no effect')
  expect(messageOf(() => expect(race).not.toBeIdempotent())).toContain('that had no effect')
})

test('pg-boss: the worker itself takes it again when the job has expired', async () => {
  const boss = new PgBoss({ connectionString: suite.postgres.url, supervise: false, schedule: false })
  boss.on('error', () => {})
  await boss.start()
  await boss.createQueue('receipts')
  const send = { current: writeReceipt }
  await boss.work<{ order: number }>('receipts', { pollingIntervalSeconds: 0.5 }, async ([job]) => send.current(job?.data.order ?? 0))
  try {
    const naive = await suite.loseAcknowledgement(() => boss.send('receipts', { order: (orders += 1) }), { effect })
    expect(naive).not.toBeIdempotent()
    send.current = writeReceiptOnce
    const keyed = await suite.loseAcknowledgement(() => boss.send('receipts', { order: (orders += 1) }), { effect })
    expect(keyed).toBeIdempotent()
    const failure = await suite
      .loseAcknowledgement(() => boss.send('receipts', { order: (orders += 1) }, { retryLimit: 0 }), { effect })
      .catch(String)
    expect(failure).toContain('it has no attempt left, so a lost acknowledgement makes a job that was done a failed one')
    await suite.quiet()
  } finally {
    await boss.stop({ graceful: false })
  }
})

test('graphile-worker: another worker takes it when the lock is over', async () => {
  const runners: Runner[] = []
  const send = { current: writeReceipt }
  const start = async (): Promise<Runner> => {
    const runner = await run({
      connectionString: suite.postgres.url,
      noHandleSignals: true,
      pollInterval: 500,
      taskList: { receipt: (payload) => send.current((payload as { order: number }).order) },
      logger: new Logger(() => () => {}),
    })
    runners.push(runner)
    return runner
  }
  const first = await start()
  const add = (): Promise<unknown> => first.addJob('receipt', { order: (orders += 1) })
  try {
    expect(await suite.loseAcknowledgement(add, { effect, again: start })).not.toBeIdempotent()
    send.current = writeReceiptOnce
    expect(await suite.loseAcknowledgement(add, { effect })).toBeIdempotent()
    await suite.quiet()
  } finally {
    await Promise.all(runners.map((runner) => runner.stop()))
  }
})

test.each([
  ['no effect', {}, /'effect' must be a query/],
  ['an again that is none', { effect, again: 1 }, /'again' must be a function/],
  ['an unknown option', { effect, worker: 1 }, /has no option 'worker'/],
])('%s is refused', async (_name, options, message) => {
  await expect(suite.loseAcknowledgement(() => 1, options as never)).rejects.toThrow(message)
})
