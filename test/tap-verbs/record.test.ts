import pg from 'pg'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { startSuite } from '../../src/index.js'
import { loadRedis } from '../../src/seed/redis/load-redis.js'
import { expect } from '../../src/vitest/index.js'
import { openBothStores, type BothStores } from '../both-stores.js'

let stores: BothStores
let suite: BothStores['suite']
let pool: BothStores['pool']
let redis: BothStores['redis']

beforeAll(async () => {
  stores = await openBothStores({ max: 3 })
  ;({ suite, pool, redis } = stores)
  await suite.postgres.query('CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)')
  await suite.postgres.query("INSERT INTO users SELECT g, 'user ' || g FROM generate_series(1, 1000) g")
  await suite.postgres.query('CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id int NOT NULL REFERENCES users)')
  await suite.postgres.query(
    'INSERT INTO orders (user_id) SELECT g % 1000 + 1 FROM generate_series(1, 5000) g; CREATE INDEX ON orders (user_id)',
  )
  await suite.postgres.query('ANALYZE users; ANALYZE orders')
})
afterAll(() => stores[Symbol.asyncDispose]())

test('who has said goodbye before it is none of its connections', async () => {
  for (let round = 0; round < 20; round += 1) {
    const leaving = new pg.Client(suite.postgres.url)
    await leaving.connect()
    await leaving.query('SELECT 1')
    const left = leaving.end()
    const recording = await suite.record(() => pool.query('SELECT 2'))
    expect(recording.connections.list.filter(({ store }) => store === 'postgres')).toHaveLength(1)
    await left
  }
})

test('a cache-aside read is one miss, one statement with its plan, and one fill, in this order', async () => {
  const read = async (id: number): Promise<string> => {
    const cached = await redis.get(`user:${id}`)
    if (cached !== null) return cached
    const { rows } = await pool.query<{ name: string }>('SELECT name FROM users WHERE id = $1', [id])
    await redis.set(`user:${id}`, rows[0]?.name ?? '', { EX: 60 })
    return rows[0]?.name ?? ''
  }
  const first = await suite.record(() => read(7))
  const second = await suite.record(() => read(7))

  expect(first.result).toBe('user 7')
  expect(first.timeline.map((event) => ('name' in event ? event.name : 'tag' in event && event.tag))).toEqual(['GET', 'SELECT 1', 'SET'])
  const [get, select, set] = first.timeline
  expect(get?.end).toBeLessThan(select?.start ?? 0)
  expect(select?.end).toBeLessThan(set?.start ?? 0)
  expect(first.commands[0]?.lookups).toEqual([{ key: 'user:7', outcome: 'miss' }])
  expect(second.commands[0]?.lookups).toEqual([{ key: 'user:7', outcome: 'hit' }])
  expect(first.statements[0]).toMatchObject({ sql: 'SELECT name FROM users WHERE id = $1', values: ['7'], rows: 1, error: undefined })
  expect(first.statements[0]?.plan).toUseIndex('users_pkey')
  expect(first.statements[0]?.plan?.root.actual?.rows).toBe(1)
  expect(second).toExecuteStatements(0)
  expect(second).toSendCommands('GET user:*', 1)
  expect(() => expect(first).toExecuteStatements(0)).toThrow(/SELECT name FROM users WHERE id/)
  expect(() => expect(second).toSendCommands('SET', 1)).toThrow(/GET user:7/)
})

test('one statement for each of many rows is told as such, one for all is not', async () => {
  const ids = [1, 2, 3, 4, 5]
  const each = await suite.record(async () => {
    for (const id of ids) await pool.query('SELECT * FROM orders WHERE user_id = $1', [id])
  })
  const together = await suite.record(() => pool.query('SELECT * FROM orders WHERE user_id = ANY($1)', [ids]))
  expect(each).toRepeatStatement()
  expect(together).not.toRepeatStatement()
  expect(() => expect(each).not.toRepeatStatement()).toThrow(/5[^]*select \* from orders where user_id/i)
})

test('the plan of a statement is that of its transaction, its connection and its values', async () => {
  const client = await pool.connect()
  const run = await suite.record(async () => {
    await client.query('BEGIN')
    await client.query('SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off')
    await client.query('SELECT * FROM users WHERE id = $1', [1])
    await client.query('ROLLBACK')
    await client.query('SELECT * FROM users WHERE id = $1', [2])
  })
  client.release()
  const [inside, outside] = run.filter('SELECT').statements
  expect(inside?.plan).toSeqScan('users')
  expect(outside?.plan).toUseIndex('users_pkey')
  expect(inside?.transaction).toBe(1)
  expect(outside?.transaction).toBeUndefined()
})

test('a table is known by its own schema, whatever the search path of the connection and that of others', async () => {
  await suite.postgres.query(`
    CREATE SCHEMA shop; CREATE TABLE shop.orders (id int PRIMARY KEY, note text); CREATE TABLE shop.things (id int PRIMARY KEY, kind int);
    INSERT INTO shop.orders SELECT g, 'note' FROM generate_series(1, 2000) g; INSERT INTO shop.things SELECT g, g % 10 FROM generate_series(1, 2000) g;
    ANALYZE shop.orders; ANALYZE shop.things`)
  const client = await pool.connect()
  const run = await suite.record(async () => {
    await client.query('SELECT * FROM shop.things WHERE id = $1', [1])
    await client.query('SET search_path = shop, public')
    await client.query('SELECT * FROM orders WHERE note = $1', ['none'])
    await client.query('SELECT * FROM public.orders WHERE user_id = $1', [1])
    await client.query('RESET search_path')
  })
  client.release()
  const [things, own, other] = run.filter('SELECT').statements
  expect(things).toUseIndex('things_pkey')
  expect(things).toUseIndex({ table: 'shop.things', columns: ['id'] })
  expect(own).toSeqScan('shop.orders')
  expect(other).not.toSeqScan('public.orders')
  expect(() => expect(own).not.toSeqScan('public.orders')).toThrow("The plan does not read a table 'public.orders', only shop.orders.")
  expect(own?.plan?.root.conditions.filter).toBe("(note = 'none'::text)")
})

test('the generic plan of a prepared statement is told from one for its values', async () => {
  const client = await pool.connect()
  const find = { name: 'find', text: 'SELECT * FROM users WHERE id = $1' }
  await client.query('SET plan_cache_mode = force_custom_plan')
  const custom = await suite.record(() => client.query({ ...find, values: [1] }))
  await client.query('SET plan_cache_mode = force_generic_plan')
  const generic = await suite.record(() => client.query({ ...find, values: [2] }))
  await client.query('RESET plan_cache_mode; DEALLOCATE ALL')
  client.release(true)
  expect([custom.statements[0]?.plan?.generic, generic.statements[0]?.plan?.generic]).toEqual([false, true])
  expect(generic.statements[0]?.plan).toUseIndex('users_pkey')
})

test('a foreign key of a thousand rows is one nested statement, a thousand times', async () => {
  const run = await suite.record(() => pool.query('INSERT INTO orders (user_id) SELECT g FROM generate_series(1, 1000) g'))
  const [insert] = run.statements
  expect(insert?.rows).toBe(1000)
  // The first five are planned for their values, the others by the generic plan.
  expect(insert?.nested.map(({ times }) => times)).toEqual([5, 995])
  const { sql, plan, totals } = insert?.nested[1] ?? {}
  expect(sql).toContain('FOR KEY SHARE')
  expect(plan).toUseIndex('users_pkey')
  expect(totals?.root.actual).toMatchObject({ rows: 995, loops: 995, rowsPerLoop: 1 })
  expect(totals?.root.estimatedRows).toBe(plan?.root.estimatedRows)
  expect(totals?.root.actual?.buffers?.cumulative.total).toBeGreaterThan(500 * (plan?.root.actual?.buffers?.cumulative.total ?? 0))
})

test('a statement that failed has no plan, says why, and brings an estimated one', async () => {
  const run = await suite.record(async () => {
    await pool.query('INSERT INTO users SELECT 1, $1', ['twice']).catch(() => {})
  })
  const [insert] = run.statements
  expect(insert).toMatchObject({ error: { code: '23505', constraint: 'users_pkey' }, plan: undefined })
  expect(insert?.planUnavailable).toBe('it failed (23505)')
  expect(insert?.estimatedPlan?.analyzed).toBe(false)
  expect(insert?.estimatedPlan?.root.operation).toBe('Insert')
  expect(() => expect(insert?.plan).toUseIndex('users_pkey')).toThrow(/plan/)
})

test('what nobody waited for belongs to the recording', async () => {
  const run = await suite.record(() => {
    void pool.query('SELECT pg_sleep(0.02)').then(() => redis.set('late', 'fill'))
  })
  expect(run.statements).toHaveLength(1)
  expect(run.commands.map(({ args }) => args)).toEqual([['SET', 'late', 'fill']])
})

test('a reply that does not come in time leaves the statement without an end', async () => {
  const [holder, waiter] = await Promise.all([pool.connect(), pool.connect()])
  await holder.query('SELECT pg_advisory_lock(1)')
  let waiting: Promise<unknown> | undefined
  const run = await suite.record(() => void (waiting = waiter.query('SELECT pg_advisory_lock(1)')), { deadlineMs: 50 })
  expect(run.statements).toMatchObject([{ sql: 'SELECT pg_advisory_lock(1)', end: undefined, tag: undefined, plan: undefined }])
  expect(String(run)).toContain('no reply')
  await holder.query('SELECT pg_advisory_unlock(1)')
  await waiting
  await waiter.query('SELECT pg_advisory_unlock(1)')
  holder.release()
  waiter.release()
})

test('plans can be left out', async () => {
  const run = await suite.record(() => pool.query('SELECT 1 AS one'), { plans: false })
  expect(run.statements[0]).toMatchObject({ plan: undefined, planUnavailable: undefined })
  const again = await suite.record(() => pool.query('SELECT 1 AS one'))
  expect(again.statements[0]?.plan?.root.type).toBe('Result')
})

test('a suite can leave plans out of its recordings, and one of them bring them all the same', async () => {
  await using plain = await startSuite({ postgres: {} }, { plans: false })
  const client = new pg.Client({ connectionString: plain.postgres.url })
  await client.connect()
  const without = await plain.record(() => client.query('SELECT 1 AS one'))
  const within = await plain.record(() => client.query('SELECT 1 AS one'), { plans: true })
  await client.end()
  expect([without.statements[0]?.plan, within.statements[0]?.plan?.root.type]).toEqual([undefined, 'Result'])
})

test('recordings that are open at the same time are marked, and not counted', async () => {
  const outer = await suite.startRecording()
  const inner = await suite.record(() => pool.query('SELECT 1'))
  const whole = await outer.stop()
  expect([inner.overlapping, whole.overlapping]).toEqual([true, true])
  expect(() => expect(inner).toExecuteStatements(1)).toThrow(/overlap[^]*scope: 'test'/)
  const alone = await suite.record(() => pool.query('SELECT 1'))
  expect(alone).toExecuteStatements(1)
})

test('a pool tells who had to wait for a connection', async () => {
  const run = await suite.record(() => Promise.all(Array.from({ length: 8 }, () => pool.query('SELECT pg_sleep(0.01)'))), { pools: [pool] })
  expect(run.pools).toEqual([{ peakWaiting: expect.any(Number), peakTotal: 3 }])
  expect(run.pools[0]?.peakWaiting).toBeGreaterThanOrEqual(5)
  expect(run).toHavePeakConnections({ max: 3 })
  expect(() => expect(run).toHavePeakConnections({ max: 2 })).toThrow(/3/)
})

test('connections made while the tap passes through are carried unread, those before and after are not', async () => {
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: suite.postgres.url })
    await client.connect()
    return client
  }
  const before = await connect()
  const unread = await suite.passThrough()
  const within = await connect()
  await unread[Symbol.asyncDispose]()
  await unread[Symbol.asyncDispose]()
  const after = await connect()
  const clients = { before, within, after }
  const run = await suite.record(async () => {
    for (const [name, client] of Object.entries(clients))
      expect((await client.query('SELECT $1::text AS name', [name])).rows).toEqual([{ name }])
  })
  expect(run.statements.map(({ values }) => values)).toEqual([['before'], ['after']])
  for (const client of Object.values(clients)) await client.end()
})

test('an unread connection idles on when its suite ends', async () => {
  const short = await startSuite({ redis: {} })
  await short.passThrough()
  const client = createClient({ url: short.redis.url, socket: { reconnectStrategy: false } })
  const errors: unknown[] = []
  client.on('error', (error: unknown) => errors.push(error))
  await client.connect()
  await client.set('a', '1')
  await short.dispose()
  expect(errors).toEqual([])
  client.destroy()
})

test('what the test itself arranges goes past the tap', async () => {
  const run = await suite.record(async () => {
    await loadRedis(suite.redis, [{ key: 'loaded:{row}', rows: 10, value: 'x' }])
    await suite.redis.send('SET', 'sent', 'x')
    await suite.postgres.query('SELECT 1')
  })
  expect(run.timeline).toEqual([])
  expect(await redis.exists(['loaded:9', 'sent'])).toBe(2)
})

test('an error of the recorded function is thrown on, and the next recording is alone', async () => {
  await expect(suite.record(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine')
  expect((await suite.record(() => redis.ping())).overlapping).toBe(false)
})

describe('what cannot be recorded', () => {
  test.each([
    ['no function', () => suite.record(undefined as unknown as () => void), /a function that runs what is to be recorded/],
    ['an unknown option', () => suite.record(() => 1, { plan: false } as object), /has no option 'plan'[^]*Did you mean 'plans'/],
    ['a settling time below 0', () => suite.record(() => 1, { settleMs: -1 }), /settleMs[^]*milliseconds from 0 on/],
    ['a pool that does not count', () => suite.record(() => 1, { pools: [{} as pg.Pool] }), /pg\.Pool/],
  ])('%s is refused', async (_name, act, message) => {
    await expect(act()).rejects.toThrow(message)
  })

  test('a suite that has ended is refused', async () => {
    const ended = await startSuite({ redis: {} })
    await ended.dispose()
    await expect(ended.record(() => 1)).rejects.toMatchObject({ code: 'ERR_HOTBED_DISPOSED' })
  })
})
