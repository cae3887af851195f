// A closed loop of 16 users that ask both stores through the tap: neither counted nor recorded, counted, and recorded, in turn.
import pg from 'pg'
import { createClient } from 'redis'
import { startSuite } from '../../dist/index.js'
import { generate } from '../../dist/load/generate.js'
import { median } from '../report.mjs'

const ROUNDS = 20
const USERS = 16
const MS = 1_500

const suite = await startSuite({ postgres: {}, redis: {} })
const pool = new pg.Pool({ connectionString: suite.postgres.url, max: USERS })
const redis = createClient({ url: suite.redis.url })
await redis.connect()
await suite.postgres.query(
  'CREATE TABLE products (id int PRIMARY KEY, name text); INSERT INTO products SELECT g, $$p$$ || g FROM generate_series(1, 1000) g',
)

let index = 0
const act = async () => {
  const id = (index += 1) % 1000
  await redis.get(`product:${id}`)
  await pool.query('SELECT name FROM products WHERE id = $1', [id])
}

/** The same generator, with nothing beside it. */
async function plain() {
  const schedule = { model: { kind: 'closed', users: USERS }, extent: { ms: MS }, warmUpMs: 0, timeoutMs: 30_000, maxInFlight: 10_000 }
  const { counts, durationMs } = await generate(schedule, act, () => {})
  return (counts.succeeded * 1000) / durationMs
}
const loaded = async (record) => (await suite.load(act, { users: USERS, for: `${MS}ms`, warmUp: 0, record })).rate.succeeded

const loads = { counted: () => loaded(false), recorded: () => loaded(true) }
// So that the first of each is not the one that compiles it.
await plain()
for (const run of Object.values(loads)) await run()

// Each between two plain runs, with whose mean it is compared: a machine that others use is not equally fast for a minute.
const plains = [await plain()]
const shares = { counted: [], recorded: [] }
for (let round = 0; round < ROUNDS; round += 1) {
  for (const name of Object.keys(loads)) {
    const rate = await loads[name]()
    plains.push(await plain())
    shares[name].push(1 - (2 * rate) / (plains.at(-1) + plains.at(-2)))
  }
}
await pool.end()
await redis.close()
await suite.dispose()
process.stdout.write(`${JSON.stringify({ plain: median(plains), counted: median(shares.counted), recorded: median(shares.recorded) })}\n`)
