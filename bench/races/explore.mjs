// Interleavings a second of a race of two: one JSON line.
import pg from 'pg'
import { startSuite } from '../../dist/index.js'

const RUNS = 200

const suite = await startSuite({ postgres: {}, redis: {} })
const pool = new pg.Pool({ connectionString: suite.postgres.url })
await suite.postgres.query('CREATE TABLE seats (id int PRIMARY KEY, free int NOT NULL)')
await suite.postgres.query('INSERT INTO seats VALUES (1, 1)')

const atomic = async () => {
  await pool.query('SELECT free FROM seats WHERE id = 1')
  await pool.query('UPDATE seats SET free = free - 1 WHERE id = 1')
}
const transaction = (lock) => async () => {
  const client = await pool.connect()
  await client.query('BEGIN')
  await client.query(`SELECT free FROM seats WHERE id = 1 ${lock}`)
  await client.query('UPDATE seats SET free = free - 1 WHERE id = 1')
  await client.query('COMMIT')
  client.release()
}

const options = {
  before: () => suite.postgres.query('UPDATE seats SET free = 2'),
  invariant: 'SELECT free >= 0, free FROM seats',
  runs: RUNS,
}
const measure = async (act) => {
  await suite.explore([act, act], { ...options, runs: 20 })
  const from = performance.now()
  const { failure, interleavings } = await suite.explore([act, act], options)
  if (failure !== undefined) throw new Error(failure.text)
  return { perSecond: (RUNS * 1000) / (performance.now() - from), interleavings }
}
const result = {
  autocommit: await measure(atomic),
  transaction: await measure(transaction('')),
  locked: await measure(transaction('FOR UPDATE')),
}
await pool.end()
await suite.dispose()
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))
