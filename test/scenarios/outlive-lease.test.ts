import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startSuite, type LeaseScenario, type Suite } from '../../src/index.js'

let suite: Suite<{ postgres: {}; redis: {} }>
let pool: pg.Pool
let redis: Redis

beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
  await suite.postgres.query('CREATE TABLE seats (id int PRIMARY KEY, owner text)')
  await suite.postgres.query('INSERT INTO seats (id) VALUES (7)')
  pool = new pg.Pool({ connectionString: suite.postgres.url })
  redis = new Redis(suite.redis.url)
})
beforeEach(() => suite.redis.send('FLUSHDB'))
afterEach(async () => {
  // Whatever became of the scenario, nothing is held any more.
  await pool.query('UPDATE seats SET owner = NULL')
})
afterAll(async () => {
  redis.disconnect()
  await pool.end()
  await suite.dispose()
})

async function book(owner: string, ...lease: readonly ['PX', number] | readonly []): Promise<string> {
  await (lease.length === 0 ? redis.set('lock:seat:7', owner, 'NX') : redis.set('lock:seat:7', owner, ...lease, 'NX'))
  await pool.query('UPDATE seats SET owner = $1', [owner])
  return owner
}

function outlive(more: Partial<LeaseScenario<string>> = {}): ReturnType<typeof suite.outliveLease<string>> {
  return suite.outliveLease({
    holder: () => book('ann', 'PX', 10_000),
    successor: () => book('bob', 'PX', 10_000),
    lock: 'lock:seat:7',
    write: 'UPDATE seats',
    ...more,
  })
}

test('the successor is done before the write of the holder goes on', async () => {
  const race = await outlive()
  const [held, next] = race.filter('UPDATE seats').statements
  expect(race).toMatchObject({
    scenario: 'outliveLease',
    gate: { match: 'UPDATE seats', arrived: 1, openedBy: 'released' },
    lease: { keys: ['lock:seat:7'], heldWrite: held?.start, writesMeanwhile: [next?.start] },
    outcomes: [
      { participant: 1, status: 'fulfilled', value: 'ann' },
      { participant: 2, status: 'fulfilled', value: 'bob' },
    ],
  })
  expect(race.lease.remainingMs).toBeGreaterThan(5_000)
  expect(held?.end).toBeGreaterThan(next?.end ?? Infinity)
  expect(held?.values).toEqual(['ann'])
  expect((await suite.postgres.query('SELECT owner FROM seats')).rows).toEqual([{ owner: 'ann' }])
})

test('a lock of several keys expires as a whole', async () => {
  const race = await outlive({
    holder: async () => {
      await redis.set('lock:row:1', 'ann', 'PX', 10_000)
      return book('ann', 'PX', 10_000)
    },
    successor: async () => String(await redis.exists('lock:row:1', 'lock:seat:7')),
    lock: 'lock:*',
  })
  expect(race.lease.keys).toEqual(['lock:row:1', 'lock:seat:7'])
  expect(race.outcomes[1]).toMatchObject({ value: '0' })
})

test.each<[string, Partial<LeaseScenario<string>>, RegExp]>([
  [
    'a holder that ends without such a write',
    { holder: () => redis.set('lock:seat:7', 'ann', 'PX', 10_000) },
    /^The holder ended without a request like UPDATE seats: fulfilled with "OK"\. \[ERR_HOTBED_TIMEOUT\]\n {2}→ Nearest of what came instead: SET lock:seat:7$/,
  ],
  [
    'a holder that throws first',
    { holder: () => Promise.reject(new Error('sold out')) },
    /^The holder ended without a request like UPDATE seats: rejected with Error: sold out\. \[ERR_HOTBED_TIMEOUT\]\n {2}→ Nothing else came either\.$/m,
  ],
  [
    'a holder that never comes',
    { holder: () => new Promise<string>(() => {}), deadlineMs: 30 },
    /^Waited 30 ms for a request at the rule UPDATE seats → hold; 0 came\./,
  ],
  [
    'a lock that is another',
    { lock: 'lock:seat:8' },
    /^The holder is at its write and holds no lock: no key is like 'lock:seat:8'\. \[ERR_HOTBED_TIMEOUT\]\n {2}→ Redis holds 'lock:seat:7'\.$/,
  ],
  [
    'a lock without a lease',
    { holder: () => book('ann') },
    /^The lock 'lock:seat:7' never expires, so no holder can outlive its lease; one that dies keeps it for ever\. \[ERR_HOTBED_TIMEOUT\]/,
  ],
])('%s is told', async (_, more, message) => {
  await expect(outlive(more)).rejects.toThrow(message)
})

test('a participant that never ends is told as unsettled', async () => {
  const race = await outlive({ successor: () => new Promise<string>(() => {}), deadlineMs: 50 })
  expect([race.gate.openedBy, race.outcomes.map(({ status }) => status)]).toEqual(['deadline', ['fulfilled', 'unsettled']])
})

test.each<[unknown, string]>([
  [{ successor: undefined }, "Option 'successor' must be a function that takes the lock and writes, but is undefined."],
  [{ lock: '' }, `Option 'lock' must be the lock's key in Redis, or a glob such as 'lock:*', but is "".`],
  [{ write: 'UPDAT seats' }, "Did you mean 'UPDATE seats'"],
  [{ deadlineMs: 0 }, "Option 'deadlineMs' must be milliseconds above 0, but is 0."],
  [{ leaseMs: 1 }, "outliveLease() has no option 'leaseMs'."],
])('%j is refused before anything is done', async (more, message) => {
  const run = await suite.record(() => outlive(more as Partial<LeaseScenario<string>>).catch((error: Error) => error))
  expect(run.result).toHaveProperty('message', expect.stringContaining(message))
  expect(run.timeline).toEqual([])
})

test('a stack without Redis has no lease', async () => {
  await using alone = await startSuite({ postgres: {} })
  await expect(alone.outliveLease({ holder: () => 1, successor: () => 2, lock: 'lock', write: 'UPDATE seats' })).rejects.toThrow(
    'outliveLease() is about a lock in Redis, and the stack of this suite has none. [ERR_HOTBED_OPTION]\n  → Add redis: {} to the stack.',
  )
})
