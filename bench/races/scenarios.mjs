// What each race adds to the application's own work: the gate, the recording, the looks at an invariant. Medians, alternating: one JSON line.
import pg from 'pg'
import { createClient } from 'redis'
import { startSuite } from '../../dist/index.js'
import { median, timed } from '../report.mjs'

const ROUNDS = Number(process.argv[2] ?? 40)

const suite = await startSuite({ postgres: {}, redis: {} })
await suite.postgres.query(
  'CREATE TABLE seats (id int PRIMARY KEY, free int NOT NULL); CREATE TABLE orders (id serial, request text UNIQUE)',
)
const pool = new pg.Pool({ connectionString: suite.postgres.url, max: 20 })
pool.on('error', () => {})
const clients = []
for (let at = 0; at < 2; at += 1) clients.push(await createClient({ url: suite.redis.url }).connect())
const [reader, writer] = clients

async function transaction(work) {
  const client = await pool.connect()
  client.on('error', () => {})
  let failure
  try {
    await client.query('BEGIN')
    await work(client)
    await client.query('COMMIT')
  } catch (error) {
    failure = error
    throw error
  } finally {
    client.release(failure)
  }
}
const buyLocked = () =>
  transaction(async (client) => {
    const { rows } = await client.query('SELECT free FROM seats WHERE id = 1 FOR UPDATE')
    if (rows[0].free > 0) await client.query('UPDATE seats SET free = free - 1 WHERE id = 1')
  })
const buyAtomically = () => pool.query('UPDATE seats SET free = free - 1 WHERE id = 1 AND free > 0')
const load = async () => String((await pool.query('SELECT free FROM seats WHERE id = 1')).rows[0].free)
const read = async () => {
  const cached = await reader.get('seat:1')
  if (cached !== null) return cached
  const value = await load()
  await reader.set('seat:1', value, { EX: 60 })
  return value
}
let flight
const readInOneFlight = () => (flight ??= read().finally(() => (flight = undefined)))
const write = async () => {
  await pool.query('UPDATE seats SET free = free + 1 WHERE id = 1')
  await writer.del('seat:1')
}
let request = 0
const place = (key) => transaction((client) => client.query('INSERT INTO orders (request) VALUES ($1) ON CONFLICT DO NOTHING', [key]))
/** As after a lost connection: what the client has to do again then is its own work. */
const placeAfterLoss = async (key) => {
  await transaction(async (client) => {
    await client.query('INSERT INTO orders (request) VALUES ($1) ON CONFLICT DO NOTHING', [key])
    client.connection.stream.destroy()
  }).catch(() => place(key))
}
const placeWithRetry = (key) => place(key).catch(() => place(key))
const both = (fn) => () => Promise.all([fn(), fn()])
const forget = () => suite.redis.send('DEL', 'seat:1')
const invariant = 'SELECT free >= 0, free FROM seats WHERE id = 1'

/** With and without the race, by turns; the same work of the application in both. */
async function added(plain, race) {
  const times = { plain: [], race: [] }
  for (let round = -5; round < ROUNDS; round += 1) {
    for (const [name, act] of Object.entries({ plain, race })) {
      await suite.postgres.query('TRUNCATE seats; INSERT INTO seats VALUES (1, 1)')
      await forget()
      const ms = await timed(act)
      if (round >= 0) times[name].push(ms)
    }
  }
  return median(times.race) - median(times.plain)
}

const figures = {
  'overlap of two, all arrive': await added(both(buyAtomically), () => suite.overlap(2, buyAtomically, { at: 'UPDATE seats' })),
  '  with an invariant after every commit': await added(both(buyAtomically), () =>
    suite.overlap(2, buyAtomically, { at: 'UPDATE seats', invariant }),
  ),
  'overlap of two, one waits for a row lock': await added(both(buyLocked), () => suite.overlap(2, buyLocked, { at: 'UPDATE seats' })),
  'stampede of 20, all load': await added(
    () => Promise.all(Array.from({ length: 20 }, read)),
    () => suite.stampede(20, read, { key: 'seat:1' }),
  ),
  'stampede of 20, a single flight': await added(
    () => Promise.all(Array.from({ length: 20 }, readInOneFlight)),
    () => suite.stampede(20, readInOneFlight, { key: 'seat:1' }),
  ),
  raceInvalidation: await added(
    async () => {
      await read()
      await write()
      await read()
    },
    () => suite.raceInvalidation({ read, write, key: 'seat:1' }),
  ),
  'ambiguousCommit, both runs': await added(
    async () => {
      for (let run = 0; run < 2; run += 1) await placeAfterLoss(`plain ${(request += 1)}`)
    },
    () =>
      suite.ambiguousCommit(() => placeWithRetry(`race ${(request += 1)}`), {
        effect: 'SELECT count(*) AS orders FROM orders',
      }),
  ),
}
await pool.end()
for (const client of clients) await client.close()
await suite.dispose()

process.stdout.write(`${JSON.stringify({ rounds: ROUNDS, figures })}\n`, () => process.exit(0))
