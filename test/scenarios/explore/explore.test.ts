import { Pool, type PoolClient } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBothStores, type BothStores } from '../../both-stores.js'
import { SEATS } from '../seats.js'

let stores: BothStores
let suite: BothStores['suite']
let pool: BothStores['pool']
let redis: BothStores['redis']

beforeAll(async () => {
  stores = await openBothStores()
  ;({ suite, pool, redis } = stores)
  await suite.postgres.query(SEATS)
  await suite.postgres.query('INSERT INTO seats VALUES (1, 1), (2, 1)')
})
afterAll(() => stores[Symbol.asyncDispose]())

const restock = (free: number) => (): Promise<unknown> => suite.postgres.query('UPDATE seats SET free = $1', [free])

async function inTransaction<Result>(act: (client: PoolClient) => Promise<Result>, begin = 'BEGIN'): Promise<Result> {
  const client = await pool.connect()
  try {
    await client.query(begin)
    const result = await act(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

/** Reads, computes, writes what it has computed: an update in between is lost. */
async function takeOne(): Promise<void> {
  const { rows } = await pool.query<{ free: number }>('SELECT free FROM seats WHERE id = 1')
  await pool.query('UPDATE seats SET free = $1 WHERE id = 1', [(rows[0]?.free ?? 0) - 1])
}

async function takeOneAtomically(): Promise<void> {
  await pool.query('UPDATE seats SET free = free - 1 WHERE id = 1')
}

const takeOneLocked = (): Promise<void> =>
  inTransaction(async (client) => {
    const { rows } = await client.query<{ free: number }>('SELECT free FROM seats WHERE id = 1 FOR UPDATE')
    await client.query('UPDATE seats SET free = $1 WHERE id = 1', [(rows[0]?.free ?? 0) - 1])
  })

/** Both are gone in the end. Only there: in between one of two may be. */
const bothTaken = () => {
  let isOver = false
  return {
    before: async () => {
      isOver = false
      await restock(2)()
    },
    over: () => void (isOver = true),
    invariant: async () => {
      const { rows } = await suite.postgres.query<{ free: number }>('SELECT free FROM seats WHERE id = 1')
      return { holds: !isOver || rows[0]?.free === 0, free: rows[0]?.free }
    },
  }
}

/** Participants that say when the last of them is done. */
function counted(act: () => Promise<unknown>, count: number, { over, before, invariant }: ReturnType<typeof bothTaken>) {
  let done = 0
  return {
    participants: Array.from({ length: count }, () => async () => {
      await act()
      if ((done += 1) === count) over()
    }),
    options: {
      invariant,
      before: () => {
        done = 0
        return before()
      },
    },
  }
}

describe('a lost update', () => {
  test('is found, made as simple as it can be, and runs again by its text and by its seed', async () => {
    const { participants, options } = counted(takeOne, 2, bothTaken())
    const found = await suite.explore(participants, { ...options, seed: 3 })

    expect(found.failure).toMatchObject({ reason: 'invariant', switches: 2, isRepeatable: true })
    expect(found.failure?.text.replaceAll(/^[12]/gm, (who) => (who === found.failure?.text[0] ? 'A' : 'B'))).toMatchInlineSnapshot(`
      "A: select free from seats where id = ?     → SELECT 1
      B: select free from seats where id = ?     → SELECT 1
      B: update seats set free = ? where id = ?  → UPDATE 1
      A: update seats set free = ? where id = ?  → UPDATE 1"
    `)
    const again = await suite.explore(participants, { ...options, replay: found.failure?.text ?? '' })
    expect(again.failure?.text).toBe(found.failure?.text)
    expect(again.runs).toBe(1)
    const bySeed = await suite.explore(participants, { ...options, seed: found.failure?.seed ?? 0, runs: 1 })
    expect(bySeed.failure?.text).toBe(found.failure?.text)
  })

  test('is found from every one of 50 seeds, and from none when the row is locked or the update is atomic', async () => {
    const broken = counted(takeOne, 2, bothTaken())
    const locked = counted(takeOneLocked, 2, bothTaken())
    const atomic = counted(takeOneAtomically, 2, bothTaken())
    let found = 0
    let wrong = 0
    for (let seed = 1000; seed < 1050; seed += 1) {
      const { failure } = await suite.explore(broken.participants, { ...broken.options, seed, runs: 60 })
      if (failure !== undefined) found += 1
      for (const { participants, options } of [locked, atomic]) {
        const right = await suite.explore(participants, { ...options, seed, runs: 2 })
        if (right.failure !== undefined) wrong += 1
      }
    }
    expect({ found, wrong }).toEqual({ found: 50, wrong: 0 })
  })
})

test('write skew is found under REPEATABLE READ, and not under SERIALIZABLE', async () => {
  const goOffDuty = (id: number, level: string) => (): Promise<void> =>
    inTransaction(async (client) => {
      const { rows } = await client.query<{ left: number }>('SELECT sum(free)::int AS left FROM seats')
      if ((rows[0]?.left ?? 0) > 1) await client.query('UPDATE seats SET free = 0 WHERE id = $1', [id])
    }, `BEGIN ISOLATION LEVEL ${level}`)
  const options = { before: restock(1), invariant: 'SELECT sum(free) >= 1, sum(free) AS free FROM seats', runs: 40 }
  const both = (level: string) => [goOffDuty(1, level), goOffDuty(2, level)]

  const skewed = await suite.explore(both('REPEATABLE READ'), options)
  expect(skewed.failure).toMatchObject({ reason: 'invariant', switches: 2, isRepeatable: true })
  expect(skewed.invariants.find(({ holds }) => !holds)).toMatchObject({ after: 'commit', text: 'false, free = 0' })
  const serial = await suite.explore(both('SERIALIZABLE'), options)
  expect(serial.failure).toBeUndefined()
  expect(serial.interleavings).toBeGreaterThan(5)
})

test('code that locks in two orders ends in 40P01 instead of hanging', async () => {
  const move = (from: number, to: number) => (): Promise<void> =>
    inTransaction(async (client) => {
      await client.query('UPDATE seats SET free = free - 1 WHERE id = $1', [from])
      await client.query('UPDATE seats SET free = free + 1 WHERE id = $1', [to])
    })
  const participants = [move(1, 2), move(2, 1)]
  const found = await suite.explore(participants, { before: restock(1), failOnRejection: true })

  expect(found.failure).toMatchObject({ reason: 'rejected', isRepeatable: true })
  expect(found.failure?.race.outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  expect(found.failure?.text).toMatch(/40P01/)
  const again = await suite.explore(participants, { before: restock(1), failOnRejection: true, replay: found.failure?.text ?? '' })
  expect(again.failure?.text).toBe(found.failure?.text)
})

test('one that throws is an outcome, and fails the run only where it is told to', async () => {
  const throws = async (): Promise<void> => {
    await pool.query('SELECT 1')
    throw new Error('sold out')
  }
  const options = { before: restock(1), invariant: 'SELECT true' }
  expect((await suite.explore([throws, takeOne], { ...options, runs: 3 })).failure).toBeUndefined()
  const { failure } = await suite.explore([throws, takeOne], { ...options, failOnRejection: true })
  expect(failure).toMatchObject({ reason: 'rejected', switches: 1 })
  expect(failure?.race.outcomes[0]).toMatchObject({ status: 'rejected', reason: new Error('sold out') })
})

test('an answer that is told late: with one connection to Redis a reader writes back what has been invalidated', async () => {
  const read = async (): Promise<void> => {
    if ((await redis.get('free')) !== null) return
    const { rows } = await pool.query<{ free: number }>('SELECT free FROM seats WHERE id = 1')
    await redis.set('free', String(rows[0]?.free))
  }
  const write = async (): Promise<void> => {
    await pool.query('UPDATE seats SET free = free - 1 WHERE id = 1')
    await redis.del('free')
  }
  let left = 0
  const done = (act: () => Promise<void>) => async (): Promise<void> => {
    await act()
    left -= 1
  }
  const { failure } = await suite.explore([done(read), done(write)], {
    before: async () => {
      left = 2
      await restock(5)()
      await suite.redis.send('DEL', 'free')
    },
    invariant: async () => ({ holds: left > 0 || (await suite.redis.send('GET', 'free')) !== '5' }),
  })
  expect(failure).toMatchObject({ reason: 'invariant', isRepeatable: true })
  expect(failure?.text).toMatchInlineSnapshot(`
    "1: GET free                                       → nil
    1> select free from seats where id = ?
    2: update seats set free = free - ? where id = ?  → UPDATE 1
    2: DEL free                                       → 0
    1< select free from seats where id = ?            → SELECT 1
    1: SET free                                       → OK"
  `)
})

test('an application that opens its connections late, and asks twice at a time, goes the same way again', async () => {
  const participants = [1, 2].map((id) => async () => {
    const own = new Pool({ connectionString: suite.postgres.url })
    const both = await Promise.all([own.query('SELECT free FROM seats WHERE id = 1'), own.query('SELECT count(*) FROM seats')])
    await own.query('UPDATE seats SET free = $1 WHERE id = $2', [Number(both[0].rows[0]?.free) - 1, 1])
    await own.end()
    return id
  })
  const options = { before: restock(5), invariant: 'SELECT min(free) >= 0 FROM seats', seed: 5 }
  const first = await suite.explore(participants, { ...options, runs: 6 })
  const second = await suite.explore(participants, { ...options, runs: 6 })
  expect(first.failure).toBeUndefined()
  expect(second.interleavings).toBe(first.interleavings)
})

test('a participant that never settles ends the exploring, and is said to', async () => {
  const never = async (): Promise<void> => {
    await pool.query('SELECT 1')
    await new Promise(() => {})
  }
  const found = await suite.explore([never, takeOne], { before: restock(1), invariant: 'SELECT true', deadlineMs: 100 })
  expect(found.runs).toBe(1)
  expect(found.failure).toMatchObject({ reason: 'unsettled', replays: 0 })
  expect(found.failure?.race.outcomes.map(({ status }) => status)).toEqual(['unsettled', 'fulfilled'])
})

test('two that wait for each other within a pool are found', async () => {
  const small = new Pool({ connectionString: suite.postgres.url, max: 2, connectionTimeoutMillis: 150 })
  const nested = async (): Promise<void> => {
    const client = await small.connect()
    try {
      await client.query('SELECT free FROM seats WHERE id = 1')
      await small.query('SELECT free FROM seats WHERE id = 2')
    } finally {
      client.release()
    }
  }
  const { failure } = await suite.explore([nested, nested], { failOnRejection: true })
  expect(failure?.reason).toBe('rejected')
  expect(failure?.race.outcomes.map((outcome) => outcome.status === 'rejected' && String(outcome.reason))).toContain(
    'Error: timeout exceeded when trying to connect',
  )
  await small.end()
})

test('the recording of the failing run has its statements in the order in which the server got them', async () => {
  const { participants, options } = counted(takeOne, 2, bothTaken())
  const { failure } = await suite.explore(participants, options)
  expect(failure?.race.statements.map(({ shape }) => shape.split(' ', 1)[0])).toEqual(['select', 'select', 'update', 'update'])
  expect(failure?.race.scenario).toBe('explore')
})

describe('what cannot be run is refused', () => {
  const options = { invariant: 'SELECT min(free) >= 0, min(free) AS free FROM seats' }

  test.each([
    ['one participant', [takeOne], options, "Option 'participants' must be a list of at least two functions"],
    ['nothing that could fail', [takeOne, takeOne], {}, 'explore() has neither an invariant nor failOnRejection'],
    ['a seed that is none', [takeOne, takeOne], { ...options, seed: -1 }, "Option 'seed' must be a whole number from 0 on"],
    ['no runs', [takeOne, takeOne], { ...options, runs: 0 }, "Option 'runs' must be a whole number from 1 on"],
    ['a sequence with a line that is none', [takeOne, takeOne], { ...options, replay: 'GET a' }, "has the line 'GET a'"],
    ['a participant who does not take part', [takeOne, takeOne], { ...options, replay: '3: GET a' }, "has the line '3: GET a'"],
    ['a wrong invariant', [takeOne, takeOne], { invariant: 'SELECT 1 AS one' }, 'The invariant must give a boolean, and gave 1.'],
  ])('%s', async (_, participants, wrong, message) => {
    await restock(1)()
    await expect(suite.explore(participants, wrong)).rejects.toThrow(message)
  })

  test('an invariant that does not hold before', async () => {
    await expect(suite.explore([takeOne, takeOne], { ...options, before: restock(-1) })).rejects.toThrow(
      'The invariant does not hold before anything has run: it is false, free = -1.',
    )
  })

  test('participants that send nothing', async () => {
    await restock(1)()
    await expect(suite.explore([async () => 1, async () => 2], options)).rejects.toThrow(
      'None of the 2 participants has sent anything through the tap',
    )
  })

  test('a sequence that does not fit any more, with where', async () => {
    const replay = '1: select free from seats where id = ?\n1: delete from seats'
    await expect(suite.explore([takeOne, takeOne], { ...options, before: restock(2), replay })).rejects.toThrow(
      "line 2, '1: delete from seats', is not possible there. Possible was: 1 send update seats set free = ? where id = ? | 2 start",
    )
  })
})
