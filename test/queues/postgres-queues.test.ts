import { run, type Runner } from 'graphile-worker'
import pg from 'pg'
import PgBoss from 'pg-boss'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSuite, type Suite } from '../../src/index.js'

let suite: Suite<{ postgres: {} }>
let pool: pg.Pool
let boss: PgBoss
let runner: Runner
const attempts: string[] = []

const mail = async (to: string): Promise<void> => {
  attempts.push(to)
  if (to === 'nobody') throw new Error('no such mailbox')
  await pool.query('INSERT INTO mails (address) VALUES ($1)', [to])
}

beforeAll(async () => {
  suite = await startSuite({ postgres: {} })
  await suite.postgres.query('CREATE TABLE mails (address text NOT NULL)')
  pool = new pg.Pool({ connectionString: suite.postgres.url })
  boss = new PgBoss({ connectionString: suite.postgres.url, supervise: false, schedule: false })
  boss.on('error', () => {})
  await boss.start()
  await boss.createQueue('dead-mail')
  await boss.createQueue('mail', { name: 'mail', deadLetter: 'dead-mail', retryLimit: 1 })
  await boss.work<{ to: string }>('mail', { pollingIntervalSeconds: 0.5 }, async ([job]) => mail(job?.data.to ?? ''))
  runner = await run({
    connectionString: suite.postgres.url,
    noHandleSignals: true,
    pollInterval: 500,
    taskList: { post: async (payload) => mail((payload as { to: string }).to) },
    logger: new (await import('graphile-worker')).Logger(() => () => {}),
  })
}, 60_000)
afterAll(async () => {
  await runner?.stop()
  await boss?.stop({ graceful: false })
  await pool?.end()
  await suite?.dispose()
})

const sent = async (to: string): Promise<number> => (await suite.postgres.query('SELECT FROM mails WHERE address = $1', [to])).rows.length

test('between two polls of pg-boss a job waits, and it is not quiet', async () => {
  for (let round = 0; round < 3; round += 1) await boss.send('mail', { to: 'ann' })

  const queues = await suite.quiet()

  expect(await sent('ann')).toBe(3)
  expect(queues.queues.find(({ name }) => name === 'mail')).toMatchObject({
    library: 'pg-boss',
    place: 'pgboss',
    added: 3,
    peakActive: 1,
    counts: { completed: 3, active: 0, waiting: 0, failed: 0 },
  })
})

test('who polls for ever is quiet', async () => {
  const waits = Array.from({ length: 5 }, () => suite.quiet({ timeoutMs: 2_000 }))
  await expect(Promise.all(waits)).resolves.toHaveLength(5)
})

test('a job of pg-boss is tried again, fails for good, and is in the dead-letter queue', async () => {
  await boss.send('mail', { to: 'nobody' })

  const queues = await suite.quiet({ queues: ['mail'] })
  const [, dead] = (await suite.inspectQueues(['mail', 'dead-mail'])).queues.toReversed()

  expect(attempts.filter((to) => to === 'nobody')).toHaveLength(2)
  expect(queues.queues[0]?.failed).toMatchObject([
    { name: 'mail', state: 'failed', attemptsMade: 2, attemptsAllowed: 2, reason: 'no such mailbox' },
  ])
  expect(dead).toMatchObject({ name: 'dead-mail', counts: { waiting: 1 }, jobs: [{ data: '{"to": "nobody"}' }] })
  await expect(suite.quiet({ timeoutMs: 300 })).rejects.toThrow(/dead-mail \(pg-boss\): 1 waiting/)
  await boss.purgeQueue('dead-mail')
})

test('jobs of graphile-worker are waited for, and one that has no attempt left has failed', async () => {
  await runner.addJob('post', { to: 'bob' })
  await runner.addJob('post', { to: 'nobody' }, { maxAttempts: 1 })

  const queues = await suite.quiet()

  expect(await sent('bob')).toBe(1)
  expect(queues.queues.find(({ name }) => name === 'post')).toMatchObject({
    library: 'graphile-worker',
    place: 'graphile_worker',
    added: undefined,
    counts: { active: 0, waiting: 0, failed: 1, completed: undefined },
    failed: [{ attemptsMade: 1, attemptsAllowed: 1, reason: 'no such mailbox' }],
  })
})

test('a job of graphile-worker that is tried again in a second is due later', async () => {
  await runner.addJob('post', { to: 'nobody' }, { maxAttempts: 2 })
  await expect(suite.quiet({ timeoutMs: 500 })).rejects.toThrow(
    /post \(graphile-worker\): 1 retrying, 1 failed[^]*1 of 2 attempts made: no such mailbox/,
  )
  await suite.postgres.query('UPDATE graphile_worker._private_jobs SET run_at = now()')
  expect((await suite.quiet()).queues.find(({ name }) => name === 'post')?.counts).toMatchObject({ retrying: 0, failed: 2 })
})

test('a delayed job is due by the clock of Postgres', async () => {
  await boss.send('mail', { to: 'cid' }, { startAfter: 3600 })
  await expect(suite.quiet()).rejects.toThrow(/mail \(pg-boss\): 1 delayed[^]*by the clock of Postgres/)
  await suite.quiet({ delayed: 'ignore' })
})
