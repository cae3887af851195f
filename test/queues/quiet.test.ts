import { afterAll, beforeAll, expect, test } from 'vitest'
import { Redis } from 'ioredis'
import pg from 'pg'
import { hold, startSuite, type Suite } from '../../src/index.js'
import { messageOf } from '../matchers/races/message-of.js'
import { openJobs } from './bullmq-jobs.js'
import { closing } from './closing.js'

let suite: Suite<{ postgres: {}; redis: {} }>
let pool: pg.Pool
let names = 0

beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
  pool = new pg.Pool({ connectionString: suite.postgres.url, max: 2 })
  await suite.postgres.query('CREATE TABLE mails (id serial PRIMARY KEY, job text NOT NULL)')
})
afterAll(async () => {
  await pool?.end()
  await suite?.dispose()
})

const send = (job: string): Promise<unknown> => pool.query('INSERT INTO mails (job) VALUES ($1)', [job])
const sent = async (job: string): Promise<number> => (await suite.postgres.query('SELECT FROM mails WHERE job = $1', [job])).rows.length

/** Each test has queues of its own. */
function openQueue(): ReturnType<typeof openJobs> & { readonly name: string } {
  const name = `mail-${(names += 1)}`
  return { ...openJobs(suite.redis.url, name), name }
}

async function failureOf(wait: Promise<unknown>): Promise<string> {
  const error = await wait.then(
    () => new Error('it became quiet'),
    (reason: unknown) => reason as Error,
  )
  return messageOf(() => {
    throw error
  })
    .replaceAll(/\d+(?:\.\d+)? (?:ms|s)\b/g, '# ms')
    .replaceAll(/(?:pg|redis) #\d+/g, (text) => text.replace(/\d+/, ''))
}

test('it is quiet when all jobs have run, those that a job adds too', async () => {
  await using jobs = closing(openQueue())
  await jobs.work(async ({ name, data }) => {
    await send(jobs.name)
    if (name === 'first') await jobs.add('second', data as object)
  })
  for (let job = 0; job < 20; job += 1) await jobs.add('first', { job })

  const queues = await suite.quiet({ queues: [jobs.name] })

  expect(await sent(jobs.name)).toBe(40)
  expect(queues.queues).toMatchObject([
    { library: 'bullmq', name: jobs.name, place: 'bull', added: 40, counts: { completed: 40, active: 0 } },
  ])
})

test('a job that works in memory is waited for, and one that is tried again', async () => {
  await using jobs = closing(openQueue())
  const begun = openLatch()
  const memory = openLatch()
  let attempts = 0
  await jobs.work(async () => {
    attempts += 1
    begun.open()
    await memory.opened
    if (attempts < 3) throw new Error('refused')
    await send(jobs.name)
  })
  await jobs.add('send', {}, { attempts: 3, backoff: { type: 'fixed', delay: 20 } })
  await begun.opened
  let isQuiet = false
  const waiting = suite.quiet().then(() => (isQuiet = true))
  await suite.postgres.query('SELECT 1')
  expect(isQuiet).toBe(false)
  memory.open()
  await waiting
  expect([attempts, await sent(jobs.name)]).toEqual([3, 1])
})

test('without a worker it says what waits, and that nobody works', async () => {
  await using jobs = closing(openQueue())
  await jobs.add('send', { to: 'ann' }, { attempts: 3 })
  await jobs.add('send', { to: 'bob' })

  expect(await failureOf(suite.quiet({ timeoutMs: 200 }))).toMatchInlineSnapshot(`
    "Waited # ms for quiet, and there is still work.
      mail-3 (bullmq): 2 waiting, 0 completed
        the oldest: #1 send  waiting, 0 of 3 attempts made  {"to":"ann"}
      Nothing is on its way through the tap; in that time nobody waited for jobs there, neither in Redis (BZPOPMIN) nor by polls. [ERR_HOTBED_TIMEOUT]
      → Start a worker, and let it connect to suite.redis.url or suite.postgres.url: past the tap nobody sees it."
  `)
  await jobs.queue.obliterate({ force: true })
})

test('a transaction that is left open is no quiet', async () => {
  const client = await pool.connect()
  await client.query('BEGIN')
  const failure = await failureOf(suite.quiet({ timeoutMs: 100 }))
  await client.query('ROLLBACK')
  client.release()
  expect(failure).toMatchInlineSnapshot(`
    "Waited # ms for quiet, and there is still work.
      No job is left in any queue.
      pg # idle in a transaction [ERR_HOTBED_TIMEOUT]
      → End the transaction: COMMIT or ROLLBACK before its connection is given back."
  `)
  await suite.quiet()
})

test('a request that a rule holds is no quiet', async () => {
  await using rule = await suite.intercept('SELECT 42', hold({ deadlineMs: 10_000 }))
  const asking = pool.query('SELECT 42')
  await rule.arrived()
  expect(await failureOf(suite.quiet({ timeoutMs: 100 }))).toMatchInlineSnapshot(`
    "Waited # ms for quiet, and there is still work.
      No job is left in any queue.
      pg # held by a rule: select ? [ERR_HOTBED_TIMEOUT]
      → Release or remove the rule first."
  `)
  await rule.remove()
  await asking
})

test('who waits for a connection of a pool is not done', async () => {
  const clients = [await pool.connect(), await pool.connect()]
  const asking = pool.query('SELECT 1')
  expect(await failureOf(suite.quiet({ timeoutMs: 100, pools: [pool] }))).toContain('1 waits for a connection of a pool')
  for (const client of clients) client.release()
  await asking
  await suite.quiet({ pools: [pool] })
})

test('jobs that are due later are named at once, and run when the clock has advanced', async () => {
  await using jobs = closing(openQueue())
  await jobs.work(() => send(jobs.name))
  await jobs.add('remind', { to: 'ann' }, { delay: 3_600_000 })

  expect(await failureOf(suite.quiet({ timeoutMs: 60_000 }))).toMatchInlineSnapshot(`
    "It does not become quiet within # ms: nothing is on its way, and what is left is due later.
      mail-4 (bullmq): 1 delayed, 0 completed
        the oldest: #1 remind  delayed, due in 59 min # ms, 0 of 1 attempt made  {"to":"ann"}
      Nothing is on its way through the tap. [ERR_HOTBED_TIMEOUT]
      → The next is due in 59 min # ms: await suite.clock.advance('3600s') first. Or leave delayed jobs out: { delayed: 'ignore' }."
  `)
  expect((await suite.quiet({ delayed: 'ignore' })).queues.find(({ name }) => name === jobs.name)?.counts.delayed).toBe(1)
  expect(await sent(jobs.name)).toBe(0)

  await suite.clock.advance('1h')
  await suite.quiet()
  expect(await sent(jobs.name)).toBe(1)
})

test('the next job of a scheduler is not waited for', async () => {
  await using jobs = closing(openQueue())
  await jobs.work(() => send(jobs.name))
  await jobs.queue.upsertJobScheduler('daily', { every: 86_400_000 })

  const queues = await suite.quiet({ queues: [jobs.name] })

  expect(await sent(jobs.name)).toBe(1)
  expect(queues.queues).toMatchObject([{ counts: { scheduled: 1, delayed: 0, completed: 1 } }])
})

test.each([
  ['a queue that is not there', { queues: ['mial'] }, /No queue of the suite is called 'mial'/],
  ['no list of queues', { queues: 'mail' }, /'queues' must be a list of names/],
  ['a time that is none', { timeoutMs: -1 }, /'timeoutMs' must be milliseconds/],
  ['an unknown option', { timeout: 5 }, /quiet\(\) has no option 'timeout'[^]*timeoutMs/],
  ['a word for delayed that is none', { delayed: 'skip' }, /'delayed' must be 'wait' or 'ignore'/],
])('%s is refused', async (_name, options, message) => {
  await expect(suite.quiet(options as never)).rejects.toThrow(message)
})

function openLatch(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

test('a command that was sent before anybody watched is waited for, and its answer is heard', { timeout: 15_000 }, async () => {
  const client = new Redis(suite.redis.url)
  await client.ping()
  // A server that is paused runs no script, which would look at queues.
  await suite.redis.send('FLUSHALL')
  await suite.redis.send('CLIENT', 'PAUSE', 20_000, 'WRITE')
  const writing = client.set('a', 1)
  const clients = async (): Promise<string> => String(await suite.redis.send('INFO', 'clients'))
  await expect.poll(clients, { interval: 5 }).toContain('blocked_clients:1')
  const waiting = suite.quiet({ timeoutMs: 30_000 })
  expect(await failureOf(suite.quiet({ timeoutMs: 100 }))).toContain('redis # without its reply')
  await suite.redis.send('CLIENT', 'UNPAUSE')
  await waiting
  expect(await writing).toBe('OK')
  client.disconnect()
})

test('a rule with a predicate, which every request waits for, does not hide that it is quiet', { timeout: 15_000 }, async () => {
  await using jobs = closing(openQueue())
  await jobs.work(() => send(jobs.name))
  await using rule = await suite.intercept(() => false, hold({ deadlineMs: 20_000 }))
  for (let job = 0; job < 5; job += 1) await jobs.add('send', {})

  await suite.quiet({ timeoutMs: 60_000 })

  expect([await sent(jobs.name), (await rule.state()).applied]).toEqual([5, 0])
})
