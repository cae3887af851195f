import { Redis as IoRedis } from 'ioredis'
import pg from 'pg'
import { expect, test } from 'vitest'
import { toRecover } from '../../../src/matchers/faults/to-recover.js'
import { steady, useShop } from './with-suite.js'

const shop = useShop()

test('a pool comes back after its server did, and a client that is kept for good does not', async () => {
  const pool = new pg.Pool({ connectionString: shop().postgres.url })
  pool.on('error', () => {})
  const kept = new pg.Client({ connectionString: shop().postgres.url })
  kept.on('error', () => {})
  await kept.connect()
  await pool.query('SELECT 1')
  const outage = await shop().outage('postgres', { mode: 'refuse' })
  await outage.record(() => pool.query('SELECT 1'))
  const back = await shop().recover(() => pool.query('SELECT name FROM products WHERE id = 7'), { after: outage.end })
  const never = await shop().recover(() => kept.query('SELECT name FROM products WHERE id = 7'), { after: () => {}, attempts: 3 })
  await pool.end()

  expect(back.outcomes).toMatchObject([{ status: 'fulfilled' }])
  expect(toRecover(back, { within: 0 }).pass).toBe(true)
  expect(steady(toRecover(back).message())).toMatchInlineSnapshot(`
    "Recovered after 0 requests that failed, expected that not.
      in # ms: 1 statement, 0 commands, # connections
      timeline:
      # ms pg # SELECT name FROM products WHERE id = 7 → 1 row took # ms"
  `)
  expect(toRecover(never).pass).toBe(false)
  expect(steady(toRecover(never).message())).toMatchInlineSnapshot(`
    "Did not recover: none of 3 requests was served, of 3 that were allowed.
      in # ms: 0 statements, 0 commands, # connections
      ✗ participant 1: rejected with Error: Client has encountered a connection error and is not queryable, after # ms
      ✗ participant 2: rejected with Error: Client has encountered a connection error and is not queryable, after # ms
      ✗ participant 3: rejected with Error: Client has encountered a connection error and is not queryable, after # ms"
  `)
})

test('requests that fail before the first that is served are counted', async () => {
  const outage = await shop().outage('redis', { mode: 'loading' })
  const redis = new IoRedis(shop().redis.port, '127.0.0.1', { enableReadyCheck: false })
  /** Remembers that the store was out, and answers 503 without asking it. */
  let skip = 0
  const ask = async (): Promise<{ readonly statusCode: number }> => {
    if (skip > 0) {
      skip -= 1
      return { statusCode: 503 }
    }
    return redis.get('product:7').then(
      () => ({ statusCode: 200 }),
      () => {
        skip = 2
        return { statusCode: 503 }
      },
    )
  }
  await outage.record(ask)
  const back = await shop().recover(ask, { after: outage.end })
  redis.disconnect()

  expect(back.outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value.statusCode)).toEqual([503, 503, 200])
  expect([toRecover(back).pass, toRecover(back, { within: 2 }).pass, toRecover(back, { within: 1 }).pass]).toEqual([true, true, false])
  expect(toRecover(back, { within: 1 }).message()).toMatch(/^Recovered after 2 requests that failed, expected at most 1\./)
})

test('what the client has queued comes beside the retry: the effect happens twice', async () => {
  const redis = new IoRedis(shop().redis.port, '127.0.0.1', { maxRetriesPerRequest: null, retryStrategy: () => 5 })
  redis.on('error', () => {})
  await redis.ping()
  const outage = await shop().outage('redis', { mode: 'refuse' })
  /** Gives up on the promise, not on the command. */
  const like = async (): Promise<number> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error('too late')), 50)))
    return Promise.race([redis.incr('likes:7'), late]).finally(() => clearTimeout(timer))
  }
  const failed = await outage.record(like)
  const back = await shop().recover(
    async () => {
      const likes = await redis.incr('likes:7')
      return likes
    },
    { after: outage.end },
  )
  redis.disconnect()

  expect(failed.outcomes).toMatchObject([{ status: 'rejected' }])
  expect(back.outcomes).toMatchObject([{ status: 'fulfilled', value: 2 }])
  const verdict = toRecover(back)
  expect(verdict.pass).toBe(false)
  expect(steady(verdict.message())).toMatchInlineSnapshot(`
    "Recovered, and 1 write took effect again, beside that of the one request that was served.
      in # ms: 0 statements, 2 commands, # connections; session set-up of clients is not counted (4)
      timeline:
      # ms redis # INCR likes:7 → 1 took # ms
      ✗ # ms redis # INCR likes:7 → 2 took # ms
      What a client queues while the store is out (the offline queue of node-redis and ioredis) comes beside the retry: end one of the two."
  `)
})

test('a script that the server has forgotten has to be sent again', async () => {
  const redis = new IoRedis(shop().redis.port, '127.0.0.1')
  const script = "return redis.call('INCR', KEYS[1])"
  const sha = (await redis.script('LOAD', script)) as string
  const forget = async (): Promise<void> => void (await shop().redis.send('SCRIPT', 'FLUSH'))
  const broken = await shop().recover(() => redis.evalsha(sha, 1, 'a'), { after: forget, attempts: 2 })
  const repaired = await shop().recover(() => redis.evalsha(sha, 1, 'a').catch(() => redis.eval(script, 1, 'a')), {
    after: forget,
    attempts: 2,
  })
  redis.disconnect()

  expect([toRecover(broken).pass, toRecover(repaired).pass]).toEqual([false, true])
  expect(steady(toRecover(broken).message())).toMatchInlineSnapshot(`
    "Did not recover: none of 2 requests was served, of 2 that were allowed.
      in # ms: 0 statements, 2 commands, # connections
      ✗ participant 1: rejected with ReplyError: NOSCRIPT No matching script. Please use EVAL., after # ms
      ✗ participant 2: rejected with ReplyError: NOSCRIPT No matching script. Please use EVAL., after # ms
      timeline:
      ✗ # ms redis # EVALSHA a ✗ NOSCRIPT took # ms
      # ms redis # EVALSHA a ✗ NOSCRIPT took # ms
      On NOSCRIPT send the script itself: EVAL, or SCRIPT LOAD and the same EVALSHA."
  `)
})

test('it recovers nothing that hangs, and asks no more', async () => {
  const redis = new IoRedis(shop().redis.port, '127.0.0.1')
  await redis.ping()
  await using outage = await shop().outage('redis', { mode: 'hang' })
  const back = await shop().recover(() => redis.get('a'), { after: () => {}, deadlineMs: 100 })
  await outage.end()
  redis.disconnect()

  expect(back.outcomes.map(({ status }) => status)).toEqual(['unsettled'])
  expect(toRecover(back).message()).toMatch(/^Did not recover: none of 1 request was served, of 5 that were allowed\.[^]*GET a/)
})

test('other evidence and other bounds are refused', async () => {
  const back = await shop().recover(() => 1, { after: () => {} })
  expect(() => toRecover(back, { within: -1 })).toThrow(/Option 'within' must be a whole number of requests from 0 on, but is -1/)
  expect(() => toRecover(back, { after: 1 } as {})).toThrow(/toRecover\(\) has no option 'after'/)
  await expect(async () => toRecover(await shop().record(() => 1))).rejects.toThrow(
    /judges how an application comes back, and was given a recording/,
  )
  await expect(shop().recover(() => 1, {} as { after: () => void })).rejects.toThrow(
    /Option 'after' must be a function that brings the store back/,
  )
  await expect(shop().recover(() => 1, { after: () => {}, attempts: 0 })).rejects.toThrow(/Option 'attempts'/)
})
