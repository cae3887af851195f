import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startSuite, type LeaseRace, type Suite } from '../../../src/index.js'
import { toBeFenced, type FencingOptions } from '../../../src/matchers/races/to-be-fenced.js'
import { record, sql } from '../../wire/recording/traffic.js'

let suite: Suite<{ postgres: {}; redis: {} }>
let pool: pg.Pool
let redis: Redis
let another: Redis

beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
  await suite.postgres.query('CREATE TABLE seats (id int PRIMARY KEY, owner text, fence bigint NOT NULL DEFAULT 0)')
  pool = new pg.Pool({ connectionString: suite.postgres.url })
  redis = new Redis(suite.redis.url)
  another = new Redis(suite.redis.url)
})
beforeEach(async () => {
  await suite.postgres.query('TRUNCATE seats')
  await suite.postgres.query('INSERT INTO seats (id) VALUES (7)')
  await suite.redis.send('FLUSHDB')
})
afterAll(async () => {
  redis.disconnect()
  another.disconnect()
  await pool.end()
  await suite.dispose()
})

type Write = (owner: string, token: number) => Promise<boolean>

/** Takes the lock, writes, gives the lock back. */
async function withLock(owner: string, write: Write, nextToken = (): Promise<number> => redis.incr('fence:seat:7')): Promise<boolean> {
  const taken = await redis.set('lock:seat:7', owner, 'PX', 10_000, 'NX')
  if (taken === null) throw new Error('locked')
  try {
    return await write(owner, await nextToken())
  } finally {
    if ((await redis.get('lock:seat:7')) === owner) await redis.del('lock:seat:7')
  }
}

const overwrite: Write = async (owner) => {
  const { rowCount } = await pool.query('UPDATE seats SET owner = $1 WHERE id = 7', [owner])
  return rowCount === 1
}

const overwriteOlder: Write = async (owner, token) => {
  const { rowCount } = await pool.query('UPDATE seats SET owner = $1, fence = $2 WHERE id = 7 AND fence < $2', [owner, token])
  return rowCount === 1
}

function outlive(
  write: Write,
  more: { readonly write?: string; readonly nextToken?: () => Promise<number> } = {},
): Promise<LeaseRace<boolean>> {
  return suite.outliveLease({
    holder: () => withLock('ann', write, more.nextToken),
    successor: () => withLock('bob', write, more.nextToken),
    lock: 'lock:seat:7',
    write: more.write ?? 'UPDATE seats',
  })
}

async function readOwner(): Promise<unknown> {
  return (await suite.postgres.query<{ owner: string }>('SELECT owner FROM seats')).rows[0]?.owner
}

function withoutChance(message: string): string {
  return message
    .replaceAll(/#\d+/g, '#N')
    .replaceAll(/had .* left/g, 'had N left')
    .replaceAll(/held \d+ ms/g, 'held N ms')
    .replaceAll(/ *[\d.]+ ms/g, ' N ms')
    .replaceAll(/ +(?=→|took)/g, ' ')
}

test('a holder that writes after its lease undoes what its successor wrote', async () => {
  const race = await outlive(overwrite)
  const { pass, message } = toBeFenced(race)
  expect([pass, await readOwner(), race.outcomes.map(({ status }) => status)]).toEqual([false, 'ann', ['fulfilled', 'fulfilled']])
  expect(withoutChance(message())).toMatchInlineSnapshot(`
    "A holder that had outlived its lease wrote after its successor, and it took effect (1 row).
      outliveLease: the gate at UPDATE seats opened: released (1 came)
        participant 1: fulfilled with true
        participant 2: fulfilled with true
      lease: lock:seat:7 had N left, and was over when the successor came
      timeline:
     N ms  redis  #N  SET lock:seat:7 → OK took N ms
     N ms  redis  #N  INCR fence:seat:7 → 1 took N ms
      ✗ N ms  pg     #N  UPDATE seats SET owner = $1 WHERE id = 7 → 1 row (held N ms) took N ms
     N ms  redis  #N  SET lock:seat:7 → OK took N ms
     N ms  redis  #N  INCR fence:seat:7 → 2 took N ms
     N ms  pg     #N  UPDATE seats SET owner = $1 WHERE id = 7 → 1 row took N ms
     N ms  redis  #N  GET lock:seat:7 → "bob" took N ms
        … 2 after
      A lease alone cannot prevent that. Send a token that rises with every lock along, and refuse an older one: … WHERE fence < $token."
  `)
})

test('a write that the store refuses because of its token is fenced', async () => {
  const race = await outlive(overwriteOlder)
  const { pass, message } = toBeFenced(race, { token: 'INCR fence:*' })
  expect([pass, await readOwner(), race.outcomes]).toEqual([
    true,
    'bob',
    [
      { participant: 1, status: 'fulfilled', value: false },
      { participant: 2, status: 'fulfilled', value: true },
    ],
  ])
  expect(withoutChance(message())).toMatchInlineSnapshot(`
    "The late write was refused (0 rows), and should not have been.
      outliveLease: the gate at UPDATE seats opened: released (1 came)
        participant 1: fulfilled with false
        participant 2: fulfilled with true
      lease: lock:seat:7 had N left, and was over when the successor came
      tokens in the order of INCR fence:*: 1, 2
      timeline:
     N ms  redis  #N  SET lock:seat:7 → OK took N ms
     N ms  redis  #N  INCR fence:seat:7 → 1 took N ms
      ✗ N ms  pg     #N  UPDATE seats SET owner = $1, fence = $2 WHERE id = 7 AND fence < $2 → 0 rows (held N ms) took N ms
     N ms  redis  #N  SET lock:seat:7 → OK took N ms
     N ms  redis  #N  INCR fence:seat:7 → 2 took N ms
     N ms  pg     #N  UPDATE seats SET owner = $1, fence = $2 WHERE id = 7 AND fence < $2 → 1 row took N ms
     N ms  redis  #N  GET lock:seat:7 → "bob" took N ms
        … 2 after"
  `)
})

test('tokens that do not rise are told, even where the store refused the late write', async () => {
  const overwriteOther: Write = async (name, token) => {
    const { rowCount } = await pool.query('UPDATE seats SET owner = $1, fence = $2 WHERE id = 7 AND fence <> $2', [name, token])
    return rowCount === 1
  }
  const race = await outlive(overwriteOther, { nextToken: () => redis.incrby('fence:seat:7', 0).then((count) => count + 5) })
  expect(await readOwner()).toBe('bob')
  expect(toBeFenced(race).pass).toBe(true)
  const { pass, message } = toBeFenced(race, { token: 'INCRBY fence:*' })
  expect(pass).toBe(false)
  expect(message()).toContain('The fencing tokens do not rise, so no store can tell an old one.\n')
  expect(message()).toContain('\n  tokens in the order of INCRBY fence:*: 0, 0\n')
})

test('an error, a rollback and a refusal of Redis fence as well', async () => {
  const raises: Write = async (name, token) => {
    await pool.query('UPDATE seats SET owner = $1, fence = $2::int / (fence < $2::int)::int WHERE id = 7', [name, token])
    return true
  }
  const rollsBack: Write = async (name, token) => {
    const client = await pool.connect()
    await client.query('BEGIN')
    await client.query('UPDATE seats SET owner = $1 WHERE id = 7', [name])
    const { rowCount } = await client.query('UPDATE seats SET fence = $1 WHERE id = 7 AND fence < $1', [token])
    await client.query(rowCount === 1 ? 'COMMIT' : 'ROLLBACK')
    client.release()
    return rowCount === 1
  }
  const script = `if tonumber(ARGV[2]) <= tonumber(redis.call('HGET', KEYS[1], 'fence') or 0) then return 0 end
    redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'fence', ARGV[2]) return 1`
  // Behind a write that is held its connection waits: each instance of an application has its own.
  const inRedis: Write = async (name, token) => (await (name === 'ann' ? another : redis).eval(script, 1, 'seat:7', name, token)) === 1

  expect(toBeFenced(await outlive(raises)).message()).toContain('The late write was refused (22012: division by zero)')
  expect(toBeFenced(await outlive(rollsBack)).message()).toContain('The late write was refused (1 row, then ROLLBACK)')
  expect(toBeFenced(await outlive(inRedis, { write: 'EVAL seat:*' })).message()).toContain('The late write was refused (0)')
})

test('where the successor waits for a row of the holder, the write was not late', async () => {
  const lockRow: Write = async (name) => {
    const client = await pool.connect()
    await client.query('BEGIN')
    const { rows } = await client.query<{ owner: string | null }>('SELECT owner FROM seats WHERE id = 7 FOR UPDATE')
    if (rows[0]?.owner === null) await client.query('UPDATE seats SET owner = $1 WHERE id = 7', [name])
    await client.query('COMMIT')
    client.release()
    return rows[0]?.owner === null
  }
  const race = await outlive(lockRow)
  expect([race.gate.openedBy, await readOwner()]).toEqual(['the others wait for a lock', 'ann'])
  expect(toBeFenced(race).pass).toBe(true)
  expect(toBeFenced(race).message().split('\n')[0]).toBe(
    'The holder wrote before its successor, which waited for a lock of it in Postgres.',
  )
})

test('a successor that wrote nothing proves nothing', async () => {
  const race = await suite.outliveLease({
    holder: () => withLock('ann', overwrite),
    successor: () => Promise.reject(new Error('no connection')),
    lock: 'lock:*',
    write: 'UPDATE seats',
  })
  expect(() => toBeFenced(race)).toThrow(
    /^toBeFenced judges a write after the lease, and no successor wrote while the holder was paused\.\n[^]*participant 2: rejected with Error: no connection\n[^]*\[ERR_HOTBED_EVIDENCE\]/,
  )
})

test('anything but such a race is refused, and so are options that are none', async () => {
  expect(() => toBeFenced(record([sql('SELECT 1')]))).toThrow(
    'toBeFenced judges a race for a lease, and was given a recording. [ERR_HOTBED_EVIDENCE]\n  → Get one by: const race = await suite.outliveLease(',
  )
  const race = await outlive(overwrite)
  expect(() => toBeFenced(race, { tokens: 'INCR' } as FencingOptions)).toThrow("toBeFenced() has no option 'tokens'.")
  expect(() => toBeFenced(race, { token: 'SELECT nextval' })).toThrow('the values that SQL gives back are not recorded')
  expect(() => toBeFenced(race, { token: 'INCR tokens:*' })).toThrow('0 of two tokens were seen at INCR tokens:*')
})
