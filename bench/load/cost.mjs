// A closed loop of 16 users that ask both stores through the tap: neither counted nor recorded, counted, and recorded, in turn.
import pg from 'pg'
import { createClient } from 'redis'
import { startSuite } from '../../dist/index.js'
import { generate } from '../../dist/load/generate.js'
import { median } from '../report.mjs'

const ROUNDS = 7
const USERS = 16
const MS = 1_000

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

await plain()
const rounds = []
for (let round = 0; round < ROUNDS; round += 1) {
  // The order turns, so that none is always first.
  const runs = [
    ['plain', plain],
    ['counted', () => loaded(false)],
    ['recorded', () => loaded(true)],
  ]
  const rates = {}
  for (let turn = 0; turn < runs.length; turn += 1) {
    const [name, run] = runs[(turn + round) % runs.length]
    rates[name] = await run()
  }
  rounds.push(rates)
}
await pool.end()
await redis.close()
await suite.dispose()
const lost = (name) => median(rounds.map((rates) => 1 - rates[name] / rates.plain))
process.stdout.write(
  `${JSON.stringify({ plain: median(rounds.map(({ plain: rate }) => rate)), counted: lost('counted'), recorded: lost('recorded') })}\n`,
)
